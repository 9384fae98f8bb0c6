import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const list = await load("item_list.js");

const row = (id, more = {}) => ({ id, title: id, ...more });
const ids = (rows) => rows.map((item) => item.id);

test("nothing invisible and no line break is shown (SEC-6)", () => {
  assert.equal(list.clean("a\u202eb\u0000c\u200bd\u2066e\ufefff"), "abcdef");
  assert.equal(list.clean("one\r\ntwo\tthree\u2028four"), "one two three four");
  assert.equal(list.clean("می\u200cخواهم 👩\u200d🔬"), "می\u200cخواهم 👩\u200d🔬");
  assert.equal(list.clean(null), "");
  assert.equal(list.clean(7), "7");
});

test("a text of any length is cut", () => {
  const shown = list.clean("x".repeat(10_000));
  assert.ok(shown.length < 2_100 && shown.endsWith("…"));
});

test("numbers are written as in the rest of the panel", () => {
  assert.deepEqual([0, 999, 5000, 1234567].map(list.grouped), ["0", "999", "5,000", "1,234,567"]);
});

test("a short id stays whole", () => {
  assert.deepEqual(list.splitTail("anthropic/claude-haiku-4.5"), ["", "anthropic/claude-haiku-4.5"]);
  assert.deepEqual(list.splitTail(""), ["", ""]);
});

test("a long id keeps its last part, or 24 characters of it", () => {
  const cases = [
    ["anthropic", "/claude-sonnet-4.5"],
    ["black-forest-labs", "/flux.2-pro"],
    ["accounts/fireworks/models/", "llama-v3p1-405b-instruct"],
    ["accounts/fireworks/models/llama", "-v3p1-405b-instruct-long"],
    ["cognitivecomputations/dolphin-mistral", "-24b-venice-edition:free"],
  ];
  for (const [head, tail] of cases) assert.deepEqual(list.splitTail(head + tail), [head, tail]);
});

test("an id is never lost or torn inside a character", () => {
  for (const id of ["😀".repeat(30) + "x", "/" + "a".repeat(40), "a".repeat(40) + "/", "é".repeat(27)]) {
    const [head, tail] = list.splitTail(id);
    assert.equal(head + tail, id);
    assert.ok(tail.length > 0 && tail.length <= 24);
    assert.ok(head.isWellFormed === undefined || head.isWellFormed());
  }
});

test("a search is its words, each once, in lower case", () => {
  assert.deepEqual(list.words("  Llama\u00a0405B llama "), ["llama", "405b"]);
  assert.deepEqual(list.words(""), []);
});

test("what is searched for is found literally, wherever it stands, and joined where it touches", () => {
  assert.deepEqual(list.findWords("meta-Llama/llama-3", ["llama"]), [
    [5, 10],
    [11, 16],
  ]);
  assert.deepEqual(list.findWords("llama405", ["llama", "405"]), [[0, 8]]);
  assert.deepEqual(list.findWords("a.b (c) [d]", [".", "(c)", "["]), [
    [1, 2],
    [4, 7],
    [8, 9],
  ]);
  assert.deepEqual(list.findWords("gpt-4o-mini", ["gpt", "gpt-4o"]), [[0, 6]]);
  assert.deepEqual(list.findWords("plain", []), []);
});

test("a countdown reads as a clock and stops at zero", () => {
  assert.equal(list.countdown(2458), "40:58");
  assert.equal(list.countdown(3723), "1:02:03");
  assert.equal(list.countdown(0.2), "0:01");
  assert.equal(list.countdown(-5), "0:00");
});

test("a countdown stands where the hint has a place for it, or behind it", () => {
  assert.deepEqual(list.withCountdown("in {until}.", 9), ["in ", { until: 9, bold: true }, "."]);
  assert.deepEqual(list.withCountdown("Wait", 9), ["Wait", " ", { until: 9, bold: true }]);
  assert.equal(list.withCountdown("Wait", undefined), "Wait");
});

test("a row is found by title, line, provider and owner", () => {
  const hay = list.haystack({
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
  assert.deepEqual(list.countKinds(rows), { all: 4, chat: 1, embedding: 1, other: 2, new: 1 });
  assert.ok(list.hasKind(rows[2], "other") && list.hasKind(rows[0], "new") && list.hasKind(rows[1], "all"));
  assert.ok(!list.hasKind(rows[1], "chat"));
});

test("names are sorted as people count", () => {
  const rows = [row("gpt-10"), row("GPT-9"), row("a", { sort: { name: "zebra" } })];
  assert.deepEqual(ids(list.sortRows(rows, "name")), ["GPT-9", "gpt-10", "a"]);
});

test("newest and largest come first, cheapest first, unknown last, ties by name", () => {
  const rows = [
    row("b", { sort: { created: 1, context: 8, price: 2 } }),
    row("none"),
    row("a", { sort: { created: 1, context: 9, price: 0 } }),
    row("c", { sort: { created: 3, context: 1, price: 5 } }),
  ];
  assert.deepEqual(ids(list.sortRows(rows, "created")), ["c", "a", "b", "none"]);
  assert.deepEqual(ids(list.sortRows(rows, "context")), ["a", "b", "c", "none"]);
  assert.deepEqual(ids(list.sortRows(rows, "price")), ["a", "b", "c", "none"]);
  assert.equal(rows[0].id, "b", "the rows themselves keep their order");
});

test("only orders that some row has a value for are offered", () => {
  assert.deepEqual(list.usableOrders([row("a")]), ["name"]);
  assert.deepEqual(
    list.usableOrders([row("a", { sort: { price: 0 } }), row("b", { sort: { created: 1 } })]),
    ["name", "created", "price"],
  );
});

test("arrow, page and end keys stay inside the list", () => {
  assert.equal(list.moveIndex("ArrowDown", -1, 5), 0);
  assert.equal(list.moveIndex("ArrowDown", 4, 5), 4);
  assert.equal(list.moveIndex("ArrowUp", 0, 5), 0);
  assert.equal(list.moveIndex("PageDown", 1, 50, 6), 7);
  assert.equal(list.moveIndex("PageUp", 3, 50, 6), 0);
  assert.equal(list.moveIndex("End", 0, 50), 49);
  assert.equal(list.moveIndex("x", 0, 50), null);
  assert.equal(list.moveIndex("ArrowDown", 0, 0), null);
});

test("a run selects both ends, either way, and leaves out what is in the catalog", () => {
  const rows = [row("a"), row("b", { have: true }), row("c"), row("d")];
  assert.deepEqual(list.selectRun(["d"], rows, 0, 2), ["d", "a", "c"]);
  assert.deepEqual(list.selectRun([], rows, 3, 2), ["c", "d"]);
});

test("a patch changes its rows and leaves the others as they are", () => {
  const rows = [row("a"), row("b"), row("c")];
  const after = list.applyPatch(rows, [row("b", { title: "new" })]);
  assert.deepEqual(ids(after), ["a", "b", "c"]);
  assert.equal(after[1].title, "new");
  assert.ok(after[0] === rows[0] && after[2] === rows[2]);
});

test("rows keep the place of the fullest row's icon buttons", () => {
  const icons = (count) => Array.from({ length: count }, (_, i) => ({ action: `a${i}`, only: true }));
  assert.equal(
    list.iconPlaces([row("a", { actions: icons(3) }), row("b"), row("c", { actions: icons(2) })]),
    3,
  );
  assert.equal(list.iconPlaces([row("a", { actions: [{ action: "x" }] }), row("b", { actions: [] })]), 0);
  assert.equal(list.iconPlaces([]), 0);
});

test("only rows near what is in sight are drawn", () => {
  assert.deepEqual(list.windowOf(0, 310, 44, 5000), [0, 14]);
  assert.deepEqual(list.windowOf(44_000, 310, 44, 5000), [994, 1014]);
  assert.deepEqual(list.windowOf(0, 310, 44, 3), [0, 3]);
  assert.deepEqual(list.windowOf(9_999_999, 310, 44, 3), [3, 3]);
});
