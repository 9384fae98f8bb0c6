// Mouse and touch in the rows of a pick list.

/** Lets clicks in the rows pick them: one, a run with Shift, and a double click adds. */
export function listenToPointer(pick) {
  const { ui, state, selection } = pick;
  const indexOf = (event) => event.target.closest(".dw-model")?.dwIndex;
  ui.view.addEventListener("click", (event) => {
    const index = indexOf(event);
    if (index === undefined) return;
    if (event.shiftKey && pick.options().multiple) {
      selection.runTo(index);
    } else {
      state.current = index;
      selection.toggle(index);
    }
  });
  ui.view.addEventListener("dblclick", (event) => {
    const row = pick.shown[indexOf(event)];
    if (row && !row.have) selection.add([row.id]);
  });
  ui.view.addEventListener("mousedown", (event) => {
    if (event.shiftKey || event.detail > 1) event.preventDefault(); // a run of rows, not of letters
  });
}
