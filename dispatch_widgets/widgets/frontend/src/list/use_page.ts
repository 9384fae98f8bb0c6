/** Which rows of a list are shown: one page of them, which keys and buttons move. */
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useReducer, useRef, useState } from "preact/hooks";
import { fixedAround, givenHeight } from "../given_height.ts";
import { beginning, holding, roomFor, rowsIn, showing } from "./page_of_rows.ts";

const ROOM = 8; // until it is measured: a notebook's on a small screen

export interface Page {
  readonly view: RefObject<HTMLDivElement | null>;
  /** How many rows it has room for. */
  readonly rows: number;
  /** The places of the first row and of the one after the last. */
  readonly first: number;
  readonly end: number;
  /** Begins at another row, as far as there are. */
  readonly turn: (to: number) => void;
  /** Shows a row. */
  readonly show: (place: number) => void;
}

/**
 * A page of a list.
 *
 * @param keys - What its rows are told apart by, in their order.
 * @param asked - What the person asked for: another one begins at the top; rows that change otherwise stay in place.
 * @param most - How many rows there are if nothing is searched for.
 * @param begun - Where it begins at first.
 * @param turned - Called when it begins elsewhere.
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
      if (!row) return; // it is hidden, or in no page yet
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
    const field = node.ownerDocument.querySelector(`[aria-controls="${node.id}"]`); // grows with the size of the type
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
