/** Which rows of many are shown, and the ways to others. */
import { useContext } from "preact/hooks";
import { Button } from "./button.tsx";
import { Place } from "./context.ts";
import { beginning } from "./list/page_of_rows.ts";
import { put } from "./list/put.ts";
import type { ListWords } from "./types.ts";
import { Icon } from "./words.tsx";

interface PagesProps {
  readonly words: Pick<ListWords, "page" | "page_before" | "page_after">;
  /** The place of the first row that is shown, how many rows a page has, and how many there are. */
  readonly first: number;
  readonly rows: number;
  readonly count: number;
  /** Shows the page that begins at a row, as far as there are. */
  readonly turn: (to: number) => void;
}

/** It keeps its place while a search finds no more than a page. */
export function Pages({ words, first, rows, count, turn }: PagesProps) {
  const { shown: at } = useContext(Place);
  const span = (from: number): string =>
    put(words.page, { first: from + 1, last: Math.min(count, from + rows), total: count });
  const button = (to: number, label: string, icon: "back" | "next") => (
    <Button
      tabIndex={-1} // keys do it in the list
      look="dp-quiet dp-only"
      aria-label={label}
      title={label}
      disabled={to < first ? first === 0 : first + rows >= count}
      onClick={() => {
        turn(to);
        at.say(span(beginning(to, rows, count)));
      }}
    >
      <Icon name={icon} />
    </Button>
  );
  return (
    <div class={`dp-pages${count > rows ? "" : " dp-held"}`}>
      <span class="dp-sub">{span(first)}</span>
      {button(first - rows, words.page_before, "back")}
      {button(first + rows, words.page_after, "next")}
    </div>
  );
}
