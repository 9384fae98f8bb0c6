/** The keys of a list of models. Everything can be done without leaving the search field. */

export type Meaning =
  | { readonly does: "run" | "go"; readonly to: number }
  | { readonly does: "leave" | "details" | "toggle" | "all" | "enter" | "clear" | "unselect" };

export interface Where {
  readonly inField: boolean;
  readonly query: string;
  readonly hasSelection: boolean;
  /** The index of the current row; -1 for none. */
  readonly current: number;
  readonly count: number;
  readonly page: number;
}

type Key = Pick<KeyboardEvent, "key" | "shiftKey" | "ctrlKey" | "metaKey" | "altKey" | "isComposing">;

/** Whether a key is combined with a modifier that leaves it to the browser or the host. */
export function isChord(event: Key): boolean {
  return event.ctrlKey || event.metaKey || event.altKey;
}

/** Returns the index that a key moves to in a list; undefined if the key does not move. */
export function movedTo(key: string, place: number, count: number, page: number): number | undefined {
  if (!count) return undefined;
  const to = {
    ArrowDown: place + 1,
    ArrowUp: place - 1,
    PageDown: place + page,
    PageUp: place - page,
    Home: 0,
    End: count - 1,
  }[key];
  return to === undefined ? undefined : Math.min(count - 1, Math.max(0, to));
}

/** Returns what a key means; undefined if it means nothing to the list. */
export function meaning(event: Key, where: Where): Meaning | undefined {
  if (event.isComposing || !event.key) return undefined;
  const { inField, query, current, count, page } = where;
  const inList = current >= 0;
  // In the search field Home and End move in the text until a row is current.
  const moves = !inField || inList || ["ArrowDown", "PageDown"].includes(event.key);
  const to = moves && !isChord(event) ? movedTo(event.key, current, count, page) : undefined;
  if (to !== undefined && event.shiftKey && inList) return { does: "run", to };
  if (to !== undefined && event.key === "ArrowUp" && inField && current === 0) return { does: "leave" };
  if (to !== undefined) return { does: "go", to };
  if (event.key === "ArrowRight" && inList && !isChord(event) && !event.shiftKey) return { does: "details" };
  if (event.key === " " && (inList || !inField)) return { does: "toggle" };
  const isAll = event.key.toLowerCase() === "a" && (event.ctrlKey || event.metaKey);
  if (isAll && (inList || !inField || !query)) return { does: "all" };
  if (event.key === "Enter") return { does: "enter" };
  if (event.key === "Escape" && query) return { does: "clear" };
  if (event.key === "Escape" && where.hasSelection) return { does: "unselect" };
  return undefined;
}
