/** Moves the focus to the element that an answer names, found by its `data-` attributes. */
import { FOCUSABLE, firstFocusable, isShown } from "./focus.ts";
import { moveFocus } from "./gestures.ts";
import type { Focus } from "./types.ts";

/** The focusable element of the open tab: its button in the tab bar, or the way back. */
export const OPEN_TAB = "[role=tab][aria-selected=true], [data-way-back]";

const ROWS = "[role=row]";

/**
 * Moves the focus to the wanted element, or else, if the focus was lost, near the row that was pressed.
 *
 * @returns Whether the focus moved.
 */
export function focusOn(root: HTMLElement, wanted: Focus | undefined, pressed?: string): boolean {
  const named = wanted && find(root, wanted);
  if (named) {
    moveFocus(named);
    return true;
  }
  if (pressed === undefined || hasFocus()) return false;
  // After a press above the rows the open tab gets it, not the next button, which another Enter would press.
  const tab = pressed === "" && root.querySelector<HTMLElement>(OPEN_TAB);
  const next =
    find(root, { row: pressed }) ?? (tab || firstFocusable(root.querySelector(".dp-body") ?? root));
  if (next) moveFocus(next);
  return Boolean(next);
}

/**
 * Remembers the first of these rows that is shown, and its neighbours. Returns a function for later: if the
 * row is gone by then, it names the next row that is still shown, else the one before.
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

/** Scrolls a row into view, and then the outcome, which has priority where both do not fit. */
export function bringIntoView(root: HTMLElement, row: string | undefined): void {
  if (row === undefined) return;
  for (const each of [`${ROWS}[data-row="${CSS.escape(row)}"]`, ".dp-outcome"])
    root.querySelector(each)?.scrollIntoView({ block: "nearest" });
}

/** Whether any element has the focus. It is lost when the element that has it is removed. */
export function hasFocus(): boolean {
  return Boolean(document.activeElement && document.activeElement !== document.body);
}

/** Returns the focusable element that is named; for a row or section alone, the first one in it. */
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
