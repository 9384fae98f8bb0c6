// What makes a panel of core widgets usable by keyboard and screen reader: marks, names, descriptions.
import { SUPPRESS, uniqueId } from "../shared/elements.js";
import { isShown } from "../shared/focus.js";

const FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex], [contenteditable='true']";
const UNMARKED = `:is(${FOCUSABLE}):not([${SUPPRESS}="true"])`;
const NAMED = /^(role|title|autocomplete|spellcheck|inputmode|aria-[a-z]+)$/;

/** Whether an attribute is one that `names` may set. */
export function isNamingAttribute(name) {
  return NAMED.test(name);
}

function setAttribute(node, name, value) {
  // Only real changes, or the observer of the root would never come to rest.
  if (value === null || value === undefined) node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, String(value));
}

/** Keeps JupyterLab's one-key shortcuts from firing: the mark helps only on the focusable thing itself. */
export function markFocusable(root) {
  for (const node of root.querySelectorAll(UNMARKED)) setAttribute(node, SUPPRESS, "true");
}

/** Whether a change is one of a component of our own, which marks and names what it makes by itself. */
export function isOwn(record) {
  const node = record.target.nodeType === Node.ELEMENT_NODE ? record.target : record.target.parentElement;
  return Boolean(node?.closest(".dw-itemlist, .dw-secret-host, .dw-root-helper"));
}

/** Ties messages to the field they are about. */
export function describeFields(root) {
  for (const box of root.querySelectorAll(".dw-fieldbox")) {
    const field = box.querySelector("input, select, textarea");
    if (!field) continue;
    const messages = [...box.querySelectorAll(".dw-msg")].filter((node) => node.style.display !== "none");
    for (const message of messages) if (!message.id) message.id = uniqueId();
    const ids = messages.map((node) => node.id).join(" ");
    setAttribute(field, "aria-describedby", ids || null);
  }
  for (const field of root.querySelectorAll(".dw-field :is(input, select, textarea)")) {
    if (field.closest(".dw-secret")) continue; // it sees to itself
    setAttribute(field, "aria-invalid", field.closest(".dw-invalid") ? "true" : null);
    if (field.type === "text" && !field.hasAttribute("autocomplete"))
      field.setAttribute("autocomplete", "off");
  }
  for (const message of root.querySelectorAll(".dw-msg.dw-error")) setAttribute(message, "role", "alert");
}

/** Names the root, its tab list and whatever `names` says. */
export function nameAll(root, model) {
  const label = model.get("label");
  setAttribute(root, "role", "region");
  setAttribute(root, "aria-label", label);
  for (const list of root.querySelectorAll("[role='tablist']")) setAttribute(list, "aria-label", label);
  // The style sheet keeps the room that the title takes when it is bold.
  for (const tab of root.querySelectorAll(".lm-TabBar-tabLabel"))
    setAttribute(tab, "data-dw-title", tab.textContent);
  for (const [selector, attributes] of Object.entries(model.get("names") ?? {})) {
    for (const node of root.querySelectorAll(selector)) {
      for (const [name, value] of Object.entries(attributes)) {
        if (isNamingAttribute(name)) setAttribute(node, name, value);
      }
    }
  }
}

/** The first thing in sight, of what a selector finds or in it, that can have the focus. */
export function findFocusable(root, selector) {
  for (const place of root.querySelectorAll(selector)) {
    const candidates = [place, ...place.querySelectorAll(FOCUSABLE)];
    const found = candidates.find((node) => node.matches(FOCUSABLE) && !node.disabled && isShown(node));
    if (found) return found;
  }
  return null;
}
