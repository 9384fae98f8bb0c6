/** The models of the list that is shown, fetched where they are not held. */
import { useContext, useEffect, useMemo, useReducer } from "preact/hooks";
import { Place } from "../context.ts";
import type { ListState } from "../types.ts";
import type { ListWindow } from "./list_window.ts";
import { keyOf, type Model } from "./models.ts";

/** Draws anew what stands here when something of the list's own window changes. */
export function useChanges(list: ListWindow): void {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => list.listen(() => redraw(undefined)), [list]);
}

export interface ShownLists {
  readonly models: ReadonlyArray<Model>;
  readonly leftOut: number;
  /** Whether the kernel has yet to send models of it. */
  readonly isComing: boolean;
  /** The names of the providers, by their ids. */
  readonly providers: ReadonlyMap<string, string>;
  /** The keys of the models that are in the catalog. */
  readonly had: ReadonlySet<string>;
}

/** What a list holds; that of all providers what theirs hold. */
export function useLists(lists: ReadonlyArray<ListState>, shown: ListState): ShownLists {
  const { panel } = useContext(Place);
  const members = shown.provider_id ? [shown] : lists.filter((each) => each.provider_id);
  useEffect(() => panel.lists.show(members));
  const held = members.map((each) => panel.lists.of(each));
  // Each list that is held is the same until it changes.
  const models = useMemo(() => (held.length === 1 ? (held[0] ?? []) : held.flat()), [held.length, ...held]);
  const names = JSON.stringify(lists.map((each) => [each.provider_id, each.where ?? ""]));
  const providers = useMemo(() => new Map<string, string>(JSON.parse(names)), [names]);
  const had = useMemo(() => {
    const keys = members.flatMap((each) => each.in_catalog?.map((id) => keyOf(each.provider_id, id)) ?? []);
    return new Set(keys);
  }, [lists, shown]);
  const leftOut = members.reduce((sum, each) => sum + panel.lists.leftOut(each), 0);
  const isComing = members.some((each) => panel.lists.isComing(each));
  return { models, leftOut, isComing, providers, had };
}
