// Of thousands of rows of one height only those in sight are in the page.
import { isShown } from "../shared/focus.js";
import { words } from "../shared/text.js";
import { modelRow } from "./model_row.js";

/** How many rows the list has room for, also when there are fewer: a sliver of the next one says that there are more. */
export const ROWS_IN_SIGHT = 7.05;
const ROW_HEIGHT = 44; // until the style sheet says otherwise

/** Which rows of a list to draw: those in sight and some around them. */
export function windowOf(scrollTop, height, rowHeight, count, around = 6) {
  const start = Math.max(0, Math.floor(scrollTop / rowHeight) - around);
  return [Math.min(start, count), Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + around)];
}

/** The rows of a pick list that are in the page. */
export function openVirtualRows(pick) {
  const { ui, state } = pick;
  const nodes = new Map(); // index -> { node, row, query, columns }
  let rowHeight = ROW_HEIGHT;
  let frame = 0;
  // Height and place are known here: to ask the page for them would make it lay everything out at once.
  let top = 0;
  const height = () => ROWS_IN_SIGHT * rowHeight; // always: what is below does not move while one types
  const scrollTo = (place) => {
    const wanted = Math.max(0, Math.min(place, pick.shown.length * rowHeight - height()));
    if (wanted !== top) ui.view.scrollTop = wanted;
    top = wanted;
  };

  const nodeOf = (index, wanted) => {
    const row = pick.shown[index];
    if (!nodes.has(index)) {
      const node = modelRow(row, pick.columns, wanted, pick.options());
      node.id = `${ui.id}-${index}`;
      node.dwIndex = index;
      nodes.set(index, { node, row, query: state.query, columns: pick.columns });
    }
    return nodes.get(index).node;
  };

  const draw = () => {
    const count = pick.shown.length;
    const [start, end] = windowOf(top, height(), rowHeight, count);
    const chosen = new Set(pick.selection.ids());
    const wanted = words(state.query);
    for (const [index, { node, row, query, columns }] of nodes) {
      const isSame = row === pick.shown[index] && query === state.query && columns === pick.columns;
      if (index >= start && index < end && isSame) continue;
      node.remove();
      nodes.delete(index);
    }
    let after = null;
    for (let index = start; index < end; index += 1) {
      const node = nodeOf(index, wanted);
      node.setAttribute("aria-selected", String(chosen.has(pick.shown[index].id)));
      node.setAttribute("aria-posinset", index + 1);
      node.setAttribute("aria-setsize", count);
      node.classList.toggle("dw-current", index === state.current);
      const place = after ? after.nextSibling : ui.pad.firstChild;
      if (place !== node) ui.pad.insertBefore(node, place);
      after = node;
    }
    ui.pad.style.paddingTop = `${start * rowHeight}px`;
    ui.pad.style.height = `${count * rowHeight}px`;
    // Only what is in the page can be pointed to.
    const active = state.current >= start && state.current < end ? `${ui.id}-${state.current}` : null;
    for (const field of [ui.search, ui.view]) {
      if (active) field.setAttribute("aria-activedescendant", active);
      else field.removeAttribute("aria-activedescendant");
    }
  };

  const goTo = (index) => {
    state.current = index;
    const [start, end] = [index * rowHeight, (index + 1) * rowHeight];
    if (start < top) scrollTo(start);
    else if (end > top + height()) scrollTo(end - height());
    draw();
  };

  /** What is looked at now; gives back how to look at it again after the rows changed. */
  const holdPlace = () => {
    const first = Math.floor(top / rowHeight);
    const offset = top - first * rowHeight;
    const seen = pick.shown.slice(first, first + Math.ceil(ROWS_IN_SIGHT)).map((row) => row.id);
    return () => {
      const places = new Map(pick.shown.map((row, index) => [row.id, index]));
      const kept = seen.findIndex((id) => places.has(id));
      scrollTo(kept < 0 ? 0 : (places.get(seen[kept]) - kept) * rowHeight + offset);
    };
  };

  const firstInSight = () => windowOf(top, 0, rowHeight, pick.shown.length, 0)[0];
  const page = () => Math.max(1, Math.floor(height() / rowHeight) - 1);

  ui.view.addEventListener(
    "scroll",
    () => {
      top = ui.view.scrollTop;
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(draw);
    },
    { passive: true },
  );
  const resized = new ResizeObserver(() => {
    const given = ui.pad.firstElementChild?.getBoundingClientRect().height;
    if (given && given !== rowHeight) {
      rowHeight = given;
      pick.layOut();
    }
    if (isShown(ui.view)) top = ui.view.scrollTop; // it was lost while the list was hidden
    draw();
  });
  resized.observe(ui.view);
  resized.observe(ui.search); // grows with the size of the type
  const stop = () => {
    cancelAnimationFrame(frame);
    resized.disconnect();
  };
  return { draw, goTo, scrollTo, holdPlace, height, firstInSight, page, stop };
}
