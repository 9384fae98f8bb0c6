/** Ids that lose their middle, gestures, and names of actions. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { withWholeIds } from "../src/clipboard.ts";
import { isGesture } from "../src/gestures.ts";
import { splitId } from "../src/ids.ts";
import { keyOf } from "../src/presses.ts";

test("an id is cut into what gives way first, next and never", () => {
  assert.deepEqual(splitId("gpt-4o"), ["", "", "gpt-4o"]);
  const long = "accounts/fireworks/models/llama-v3p1-405b-instruct";
  assert.equal(splitId(long).join(""), long);
  assert.deepEqual(splitId("anthropic/claude-sonnet-4.5"), ["anthropic", "/claud", "e-sonnet-4.5"]);
  for (const id of ["a".repeat(300), `${"😀".repeat(20)}x`, "a/b".repeat(9)]) {
    const parts = splitId(id);
    assert.equal(parts.join(""), id);
    for (const part of parts) assert.doesNotMatch(part, /^[\udc00-\udfff]|[\ud800-\udbff]$/);
  }
});

const event = (type: string, more: object = {}): Event =>
  ({ type, target: null, ...more }) as unknown as Event;

test("a key that is held down and a bare modifier are no gestures", () => {
  assert.equal(isGesture(event("keydown", { key: "a", repeat: false }), false), true);
  assert.equal(isGesture(event("keydown", { key: "a", repeat: true }), false), false);
  assert.equal(isGesture(event("keydown", { key: "Shift" }), false), false);
  assert.equal(isGesture(event("pointerdown"), false), true);
  assert.equal(isGesture(event("focusin"), true), false);
});

test("actions are told apart by kind, name and row", () => {
  const action = { name: "try_task", label: "Try", args: { row: "grade" } };
  assert.equal(keyOf(action), keyOf({ ...action, label: "Try again" }));
  assert.notEqual(keyOf(action), keyOf({ ...action, args: { row: "skill" } }));
  assert.notEqual(keyOf(action), keyOf({ ...action, kind: "go" }));
});

test("an id that was drawn in parts is copied in one piece", () => {
  const parts = ["openai/", "gpt-4-turbo-", "preview-2022"];
  assert.equal(
    withWholeIds("GPT 4\nopenai/\ngpt-4-turbo-\npreview-2022\nchat", [parts]),
    "GPT 4\nopenai/gpt-4-turbo-preview-2022\nchat",
  );
  assert.equal(withWholeIds("openai/gpt-4-turbo-\npreview-2022", [parts]), "openai/gpt-4-turbo-preview-2022");
  assert.equal(withWholeIds("a\nb", []), "a\nb");
});
