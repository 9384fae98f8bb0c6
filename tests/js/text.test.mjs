import assert from "node:assert/strict";
import { test } from "node:test";
import {
  clean,
  findWords,
  grouped,
  splitTail,
  turns,
  words,
} from "../../dispatch_widgets/widgets/js/shared/text.js";

test("nothing invisible and no line break is shown (SEC-6)", () => {
  assert.equal(clean("a\u202eb\u0000c\u200bd\u2066e\ufefff"), "abcdef");
  assert.equal(clean("one\r\ntwo\tthree\u2028four"), "one two three four");
  assert.equal(clean("می\u200cخواهم 👩\u200d🔬"), "می\u200cخواهم 👩\u200d🔬");
  assert.equal(clean(null), "");
  assert.equal(clean(7), "7");
});

test("a text of any length is cut", () => {
  const shown = clean("x".repeat(10_000));
  assert.ok(shown.length < 2_100 && shown.endsWith("…"));
});

test("numbers are written as in the rest of the panel", () => {
  assert.deepEqual([0, 999, 5000, 1234567].map(grouped), ["0", "999", "5,000", "1,234,567"]);
});

test("a short id stays whole", () => {
  assert.deepEqual(splitTail("anthropic/claude-haiku-4.5"), ["", "anthropic/claude-haiku-4.5"]);
  assert.deepEqual(splitTail(""), ["", ""]);
});

test("a long id keeps its last part, or 24 characters of it", () => {
  const cases = [
    ["anthropic", "/claude-sonnet-4.5"],
    ["black-forest-labs", "/flux.2-pro"],
    ["accounts/fireworks/models/", "llama-v3p1-405b-instruct"],
    ["accounts/fireworks/models/llama", "-v3p1-405b-instruct-long"],
    ["cognitivecomputations/dolphin-mistral", "-24b-venice-edition:free"],
  ];
  for (const [head, tail] of cases) assert.deepEqual(splitTail(head + tail), [head, tail]);
});

test("an id is never lost or torn inside a character", () => {
  for (const id of [`${"😀".repeat(30)}x`, `/${"a".repeat(40)}`, `${"a".repeat(40)}/`, "é".repeat(27)]) {
    const [head, tail] = splitTail(id);
    assert.equal(head + tail, id);
    assert.ok(tail.length > 0 && tail.length <= 24);
    assert.ok(head.isWellFormed === undefined || head.isWellFormed());
  }
});

test("a search is its words, each once, in lower case", () => {
  assert.deepEqual(words("  Llama\u00a0405B llama "), ["llama", "405b"]);
  assert.deepEqual(words(""), []);
});

test("what is searched for is found literally, wherever it stands, and joined where it touches", () => {
  assert.deepEqual(findWords("meta-Llama/llama-3", ["llama"]), [
    [5, 10],
    [11, 16],
  ]);
  assert.deepEqual(findWords("llama405", ["llama", "405"]), [[0, 8]]);
  assert.deepEqual(findWords("a.b (c) [d]", [".", "(c)", "["]), [
    [1, 2],
    [4, 7],
    [8, 9],
  ]);
  assert.deepEqual(findWords("gpt-4o-mini", ["gpt", "gpt-4o"]), [[0, 6]]);
  assert.deepEqual(findWords("plain", []), []);
});

test("only what is written from right to left is kept apart from its neighbours", () => {
  for (const text of ["שלום", "gpt עברית", "مرحبا", "\u{1e900}"]) assert.ok(turns(text), text);
  for (const text of ["gpt-5", "Küche", "模型", "Модель", "👩‍🔬", ""]) assert.ok(!turns(text), text);
});
