/** Rows of sections: which are found, in which order, and on which page a row is. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { AT_FIRST, rowsFound } from "../src/found.ts";
import { FoundRows } from "../src/found_rows.ts";
import type { Finder, Row, Section } from "../src/types.ts";
import { WindowStore } from "../src/window_store.ts";

const row = (id: string, title: string, more: Partial<Row> = {}): Row => ({ id, title, ...more });
const ROWS: ReadonlyArray<Row> = [
  row("a", "m-10", { cells: { used: { text: "grade" } }, badge: { text: "No provider" } }),
  row("b", "m-9", { subtitle: ["other"] }),
  row("c", "GPT-4o mini", { subtitle: [[{ text: "vendor/gpt-4o-mini", model_id: true }]] }),
  row("d", "GPT-4o"),
];
const FINDER = { orders: { attention: [1, 0, 3, 2] }, page_rows: 2 } as unknown as Finder;
const section = (rows: ReadonlyArray<Row>, finder: Finder | undefined = FINDER): Section => ({
  id: "s",
  title: "S",
  rows,
  ...(finder && { finder }),
});
const ids = (text: string, sort = "", of = section(ROWS)): string =>
  rowsFound(of, { ...AT_FIRST, text, sort })
    .map(({ id }) => id)
    .join("");

test("a search over rows is blind to punctuation, has the best first, and knows badges and cells", () => {
  assert.equal(ids("gpt 4o"), "dc");
  assert.equal(ids("vendorgpt4omini"), "c");
  assert.equal(ids("noprovider"), "a");
  assert.equal(ids("GRADE"), "a");
  assert.equal(ids("nothing"), "");
  assert.equal(ids(" "), "abcd");
});

test("rows are sorted by what is chosen, numbers as numbers, also those that a search finds", () => {
  assert.equal(ids("", "title"), "dcba");
  assert.equal(ids("", "line"), "dabc");
  assert.equal(ids("", "used"), "abcd");
  assert.equal(ids("", "reversed"), "dcba");
  assert.equal(ids("", "attention"), "badc");
  assert.equal(ids("m", "title"), "cba");
});

test("a section without a finder shows its rows as they are", () => {
  const plain: Section = { id: "s", title: "S", rows: ROWS };
  assert.equal(ids("gpt", "title", plain), "abcd");
  assert.equal(ids("", "", { id: "s", title: "S" }), "");
});

test("a row is revealed on its page; a search ends for it only where that is wanted", () => {
  const window = new WindowStore();
  const rows = new FoundRows({ window, view: { tab: "models", title: "", sections: [section(ROWS)] } });
  rows.reveal("d", false);
  assert.equal(rows.of("s").first, 2);
  rows.set("s", { text: "m-9", first: 0 });
  rows.reveal("d", false);
  assert.equal(rows.of("s").text, "m-9");
  rows.reveal("d", true);
  assert.deepEqual(rows.of("s"), { text: "", sort: "", first: 2, picked: [] });
  rows.reveal("nobody", true);
  assert.equal(rows.of("s").first, 2);
});

test("what an answer says of rows is taken in: which are new, and that none is selected any more", () => {
  const window = new WindowStore();
  const rows = new FoundRows({ window, view: { tab: "models", title: "", sections: [section(ROWS)] } });
  rows.set("s", { picked: ["a", "b"], text: "m" });
  rows.take({ added: ["c"] }, "s");
  assert.deepEqual(rows.added, ["c"]);
  assert.deepEqual(rows.of("s").picked, ["a", "b"]);
  rows.take({ clear: ["rows"] }, "s");
  assert.deepEqual(rows.added, []);
  assert.deepEqual(rows.of("s").picked, []);
});
