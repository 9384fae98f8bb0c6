// The parts of a pick list, made once; the modules beside this one fill them.
import { h, icon, uniqueId } from "../shared/elements.js";

const searchField = (id) =>
  h("input", {
    type: "search",
    placeholder: "Search id, name, owner",
    "aria-label": "Search models",
    role: "combobox",
    "aria-expanded": "true",
    "aria-autocomplete": "list",
    "aria-controls": id,
    autocomplete: "off",
    spellcheck: "false",
  });

const clearButton = () =>
  h("button", {
    type: "button",
    tabindex: "-1",
    class: "dw-btn dw-quiet dw-only dw-i-close",
    "aria-label": "Clear the search",
    title: "Clear the search",
  });

const typedField = () =>
  h("input", {
    type: "text",
    class: "dw-input dw-mono",
    "aria-label": "Model id",
    placeholder: "Type a model id",
    spellcheck: "false",
    autocomplete: "off",
    maxlength: "512",
  });

const kindChoice = () =>
  h(
    "select",
    { class: "dw-select", "aria-label": "Kind" },
    h("option", {}, "chat"),
    h("option", {}, "embedding"),
  );

/** All parts by name; tools, filter and list are the outermost ones. */
export function pickFrame() {
  const id = uniqueId();
  const box = (name, ...children) => h("div", { class: name }, ...children);
  const parts = {
    id,
    search: searchField(id),
    clear: clearButton(),
    sort: h("select", { class: "dw-select dw-sort", "aria-label": "Sort by" }),
    chips: h("div", { class: "dw-chips", role: "radiogroup", "aria-label": "Kind" }),
    count: h("span", { class: "dw-sub" }),
    columns: h("div", { class: "dw-cols", "aria-hidden": "true" }),
    view: h("div", { class: "dw-view", id, role: "listbox", tabindex: "0" }),
    pad: h("div", { class: "dw-pad", role: "presentation" }),
    noteBox: box("dw-note-box"),
    nothing: box("dw-nomatch"),
    picked: box("dw-picked"),
    typed: typedField(),
    typedKind: kindChoice(),
    addTyped: h("button", { type: "button", class: "dw-btn" }),
  };
  parts.tools = box("dw-tools", box("dw-search", icon("search"), parts.search, parts.clear), parts.sort);
  parts.filter = box("dw-filter", parts.chips, parts.count);
  parts.view.append(parts.pad);
  const notListed = h("span", { class: "dw-sub" }, "Not listed?");
  parts.byHand = box("dw-byhand", notListed, parts.typed, parts.typedKind, parts.addTyped);
  const below = [parts.nothing, parts.picked, parts.byHand];
  parts.list = box("dw-list", parts.columns, parts.noteBox, parts.view, ...below);
  return parts;
}
