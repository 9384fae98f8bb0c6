// What is picked. The model holds it; Python may set it too.

/** What is selected after a run from one index to another, on top of what was selected before it. */
export function selectRun(before, rows, from, to) {
  const run = rows.slice(Math.min(from, to), Math.max(from, to) + 1).filter((row) => !row.have);
  return [...new Set([...before, ...run.map((row) => row.id)])];
}

/** The selection of a pick list. */
export function openSelection(pick) {
  const { model, state } = pick;
  const ids = () => model.get("selected") ?? [];
  const select = (chosen) => {
    model.set("selected", pick.options().multiple ? chosen : chosen.slice(-1));
    model.save_changes();
    pick.drawSelection();
  };
  const toggle = (index) => {
    const row = pick.shown[index];
    if (!row || row.have) return;
    const chosen = ids();
    if (!pick.options().multiple) select([row.id]);
    else select(chosen.includes(row.id) ? chosen.filter((id) => id !== row.id) : [...chosen, row.id]);
    Object.assign(state, { anchor: index, beforeRun: ids() });
  };
  const runTo = (index) => {
    if (state.anchor < 0) Object.assign(state, { anchor: Math.max(0, state.current), beforeRun: ids() });
    state.current = index;
    if (pick.options().multiple) select(selectRun(state.beforeRun, pick.shown, state.anchor, index));
  };
  const all = () => {
    if (pick.options().multiple) select(selectRun(ids(), pick.shown, 0, pick.shown.length - 1));
  };
  const add = (chosen) => {
    if (chosen.length && pick.options().add) pick.act("add", "", { ids: chosen });
  };
  return { ids, select, toggle, runTo, all, add };
}
