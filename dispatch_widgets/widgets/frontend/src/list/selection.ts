/** What is picked after a gesture; keys in the order of picking. */

export type Keys = ReadonlyArray<string>;

/** One more, or one less. */
export function toggled(picked: Keys, key: string): Keys {
  return picked.includes(key) ? picked.filter((each) => each !== key) : [...picked, key];
}

/** A run of rows, on top of what was picked before it began. */
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
