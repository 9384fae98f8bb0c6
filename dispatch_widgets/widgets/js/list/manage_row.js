// A row of its own height. Each of its parts is drawn anew only when its own data changed, so that focus
// and what is chosen in a note stay.
import { badge, button, h, line, title } from "../shared/elements.js";
import { clean, plain } from "../shared/text.js";
import { note, noteChanges, restoreNote } from "./notes.js";

const PARTS = {
  tile: (row) => row.tile && h("span", { class: "dw-tile", "aria-hidden": "true" }, clean(row.tile)),
  main: (row) => {
    const name = h("span", { class: "dw-name" }, title(row));
    const first = h("div", { class: "dw-title" }, name, badge(row.badge));
    const parts = row.line ?? [];
    const hasId = parts.some((part) => part?.id);
    const second = parts.length
      ? h("div", { class: hasId ? "dw-line dw-flexline" : "dw-line" }, line(parts))
      : null;
    return h("div", { class: "dw-main", role: "gridcell" }, first, second);
  },
  meta: (row) => {
    if (!row.meta) return null;
    const lines = row.meta.map((parts) =>
      h("div", { class: "dw-line" }, line(Array.isArray(parts) ? parts : [parts])),
    );
    return h("div", { class: "dw-meta", role: "gridcell" }, lines);
  },
  cells: (row, columns) =>
    columns.slice(1).map(([key]) => {
      const cell = row.cells?.[key] ?? "";
      const tone = cell.tone ? ` dw-${cell.tone}` : "";
      const text = clean(plain(cell));
      return h("span", { class: `dw-cell dw-${key}${tone}`, role: "gridcell", title: text || null }, text);
    }),
  acts: (row, _columns, place) => {
    if (!row.actions?.length && !row.tag && !place) return null;
    const buttons = (row.actions ?? []).map((action) => button(action, `row:${action.action}`, "-1"));
    const tag = row.tag ? h("span", { class: "dw-badge dw-plain" }, clean(row.tag)) : null;
    return h("div", { class: "dw-acts", role: "gridcell" }, buttons, tag);
  },
  note: (row) => row.note && note(row.note, "gridcell"),
};

const PART_DATA = {
  tile: (row) => row.tile,
  main: (row) => [row.title, row.mono, row.badge, row.line],
  meta: (row) => row.meta,
  cells: (row, columns) => [row.cells, columns],
  acts: (row, _columns, place) => [row.actions, row.tag, place],
  note: (row) => row.note,
};

const ROW_KEYS = { Enter: "edit", Delete: "delete", R: "refresh" };

/** How many icon buttons the fullest row has: rows with fewer keep the place, so that columns align. */
export function iconPlaces(rows) {
  const icons = (row) => (row.actions?.every((action) => action.only) ? row.actions.length : 0);
  return rows.reduce((most, row) => Math.max(most, icons(row)), 0);
}

/** The keys that act on a row, as aria-keyshortcuts names them. */
export function rowKeys(row) {
  const usable = (row.actions ?? []).filter((action) => !action.disabled).map((action) => action.action);
  return Object.entries(ROW_KEYS)
    .filter(([, action]) => usable.includes(action))
    .map(([key]) => key)
    .join(" ");
}

/** A row that nothing is drawn in yet. */
export function newRow(id) {
  const node = h("div", { role: "row", tabindex: "-1" });
  node.dwId = id;
  return { node, row: null, data: {}, nodes: {} };
}

/** Draws a row's data into it. */
export function drawRow(drawn, row, columns, places) {
  if (drawn.row === row && drawn.columns === columns && drawn.places === places) return;
  Object.assign(drawn, { row, columns, places });
  drawn.node.className = ["dw-row", row.state && `dw-${row.state}`].filter(Boolean).join(" ");
  const keys = rowKeys(row);
  if (keys) drawn.node.setAttribute("aria-keyshortcuts", keys);
  else drawn.node.removeAttribute("aria-keyshortcuts");
  let changed = false;
  for (const [part, draw] of Object.entries(PARTS)) {
    const data = JSON.stringify(PART_DATA[part](row, columns, places > 0)) ?? "";
    if (drawn.data[part] === data) continue;
    const kept = part === "note" ? noteChanges(drawn.nodes.note?.[0]) : {};
    drawn.data[part] = data;
    drawn.nodes[part] = [draw(row, columns, places > 0)].flat().filter(Boolean);
    if (part === "note") restoreNote(drawn.nodes.note[0], kept);
    changed = true;
  }
  if (!changed) return;
  const wanted = Object.keys(PARTS).flatMap((part) => drawn.nodes[part]);
  for (const node of [...drawn.node.childNodes]) if (!wanted.includes(node)) node.remove();
  wanted.forEach((node, index) => {
    if (drawn.node.childNodes[index] !== node)
      drawn.node.insertBefore(node, drawn.node.childNodes[index] ?? null);
  });
}

/** What can have the focus inside a row, in the order of the arrow keys: the note's first. */
export function controlsOf(rowNode) {
  const found = [...rowNode.querySelectorAll(":scope > .dw-note [data-key], :scope > .dw-acts [data-key]")];
  const inNote = (node) => (node.closest(".dw-note") ? 0 : 1);
  return found.filter((node) => !node.disabled).sort((a, b) => inNote(a) - inNote(b));
}
