import assert from "node:assert/strict";
import { test } from "node:test";
import { countKinds, hasKind, haystack, search } from "../../dispatch_widgets/widgets/js/pick/filter.js";
import { meaning } from "../../dispatch_widgets/widgets/js/pick/keyboard.js";
import { noMatch } from "../../dispatch_widgets/widgets/js/pick/nothing.js";
import { selectRun } from "../../dispatch_widgets/widgets/js/pick/selection.js";
import { sortRows, usableOrders } from "../../dispatch_widgets/widgets/js/pick/sort.js";
import { windowOf } from "../../dispatch_widgets/widgets/js/pick/virtual_rows.js";

const row = (id, more = {}) => ({ id, title: id, ...more });
const ids = (rows) => rows.map((item) => item.id);

test("a row is found by title, line, provider and owner", () => {
  const hay = haystack({
    id: "secret-id",
    title: "GPT Mini",
    line: [{ text: "openai/gpt-mini", id: true }, ["a", { text: "b" }]],
    from: "OpenRouter",
    search: "Owner Inc",
  });
  for (const word of ["gpt mini", "openai/gpt-mini", "ab", "openrouter", "owner inc"])
    assert.ok(hay.includes(word), word);
  assert.ok(!hay.includes("secret-id"));
});

test("kinds are counted, and a row without one is other", () => {
  const rows = [
    row("a", { kind: "chat", new: true }),
    row("b", { kind: "embedding" }),
    row("c"),
    row("d", { kind: "video" }),
  ];
  assert.deepEqual(countKinds(rows), { all: 4, chat: 1, embedding: 1, other: 2, new: 1 });
  assert.ok(hasKind(rows[2], "other") && hasKind(rows[0], "new") && hasKind(rows[1], "all"));
  assert.ok(!hasKind(rows[1], "chat"));
});

test("names are sorted as people count", () => {
  const rows = [row("gpt-10"), row("GPT-9"), row("a", { sort: { name: "zebra" } })];
  assert.deepEqual(ids(sortRows(rows, "name")), ["GPT-9", "gpt-10", "a"]);
});

test("newest and largest come first, cheapest first, unknown last, ties by name", () => {
  const rows = [
    row("b", { sort: { created: 1, context: 8, price: 2 } }),
    row("none"),
    row("a", { sort: { created: 1, context: 9, price: 0 } }),
    row("c", { sort: { created: 3, context: 1, price: 5 } }),
  ];
  assert.deepEqual(ids(sortRows(rows, "created")), ["c", "a", "b", "none"]);
  assert.deepEqual(ids(sortRows(rows, "context")), ["a", "b", "c", "none"]);
  assert.deepEqual(ids(sortRows(rows, "price")), ["a", "b", "c", "none"]);
  assert.equal(rows[0].id, "b", "the rows themselves keep their order");
});

test("only orders that some row has a value for are offered", () => {
  assert.deepEqual(usableOrders([row("a")]), ["name"]);
  assert.deepEqual(usableOrders([row("a", { sort: { price: 0 } }), row("b", { sort: { created: 1 } })]), [
    "name",
    "created",
    "price",
  ]);
});

test("a run selects both ends, either way, and leaves out what is in the catalog", () => {
  const rows = [row("a"), row("b", { have: true }), row("c"), row("d")];
  assert.deepEqual(selectRun(["d"], rows, 0, 2), ["d", "a", "c"]);
  assert.deepEqual(selectRun([], rows, 3, 2), ["c", "d"]);
});

test("only rows near what is in sight are drawn", () => {
  assert.deepEqual(windowOf(0, 310, 44, 5000), [0, 14]);
  assert.deepEqual(windowOf(44_000, 310, 44, 5000), [994, 1014]);
  assert.deepEqual(windowOf(0, 310, 44, 3), [0, 3]);
  assert.deepEqual(windowOf(9_999_999, 310, 44, 3), [3, 3]);
});

test("a search lets through the rows in which every word occurs, in their order", () => {
  const rows = [row("GPT Mini"), row("gpt"), row("Mini")];
  const hay = rows.map(haystack);
  assert.deepEqual(ids(search(rows, hay, "mini GPT")), ["GPT Mini"]);
  assert.deepEqual(ids(search(rows, hay, "mini")), ["GPT Mini", "Mini"]);
  assert.equal(search(rows, hay, "  "), rows);
});

test("what is said when nothing matches leads on (MD-8)", () => {
  const options = { where: "OpenRouter", by_hand: true, add: true, search_all: true };
  const none = noMatch("llama-v9", { all: 0 }, "all", options);
  assert.equal(none.title, "Nothing at OpenRouter matches “llama-v9”");
  assert.match(none.text, /add it by hand/);
  assert.deepEqual(
    none.actions.map((action) => action.action),
    ["search_all"],
  );
  const picker = noMatch("x", { all: 0 }, "all", { by_hand: true, add: false });
  assert.match(picker.text, /type it below/);
  assert.equal(picker.title, "Nothing matches “x”");
  assert.deepEqual(
    picker.actions.map((action) => action.label),
    ["Clear search"],
  );
  const other = noMatch("gpt", { all: 1200 }, "embedding", options);
  assert.equal(other.title, "None of the 1,200 found is of the kind embedding");
});

const at = (more = {}) => ({
  inField: true,
  inList: false,
  query: "",
  hasSelection: false,
  current: -1,
  count: 20,
  page: 6,
  ...more,
});
const key = (name, more = {}) => ({ key: name, ...more });

test("in the search field arrows lead into the list, Home, End and blanks are the text's", () => {
  assert.deepEqual(meaning(key("ArrowDown"), at()), ["go", 0]);
  assert.deepEqual(meaning(key("PageDown"), at()), ["go", 5]);
  for (const name of ["Home", "End", " ", "ArrowUp", "x"]) assert.equal(meaning(key(name), at()), null);
});

test("in the list keys move, select, add and lead back", () => {
  const inside = at({ inList: true, current: 3, query: "g" });
  assert.deepEqual(meaning(key("ArrowUp"), inside), ["go", 2]);
  assert.deepEqual(meaning(key("PageDown"), inside), ["go", 9]);
  assert.deepEqual(meaning(key("End"), inside), ["go", 19]);
  assert.deepEqual(meaning(key("ArrowDown", { shiftKey: true }), inside), ["run", 4]);
  assert.deepEqual(meaning(key(" "), inside), ["toggle"]);
  assert.deepEqual(meaning(key("a", { ctrlKey: true }), inside), ["all"]);
  assert.deepEqual(meaning(key("Enter"), inside), ["enter"]);
  assert.deepEqual(meaning(key("ArrowUp"), at({ inList: true, current: 0 })), ["leave"]);
});

test("Escape clears the search, then the selection, then is somebody else's", () => {
  assert.deepEqual(meaning(key("Escape"), at({ query: "g", hasSelection: true })), ["clear"]);
  assert.deepEqual(meaning(key("Escape"), at({ hasSelection: true })), ["unselect"]);
  assert.equal(meaning(key("Escape"), at()), null);
});

test("keys of an input method, of the browser and without a name are left alone", () => {
  assert.equal(meaning(key("Enter", { isComposing: true }), at()), null);
  assert.equal(meaning(key("ArrowDown", { altKey: true }), at()), null);
  assert.equal(meaning({}, at()), null);
  assert.equal(meaning(key("a", { ctrlKey: true }), at({ query: "g" })), null); // all of the text
});
