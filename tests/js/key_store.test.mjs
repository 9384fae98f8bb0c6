import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.document = { activeElement: null, addEventListener: () => {} };
const { openKeyStore } = await import("../../dispatch_widgets/widgets/js/field/key_store.js");
const { lastGesture, markPress, thisPage } = await import(
  "../../dispatch_widgets/widgets/js/shared/gestures.js"
);

/** Stands for the model of a key field, with the traits that all windows share. */
function keyField(traits) {
  const handlers = new Map();
  const sent = [];
  return {
    sent,
    get: (name) => traits[name],
    set: (name, value) => {
      traits[name] = value;
    },
    save_changes: () => {},
    send: (message) => sent.push(message),
    on: (name, callback) => handlers.set(name, callback),
    off: (name) => handlers.delete(name),
    hear: (name, message) => handlers.get(name)?.(message),
  };
}

function open(traits = { source: "typed", filled: false, variable: "" }) {
  const model = keyField(traits);
  const store = openKeyStore(model);
  store.views.add({ update: () => {}, hide: () => {}, focus: () => true });
  return { model, store };
}

test("the key is given by the window where Save was pressed, and stays in any other (SEC-2)", () => {
  const { model, store } = open();
  store.setValue("sk-typed-here");
  model.hear("msg:custom", { kind: "collect", asked: 1, gesture: "another" });
  assert.deepEqual(model.sent, []);
  assert.equal(store.value, "sk-typed-here");
  markPress();
  model.hear("msg:custom", { kind: "collect", asked: 2, gesture: thisPage() });
  const secret = {
    kind: "secret",
    source: "typed",
    value: "sk-typed-here",
    asked: 2,
    gesture: lastGesture(),
  };
  assert.deepEqual(model.sent, [secret]);
  assert.equal(store.value, "");
});

test("asked by code, any window answers", () => {
  const { model, store } = open();
  store.setValue("sk-typed-here");
  model.hear("msg:custom", { kind: "collect", asked: 1 });
  assert.equal(model.sent[0].value, "sk-typed-here");
});

test("another window whose field is empty does not speak for this one", () => {
  const traits = { source: "typed", filled: false, variable: "" };
  const { model, store } = open(traits);
  store.setValue("sk-typed-here");
  open(traits); // a second window begins with an empty field
  assert.equal(traits.filled, false);
  model.hear("change:filled");
  assert.equal(traits.filled, true);
  store.setValue("");
  model.hear("change:filled");
  assert.equal(traits.filled, false);
});
