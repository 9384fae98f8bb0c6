import assert from "node:assert/strict";
import { test } from "node:test";
import { oncePerAnswer } from "../../dispatch_widgets/widgets/js/panel/buttons.js";
import { kernelOf } from "../../dispatch_widgets/widgets/js/panel/kernel.js";
import { isSlip } from "../../dispatch_widgets/widgets/js/shared/presses.js";
import { openPresses, WAITS } from "../../dispatch_widgets/widgets/js/shared/waiting.js";

const SHORT = { saidMs: 50, forgottenMs: 100 };
const rest = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

test("the second click of a double click and the repeat of a held key are slips", () => {
  assert.ok(isSlip({ type: "click", detail: 2 }));
  assert.ok(isSlip({ type: "keydown", repeat: true }));
  for (const detail of [0, 1]) assert.ok(!isSlip({ type: "click", detail }));
  assert.ok(!isSlip({ type: "keydown", repeat: false }));
});

/** Stands for a core button that is clicked. */
function buttonAndClick() {
  const attributes = new Map();
  const events = [];
  const button = {
    dispatchEvent: (event) => events.push(event.type),
    setAttribute: (name, value) => attributes.set(name, value),
    removeAttribute: (name) => attributes.delete(name),
  };
  const click = () => {
    const event = { target: { closest: () => button }, stopped: false, preventDefault() {} };
    event.stopImmediatePropagation = () => {
      event.stopped = true;
    };
    return event;
  };
  return { attributes, events, button, click };
}

test("a core button waits for the kernel's answer to its press", async () => {
  const asked = [];
  const { onClick, onAnswer } = oncePerAnswer((press) => asked.push(press), SHORT);
  const { attributes, click } = buttonAndClick();
  const events = [click(), click(), click()];
  onClick(events[0]);
  onClick(events[1]);
  await rest(5);
  assert.equal(asked.length, 1);
  assert.equal(attributes.get("aria-busy"), "true");
  onAnswer(asked[0]);
  assert.ok(!attributes.has("aria-busy"));
  onClick(events[2]);
  assert.deepEqual(
    events.map((event) => event.stopped),
    [false, true, false],
  );
});

test("what waits for long says so, and nothing waits for ever", async () => {
  const { attributes, events, button } = buttonAndClick();
  const { begin, answered, stop } = openPresses({ saidMs: 20, forgottenMs: 60 });
  const first = begin("delete", button);
  assert.ok(first);
  assert.equal(begin("delete", button), null);
  assert.equal(attributes.get("aria-busy"), "true");
  await rest(40);
  assert.deepEqual(events, [WAITS]);
  assert.equal(begin("delete", button), null);
  await rest(60); // no answer ever came
  assert.ok(!attributes.has("aria-busy"));
  const second = begin("delete", button);
  assert.ok(second && second !== first);
  answered(first); // too late: it frees nothing
  assert.equal(begin("delete", button), null);
  answered(second);
  assert.ok(!attributes.has("aria-busy"));
  assert.ok(begin("delete", button));
  stop();
  await rest(40);
  assert.ok(!attributes.has("aria-busy"));
  assert.deepEqual(events, [WAITS]);
});

test("a kernel is gone when the first one is there no more, and never where the page does not tell", () => {
  const manager = { kernel: null };
  const kernel = kernelOf(manager);
  assert.ok(!kernel.isGone()); // not there yet
  manager.kernel = { id: "a", status: "busy" };
  assert.ok(!kernel.isGone());
  for (const now of [null, { id: "b" }, { id: "a", isDisposed: true }, { id: "a", status: "dead" }]) {
    manager.kernel = now;
    assert.ok(kernel.isGone());
  }
  manager.kernel = { id: "a", status: "idle" };
  assert.ok(!kernel.isGone());
  for (const other of [undefined, {}]) assert.ok(!kernelOf(other).isGone());
});
