// The last row: an id that is not listed, typed by hand.

/** The by-hand row of a pick list. */
export function openByHand(pick) {
  const { ui } = pick;
  let prefilled = "";
  const draw = (query) => {
    const options = pick.options();
    ui.byHand.hidden = !options.by_hand;
    ui.addTyped.textContent = options.by_hand_label;
    // What was searched for in vain is there already, unless something else was typed.
    const offersId = Boolean(pick.store.rows.length && query && !pick.counts.all);
    if (ui.typed.value === prefilled && document.activeElement !== ui.typed) {
      prefilled = offersId ? query : "";
      ui.typed.value = prefilled;
    }
    ui.addTyped.classList.toggle("mod-primary", offersId);
  };
  const empty = () => {
    ui.typed.value = "";
    prefilled = "";
  };
  const add = () => {
    const text = ui.typed.value.trim();
    if (text) pick.act("add_by_hand", "", { model: text, kind: ui.typedKind.value });
    else ui.typed.focus();
  };
  ui.addTyped.addEventListener("click", add);
  ui.typed.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    if (!event.repeat) add();
    event.preventDefault();
    event.stopPropagation();
  });
  return { draw, empty };
}
