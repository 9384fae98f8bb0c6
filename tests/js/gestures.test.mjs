import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

// A page, as far as gestures are concerned: it hears events and has an active element.
const listeners = new Map();
globalThis.document = {
  activeElement: null,
  addEventListener: (name, callback) => listeners.set(name, callback),
};
const { answerWithFocus, inNameOf, isGesture, isForThisPage, lastGesture, lastPress, markPress, thisPage } =
  await import("../../dispatch_widgets/widgets/js/shared/gestures.js");
// Each widget has a copy of the module.
const copy = await import("../../dispatch_widgets/widgets/js/shared/gestures.js?copy");

const rest = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const field = { matches: (selector) => selector.includes("input") };
const place = { matches: () => false };
const waiting = { ...place, closest: (selector) => selector.includes("aria-busy") && waiting };
const does = (type, target = place, more = {}) => listeners.get(type)({ type, target, ...more });

beforeEach(() => {
  document.activeElement = place;
  lastGesture();
});

test("presses, keys, fields that are entered and what is typed are gestures, other moves are none", () => {
  assert.ok(isGesture({ type: "pointerdown", target: place }));
  assert.ok(isGesture({ type: "keydown", target: place, key: "Tab" }));
  assert.ok(isGesture({ type: "input", target: field }));
  assert.ok(isGesture({ type: "focusin", target: field }));
  assert.ok(!isGesture({ type: "focusin", target: field }, true)); // moved by the page itself
  assert.ok(!isGesture({ type: "focusin", target: place })); // a notebook takes the focus back by itself
  assert.ok(!isGesture({ type: "keydown", target: place, key: "Shift" }));
  assert.ok(!isGesture({ type: "keydown", target: place, key: "Enter", repeat: true }));
  assert.ok(!isGesture({ type: "pointerdown", target: waiting })); // the second press of what waits already
  assert.ok(!isGesture({ type: "keydown", target: waiting, key: "Enter" }));
  assert.ok(isGesture({ type: "keydown", target: waiting, key: "Tab" }));
});

test("all widgets of a page count the same gestures, in the name of the page", () => {
  const before = lastGesture();
  does("pointerdown");
  assert.notEqual(lastGesture(), before);
  assert.equal(copy.lastGesture(), lastGesture());
  assert.ok(copy.isForThisPage(lastGesture()));
  assert.ok(copy.isForThisPage(thisPage()));
  assert.ok(!isForThisPage("another:1"));
  assert.ok(isForThisPage(undefined)); // code has asked
});

test("what was held back is done in the name of the gesture that it was asked by", () => {
  const pressed = lastGesture();
  does("keydown", field, { key: "x" });
  inNameOf(pressed, () => copy.markPress());
  assert.equal(lastPress(), pressed);
  assert.notEqual(lastGesture(), pressed);
  assert.throws(() =>
    inNameOf(pressed, () => {
      throw new Error("no");
    }),
  );
  assert.notEqual(lastGesture(), pressed);
});

test("the focus moves for the last gesture of this page, for no earlier one and no other page's (SEC-9)", () => {
  const moved = [];
  const move = (gesture, name) => answerWithFocus(gesture, () => moved.push(name));
  const pressed = lastGesture();
  move(pressed, "last");
  move(pressed, "and its second answer");
  does("keydown", field, { key: "Tab" });
  move(pressed, "late");
  move("another:1", "elsewhere");
  assert.deepEqual(moved, ["last", "and its second answer"]);
});

test("of a core button the page is named, and the focus moves while its press is the last gesture (SEC-9)", () => {
  const moved = [];
  const move = (name) => answerWithFocus(thisPage(), () => moved.push(name));
  does("pointerdown");
  move("not pressed");
  markPress();
  move("pressed");
  does("focusin", field);
  move("late");
  assert.deepEqual(moved, ["pressed"]);
});

test("code moves the focus out of no field (SEC-9)", () => {
  const moved = [];
  answerWithFocus(undefined, () => moved.push("nowhere"));
  document.activeElement = field;
  answerWithFocus(undefined, () => moved.push("out of a field"));
  document.activeElement = { matches: () => false, isContentEditable: true };
  answerWithFocus(undefined, () => moved.push("out of a cell"));
  assert.deepEqual(moved, ["nowhere"]);
});

test("what is not there yet is waited for, until the person does something else or it is asked anew", async () => {
  const tries = { first: 0, second: 0, third: 0 };
  const never = (name) => () => {
    tries[name] += 1;
    return false;
  };
  answerWithFocus(lastGesture(), never("first"));
  await rest(70);
  assert.ok(tries.first > 1);
  copy.answerWithFocus(lastGesture(), never("second"));
  const before = tries.first;
  await rest(70);
  assert.equal(tries.first, before);
  assert.ok(tries.second > 1);
  does("focusin", field);
  const then = tries.second;
  await rest(70);
  assert.equal(tries.second, then);
});

test("a move of the page's own is no gesture of the person", () => {
  const pressed = lastGesture();
  answerWithFocus(pressed, () => {
    does("focusin", field);
    return true;
  });
  assert.equal(lastGesture(), pressed);
});
