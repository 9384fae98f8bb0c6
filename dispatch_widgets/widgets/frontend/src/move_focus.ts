/** Moves the focus to what an answer names, by the names that nodes have in `data-` attributes. */
import { FOCUSABLE, firstFocusable, isShown } from "./focus.ts";
import { moveFocus } from "./gestures.ts";
import type { Focus } from "./types.ts";

/** The focusable thing that stands for the open tab: on the bar of tabs, or the way back from it. */
export const OPEN_TAB = "[role=tab][aria-selected=true], [data-way-back]";

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
