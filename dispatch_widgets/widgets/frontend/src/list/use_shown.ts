/** What of a list is shown: in order, found by the search, of the kind that is asked for. */
import { useMemo } from "preact/hooks";
import type { ListValues } from "./list_window.ts";
import { indexOf, search } from "./match.ts";
import type { Model } from "./models.ts";
import { countKinds, inOrder, isOfKind, usableOrders } from "./order.ts";

export interface ShownModels {
  readonly shown: ReadonlyArray<Model>;
  /** How many are found of each kind. */
  readonly counts: Readonly<Record<string, number>>;
  readonly kind: string;
  readonly order: string;
  readonly orders: ReadonlyArray<string>;
}

export function useShown(
  models: ReadonlyArray<Model>,
  providers: ReadonlyMap<string, string>,
  values: ListValues,
  firstOrder: string,
): ShownModels {
  const orders = useMemo(() => usableOrders(models), [models]);
  const order = [values.order, firstOrder].find((each) => orders.includes(each)) ?? "name";
  const ordered = useMemo(() => inOrder(models, order), [models, order]);
  const index = useMemo(() => indexOf(ordered, providers), [ordered, providers]);
  const found = useMemo(() => search(index, values.query), [index, values.query]);
  const counts = useMemo(() => countKinds(found), [found]);
  const kind = models.some((model) => isOfKind(model, values.kind)) ? values.kind : "all";
  const shown = useMemo(() => {
    return kind === "all" ? found : found.filter((model) => isOfKind(model, kind));
  }, [found, kind]);
  return { shown, counts, kind, order, orders };
}
