// The mode "pick": thousands of rows of one height with search, kinds, orders and a selection.
//
// The parts share one object: state is what the person set, shown and counts what follows from it.
import { tick } from "../list/countdown.js";
import { h } from "../shared/elements.js";
import { isShown } from "../shared/focus.js";
import { answerWithFocus } from "../shared/gestures.js";
import { clean, plain } from "../shared/text.js";
import { openByHand } from "./by_hand.js";
import { countKinds, hasKind, haystack, search } from "./filter.js";
import { pickFrame } from "./frame.js";
import { listenToKeys } from "./keyboard.js";
import { openNothing } from "./nothing.js";
import { listenToPointer } from "./pointer.js";
import { openSelection } from "./selection.js";
import { openSelectionBar } from "./selection_bar.js";
import { sortRows, usableOrders } from "./sort.js";
import { openTools } from "./tools.js";
import { openVirtualRows } from "./virtual_rows.js";

const COLUMNS = [
  ["", "Model"],
  ["kind", "Kind"],
  ["context", "Context"],
  ["price", "Per 1M in / out"],
];
const DEFAULTS = { multiple: true, add: true, kinds: true, by_hand: true, by_hand_label: "Add by hand" };

/** Draws a list of the mode "pick". */
export function renderPick({ model, el, store, voice }) {
  const ui = pickFrame();
  el.append(ui.tools, ui.filter, ui.list, voice);
  let sorted = []; // all rows in order, and beside them what each is found by
  let hay = [];
  let sortedFrom = { rows: null, made: "", orders: [] };

  const pick = {
    model,
    store,
    ui,
    voice,
    act: (action, id, data, node) => {
      const own = action === "add" ? ui.picked.querySelector('[data-key="add"]') : ui.addTyped;
      store.act(action, id, data, node ?? own);
    },
    shown: [],
    counts: countKinds([]),
    columns: COLUMNS,
  };
  pick.state = {
    query: "",
    chip: "all",
    order: "",
    current: -1, // the index that the keys have come to
    anchor: -1, // where a run of rows began
    beforeRun: [],
  };
  const { state } = pick;
  /** Where the focus goes when what had it is gone. */
  pick.focusable = () => (ui.tools.hidden ? ui.typed : ui.search);
  pick.options = () => ({ ...DEFAULTS, ...model.get("pick") });

  const drawColumns = () => {
    const has = (key) => key === "kind" || sorted.some((row) => plain(row.cells?.[key] ?? ""));
    const wanted = model.get("columns")?.length ? model.get("columns") : COLUMNS;
    pick.columns = wanted.filter(([key]) => key === "" || has(key));
    for (const key of ["context", "price"]) {
      ui.list.classList.toggle(`dw-no${key}`, !pick.columns.some(([name]) => name === key));
    }
    ui.columns.replaceChildren(h("span"), ...pick.columns.map(([, text]) => h("span", {}, clean(text))));
  };
  const sortAll = () => {
    const orders = sortedFrom.rows === store.rows ? sortedFrom.orders : usableOrders(store.rows);
    const order = [state.order, pick.options().sort].find((key) => orders.includes(key)) ?? "name";
    const made = JSON.stringify([order, model.get("columns")]);
    if (sortedFrom.rows === store.rows && sortedFrom.made === made) return;
    sortedFrom = { rows: store.rows, made, orders };
    sorted = sortRows(store.rows, order);
    hay = sorted.map(haystack);
    pick.tools.drawOrders(orders, order);
    drawColumns();
  };
  const filterAll = () => {
    const found = search(sorted, hay, state.query);
    pick.counts = countKinds(found);
    if (state.chip !== "all" && !sorted.some((row) => hasKind(row, state.chip))) state.chip = "all";
    pick.shown = state.chip === "all" ? found : found.filter((row) => hasKind(row, state.chip));
  };

  pick.layOut = () => {
    const some = pick.shown.length > 0;
    const none = !store.rows.length && Boolean(model.get("note"));
    ui.tools.hidden = none;
    ui.filter.hidden = none || !pick.options().kinds;
    ui.columns.hidden = !some;
    ui.view.hidden = !some;
    ui.search.setAttribute("aria-expanded", String(some));
    ui.view.setAttribute("aria-label", clean(model.get("label")) || "Models");
    ui.view.setAttribute("aria-multiselectable", String(pick.options().multiple));
    ui.view.style.height = `${pick.rows.height()}px`;
  };
  const drawAll = () => {
    pick.tools.drawCount();
    pick.tools.drawChips();
    pick.nothing.draw();
    pick.byHand.draw(state.query.trim());
    pick.bar.draw();
    pick.layOut();
    clock.update();
  };
  pick.drawSelection = () => {
    pick.bar.draw();
    pick.rows.draw();
  };

  /** After a change of search, kind or order: from the top. */
  pick.refilter = () => {
    sortAll();
    filterAll();
    Object.assign(state, { current: -1, anchor: -1 });
    drawAll();
    pick.rows.scrollTo(0);
    pick.rows.draw();
    pick.tools.sayCount();
  };
  pick.search = (query) => {
    state.query = query;
    if (ui.search.value !== query) ui.search.value = query;
    pick.refilter();
  };

  pick.selection = openSelection(pick);
  pick.rows = openVirtualRows(pick);
  pick.tools = openTools(pick);
  pick.bar = openSelectionBar(pick);
  pick.byHand = openByHand(pick);
  pick.nothing = openNothing(pick);
  const clock = tick(el, store.now, () => {});
  listenToKeys(pick);
  listenToPointer(pick);
  ui.search.addEventListener("input", () => pick.search(ui.search.value));
  ui.clear.addEventListener("click", () => {
    pick.search("");
    ui.search.focus();
  });
  model.on("change:selected", pick.drawSelection);

  /** After a change of the rows: what the person looks at stays where it is. */
  const update = () => {
    const lookAgain = pick.rows.holdPlace();
    const currentId = pick.shown[state.current]?.id;
    sortAll();
    filterAll();
    state.current = currentId === undefined ? -1 : pick.shown.findIndex((row) => row.id === currentId);
    state.anchor = -1;
    drawAll();
    pick.rows.draw(); // gives the list its height, without which it cannot be scrolled
    lookAgain();
    pick.rows.draw();
  };
  const focus = (id) => {
    if (!isShown(ui.search)) return false;
    ui.search.focus();
    const index = pick.shown.findIndex((row) => row.id === id);
    if (index >= 0) pick.rows.goTo(index);
    return true;
  };
  const receive = (message) => {
    if (message.kind === "filter") {
      state.chip = message.chip;
      pick.search(message.query);
    } else if (message.kind === "by_hand_done") {
      pick.byHand.empty();
    } else {
      answerWithFocus(message.gesture, () => focus(message.id));
    }
  };
  const stop = () => {
    clock.stop();
    pick.tools.stop();
    pick.rows.stop();
    model.off("change:selected", pick.drawSelection);
  };
  return { update, receive, stop };
}
