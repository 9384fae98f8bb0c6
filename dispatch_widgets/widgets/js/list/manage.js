// The mode "manage": rows of their own height with actions and notes (providers, entries, backups).

import { h } from "../shared/elements.js";
import { isShown } from "../shared/focus.js";
import { answerWithFocus } from "../shared/gestures.js";
import { isSlip } from "../shared/presses.js";
import { clean } from "../shared/text.js";
import { tick } from "./countdown.js";
import { isChord, moveIndex } from "./keyboard.js";
import { controlsOf, drawRow, iconPlaces, newRow } from "./manage_row.js";
import { asking, emptyParts } from "./no_rows.js";
import { noteData } from "./notes.js";

const LONG_LIST = 12; // from more on the list scrolls in itself: what is below it stays within reach
const MANY_ROWS = 60; // from more on rows out of sight are not laid out

/** The line of headings: of a grid's rows it is the one that is never moved to. */
function headings(columns) {
  const names = columns.map(([, text]) => h("span", { role: "columnheader" }, clean(text)));
  const actions = h("span", { role: "columnheader" }, h("span", { class: "dw-sr" }, "Actions"));
  return [...names, actions];
}

/** Draws a list of the mode "manage". */
export function renderManage({ model, el, store, voice }) {
  const list = h("div", { class: "dw-list", role: "grid" });
  const heading = h("div", { class: "dw-colrow", role: "row" });
  const nothing = h("div", { class: "dw-empty" });
  const drawn = new Map();
  const rowOf = (node) => drawn.get(node.closest(".dw-row")?.dwId);
  let current = null;
  let nothingDrawn = "";
  el.append(list, nothing, voice);

  const setCurrent = (id) => {
    current = id;
    for (const [key, { node }] of drawn) node.tabIndex = key === id ? 0 : -1;
  };
  const focusRow = (id) => {
    setCurrent(id);
    drawn.get(id)?.node.focus();
  };

  const drawRows = (columns) => {
    const wanted = new Set(store.rows.map((row) => row.id));
    for (const [id, { node }] of [...drawn]) {
      if (wanted.has(id)) continue;
      node.remove();
      drawn.delete(id);
    }
    const places = iconPlaces(store.rows);
    list.style.setProperty("--dw-places", places);
    let after = columns.length ? heading : null;
    for (const row of store.rows) {
      if (!drawn.has(row.id)) drawn.set(row.id, newRow(row.id));
      const item = drawn.get(row.id);
      drawRow(item, row, columns, places);
      const place = after ? after.nextSibling : list.firstChild;
      if (place !== item.node) list.insertBefore(item.node, place);
      after = item.node;
    }
  };

  const update = () => {
    const columns = model.get("columns") ?? [];
    const many = store.rows.length > MANY_ROWS && "dw-many";
    const long = store.rows.length > LONG_LIST && "dw-long";
    list.className = ["dw-list", model.get("variant"), long, many].filter(Boolean).join(" ");
    list.setAttribute("aria-label", clean(model.get("label")));
    const focused = list.contains(document.activeElement) ? document.activeElement : null;
    const before = focused && {
      id: focused.closest(".dw-row")?.dwId,
      key: focused.dataset.key,
      index: [...drawn.keys()].indexOf(focused.closest(".dw-row")?.dwId),
    };
    heading.replaceChildren(...(columns.length ? headings(columns) : []));
    if (columns.length && list.firstChild !== heading) list.prepend(heading);
    else if (!columns.length) heading.remove();
    drawRows(columns);
    if (!drawn.has(current)) current = store.rows[0]?.id ?? null;
    setCurrent(current);
    restoreFocus(before);

    drawNothing();
    clock.update();
  };

  const drawNothing = () => {
    const busy = model.get("busy");
    const spec = store.rows.length ? null : (busy ?? model.get("empty"));
    list.hidden = !store.rows.length;
    nothing.hidden = !spec;
    const data = JSON.stringify([Boolean(busy), spec]);
    // Its buttons keep the focus while it says the same.
    if (data !== nothingDrawn)
      nothing.replaceChildren(...(spec ? (busy ? [asking(spec)] : emptyParts(spec, "manage")) : []));
    nothingDrawn = data;
  };

  const restoreFocus = (before) => {
    if (!before || (list.contains(document.activeElement) && !document.activeElement.disabled)) return;
    const item = drawn.get(before.id);
    if (!item) {
      const next = store.rows[Math.min(Math.max(before.index, 0), store.rows.length - 1)];
      if (next) focusRow(next.id);
      return;
    }
    const same = controlsOf(item.node).find((node) => node.dataset.key === before.key);
    if (same) same.focus();
    else focusRow(before.id);
  };

  const press = (event, item, name) => {
    const action = item.row.actions?.find((candidate) => candidate.action === name && !candidate.disabled);
    if (!action || isSlip(event)) return;
    const node = controlsOf(item.node).find((control) => control.dataset.action === name);
    store.act(name, item.row.id, {}, node);
  };

  const safeAnswer = (node) => node.querySelector(".dw-note [data-action='keep']:enabled");
  const answerSafely = (event, node) => {
    if (!isSlip(event)) safeAnswer(node).click();
  };

  list.addEventListener("click", (event) => {
    const pressed = event.target.closest("button[data-action]");
    const item = pressed && rowOf(pressed);
    if (!item) return;
    const inNote = pressed.closest(".dw-note");
    store.act(pressed.dataset.action, item.row.id, inNote ? noteData(inNote) : {}, pressed);
  });
  nothing.addEventListener("click", (event) => {
    const pressed = event.target.closest("button[data-action]");
    if (pressed) store.act(pressed.dataset.action, "", {}, pressed);
  });
  list.addEventListener("focusin", (event) => {
    const item = rowOf(event.target);
    if (item) setCurrent(item.row.id);
  });
  list.addEventListener("keydown", (event) => {
    const item = rowOf(event.target);
    if (!item || isChord(event)) return;
    const onRow = event.target === item.node;
    const inSelect = event.target.tagName === "SELECT"; // its keys are its own
    const controls = controlsOf(item.node);
    const at = controls.indexOf(event.target);
    const ids = store.rows.map((row) => row.id);
    const to = inSelect ? null : moveIndex(event.key, ids.indexOf(item.row.id), ids.length);
    if (event.key === "ArrowRight" && controls[at + 1]) controls[at + 1].focus();
    else if (event.key === "ArrowLeft" && !onRow) (controls[at - 1] ?? item.node).focus();
    else if (to !== null) focusRow(ids[to]);
    else if (event.key === "Enter" && onRow) press(event, item, "edit");
    else if (event.key === "Delete") press(event, item, "delete");
    else if (event.key === "Escape" && safeAnswer(item.node)) answerSafely(event, item.node);
    else if (event.key.toLowerCase() === "r" && !inSelect) press(event, item, "refresh");
    else return;
    event.preventDefault();
  });

  const clock = tick(el, store.now, (node) => {
    const row = rowOf(node)?.row;
    if (!row?.note?.until) return;
    if (row.note.until_said) voice.textContent = clean(row.note.until_said);
    store.act("elapsed", row.id);
  });

  const receive = (message) => {
    if (message.kind !== "focus") return;
    answerWithFocus(message.gesture, () => {
      const id = message.id || current;
      const item = drawn.get(id);
      if (!item || !isShown(item.node)) return false;
      const control =
        message.action &&
        controlsOf(item.node).find(({ dataset }) => [dataset.action, dataset.key].includes(message.action));
      if (message.action && !control) return false;
      setCurrent(id);
      (control || item.node).focus();
      return true;
    });
  };
  return { update, receive, stop: clock.stop };
}
