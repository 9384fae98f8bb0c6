// What opens under a row: what happened, what to do next, and the buttons for it.
import { button, h, icon, rich, TONE_ICONS } from "../shared/elements.js";
import { clean } from "../shared/text.js";
import { withCountdown } from "./countdown.js";

function noteItem(item) {
  if (item.ok === undefined) return h("li", {}, item.icon && icon(item.icon), h("span", {}, rich(item.text)));
  const sign = item.ok ? icon("check", "dw-yes") : icon("close", "dw-no");
  const said = h("span", { class: "dw-sr" }, item.ok ? "Works: " : "Fails: ");
  return h("li", {}, sign, h("span", {}, said, rich(item.text)));
}

function noteControls(spec, tabindex) {
  const controls = [];
  if (spec.select) {
    const chosen = spec.select.value ?? spec.select.options[0]?.[0];
    const options = spec.select.options.map(([value, text]) =>
      h("option", { value, selected: value === chosen }, clean(text)),
    );
    const attributes = {
      class: "dw-select",
      "aria-label": clean(spec.select.label),
      "data-key": "note:select",
      tabindex,
    };
    controls.push(h("select", attributes, options));
  }
  for (const action of spec.actions ?? []) controls.push(button(action, `note:${action.action}`, tabindex));
  return controls;
}

function noteCheck(spec) {
  const attributes = { type: "checkbox", "data-key": "note:check", tabindex: "0" };
  const box = h("input", { ...attributes, checked: Boolean(spec.value) });
  return h("label", { class: "dw-check" }, box, clean(spec.label));
}

/** A note; with a row's role it is a cell of it. */
export function note(spec, role = null) {
  // What has to be answered is in the tab order; the rest is reached by the arrow keys.
  const asks = Boolean(
    spec.select || spec.check || spec.actions?.some((action) => ["primary", "danger"].includes(action.style)),
  );
  const tall = spec.tall ?? Boolean(spec.items || spec.facts || spec.check);
  const sign = spec.icon ?? TONE_ICONS[spec.tone];
  const text = withCountdown(spec.text, spec.until);
  const body = h("div", { class: "dw-note-body", role: spec.alert ? "alert" : null });
  if (spec.title) body.append(h("div", { class: "dw-note-title" }, rich(spec.title)));
  if (text) body.append(h("div", { class: "dw-note-text" }, rich(text)));
  if (spec.items) body.append(h("ul", { class: "dw-note-list" }, spec.items.map(noteItem)));
  if (spec.facts) {
    const facts = spec.facts.map(([name, value]) => [h("dt", {}, clean(name)), h("dd", {}, rich(value))]);
    body.append(h("dl", { class: "dw-facts dw-note-facts" }, facts.flat()));
  }
  if (spec.check) body.append(noteCheck(spec.check));
  const controls = noteControls(spec, asks ? "0" : "-1");
  const classes = ["dw-note", spec.tone && `dw-tone-${spec.tone}`, sign && `dw-i-${sign}`, tall && "dw-tall"];
  const actions = controls.length ? h("div", { class: "dw-note-actions" }, controls) : null;
  return h("div", { class: classes.filter(Boolean).join(" "), role }, body, actions);
}

/** What is chosen inside a note, to go with its actions. */
export function noteData(node) {
  const select = node?.querySelector('[data-key="note:select"]');
  const check = node?.querySelector('[data-key="note:check"]');
  return { ...(select && { select: select.value }), ...(check && { check: check.checked }) };
}

/** What somebody changed in a note; what was only proposed may be proposed otherwise. */
export function noteChanges(node) {
  const { select, check } = noteData(node);
  const option = node?.querySelector('[data-key="note:select"]')?.selectedOptions[0];
  const box = node?.querySelector('[data-key="note:check"]');
  return {
    ...(option && !option.defaultSelected && { select }),
    ...(box && box.checked !== box.defaultChecked && { check }),
  };
}

/** What was changed in a note before it was drawn anew stays so, if it still can be. */
export function restoreNote(node, { select, check }) {
  const choice = node?.querySelector('[data-key="note:select"]');
  if (choice && [...choice.options].some((option) => option.value === select)) choice.value = select;
  const box = node?.querySelector('[data-key="note:check"]');
  if (box && check !== undefined) box.checked = check;
}
