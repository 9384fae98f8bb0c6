// Above the rows: how many there are, the kinds as chips, the orders.
import { h } from "../shared/elements.js";
import { grouped } from "../shared/text.js";

const REST_MS = 300; // typing rests this long before the count is said aloud
const ORDERS = {
  name: "By name",
  created: "Newest first",
  context: "Largest context",
  price: "Cheapest first",
};

/** The kinds that can be asked for. */
export const CHIPS = [
  ["all", "All"],
  ["chat", "Chat"],
  ["embedding", "Embedding"],
  ["other", "Other"],
  ["new", "New"],
];

function countText(shown, total) {
  const noun = total === 1 ? "model" : "models";
  return shown === total ? `${grouped(total)} ${noun}` : `${grouped(shown)} of ${grouped(total)} ${noun}`;
}

/** The tools of a pick list. */
export function openTools(pick) {
  const { ui, state, store, voice } = pick;
  let timer = 0;

  const drawCount = () => {
    const total = pick.options().total ?? store.rows.length;
    ui.count.textContent = store.rows.length ? countText(pick.shown.length, total) : "";
    ui.clear.hidden = !state.query;
  };
  const sayCount = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      voice.textContent = ui.count.textContent;
    }, REST_MS);
  };

  const chip = (key, text, number) => {
    const on = key === state.chip;
    const attributes = {
      type: "button",
      class: "dw-chip",
      role: "radio",
      "aria-checked": String(on),
      tabindex: on ? "0" : "-1",
      "data-chip": key,
    };
    return h("button", attributes, `${text} `, h("span", { class: "dw-num" }, number));
  };
  const drawChips = () => {
    const unknown = !store.rows.length;
    const some = store.rows.some((row) => row.new);
    const focused = ui.chips.contains(document.activeElement);
    const offered = CHIPS.filter(([key]) => key !== "new" || some);
    ui.chips.replaceChildren(
      ...offered.map(([key, text]) => chip(key, text, unknown ? "–" : grouped(pick.counts[key]))),
    );
    if (focused) ui.chips.querySelector('[tabindex="0"]').focus();
  };
  const setChip = (key) => {
    state.chip = key;
    pick.refilter();
  };

  const drawOrders = (orders, order) => {
    const choices = orders.map((key) => h("option", { value: key, selected: key === order }, ORDERS[key]));
    ui.sort.replaceChildren(...choices);
  };

  ui.sort.addEventListener("change", () => {
    state.order = ui.sort.value;
    pick.refilter();
  });
  ui.chips.addEventListener("click", (event) => {
    const pressed = event.target.closest("[data-chip]");
    if (pressed) setChip(pressed.dataset.chip);
  });
  ui.chips.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const keys = [...ui.chips.children].map((node) => node.dataset.chip);
    setChip(keys[(keys.indexOf(state.chip) + step + keys.length) % keys.length]);
    ui.chips.querySelector('[tabindex="0"]').focus();
    event.preventDefault();
  });
  return { drawCount, drawChips, drawOrders, sayCount, setChip, stop: () => clearTimeout(timer) };
}
