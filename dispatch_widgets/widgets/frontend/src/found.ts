/** Search and order of a section's rows. The search compares texts as the one over models does. */
import { bestFirst, type Index, indexOf } from "./list/match.ts";
import { collator } from "./list/order.ts";
import type { Keys } from "./list/selection.ts";
import type { Finder, Row, Run, Section, Words } from "./types.ts";

/** The search, order, page and selection of a section's rows in this window. */
export interface Found {
  readonly text: string;
  readonly sort: string;
  /** The index of the first row on the page shown. */
  readonly first: number;
  /** The ids of the selected rows. */
  readonly picked: Keys;
}

export const AT_FIRST: Found = { text: "", sort: "", first: 0, picked: [] };
const LAST = "\uffff";

type Rows = ReadonlyArray<Row>;

const indexes = new WeakMap<Rows, Index<Row>>();

/** Returns the search index of rows, built once for each view. */
export function indexed(rows: Rows): Index<Row> {
  const made =
    indexes.get(rows) ??
    indexOf(
      rows,
      (row) => [row.title, ...(row.subtitle ?? []).map(plain)],
      (row) => [row.badge?.text, ...Object.values(row.cells ?? {}).map(({ text }) => text)],
    );
  indexes.set(rows, made);
  return made;
}

/** Returns the rows that match the search, in the chosen order; all rows if the section has no search. */
export function rowsFound({ rows = [], finder }: Section, { text, sort }: Found): Rows {
  if (!finder) return rows;
  const found = bestFirst(indexed(rows), text);
  if (!sort) return found;
  const there = new Set(found);
  return sorted(rows, sort, finder).filter((row) => there.has(row));
}

function sorted(rows: Rows, sort: string, { orders }: Finder): Rows {
  const order = orders[sort];
  if (order) return order.flatMap((place) => rows[place] ?? []);
  if (sort === "reversed") return [...rows].reverse();
  const keyed = rows.map((row) => ({ row, key: sortKey(row, sort) }));
  return keyed.sort((a, b) => collator.compare(a.key, b.key)).map(({ row }) => row);
}

function sortKey({ title, subtitle, cells }: Row, sort: string): string {
  if (sort === "title") return title;
  return sort === "line" ? plain(subtitle?.[0] ?? title) : (cells?.[sort]?.text ?? LAST);
}

function plain(words: Words | Run): string {
  const runs = Array.isArray(words) ? words : [words];
  return runs.map((run) => (typeof run === "string" ? run : run.text)).join("");
}
