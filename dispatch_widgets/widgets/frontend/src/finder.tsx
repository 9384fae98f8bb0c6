/** The search over the rows of a section and their order: both are this window's. */
import { useContext } from "preact/hooks";
import { Place } from "./context.ts";
import { QUIET } from "./focus.ts";
import { type Found, foundIn } from "./found.ts";
import type { Finder, Row, Section, Words } from "./types.ts";
import { Icon } from "./words.tsx";

/** The rows that are searched for, in their order; all of them where a section has no search. */
export function rowsFound(section: Section, { text, sort }: Found): ReadonlyArray<Row> {
  const rows = section.rows ?? [];
  if (!section.finder) return rows;
  const wanted = text.split(/\s+/).map(lettersOf).filter(Boolean);
  const found = rows.filter((row) => {
    const all = lettersOf([row.title, ...(row.subtitle ?? []).map(plain), row.badge?.text ?? ""].join(" "));
    return wanted.every((word) => all.includes(word));
  });
  return sort ? found.sort((a, b) => (a.places?.[sort] ?? 0) - (b.places?.[sort] ?? 0)) : found;
}

/** Letters and digits alone: a search forgives punctuation. */
function lettersOf(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
}

function plain(words: Words): string {
  const runs = Array.isArray(words) ? words : [words];
  return runs.map((run) => (typeof run === "string" ? run : run.text)).join("");
}

interface FinderProps {
  readonly finder: Finder;
  readonly section: string;
  readonly count: number;
}

export function FinderBox({ finder, section, count }: FinderProps) {
  const { panel } = useContext(Place);
  const found = foundIn(panel.window.get("found"), section);
  const put = (change: Partial<Found>): void => {
    panel.window.set("found", { ...panel.window.get("found"), [section]: { ...found, ...change } });
  };
  return (
    <>
      <div class="dp-finder">
        <div class="dp-search">
          <Icon name="search" />
          <input
            type="search"
            class="dp-input"
            aria-label={finder.label}
            placeholder={finder.label}
            autocomplete="off"
            spellcheck={false}
            value={found.text}
            onInput={(event) => put({ text: event.currentTarget.value })}
            {...QUIET}
          />
        </div>
        <select
          class="dp-select"
          aria-label="Order"
          value={found.sort}
          onChange={(event) => put({ sort: event.currentTarget.value })}
          {...QUIET}
        >
          {finder.sorts.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </div>
      <p class={count ? "dp-unseen" : "dp-muted"} role="status">
        {found.text && (count ? `${count} found` : finder.nothing)}
      </p>
    </>
  );
}
