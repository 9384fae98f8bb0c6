import assert from "node:assert/strict";
import { test } from "node:test";
import {
  clean,
  findWords,
  grouped,
  isLongWord,
  marksOfParts,
  splitId,
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
  assert.deepEqual(splitId("claude-haiku-4"), ["", "", "claude-haiku-4"]);
  assert.deepEqual(splitId(""), ["", "", ""]);
});

test("an id gives way in its head first, then in its middle, last of all in its end", () => {
  const cases = [
    ["anthropic", "/claude", "-haiku-4.5-x"],
    ["accounts/fireworks/models/", "llama-v3p1-4", "05b-instruct"],
    ["accounts/fireworks/models/llama", "-v3p1-405b-i", "nstruct-long"],
    ["cognitivecomputations/dolphin-mistral", "-24b-venice-", "edition:free"],
    ["black-forest-labs", "", "/flux.2-pro"],
    // too short to leave 24 characters: the head is never padded to what the style sheet leaves of it
    ["gpt-4-t", "urbo-prev", "iew-20221120"],
    ["gpt-5.3", "-co", "dex-20260111"],
    ["a/llama", "", "-3.3-70b"],
  ];
  for (const parts of cases) assert.deepEqual(splitId(parts.join("")), parts);
});

test("a label that is one long word is taken for an id", () => {
  assert.ok(isLongWord("accounts/fireworks/models/llama-v3p1"));
  for (const text of ["Llama 3.1 405B Instruct Turbo", "gpt-4-turbo-2024-04-09", ""])
    assert.ok(!isLongWord(text));
});

test("an id is never lost or torn inside a character", () => {
  for (const id of [
    `${"😀".repeat(30)}x`,
    `/${"a".repeat(40)}`,
    `${"a".repeat(40)}/`,
    "😀".repeat(13),
    "é".repeat(27),
  ]) {
    const parts = splitId(id);
    assert.equal(parts.join(""), id);
    assert.ok(parts[2].length > 0 && parts[1].length + parts[2].length <= 24);
    for (const part of parts) assert.ok(part.isWellFormed === undefined || part.isWellFormed());
  }
});

test("what is found across a cut is marked on both sides of it", () => {
  assert.deepEqual(
    marksOfParts(
      [
        [2, 5],
        [5, 6],
        [8, 9],
      ],
      ["abc", "def", "ghi"],
    ),
    [
      [[2, 3]],
      [
        [0, 2],
        [2, 3],
      ],
      [[2, 3]],
    ],
  );
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
