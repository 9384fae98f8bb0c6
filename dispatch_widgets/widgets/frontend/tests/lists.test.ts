/** Lists of models: what is found, in which order, what keys do, and how the lists come. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync } from "node:zlib";
import { Link } from "../src/link.ts";
import { factsOf } from "../src/list/details.tsx";
import { HeldLists } from "../src/list/held_lists.ts";
import { meaning } from "../src/list/keys.ts";
import { ListWindow } from "../src/list/list_window.ts";
import { marksOfParts } from "../src/list/marked.tsx";
import { bestFirst, search } from "../src/list/match.ts";
import { keyOf, type Model, partsOf, searchable, unpack } from "../src/list/models.ts";
import { countKinds, featuresOf, has, inOrder, isOfKind, usableOrders } from "../src/list/order.ts";
import { beginning, holding, roomFor, rowsIn, showing } from "../src/list/page_of_rows.ts";
import { put } from "../src/list/put.ts";
import { FakeModel } from "./fake_model.ts";

const NAMES = new Map([["or", "OpenRouter"]]);
const model = (id: string, more: Partial<Model> = {}): Model => ({
  id,
  kind: "chat",
  provider: "or",
  key: keyOf("or", id),
  ...more,
});
const ids = (models: ReadonlyArray<Model>) => models.map((each) => each.id);
const block = (columns: object) => new Uint8Array(deflateSync(JSON.stringify(columns)));

test("a list is unpacked from its columns; what is not stated is not there", async () => {
  const [first, second] = await unpack(
    "or",
    block({ id: ["a", "b\u2028"], kind: ["chat", "other"], by_price: [0, null] }),
  );
  assert.deepEqual(first, { id: "a", kind: "chat", by_price: 0, provider: "or", key: "or\na" });
  assert.deepEqual(partsOf(second?.key ?? ""), ["or", "b\u2028"]);
  assert.ok(second && !("by_price" in second));
  assert.deepEqual(await unpack("or", block({})), []);
});

test("a key leads back to provider and id, whatever characters they hold", () => {
  for (const [provider, id] of [
    ["p", "a/b:c"],
    ["p:1", "\n"],
    ["", "x"],
    ["ü/😀", "m"],
  ] as const)
    assert.deepEqual(partsOf(keyOf(provider, id)), [provider, id]);
});

test("a model is found by name, id, owner and provider, all words in any order", () => {
  const mini = model("openai/gpt-mini", { name: "GPT Mini", owner: "Owner Inc" });
  const models = [mini, model("gpt"), model("mini")];
  const index = searchable(models, NAMES);
  for (const words of ["gpt mini", "openai/gpt-mini", "owner inc", "openrouter gpt-mini"])
    assert.deepEqual(ids(search(index, words)), ["openai/gpt-mini"], words);
  assert.deepEqual(ids(search(index, "MINI")), ["openai/gpt-mini", "mini"]);
  assert.deepEqual(ids(bestFirst(index, "MINI")), ["mini", "openai/gpt-mini"]);
  assert.deepEqual(ids(bestFirst(index, "gptmini")), ["openai/gpt-mini"]);
  assert.equal(search(index, "  "), models);
});

test("marks are cut where a text is", () => {
  assert.deepEqual(marksOfParts([[2, 5]], ["abc", "", "def"]), [[[2, 3]], [], [[0, 2]]]);
});

test("names are sorted as people count; newest, largest and cheapest come first, unknown last", () => {
  assert.deepEqual(ids(inOrder([model("gpt-10"), model("GPT-9"), model("a", { name: "zebra" })], "name")), [
    "GPT-9",
    "gpt-10",
    "a",
  ]);
  const models = [
    model("b", { by_created: 1, by_context: 8, by_price: 2 }),
    model("none"),
    model("a", { by_created: 1, by_context: 9, by_price: 0 }),
    model("c", { by_created: 3, by_context: 1, by_price: 5 }),
  ];
  assert.deepEqual(ids(inOrder(models, "created")), ["c", "a", "b", "none"]);
  assert.deepEqual(ids(inOrder(models, "context")), ["a", "b", "c", "none"]);
  assert.deepEqual(ids(inOrder(models, "price")), ["a", "b", "c", "none"]);
  assert.deepEqual(usableOrders(models), ["name", "created", "context", "price"]);
  assert.deepEqual(usableOrders([model("a", { by_price: 0 })]), ["name", "price"]);
});

test("kinds are counted", () => {
  const models = [
    model("a", { new: true }),
    model("b", { kind: "embedding" }),
    model("c", { kind: "other" }),
  ];
  assert.deepEqual(countKinds(models), { all: 3, chat: 1, embedding: 1, other: 1, new: 1 });
  assert.deepEqual(
    ["all", "chat", "new", "other"].map((kind) => isOfKind(models[0] as Model, kind)),
    [true, true, true, false],
  );
});

test("what a server states that a model can do is filtered by; of one model all is told that is stated", () => {
  const one = model("a", { features: "tools vision", context: "8k", shown_id: "a!" });
  assert.deepEqual(featuresOf(one), ["tools", "vision"]);
  assert.deepEqual(featuresOf(model("b")), []);
  assert.deepEqual(
    ["", "tools", "audio"].map((feature) => has(one, feature)),
    [true, true, false],
  );
  const words = {
    features: [
      { value: "vision", label: "Vision" },
      { value: "audio", label: "Audio" },
      { value: "tools", label: "Tools" },
    ],
    facts: ["shown_id", "features", "context", "output"].map((name) => ({ key: name, title: name })),
  };
  assert.deepEqual(factsOf(one, words), [
    { name: "shown_id", value: [{ text: "a!", mono: true }] },
    { name: "features", value: "Vision, Tools" },
    { name: "context", value: "8k" },
  ]);
});

test("a page has as many rows as its place has room for, and what was looked at stays on it", () => {
  assert.deepEqual(
    [14, 24, 99, 0].map((rows) => rowsIn(roomFor(rows * 44, 0, 44), 5000)),
    [8, 18, 20, 4],
  );
  assert.equal(roomFor(688, 345, 44), 7); // fields below one another, as in a side panel
  assert.deepEqual(
    [0, 3, 9].map((count) => rowsIn(18, count)),
    [7, 7, 9],
  );
  assert.deepEqual(
    [-5, 4, 99].map((wanted) => beginning(wanted, 8, 10)),
    [0, 2, 2],
  );
  assert.equal(beginning(5, 8, 3), 0);
  assert.deepEqual(
    [3, 0, 12, 13, 20].map((place) => showing(place, 5, 8)),
    [3, 0, 5, 6, 13],
  );
  const before = ["a", "b", "c", "d"];
  assert.equal(holding(1, 2, before, ["new", ...before]), 2);
  assert.equal(holding(1, 2, before, ["a", "c", "d"]), 0); // the one that was first is gone
  assert.equal(holding(1, 2, before, ["x"]), 0);
});

const at = (more = {}) => ({
  inField: true,
  query: "",
  hasSelection: false,
  current: -1,
  count: 20,
  page: 6,
  ...more,
});
const key = (name: string, more = {}) => ({
  key: name,
  shiftKey: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  isComposing: false,
  ...more,
});

test("in the search field arrows lead into the list; Home, End and blanks are the text's", () => {
  assert.deepEqual(meaning(key("ArrowDown"), at()), { does: "go", to: 0 });
  assert.deepEqual(meaning(key("PageDown"), at()), { does: "go", to: 5 });
  for (const name of ["Home", "End", " ", "ArrowUp", "x"]) assert.equal(meaning(key(name), at()), undefined);
});

test("in the list keys move, select, add and lead back", () => {
  const inside = at({ current: 3, query: "g" });
  assert.deepEqual(meaning(key("ArrowUp"), inside), { does: "go", to: 2 });
  assert.deepEqual(meaning(key("PageDown"), inside), { does: "go", to: 9 });
  assert.deepEqual(meaning(key("End"), inside), { does: "go", to: 19 });
  assert.deepEqual(meaning(key("ArrowDown", { shiftKey: true }), inside), { does: "run", to: 4 });
  assert.deepEqual(meaning(key(" "), inside), { does: "toggle" });
  assert.deepEqual(meaning(key("ArrowRight"), inside), { does: "details" });
  assert.equal(meaning(key("ArrowRight"), at({ query: "g" })), undefined);
  assert.deepEqual(meaning(key("a", { ctrlKey: true }), inside), { does: "all" });
  assert.deepEqual(meaning(key("Enter"), inside), { does: "enter" });
  assert.deepEqual(meaning(key("ArrowUp"), at({ current: 0 })), { does: "leave" });
});

test("Escape clears the search, then the selection, then is somebody else's", () => {
  assert.deepEqual(meaning(key("Escape"), at({ query: "g", hasSelection: true })), { does: "clear" });
  assert.deepEqual(meaning(key("Escape"), at({ hasSelection: true })), { does: "unselect" });
  assert.equal(meaning(key("Escape"), at()), undefined);
});

test("keys of an input method and of the browser are left alone", () => {
  assert.equal(meaning(key("Enter", { isComposing: true }), at()), undefined);
  assert.equal(meaning(key("ArrowDown", { altKey: true }), at()), undefined);
  assert.equal(meaning(key("a", { ctrlKey: true }), at({ query: "g" })), undefined); // all of the text
});

test("what was done with is picked, typed and ticked no more; what leads here shows its list", () => {
  const list = new ListWindow();
  let changes = 0;
  const stop = list.listen(() => (changes += 1));
  list.set({ picked: ["a"], ticked: ["grade", "embed"], query: "gpt", typed: "gpt", typedKind: "embedding" });
  list.clear(["models", "grade"]);
  assert.deepEqual([list.values.picked, list.values.ticked], [[], ["embed"]]);
  assert.equal(list.values.typed, "gpt");
  list.clear(["model"]);
  assert.equal(list.values.typedKind, undefined);
  assert.deepEqual([list.values.typed, list.values.query], [undefined, ""]); // the search was for this id
  list.lookAt({ list: "lab", kind: "new", tasks: ["grade"] });
  assert.deepEqual([list.values.provider, list.values.kind, list.values.ticked], ["lab", "new", ["grade"]]);
  list.set({ query: "claude", feature: "audio", first: 20 });
  list.lookAt({ list: "other" }); // nothing that was set for another list hides what it leads to
  const { query, feature, first, kind } = list.values;
  assert.deepEqual([query, feature, first, kind], ["", "", 0, "all"]);
  assert.equal(changes, 6);
  stop();
});

test("what only the page knows is put into sentences; numbers are grouped", () => {
  assert.equal(put("{shown} of {total} models", { shown: 7, total: 5000 }), "7 of 5,000 models");
  assert.equal(
    put("Nothing at {where} matches “{query}”", { where: "A", query: "{where}" }),
    "Nothing at A matches “{where}”",
  );
});

test("a list is fetched when shown, and again only if its mark is another one", async () => {
  const kernel = new FakeModel();
  const link = new Link(kernel);
  let changes = 0;
  const lists = new HeldLists(link.of("models"), () => (changes += 1));
  const answer = async (mark: string, names: ReadonlyArray<string>): Promise<void> => {
    const { id } = kernel.sent.at(-1) as { id: string };
    const rows = block({ id: names, kind: names.map(() => "chat") });
    kernel.tell({ id: "another window's", models: { mark: "x", left_out: 0 } }, "msg:custom", [
      block({ id: ["x"] }),
    ]);
    kernel.tell({ id, models: { mark, left_out: 3 } }, "msg:custom", [rows]);
    while (lists.of({ provider_id: "or", mark }).length !== names.length) await new Promise(setImmediate);
  };
  const state = (mark: string) => ({ provider_id: "or", mark });
  lists.show([{ provider_id: "or" }]);
  assert.equal(kernel.sent.length, 0); // there are no rows yet
  lists.show([state("1")]);
  lists.show([state("1")]);
  assert.equal(kernel.sent.length, 1);
  await answer("1", ["a", "b"]);
  assert.deepEqual([ids(lists.of(state("1"))), lists.leftOut(state("1")), changes], [["a", "b"], 3, 1]);
  lists.show([state("1")]);
  assert.equal(kernel.sent.length, 1);
  lists.show([state("2")]);
  assert.equal((kernel.sent[1] as { mark: string }).mark, "1");
  assert.deepEqual(ids(lists.of(state("2"))), ["a", "b"]); // those of before until the new ones are there
  await answer("2", ["a"]);
  assert.deepEqual(ids(lists.of(state("2"))), ["a"]);
  assert.deepEqual(lists.of({ provider_id: "or" }), []); // it has no rows any more
  link.close();
});

/** Ten thousand names that share their words, as those of a large account do. */
const MANY = Array.from({ length: 10_000 }, (_, place) => {
  const name = `maker-${place % 97}/model-${place}-chat-${2000 + (place % 27)}`;
  return model(name, { name: `Model ${place} of maker ${place % 97}`, by_created: place % 1000 });
});

test("of ten thousand models a search finds each; a keystroke costs a part of making them ready", (context) => {
  const timed = <T>(work: () => T): [T, number] => {
    const start = performance.now();
    const made = work();
    return [made, performance.now() - start];
  };
  const [ordered, ordering] = timed(() => inOrder(MANY, "name"));
  const [index, indexing] = timed(() => searchable(ordered, NAMES));
  const typed = "model 9876 maker";
  const keystrokes = [...typed].map((_, place) => timed(() => bestFirst(index, typed.slice(0, place + 1))));
  const found = keystrokes.at(-1)?.[0] ?? [];
  const searching = keystrokes.reduce((sum, [, each]) => sum + each, 0) / typed.length;
  assert.ok(found.some((each) => each.id.includes("-9876-")));
  context.diagnostic(
    `10,000 models: in order ${ordering.toFixed(1)} ms, ready ${indexing.toFixed(1)} ms, a keystroke ${searching.toFixed(1)} ms`,
  );
});
