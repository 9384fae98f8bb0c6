// Which rows a search and a kind let through. Pure.
import { clean, plain, words } from "../shared/text.js";

const KINDS = ["chat", "embedding", "other"];

/** All that a row can be found by, in lower case. */
export function haystack(row) {
  const parts = [row.title, ...(row.line ?? []).map(plain), row.from, row.search];
  return parts.filter(Boolean).map(clean).join(" ").toLowerCase();
}

/** Whether a row answers to a chip. */
export function hasKind(row, chip) {
  return chip === "all" || (chip === "new" ? Boolean(row.new) : (row.kind ?? "other") === chip);
}

/** How many rows each chip has. */
export function countKinds(rows) {
  const counts = { all: rows.length, chat: 0, embedding: 0, other: 0, new: 0 };
  for (const row of rows) {
    counts[KINDS.includes(row.kind) ? row.kind : "other"] += 1;
    if (row.new) counts.new += 1;
  }
  return counts;
}

/** The rows in which all words of a search occur; hay holds the haystack of each row. */
export function search(rows, hay, query) {
  const wanted = words(query);
  if (!wanted.length) return rows;
  return rows.filter((_, index) => wanted.every((word) => hay[index].includes(word)));
}
