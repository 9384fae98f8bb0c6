/** Where a list of rows of one height is scrolled to, and which of them are drawn. */
import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { isShown } from "../focus.ts";
import { holding, IN_SIGHT, rowsToDraw, scrolledTo, showingRow } from "./rows_in_sight.ts";

const ROW_HEIGHT = 44; // until the style sheet says otherwise

export interface Scroll {
  readonly view: RefObject<HTMLDivElement | null>;
  readonly rowHeight: number;
  readonly drawn: readonly [number, number];
  /** How many rows a page of them has. */
  readonly page: number;
  readonly firstInSight: number;
  readonly onScroll: () => void;
  readonly show: (place: number) => void;
}

/**
 * Scrolls a list.
 *
 * @param keys - What its rows are told apart by, in their order.
 * @param asked - What the person asked for: another one begins at the top; rows that change otherwise stay in sight.
 * @param first - Where it is scrolled to at first.
 * @param scrolled - Called when it was scrolled.
 */
export function useScroll(
  keys: ReadonlyArray<string>,
  asked: string,
  first: number,
  scrolled: (top: number) => void,
): Scroll {
  const view = useRef<HTMLDivElement>(null);
  const [rowHeight, setRowHeight] = useState(ROW_HEIGHT);
  const [top, setTop] = useState(first);
  // Where the list is yet to be scrolled to: its rows must be there first, or it cannot be.
  const wanted = useRef<number | undefined>(first);
  const before = useRef({ keys, asked });

  const move = (to: number): void => {
    wanted.current = scrolledTo(to, rowHeight, keys.length);
    setTop(wanted.current);
    scrolled(wanted.current);
  };
  useLayoutEffect(() => {
    const was = before.current;
    before.current = { keys, asked };
    if (was.asked !== asked) move(0);
    else if (was.keys !== keys && was.keys.length && keys.length)
      move(holding(top, rowHeight, was.keys, keys));
  }, [keys, asked]);
  useLayoutEffect(() => {
    const node = view.current;
    if (!node || wanted.current === undefined || !keys.length) return;
    node.scrollTop = wanted.current;
    wanted.current = undefined;
  });
  useLayoutEffect(() => {
    const node = view.current;
    if (!node) return undefined;
    const observer = new ResizeObserver(() => {
      const given = node.querySelector("[role=option]")?.getBoundingClientRect().height;
      if (given) setRowHeight(given);
      if (isShown(node)) setTop(node.scrollTop); // it was lost while the list was hidden
    });
    observer.observe(node);
    const tools = node.ownerDocument.querySelector(`[aria-controls="${node.id}"]`);
    if (tools) observer.observe(tools); // grows with the size of the type
    return () => observer.disconnect();
  }, [keys.length > 0]);

  const frame = useRef(0);
  const onScroll = (): void => {
    cancelAnimationFrame(frame.current);
    frame.current = requestAnimationFrame(() => {
      const at = view.current?.scrollTop ?? 0;
      setTop(at);
      scrolled(at);
    });
  };
  const show = (place: number): void => {
    const to = showingRow(place, top, rowHeight);
    if (to !== top) move(to);
  };
  return {
    view,
    rowHeight,
    drawn: rowsToDraw(top, rowHeight, keys.length),
    page: Math.max(1, Math.floor(IN_SIGHT) - 1),
    firstInSight: Math.min(Math.floor(top / rowHeight), Math.max(0, keys.length - 1)),
    onScroll,
    show,
  };
}
