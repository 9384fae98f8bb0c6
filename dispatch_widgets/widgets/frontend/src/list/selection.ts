/** The selection after a gesture, as keys in the order of selecting. */

export type Keys = ReadonlyArray<string>;

/** Adds a key to the selection, or removes it. */
export function toggled(picked: Keys, key: string): Keys {
  return picked.includes(key) ? picked.filter((each) => each !== key) : [...picked, key];
}

/** A range selection: the row where it began, the selection before it, and the one with the range. */
export interface Run {
  readonly anchor: string;
  readonly before: Keys;
  readonly after: Keys;
}

/** Returns the range to extend, or a new one from a row if the selection has changed since or the anchor is gone. */
export function runFrom(run: Run | undefined, picked: Keys, keys: Keys, from: string): Run {
  const goesOn = run && keys.includes(run.anchor) && run.after.join("\r") === picked.join("\r");
  return goesOn ? run : { anchor: from, before: picked, after: picked };
}

/** Adds a range of rows to the selection as it was before the range began. */
export function withRun(
  before: Keys,
  keys: Keys,
  from: number,
  to: number,
  can: (key: string) => boolean,
): Keys {
  const run = keys.slice(Math.min(from, to), Math.max(from, to) + 1).filter(can);
  return [...new Set([...before, ...run])];
}
