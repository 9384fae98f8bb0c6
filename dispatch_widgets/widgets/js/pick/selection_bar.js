// The bar below the rows: what is picked, Clear, and the button that adds it.
import { h } from "../shared/elements.js";
import { clean, grouped, plain } from "../shared/text.js";

const mutedWide = (...children) => h("span", { class: "dw-sub dw-wide-only" }, ...children);

function hint({ multiple, add }) {
  if (!add) return h("span", { class: "dw-sub" }, "Space or a click selects");
  const more = multiple ? " one, Shift+arrow selects a run" : "";
  return h(
    "span",
    { class: "dw-sub" },
    "Space selects, Enter adds",
    h("span", { class: "dw-wide-only" }, more),
  );
}

/** "picker.value is gpt-5": what code in the next cell gets. */
function valueText(row, valueName) {
  const code = (content) => h("span", { class: "dw-mono" }, clean(content));
  const id = row?.mono ? row.title : plain(row?.line?.find((part) => part?.mono || part?.id) ?? row?.id);
  return mutedWide(code(valueName), " is ", code(id));
}

function barText(chosen, options, rows) {
  const { multiple, add, value_name: valueName } = options;
  if (!chosen.length) return [hint(options)];
  if (multiple) {
    const filled = add ? mutedWide("names and kinds are filled in") : null;
    return [h("b", {}, `${grouped(chosen.length)} selected`), " ", filled];
  }
  const row = rows.find((candidate) => candidate.id === chosen[0]);
  return [h("b", {}, clean(row?.title ?? "")), " ", valueName ? valueText(row, valueName) : null];
}

function barButtons(chosen, { multiple, add }) {
  const button = (key, style, attributes, ...label) =>
    h("button", { type: "button", class: `dw-btn ${style}`, "data-key": key, ...attributes }, ...label);
  const clear = chosen.length ? button("clear", "dw-quiet", {}, "Clear") : null;
  if (!add) return [clear];
  const number = chosen.length && multiple ? ` ${grouped(chosen.length)}` : "";
  // One box: as children of the button its blank would be lost, or said twice.
  const label = h(
    "span",
    {},
    `Add${number}`,
    h("span", { class: number ? "dw-roomy" : null }, " to catalog"),
  );
  return [clear, button("add", "mod-primary", { disabled: !chosen.length }, label)];
}

/** The selection bar of a pick list. */
export function openSelectionBar(pick) {
  const { ui, store, selection } = pick;
  const draw = () => {
    const options = pick.options();
    const chosen = selection.ids();
    const focusedKey = ui.picked.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const text = h("div", { class: "dw-picked-text" }, barText(chosen, options, store.rows));
    ui.picked.replaceChildren(text, ...barButtons(chosen, options).filter(Boolean));
    ui.picked.style.visibility = store.rows.length ? "" : "hidden"; // it keeps its place
    if (focusedKey) {
      const same = ui.picked.querySelector(`[data-key="${focusedKey}"]:not(:disabled)`);
      (same ?? ui.search).focus();
    }
  };
  ui.picked.addEventListener("click", (event) => {
    const key = event.target.closest("button")?.dataset.key;
    if (key === "clear") selection.select([]);
    else if (key === "add") selection.add(selection.ids());
  });
  return { draw };
}
