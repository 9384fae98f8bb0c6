/** The sort orders, kinds and features of models. */
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

/** Returns the orders for which any model has a value; `name` always is one. */
export function usableOrders(models: ReadonlyArray<Model>): ReadonlyArray<string> {
  const known = (by: By): boolean => models.some((model) => VALUES[by](model) !== undefined);
  return ["name", ...(Object.keys(VALUES) as By[]).filter(known)];
}

/** Sorts models by name, created (newest first), context (largest first) or price (cheapest first). */
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

/** Whether a model passes the filter by kind; `all` and `new` are values of the filter too. */
export function isOfKind(model: Model, kind: string): boolean {
  return kind === "all" || (kind === "new" ? Boolean(model.new) : model.kind === kind);
}

/** Whether a model's server states a feature; always true for an empty one. */
export function has(model: Model, feature: string): boolean {
  return !feature || featuresOf(model).includes(feature);
}

/** Returns the features that a model's server states. */
export function featuresOf(model: Model): ReadonlyArray<string> {
  return model.features?.split(" ") ?? [];
}

/** Counts the models of each kind, and the new ones. */
export function countKinds(models: ReadonlyArray<Model>): Readonly<Record<string, number>> {
  const counts = { all: models.length, chat: 0, embedding: 0, other: 0, new: 0 };
  for (const model of models) {
    counts[model.kind] += 1;
    if (model.new) counts.new += 1;
  }
  return counts;
}
