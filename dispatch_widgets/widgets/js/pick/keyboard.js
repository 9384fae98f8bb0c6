// The keys of a pick list: from the search field alone everything can be done.
import { isChord, moveIndex } from "../list/keyboard.js";
import { clean } from "../shared/text.js";

/** What a key means, as the name of a command and its argument, or null where the key is not ours. Pure. */
export function meaning(event, { inField, inList, query, hasSelection, current, count, page }) {
  if (event.isComposing || !event.key) return null;
  // In the field Home and End are the text's until the list was entered.
  const moves = !inField || inList || ["ArrowDown", "PageDown"].includes(event.key);
  const to = moves && !isChord(event) ? moveIndex(event.key, current, count, page) : null;
  if (to !== null && event.shiftKey && inList) return ["run", to];
  if (to !== null && event.key === "ArrowUp" && inField && current === 0) return ["leave"];
  if (to !== null) return ["go", to];
  if (event.key === " " && (inList || !inField)) return ["toggle"];
  const isAll = event.key.toLowerCase() === "a" && (event.ctrlKey || event.metaKey);
  if (isAll && (inList || !inField || !query)) return ["all"];
  if (event.key === "Enter") return ["enter"];
  if (event.key === "Escape" && query) return ["clear"];
  if (event.key === "Escape" && hasSelection) return ["unselect"];
  return null;
}

/** Lets the keys of a pick list do what they mean. */
export function listenToKeys(pick) {
  const { ui, state, selection, rows, voice } = pick;

  const enter = () => {
    const row = pick.shown[state.current];
    const chosen = selection.ids();
    if (!pick.options().add) selection.toggle(state.current);
    else if (chosen.length) selection.add(chosen);
    else if (row && !row.have) selection.add([row.id]);
    else if (row) voice.textContent = `${clean(row.title)} is in the catalog already`;
  };
  const commands = {
    run: (to) => {
      selection.runTo(to);
      rows.goTo(to);
    },
    leave: () => {
      Object.assign(state, { current: -1, anchor: -1 }); // back into the field
      rows.draw();
    },
    go: (to) => {
      state.anchor = -1;
      rows.goTo(to);
    },
    toggle: () => selection.toggle(state.current),
    all: selection.all,
    enter,
    clear: () => pick.search(""),
    unselect: () => selection.select([]),
  };
  const moving = ["run", "go"];

  const onKey = (event) => {
    const found = meaning(event, {
      inField: event.target === ui.search,
      inList: state.current >= 0,
      query: state.query,
      hasSelection: selection.ids().length > 0,
      current: state.current,
      count: pick.shown.length,
      page: rows.page(),
    });
    if (!found) return;
    const [command, to] = found;
    // A key that is held down goes on moving, and does nothing else twice.
    if (!event.repeat || moving.includes(command)) commands[command](to);
    event.preventDefault();
    event.stopPropagation();
  };

  ui.search.addEventListener("keydown", onKey);
  ui.view.addEventListener("keydown", (event) => {
    onKey(event);
    const types = event.key.length === 1 && event.key !== " " && !isChord(event);
    if (types && !event.defaultPrevented) ui.search.focus(); // what is typed goes into the field
  });
  ui.view.addEventListener("focus", () => {
    if (state.current < 0 && pick.shown.length && ui.view.matches(":focus-visible"))
      rows.goTo(rows.firstInSight());
  });
}
