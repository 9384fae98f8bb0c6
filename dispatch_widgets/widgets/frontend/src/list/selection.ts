/** What is picked after a gesture; keys of models in the order of picking. */
import type { Model } from "./models.ts";

export type Keys = ReadonlyArray<string>;
export type Can = (model: Model) => boolean;

/** One more, or one less. */
export function toggled(picked: Keys, key: string): Keys {
  return picked.includes(key) ? picked.filter((each) => each !== key) : [...picked, key];
}

/** A run of rows, on top of what was picked before it began. */
export function withRun(
  before: Keys,
  models: ReadonlyArray<Model>,
  from: number,
  to: number,
  can: Can,
): Keys {
  const run = models.slice(Math.min(from, to), Math.max(from, to) + 1).filter(can);
  return [...new Set([...before, ...run.map((model) => model.key)])];
}
