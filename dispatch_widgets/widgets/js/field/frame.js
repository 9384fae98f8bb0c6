// The parts of a key field, made once.
import { h } from "../shared/elements.js";

const keyField = (id) =>
  h("input", {
    type: "password",
    id: `${id}-key`,
    autocomplete: "new-password",
    autocapitalize: "off",
    spellcheck: "false",
    "data-1p-ignore": "",
    "data-lpignore": "true",
    "data-bwignore": "true",
    "data-form-type": "other",
    "aria-describedby": `${id}-said`,
  });

const showButton = (id) =>
  h(
    "button",
    { type: "button", class: "dw-btn", "aria-pressed": "false", "aria-controls": `${id}-key` },
    "Show",
  );

const otherName = (id) =>
  h("input", {
    type: "text",
    class: "dw-mono",
    "aria-label": "Name of the variable",
    "aria-describedby": `${id}-said`,
    placeholder: "NAME_OF_THE_VARIABLE",
    spellcheck: "false",
    autocomplete: "off",
  });

/** All parts by name; label, choice, row and said are the outermost ones. */
export function fieldFrame(id) {
  const radio = () => h("input", { type: "radio", name: `${id}-source` });
  const parts = {
    label: h("label", { class: "dw-label", for: `${id}-key` }),
    typed: radio(),
    fromVariable: radio(),
    key: keyField(id),
    show: showButton(id),
    variables: h("select", { id: `${id}-variable`, "aria-describedby": `${id}-said` }),
    other: otherName(id),
    error: h("div", { class: "dw-msg dw-error dw-i-error", role: "alert" }),
    trimmed: h("div", { class: "dw-msg dw-i-info", role: "status" }),
    hint: h("div", { class: "dw-msg" }),
  };
  parts.choice = h(
    "fieldset",
    { class: "dw-seg" },
    h("legend", { class: "dw-sr" }, "Where the key comes from"),
    h("label", {}, parts.typed, "Paste it"),
    h("label", {}, parts.fromVariable, "Environment variable"),
  );
  parts.row = h("div", { class: "dw-keyrow" }, parts.key, parts.show, parts.variables, parts.other);
  parts.said = h("div", { id: `${id}-said`, class: "dw-said" }, parts.error, parts.trimmed, parts.hint);
  return parts;
}
