/** The page of rows that a list shows, turned by keys and buttons. */
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useReducer, useRef, useState } from "preact/hooks";
import { fixedAround, givenHeight } from "../given_height.ts";
import { beginning, holding, roomFor, rowsIn, showing } from "./page_of_rows.ts";

const ROOM = 8; // until measured: what a notebook on a small screen has room for

export interface Page {
  readonly view: RefObject<HTMLDivElement | null>;
  /** The number of rows on a page. */
  readonly rows: number;
  /** The index of the first row; `end` is that of the row after the last. */
  readonly first: number;
  readonly end: number;
  /** Turns to the page that begins at a row, or to the last full page. */
  readonly turn: (to: number) => void;
  /** Turns to the nearest page that shows a row. */
  readonly show: (place: number) => void;
}

/**
 * Returns the current page of a list.
 *
 * @param keys - The keys of the rows, in order.
 * @param asked - The search, filters and order: if they change, the page begins at the top.
 * @param most - The number of rows without a search.
 * @param begun - The first row at the start.
 * @param turned - Called when the first row changes.
 */
export function usePage(
  keys: ReadonlyArray<string>,
  asked: string,
  most: number,
  begun: number,
  turned: (first: number) => void,
): Page {
  const view = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState(ROOM);
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const rows = rowsIn(room, most);
  const seen = useRef({ keys, asked, first: begun });
  const was = seen.current;
  if (was.asked !== asked) was.first = 0;
  else if (was.keys !== keys && was.keys.length) was.first = holding(was.first, rows, was.keys, keys);
  Object.assign(was, { keys, asked });
  const first = keys.length ? beginning(was.first, rows, keys.length) : 0;
  useEffect(() => {
    if (keys.length) turned(first);
  }, [first, keys.length > 0]);

  useLayoutEffect(() => {
    const node = view.current;
    if (!node) return undefined;
    const watched = new Set<Element>();
    const measure = (): void => {
      const row = node.querySelector("[role=option]")?.getBoundingClientRect().height;
      if (!row) return; // hidden, or not in the document yet
      const fixed = fixedAround(node);
      for (const each of fixed) watch(each);
      const whole = node.closest(".dp-pick-list")?.getBoundingClientRect().height ?? 0;
      setRoom(roomFor(givenHeight(fixed), whole - node.getBoundingClientRect().height, row));
    };
    const observer = new ResizeObserver(measure);
    const watch = (each: Element): void => {
      if (!watched.has(each)) observer.observe(each);
      watched.add(each);
    };
    const field = node.ownerDocument.querySelector(`[aria-controls="${node.id}"]`); // scales with the font
    watch(field ?? node);
    window.addEventListener("resize", measure);
    measure();
    return () => {
      observer.disconnect();
      window.removeEventListener("resize", measure);
    };
  }, [keys.length > 0]);

  const turn = (to: number): void => {
    was.first = beginning(to, rows, keys.length);
    redraw(undefined);
  };
  return {
    view,
    rows,
    first,
    end: Math.min(keys.length, first + rows),
    turn,
    show: (place) => turn(showing(place, first, rows)),
  };
}
