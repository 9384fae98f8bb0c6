/** The range of rows shown, and the buttons that turn the page. */
import { useContext } from "preact/hooks";
import { Button } from "./button.tsx";
import { Place } from "./context.ts";
import { beginning } from "./list/page_of_rows.ts";
import { put } from "./list/put.ts";
import type { ListWords } from "./types.ts";
import { Icon } from "./words.tsx";

interface PagesProps {
  readonly words: Pick<ListWords, "page" | "page_before" | "page_after">;
  /** The index of the first row shown; `rows` is the size of a page, and `count` the number of all rows. */
  readonly first: number;
  readonly rows: number;
  readonly count: number;
  /** Shows the page that begins at a row, or the last full page. */
  readonly turn: (to: number) => void;
}

/** The page buttons. While a search finds no more than one page they are hidden, but keep their space. */
export function Pages({ words, first, rows, count, turn }: PagesProps) {
  const { shown: at } = useContext(Place);
  const span = (from: number): string =>
    put(words.page, { first: from + 1, last: Math.min(count, from + rows), total: count });
  const button = (to: number, label: string, icon: "back" | "next") => (
    <Button
      tabIndex={-1} // by keyboard, the keys of the list turn the page
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
