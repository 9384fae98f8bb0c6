/** Moves the focus to what an answer names, by the names that nodes have in `data-` attributes. */
import { FOCUSABLE, firstFocusable, isShown } from "./focus.ts";
import { moveFocus } from "./gestures.ts";
import type { Focus } from "./types.ts";

/** The focusable thing that stands for the open tab: on the bar of tabs, or the way back from it. */
export const OPEN_TAB = "[role=tab][aria-selected=true], [data-way-back]";

const ROWS = "[role=row]";

/** Moves the focus to what is named; to what is left of the row where the pressed thing went away. Says if it did. */
export function focusOn(root: HTMLElement, wanted: Focus | undefined, pressed?: string): boolean {
  const named = wanted && find(root, wanted);
  if (named) {
    moveFocus(named);
    return true;
  }
  if (pressed === undefined || hasFocus()) return false;
  // Of what stood over the rows nothing is left: not the next button, which another Enter would press.
  const tab = pressed === "" && root.querySelector<HTMLElement>(OPEN_TAB);
  const next =
    find(root, { row: pressed }) ?? (tab || firstFocusable(root.querySelector(".dp-body") ?? root));
  if (next) moveFocus(next);
  return Boolean(next);
}

/**
 * Remembers a row, the first of these that is shown; returns what says where the focus goes if it is not shown any
 * more: to the next row as they are shown, else to the one before.
 */
export function rowAfter(root: HTMLElement, ids: ReadonlyArray<string>): () => Focus | undefined {
  const shown = [...root.querySelectorAll<HTMLElement>(ROWS)];
  const row = shown.find((each) => ids.includes(each.dataset.row ?? ""));
  const rows = shown.filter((each) => each.parentElement === row?.parentElement);
  const at = row ? rows.indexOf(row) : 0;
  const near = [...rows.slice(at + 1), ...rows.slice(0, at).reverse()];
  return () => {
    const next = row && !row.isConnected && near.find((each) => each.isConnected);
    return next ? { row: next.dataset.row ?? "" } : undefined;
  };
}

/** Brings a row into view, as far as what says that it was done stays in view. */
export function bringIntoView(root: HTMLElement, row: string | undefined): void {
  if (row === undefined) return;
  for (const each of [`${ROWS}[data-row="${CSS.escape(row)}"]`, ".dp-outcome"])
    root.querySelector(each)?.scrollIntoView({ block: "nearest" });
}

/** Whether anything has the focus: what had it may have gone. */
export function hasFocus(): boolean {
  return Boolean(document.activeElement && document.activeElement !== document.body);
}

/** The first thing that can have the focus and is what is named; of a row or section without an action the first. */
function find(root: HTMLElement, { section, row, action, field }: Focus): HTMLElement | undefined {
  if (!section && !row && !action && !field) return undefined;
  const named = (name: string, value: string | undefined) => value && `[data-${name}="${CSS.escape(value)}"]`;
  const what = [named("field", field), named("action", action)].filter(Boolean).join("");
  const wanted = [named("section", section), named("row", row), what].filter(Boolean).join(" ");
  for (const each of root.querySelectorAll<HTMLElement>(wanted)) {
    const own = what || !each.matches(".dp-row") ? undefined : each.querySelector(".dp-actions");
    const found = each.matches(FOCUSABLE) ? each : firstFocusable(own ?? each);
    if (found && isShown(found)) return found;
  }
  return undefined;
}
