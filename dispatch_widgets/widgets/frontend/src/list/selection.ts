/** The selection after a gesture, as keys in the order of selecting. */

export type Keys = ReadonlyArray<string>;

/** Adds a key to the selection, or removes it. */
export function toggled(picked: Keys, key: string): Keys {
  return picked.includes(key) ? picked.filter((each) => each !== key) : [...picked, key];
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
