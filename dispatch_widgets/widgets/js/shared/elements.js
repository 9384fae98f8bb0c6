// Elements, and what a Rich (see _rows.py) becomes. Everything that a server or a file says becomes text
// nodes here, never HTML.
import { clean, findWords, isLongWord, marksOfParts, splitId, turns } from "./text.js";

/** JupyterLab fires no one-key shortcuts while something with this attribute has the focus. */
export const SUPPRESS = "data-lm-suppress-shortcuts";
const FOCUSABLE = new Set(["a", "button", "input", "select"]);

/** Which icon goes with a tone. */
export const TONE_ICONS = { ok: "check", warn: "warn", error: "error", info: "info" };

/** An id for an element: each widget has a copy of this module, so a counter would not be unique. */
export function uniqueId() {
  return `dw-${Math.random().toString(36).slice(2, 10)}`;
}

/** An element; children are nodes or texts. Attributes that are false, null or undefined are left out. */
export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  if (FOCUSABLE.has(tag) || "tabindex" in attributes) node.setAttribute(SUPPRESS, "true");
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

/** A sign beside words; it says nothing by itself. */
export function icon(name, extra = "") {
  return h("i", { class: `dw-icon dw-i-${name} ${extra}`.trim(), "aria-hidden": "true" });
}

/** A text with the words that were searched for marked in it. */
export function marked(text, wanted = []) {
  return markedAt(text, findWords(text, wanted));
}

function markedAt(text, marks) {
  const nodes = [];
  let at = 0;
  for (const [start, end] of marks) {
    nodes.push(text.slice(at, start), h("mark", {}, text.slice(start, end)));
    at = end;
  }
  nodes.push(text.slice(at));
  const filled = nodes.filter((node) => node !== "");
  return turns(text) ? [h("bdi", {}, filled)] : filled;
}

/** Whether a row's title gives way as an id does: a label without blanks is mostly one. */
export function isTitledById(row) {
  return Boolean(row.mono) || isLongWord(clean(row.title));
}

/** The title of a row. */
export function title(row, wanted = []) {
  const text = clean(row.title);
  if (!isTitledById(row)) return marked(text, wanted);
  return longId(text, wanted, row.mono ? "dw-id" : "dw-id dw-label-id");
}

/** An id that loses its middle where there is no room, never its end. */
export function longId(text, wanted = [], classes = "dw-id") {
  const id = clean(text);
  const parts = splitId(id).filter(Boolean);
  const marks = marksOfParts(findWords(id, wanted), parts);
  const spans = parts.map((part, index) => {
    const nodes = markedAt(part, marks[index]);
    return h("span", {}, nodes.length > 1 ? h("span", {}, nodes) : nodes); // one box, whatever is marked
  });
  const start = spans.length > 1 ? h("span", { class: "dw-id-start" }, spans.slice(0, -1)) : null;
  return h("span", { class: classes, title: id }, start, spans.at(-1));
}

function run(piece, wanted) {
  if (typeof piece !== "object" || piece === null) return marked(clean(piece), wanted);
  if (piece.id) return [longId(piece.text, wanted)];
  const nodes = marked(clean(piece.text), wanted);
  if (piece.since !== undefined || piece.until !== undefined) {
    if (nodes.length) nodes.push(" ");
    nodes.push(h("span", { class: "dw-num", "data-since": piece.since, "data-until": piece.until }));
  }
  const classes = [piece.mono && "dw-mono", piece.wide && "dw-wide-only"].filter(Boolean).join(" ");
  let inner = nodes;
  if (piece.bold) inner = [h("b", { class: classes || null }, nodes)];
  else if (classes) inner = [h("span", { class: classes }, nodes)];
  return piece.spin ? [h("span", { class: "dw-spin", "aria-hidden": "true" }), ...inner] : inner;
}

/** The nodes of a Rich. */
export function rich(value, wanted) {
  return (Array.isArray(value) ? value : [value ?? ""]).flatMap((piece) => run(piece, wanted));
}

/** Parts joined by dots; a part that is left out where it is narrow takes its dot along. */
export function line(parts, wanted) {
  return parts.flatMap((part, index) => {
    const dot = index ? [h("span", { class: "dw-dot" })] : [];
    if (part?.wide)
      return [h("span", { class: "dw-wide-only" }, dot, rich({ ...part, wide: false }, wanted))];
    return [...dot, ...rich(part, wanted)];
  });
}

/** The button of an Action. */
export function button(action, key, tabindex = "0") {
  const label = clean(action.label);
  const style = { primary: "mod-primary", danger: "mod-danger", quiet: "dw-quiet" }[action.style] ?? "";
  const classes = ["dw-btn", action.icon && `dw-i-${action.icon}`, style, action.only && "dw-only"];
  const attributes = {
    type: "button",
    class: classes.filter(Boolean).join(" "),
    tabindex,
    disabled: Boolean(action.disabled),
    "data-action": action.action,
    "data-key": key,
    title: clean(action.title) || (action.only ? label : null),
  };
  return action.only ? h("button", { ...attributes, "aria-label": label }) : h("button", attributes, label);
}

/** The badge of a row, or null. */
export function badge(spec) {
  if (!spec) return null;
  const shown = spec.icon ?? TONE_ICONS[spec.tone];
  const classes = spec.tone ? `dw-badge dw-tone-${spec.tone}` : "dw-badge dw-plain";
  return h("span", { class: classes }, shown ? icon(shown) : null, clean(spec.text));
}
