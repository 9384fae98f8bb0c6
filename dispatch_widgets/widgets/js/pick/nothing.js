// Where rows would be: the note of the list, and what is said when there are none or none matches.
import { asking, emptyParts } from "../list/no_rows.js";
import { note, noteData, restoreNote } from "../list/notes.js";
import { clean, grouped } from "../shared/text.js";
import { CHIPS } from "./tools.js";

const SHOW_ALL_KINDS = { action: "", label: "Show all kinds" };
const SEARCH_ALL = { action: "search_all", label: "Search all providers" };
const CLEAR_SEARCH = { action: "clear_search", label: "Clear search" };

/** The Empty for a search that nothing answers to. */
export function noMatch(query, counts, chip, options) {
  if (counts.all) {
    const kind = CHIPS.find(([key]) => key === chip)[1].toLowerCase();
    const title = `None of the ${grouped(counts.all)} found is of the kind ${kind}`;
    return { title, actions: [SHOW_ALL_KINDS] };
  }
  const place = options.where ? ` at ${clean(options.where)}` : "";
  const how = options.add ? "add it by hand" : "type it below";
  return {
    title: `Nothing${place} matches “${query}”`,
    text: `Servers do not list everything that they serve.${options.by_hand ? ` If the id is right, ${how}.` : ""}`,
    actions: [options.search_all ? SEARCH_ALL : CLEAR_SEARCH],
  };
}

/** What stands in place of the rows of a pick list. */
export function openNothing(pick) {
  const { ui, model, state, store } = pick;
  let noteDrawn = "";
  let contentDrawn = "";

  const drawNote = (spec) => {
    ui.noteBox.hidden = !spec;
    const data = JSON.stringify(spec);
    if (noteDrawn === data) return;
    noteDrawn = data;
    const focused = ui.noteBox.contains(document.activeElement) && document.activeElement.dataset.key;
    const chosen = noteData(ui.noteBox);
    ui.noteBox.replaceChildren(...(spec ? [note(spec)] : []));
    restoreNote(ui.noteBox, chosen);
    if (focused)
      (ui.noteBox.querySelector(`[data-key="${focused}"]:not(:disabled)`) ?? pick.focusable()).focus();
  };
  const content = (busy, empty, spec) => {
    if (!store.rows.length && busy) return ["busy", busy];
    if (!store.rows.length && empty && !spec) return ["empty", empty];
    if (store.rows.length && !pick.shown.length)
      return ["empty", noMatch(state.query.trim(), pick.counts, state.chip, pick.options())];
    return ["", null];
  };
  const draw = () => {
    const [spec, busy, empty] = [model.get("note"), model.get("busy"), model.get("empty")];
    drawNote(spec);
    const [kind, said] = content(busy, empty, spec);
    ui.nothing.hidden = !kind;
    const data = JSON.stringify([kind, said]);
    // Its buttons keep the focus while it says the same.
    if (data !== contentDrawn) {
      const drawn = kind === "busy" ? [asking(said)] : kind ? emptyParts(said, "pick") : [];
      const focused = ui.nothing.contains(document.activeElement);
      ui.nothing.replaceChildren(...drawn);
      if (focused) pick.focusable().focus();
    }
    contentDrawn = data;
  };
  const onClick = (event) => {
    const pressed = event.target.closest("button[data-action]");
    if (!pressed) return;
    const { action } = pressed.dataset;
    if (action === "") pick.tools.setChip("all");
    else if (action === "clear_search") ui.clear.click();
    else if (action === "search_all") pick.act(action, "", { query: state.query }, pressed);
    else pick.act(action, "", noteData(pressed.closest(".dw-note")), pressed);
  };
  ui.nothing.addEventListener("click", onClick);
  ui.noteBox.addEventListener("click", onClick);
  return { draw };
}
