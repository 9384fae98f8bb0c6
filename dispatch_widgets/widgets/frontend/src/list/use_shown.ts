/** The models of a list that are shown: sorted, searched and filtered. */
import { useMemo } from "preact/hooks";
import type { ListValues } from "./list_window.ts";
import { bestFirst, didYouMean, search } from "./match.ts";
import { type Model, searchable } from "./models.ts";
import { countKinds, featuresOf, has, inOrder, isOfKind, usableOrders } from "./order.ts";

export interface ShownModels {
  readonly shown: ReadonlyArray<Model>;
  /** How many models are found of each kind. */
  readonly counts: Readonly<Record<string, number>>;
  /** How many models the search finds, whatever their kind and features. */
  readonly matching: number;
  readonly kind: string;
  readonly order: string;
  readonly orders: ReadonlyArray<string>;
  /** The features that any model has; `feature` is the one that is filtered by, or empty. */
  readonly features: ReadonlySet<string>;
  readonly feature: string;
  /** The model that was probably meant by a search that finds nothing. */
  readonly meant: Model | undefined;
}

/** The sort order of a search until another one is chosen. */
export const BEST_MATCH = "match";

export function useShown(
  models: ReadonlyArray<Model>,
  providers: ReadonlyMap<string, string>,
  values: ListValues,
  firstOrder: string,
): ShownModels {
  const usable = useMemo(() => usableOrders(models), [models]);
  const { query } = values;
  const isSearched = query.trim() !== "";
  const orders = isSearched ? [BEST_MATCH, ...usable] : usable;
  const order =
    [values.order, isSearched ? BEST_MATCH : "", firstOrder].find((each) => orders.includes(each)) ?? "name";
  const isBest = order === BEST_MATCH;
  const lasting = isBest ? firstOrder : order; // the order among equally good matches
  const ordered = useMemo(() => inOrder(models, lasting), [models, lasting]);
  const index = useMemo(() => searchable(ordered, providers), [ordered, providers]);
  const features = useMemo(() => new Set(models.flatMap(featuresOf)), [models]);
  const feature = features.has(values.feature) ? values.feature : "";
  const matches = useMemo(() => (isBest ? bestFirst : search)(index, query), [index, query, isBest]);
  const meant = useMemo(
    () => (matches.length ? undefined : didYouMean(index, query)),
    [matches, index, query],
  );
  const found = useMemo(
    () => (feature ? matches.filter((model) => has(model, feature)) : matches),
    [matches, feature],
  );
  const counts = useMemo(() => countKinds(found), [found]);
  const kind = models.some((model) => isOfKind(model, values.kind)) ? values.kind : "all";
  const shown = useMemo(() => {
    return kind === "all" ? found : found.filter((model) => isOfKind(model, kind));
  }, [found, kind]);
  return { shown, counts, matching: matches.length, kind, features, feature, order, orders, meant };
}
