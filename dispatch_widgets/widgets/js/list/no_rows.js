// What stands in the place of rows: nothing there yet, or on its way.
import { button, h, rich } from "../shared/elements.js";
import { clean } from "../shared/text.js";

const buttons = (actions) => (actions ?? []).map((action) => button(action, `own:${action.action}`));

/** The parts of an Empty, large in a list of its own (manage), smaller inside one (pick). */
export function emptyParts(spec, place) {
  const pick = place === "pick";
  return [
    spec.title && h("h3", { class: pick ? "dw-h" : "dw-h dw-h-l" }, clean(spec.title)),
    spec.text && h("p", { class: pick ? "dw-text dw-sub" : "dw-text" }, clean(spec.text)),
    spec.actions?.length && h("div", { class: "dw-actions" }, buttons(spec.actions)),
  ].filter(Boolean);
}

/** The line of a Busy. */
export function asking(spec) {
  const text = h("span", { class: "dw-text" }, rich({ text: spec.text, since: spec.since }));
  const spinner = h("span", { class: "dw-spin", "aria-hidden": "true" });
  return h("div", { class: "dw-asking" }, spinner, text, buttons(spec.actions));
}
