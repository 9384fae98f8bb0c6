/** The presses of a tab in this page that have no answer yet, by the keys of their actions. */
import type { Action } from "./types.ts";

export interface Press {
  readonly row: string;
  /** What the button said: one that says something else by now, another host for one, is another button. */
  readonly label: string;
  /** The value chosen; undefined for a button. */
  readonly choice: string | undefined;
  /** Whether it has waited long enough to show that the kernel is busy. */
  late: boolean;
}

/** Returns the key of an action, unique in its tab. */
export function keyOf(action: Action): string {
  return JSON.stringify([action.kind ?? "act", action.name, rowOf(action)]);
}

export function rowOf(action: Action): string {
  return String(action.args?.row ?? "");
}

export class Presses extends Map<string, Press> {
  /** Whether a press of this button waits. */
  holds(action: Action): boolean {
    return this.get(keyOf(action))?.label === action.label;
  }

  /** Whether a press in a row is late; with an empty id, a press outside of rows. */
  isLate(row: string): boolean {
    return [...this.values()].some((each) => each.late && each.row === row);
  }
}
