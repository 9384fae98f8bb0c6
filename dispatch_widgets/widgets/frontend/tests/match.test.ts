/** The search: what it finds in real ids, what it offers where it finds nothing, and what a letter costs. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { bestFirst, didYouMean, indexOf, marksIn, search, wordsOf } from "../src/list/match.ts";

interface Case {
  readonly query: string;
  readonly kind: "match" | "slip" | "nothing";
  readonly first?: string;
  readonly also?: ReadonlyArray<string>;
  readonly without?: ReadonlyArray<string>;
}

const CASES = new URL(`file://${process.env.SEARCH_CASES}`);
const { ids, cases } = JSON.parse(readFileSync(CASES, "utf-8")) as {
  readonly ids: ReadonlyArray<string>;
  readonly cases: ReadonlyArray<Case>;
};
const same = (id: string) => [id];
const index = indexOf(ids, same);

test("each labelled search finds its best match first, and what else it should", () => {
  for (const { query, kind, first, also = [], without = [] } of cases.filter(
    (each) => each.kind === "match",
  )) {
    const found = bestFirst(index, query);
    assert.equal(found[0], first, `${kind}: ${query}`);
    for (const id of also) assert.ok(found.includes(id), `${query} finds ${id}`);
    for (const id of without) assert.ok(!found.includes(id), `${query} does not find ${id}`);
    assert.deepEqual([...search(index, query)].sort(), [...found].sort(), query);
  }
});

test("a search with a slip finds nothing and leads to the id that is meant; another one leads nowhere", () => {
  for (const { query, first } of cases.filter((each) => each.kind !== "match")) {
    assert.deepEqual(bestFirst(index, query), [], query);
    assert.equal(didYouMean(index, query), first, query);
  }
});

test("other digits are another model, and a vendor's name does not count", () => {
  for (const [typed, meant] of [
    ["openai/gpt-4o", "gpt-4o"],
    ["kimi-k2:free", "moonshotai/kimi-k2:free"],
    ["gpt-4.2", undefined],
    ["o4", undefined],
    ["", undefined],
    ["-", undefined],
  ] as const)
    assert.equal(didYouMean(index, typed), meant, typed);
  assert.equal(
    didYouMean(indexOf(["mistral-lerge", "mistral-large"], same), "mistral-larg"),
    "mistral-large",
  );
});

test("what else is searched does not make a better match, and no word runs from one text into the next", () => {
  const owned = indexOf(["long-name", "abc"], same, (id) => [id === "abc" ? "long name" : "owner"]);
  assert.deepEqual(bestFirst(owned, "long name"), ["long-name", "abc"]);
  assert.deepEqual(bestFirst(owned, "nameowner"), []);
  assert.deepEqual(bestFirst(owned, " - "), owned.items);
  assert.deepEqual(wordsOf(" GPT-4 gpt4 mini - "), ["gpt4", "mini"]);
});

test("what was found is marked with the punctuation within it", () => {
  assert.deepEqual(marksIn("a.b a-b", ["ab"]), [
    [0, 3],
    [4, 7],
  ]);
  assert.deepEqual(marksIn("gpt-4o", ["gpt4", "4o"]), [[0, 6]]);
  assert.deepEqual(marksIn("ｇｐｔ-4o 😀", ["gpt"]), [[0, 3]]);
  assert.deepEqual(marksIn("x", []), []);
});

test("a letter typed over ten times the models costs about ten times as much, and not more", () => {
  const many = (count: number) => Array.from({ length: count }, (_, at) => `${ids[at % ids.length]}-${at}`);
  const queries = ["g", "gp", "gpt", "gpt-", "gpt-4", "gpt 4o", "mini 4o", "gtp-4o-min", "zzzz-large-12"];
  const lists = [1_000, 10_000].map((count) => indexOf(many(count), same));
  // The shortest of many times, taken by turns: what else the machine does falls out.
  const best = lists.map(() => queries.map(() => Number.POSITIVE_INFINITY));
  for (let round = 0; round < 15; round += 1) {
    lists.forEach((over, which) => {
      queries.forEach((query, at) => {
        const start = performance.now();
        if (!bestFirst(over, query).length) didYouMean(over, query);
        const times = best[which] ?? [];
        times[at] = Math.min(times[at] ?? 0, performance.now() - start);
      });
    });
  }
  const [few = 0, lots = 0] = best.map((times) => times.reduce((sum, each) => sum + each, 0));
  console.log(`a letter over 10,000 models: ${Math.max(...(best[1] ?? [])).toFixed(2)} ms at most`);
  assert.ok(lots < 40 * few, `${few} ms over 1,000, ${lots} ms over 10,000`);
});
