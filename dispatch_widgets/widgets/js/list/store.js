// The rows of one model, shared by all its views in the page, and the way back to Python.
import { lastGesture } from "../shared/gestures.js";
import { openPresses } from "../shared/waiting.js";

const MISSED_AFTER_MS = 1000;

const decode = (buffer) => JSON.parse(new TextDecoder().decode(buffer));

/** Rows after a patch: changed ones take the place of those with their id. */
export function applyPatch(rows, changed) {
  const news = new Map(changed.map((row) => [row.id, row]));
  return rows.map((row) => news.get(row.id) ?? row);
}

/** Sends actions; one that is still in progress is not sent a second time. What was pressed for it waits. */
export function openSender(send, times) {
  const { begin, answered, stop } = openPresses(times);
  const act = (action, id = "", data = {}, node = null) => {
    const press = begin(JSON.stringify([action, id, data]), node);
    if (press) send({ kind: "action", action, id, data, press });
  };
  return { act, answered, stop };
}

/** Opens the store of a model. */
export function openStore(model) {
  const store = { rows: [], revision: -1, clockOffset: 0, lastView: null, views: new Set() };
  const sender = openSender((message) => model.send({ ...message, gesture: lastGesture() }));
  store.act = sender.act;
  store.now = () => Date.now() / 1000 + store.clockOffset;

  const take = (rows, state) => {
    store.rows = rows;
    store.revision = state.revision;
    store.clockOffset = state.now - Date.now() / 1000;
    for (const view of store.views) view.update();
  };
  const loadAll = () => {
    const state = decode(model.get("_rows"));
    if (state.revision >= store.revision) take(state.rows, state);
  };
  // A change may come while this module is still loading; the revision then shows that it was missed.
  let timer = 0;
  const catchUp = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (store.revision < model.get("_revision")) model.send({ kind: "rows" });
    }, MISSED_AFTER_MS);
  };
  const onMessage = (message, buffers) => {
    if (message?.kind === "patch") {
      const patch = decode(buffers[0]);
      if (patch.base === store.revision) take(applyPatch(store.rows, patch.rows), patch);
      else if (patch.base > store.revision) model.send({ kind: "rows" });
    } else if (message?.kind === "answered") {
      sender.answered(message.press);
    } else if (["focus", "filter", "by_hand_done"].includes(message?.kind)) {
      const view = store.views.has(store.lastView) ? store.lastView : [...store.views][0];
      view?.receive(message);
    }
  };
  model.on("change:_rows", loadAll);
  model.on("change:_revision", catchUp);
  model.on("msg:custom", onMessage);
  loadAll();
  catchUp();
  store.close = () => {
    clearTimeout(timer);
    sender.stop();
    model.off("change:_rows", loadAll);
    model.off("change:_revision", catchUp);
    model.off("msg:custom", onMessage);
  };
  return store;
}
