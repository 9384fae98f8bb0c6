/** What a form in a window keeps, sends and takes over. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { FormState } from "../src/form_state.ts";
import { pastedKey } from "../src/key_text.ts";
import type { Field, Form } from "../src/types.ts";

const OPTIONS = [
  { value: "", label: "Custom" },
  { value: "mistral", label: "Mistral" },
];
const PRESET: Field = { name: "preset", label: "Preset", kind: "choice", options: OPTIONS, follows: true };
const NAME: Field = { name: "name", label: "Name", placeholder: "For example Lab" };
const KEY: Field = { name: "key", label: "Key", kind: "key" };
const URL_FIELD: Field = {
  name: "base_url",
  label: "Base URL",
  value: "https://a.test/v1",
  messages: [{ text: "Models are read from there", about: ["base_url"] }, { text: "Always" }],
};

function form(...fields: Field[]): Form {
  return { name: "provider", title: "Add", save: "Save", back: "Providers", fields, args: { sends: "" } };
}

const field = (state: FormState, name: string): Field =>
  state.form.fields.find((each) => each.name === name) ?? NAME;

test("before a submission the kernel is told of choices alone", () => {
  const state = new FormState(form(PRESET, NAME, KEY, URL_FIELD));
  state.put("name", "Typed");
  state.putKey("key", "sk-canary");
  state.put("base_url", "https://b.test/v1");
  assert.deepEqual(state.chosen(), { preset: "" });
  assert.doesNotMatch(JSON.stringify([state.chosen(), state.args(), state.values()]), /canary/);
  assert.deepEqual(state.values(), { preset: "", name: "Typed", base_url: "https://b.test/v1" });
  assert.equal(state.submittedKey(), "sk-canary");
});

test("a name that is none of the options is typed, and is not told", () => {
  const variable: Field = {
    name: "variable",
    label: "Key",
    kind: "choice",
    options: [{ value: "A_KEY", label: "A_KEY" }],
    other: true,
    value: "A_KEY",
  };
  const state = new FormState(form(variable));
  assert.deepEqual(state.chosen(), { variable: "A_KEY" });
  state.put("variable", "sk-pasted-into-the-wrong-field");
  assert.deepEqual(state.chosen(), { variable: "" });
});

test("what came with a choice takes the place of what was typed before it, never of what was typed after", () => {
  const mistral = { ...URL_FIELD, value: "https://mistral.test/v1" };
  for (const [after, shown] of [
    ["", "https://mistral.test/v1"],
    ["https://newer.test", "https://newer.test"],
  ] as const) {
    const state = new FormState(form(PRESET, NAME, URL_FIELD));
    state.put("base_url", "https://typed.test");
    state.put("name", "Mine");
    const take = state.ask(PRESET);
    state.put("preset", "mistral");
    assert.ok(state.asking);
    if (after) state.put("base_url", after);
    take(form({ ...PRESET, value: "mistral" }, NAME, mistral));
    assert.ok(!state.asking);
    assert.equal(state.valueOf(field(state, "base_url")), shown);
    assert.equal(state.valueOf(field(state, "name")), "Mine");
    assert.equal(state.valueOf(field(state, "preset")), "mistral");
  }
});

test("what was typed beside a choice is there again when that is chosen again", () => {
  const empty = { ...URL_FIELD, value: "" };
  const state = new FormState(form(PRESET, NAME, empty));
  state.put("base_url", "https://typed.test");
  const there = state.ask(PRESET);
  state.put("preset", "mistral");
  there(form({ ...PRESET, value: "mistral" }, NAME, { ...URL_FIELD, value: "https://mistral.test/v1" }));
  assert.equal(state.valueOf(field(state, "base_url")), "https://mistral.test/v1");
  const back = state.ask(field(state, "preset"));
  state.put("preset", "");
  back(form(PRESET, NAME, empty));
  assert.equal(state.valueOf(field(state, "base_url")), "https://typed.test");
});

test("a pasted text fills the fields, and its key comes from the page's own copy of it", () => {
  const state = new FormState(form(PRESET, NAME, KEY, URL_FIELD));
  state.put("name", "Typed before");
  state.pasted = "# 😀\nKEY=sk-1";
  const filled = form({ ...PRESET, value: "mistral" }, { ...NAME, value: "Lab" }, KEY, URL_FIELD);
  const range = { start: 9, end: 13 };
  state.refused({ ok: false, form: filled, refill: true, pasted_key: range, key_for: "a place" });
  assert.equal(state.valueOf(field(state, "name")), "Lab");
  assert.deepEqual([state.key, state.keyFor], ["sk-1", "a place"]);
  state.take(form({ ...PRESET, value: "mistral" }, NAME, KEY, { ...URL_FIELD, value: "" }));
  assert.equal(state.valueOf(field(state, "base_url")), "https://a.test/v1"); // as if it was typed
});

test("what a test has said goes with the next change, and is asked for no more", () => {
  const tested = {
    ...form(NAME, KEY),
    args: { sends: "", check: "1" },
    note: { tone: "ok", title: "62 models" },
  };
  for (const change of [
    (state: FormState) => state.put("name", "Mine"),
    (state: FormState) => state.putKey("key", "sk-1"),
  ]) {
    const state = new FormState(tested as Form);
    change(state);
    assert.equal(state.note, undefined);
    assert.deepEqual(state.args(), { sends: "" });
  }
});

test("an answer to an earlier choice changes nothing", () => {
  const state = new FormState(form(PRESET, NAME));
  const first = state.ask(PRESET);
  state.put("preset", "mistral");
  const second = state.ask(PRESET);
  state.put("preset", "");
  first(form({ ...PRESET, value: "mistral" }, NAME, URL_FIELD));
  assert.ok(state.asking);
  assert.equal(state.form.fields.length, 2);
  second(form(PRESET, NAME));
  assert.equal(state.valueOf(PRESET), "");
});

test("a form that is read again keeps what is typed, and takes over the rest", () => {
  const state = new FormState(form(NAME, URL_FIELD));
  state.put("name", "Mine");
  state.ask()(form({ ...NAME, value: "Theirs" }, { ...URL_FIELD, value: "https://theirs.test" }));
  assert.equal(state.valueOf(field(state, "name")), "Mine");
  assert.equal(state.valueOf(field(state, "base_url")), "https://theirs.test");
});

test("a hint about a value goes when another one is typed", () => {
  const state = new FormState(form(NAME, URL_FIELD));
  assert.equal(state.hintsOf(URL_FIELD).length, 2);
  state.put("base_url", "https://b.test");
  assert.deepEqual(
    state.hintsOf(URL_FIELD).map(({ text }) => text),
    ["Always"],
  );
});

test("what is wrong goes with the change that mends it, and is counted", () => {
  const state = new FormState(form(NAME, KEY, URL_FIELD));
  state.refused({ ok: false, problems: { name: "Give it a name.", key: "Paste a key." } });
  assert.deepEqual(state.foot, { words: "2 fields need attention", isProblem: true });
  state.put("name", "M");
  state.putKey("key", "sk-1");
  assert.deepEqual(state.foot, { words: "", isProblem: false });
});

test("a field that a choice made another one has nothing wrong with it", () => {
  const state = new FormState(form(PRESET, NAME, KEY));
  state.refused({ ok: false, problems: { name: "Give it a name.", key: "Paste a key." } });
  const take = state.ask(PRESET);
  take(form({ ...PRESET, value: "mistral" }, { ...NAME, placeholder: "Mistral" }, KEY));
  assert.deepEqual(state.problems, { key: "Paste a key." });
});

test("a refused key stays, says what it was for until it is touched, and goes where the kernel says", () => {
  const state = new FormState(form(NAME, KEY));
  state.putKey("key", "sk-1");
  state.refused({ ok: false, key_for: "there", problems: {} });
  assert.equal(state.key, "sk-1");
  assert.deepEqual(state.args(), { sends: "", key_for: "there" });
  state.putKey("key", "sk-2");
  assert.deepEqual(state.args(), { sends: "" });
  state.refused({ ok: false, clear: ["key"], key_for: "there", problems: { key: "It was dropped." } });
  assert.equal(state.key, "");
  assert.deepEqual(state.args(), { sends: "" });
});

test("a key that is let go is gone, also where its field is not shown, and is not submitted from there", () => {
  for (const letGo of [
    (state: FormState) => state.take(form(NAME, { ...KEY, emptied: true })),
    (state: FormState) => state.refused({ ok: false, clear: ["key"] }),
  ]) {
    const state = new FormState(form(NAME, KEY));
    state.putKey("key", "sk-1");
    state.refused({ ok: false, key_for: "there" });
    state.take(form(NAME, URL_FIELD)); // its source is a variable now
    assert.equal(state.submittedKey(), "");
    assert.equal(state.key, "sk-1");
    letGo(state);
    assert.equal(state.key, "");
    assert.deepEqual(state.args(), { sends: "" });
  }
});

test("a key that got into another field is taken out of it", () => {
  const state = new FormState(form(NAME, KEY));
  state.put("name", "sk-canary");
  state.refused({ ok: false, clear: ["name"], problems: { name: "This looks like a key." } });
  assert.equal(state.valueOf(NAME), "");
});

test("a pasted key is trimmed with a word about it; one with a line break inside is refused", () => {
  assert.deepEqual(pastedKey("  sk-three\n"), {
    value: "sk-three",
    said: "Blanks around the key were taken away.",
    problem: "",
  });
  assert.equal(pastedKey("sk-one\nsk-two").value, "");
  assert.match(pastedKey("sk-one\nsk-two").problem, /line break inside/);
  assert.equal(pastedKey('export A_KEY="sk-1"').value, 'export A_KEY="sk-1"');
});
