/** What is selected after a gesture, and after a refresh. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { keyOf, noLongerListed } from "../src/list/models.ts";
import { runFrom, toggled, withRun } from "../src/list/selection.ts";

const model = (id: string) => ({ id, kind: "chat", provider: "or", key: keyOf("or", id) }) as const;

test("a run selects both ends, either way, and leaves out what cannot be picked", () => {
  const [a, b, c, d] = ["a", "b", "c", "d"] as const;
  const can = (each: string): boolean => each !== b;
  assert.deepEqual(withRun([d], [a, b, c, d], 0, 2, can), [d, a, c]);
  assert.deepEqual(withRun([], [a, b, c, d], 3, 2, can), [c, d]);
  assert.deepEqual(toggled(toggled([a], c), a), [c]);
});

test("a range goes on while nothing else changes the selection, and its first row is there", () => {
  const run = { anchor: "b", before: ["a"], after: ["a", "b", "c"] };
  const anew = (picked: ReadonlyArray<string>) => ({ anchor: "d", before: picked, after: picked });
  assert.equal(runFrom(run, ["a", "b", "c"], ["a", "b", "c", "d"], "d"), run);
  assert.deepEqual(runFrom(run, [], ["a", "b", "c", "d"], "d"), anew([]));
  assert.deepEqual(runFrom(run, ["a", "b", "c"], ["a", "c", "d"], "d"), anew(["a", "b", "c"]));
  assert.deepEqual(runFrom(undefined, ["a"], ["a", "d"], "d"), anew(["a"]));
});

test("selected models that a refresh removed are counted, not those of a list that is not shown", () => {
  const selected = [keyOf("or", "kept"), keyOf("or", "gone"), keyOf("other", "m")];
  assert.equal(noLongerListed(selected, [model("kept"), model("new")]), 1);
  assert.equal(noLongerListed(selected, []), 0);
});
