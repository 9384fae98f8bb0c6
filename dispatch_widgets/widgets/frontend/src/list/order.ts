/** The orders of a list of models, and its kinds. */
import { type Model, nameOf } from "./models.ts";

const VALUES = {
  created: (model: Model) => model.by_created,
  context: (model: Model) => model.by_context,
  price: (model: Model) => model.by_price,
} as const;
const DESCENDING = new Set(["created", "context"]);
export const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

type By = keyof typeof VALUES;

function isBy(order: string): order is By {
  return order in VALUES;
}

/** The orders that some model has a value for; by name there always is one. */
export function usableOrders(models: ReadonlyArray<Model>): ReadonlyArray<string> {
  const known = (by: By): boolean => models.some((model) => VALUES[by](model) !== undefined);
  return ["name", ...(Object.keys(VALUES) as By[]).filter(known)];
}

/** Models in an order: name, created (newest first), context (largest first) or price (cheapest first). */
export function inOrder(models: ReadonlyArray<Model>, order: string): ReadonlyArray<Model> {
  const value = isBy(order) ? VALUES[order] : () => undefined;
  const sign = DESCENDING.has(order) ? -1 : 1;
  const keyed = models.map((model) => ({ model, name: nameOf(model), value: value(model) }));
  keyed.sort((a, b) => {
    if (a.value !== b.value) {
      if (a.value === undefined) return 1;
      if (b.value === undefined) return -1;
      return sign * (a.value - b.value);
    }
    return collator.compare(a.name, b.name);
  });
  return keyed.map(({ model }) => model);
}

/** Whether a model is of a kind that can be asked for. */
export function isOfKind(model: Model, kind: string): boolean {
  return kind === "all" || (kind === "new" ? Boolean(model.new) : model.kind === kind);
}

/** Whether a model's server states that it can do something; any can do nothing in particular. */
export function has(model: Model, feature: string): boolean {
  return !feature || featuresOf(model).includes(feature);
}

/** What else a model can do, as its server states it. */
export function featuresOf(model: Model): ReadonlyArray<string> {
  return model.features?.split(" ") ?? [];
}

/** How many models there are of each kind. */
export function countKinds(models: ReadonlyArray<Model>): Readonly<Record<string, number>> {
  const counts = { all: models.length, chat: 0, embedding: 0, other: 0, new: 0 };
  for (const model of models) {
    counts[model.kind] += 1;
    if (model.new) counts.new += 1;
  }
  return counts;
}
