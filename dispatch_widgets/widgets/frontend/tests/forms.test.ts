/** Forms of a panel: opened, submitted in one message, kept in the window. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { App } from "../src/app.ts";
import type { Shown } from "../src/shown.ts";
import type { Action, Field, Form, Reply } from "../src/types.ts";
import { windowStore } from "../src/window_store.ts";
import { FakeModel } from "./fake_model.ts";

const nothing = (): void => undefined;
const heard = new Map<string, (event: object) => void>();
const happen = (name: string, event: object): void => heard.get(name)?.(event);
Object.assign(globalThis, {
  document: {
    addEventListener: (name: string, listener: (event: object) => void) => heard.set(name, listener),
    activeElement: null,
    body: null,
  },
  CSS: { escape: (text: string) => text },
});

const PRESET: Field = {
  name: "preset",
  label: "Preset",
  kind: "choice",
  options: [
    { value: "", label: "Custom" },
    { value: "mistral", label: "Mistral" },
  ],
  follows: true,
};
const FORM: Form = {
  name: "provider",
  title: "Add provider",
  save: "Save",
  back: "Providers",
  args: { sends: "" },
  fields: [PRESET, { name: "name", label: "Name" }, { name: "key", label: "Key", kind: "key" }],
};
const ADD: Action = { name: "provider", label: "Add provider", kind: "form" };

interface Sent {
  readonly id: string;
  readonly kind: string;
  readonly key?: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly values: Readonly<Record<string, string>>;
}

async function opened(window = "") {
  const view = { tab: "providers", title: "Providers" };
  const model = new FakeModel({ view_providers: view, first: "providers", alone: true, window });
  const said: string[] = [];
  const root = {
    querySelectorAll: (): unknown[] => [],
    querySelector: () => null,
    contains: () => false,
  };
  const shown: Shown = {
    root: root as unknown as HTMLElement,
    say: (words) => said.push(words),
    draw: nothing,
  };
  const app = new App(model);
  const leave = app.enter(shown);
  const panel = app.tab("providers");
  const sent = () => model.sent as Sent[];
  const reply = async (given: Omit<Reply, "id">, to = sent().at(-1)): Promise<void> => {
    model.tell({ id: to?.id, ...given });
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { app, leave, model, panel, root, shown, said, sent, reply };
}

async function adding(window = "") {
  const there = await opened(window);
  void there.panel.press(ADD, there.shown);
  await there.reply({ form: FORM });
  return there;
}

test("a key is in the one message that submits its form, and in no other", async () => {
  const { app, panel, shown, sent, reply } = await adding();
  panel.forms.type("name", "Typed");
  panel.forms.typeKey("key", "sk-canary");
  void panel.forms.choose("preset", "mistral", shown);
  await reply({ form: { ...FORM, fields: [{ ...PRESET, value: "mistral" }, ...FORM.fields.slice(1)] } });
  void panel.forms.save(shown);
  await reply({ answer: { ok: false, problems: { name: "No." }, key_for: "there" } });
  const submitted = sent().at(-1);
  assert.equal(submitted?.key, "sk-canary");
  assert.deepEqual(submitted?.values, { preset: "mistral", name: "Typed" });
  assert.equal(sent().filter((each) => JSON.stringify(each).includes("canary")).length, 1);
  assert.equal(sent().filter((each) => JSON.stringify(each).includes("Typed")).length, 1);
  void panel.forms.save(shown);
  await reply({ answer: {} });
  assert.equal(sent().at(-1)?.args.key_for, "there");
  assert.equal(panel.forms.current, undefined);
  app.close();
});

test("a press of Save while it is saved sends nothing more, and the form cannot be left", async () => {
  const { app, panel, shown, sent, reply } = await adding();
  void panel.forms.save(shown);
  void panel.forms.save(shown);
  panel.forms.leave(shown, false);
  assert.equal(sent().filter(({ kind }) => kind === "submit").length, 1);
  assert.ok(panel.forms.current?.saving);
  await reply({ answer: { ok: false, note: { tone: "error", title: "Not saved" } } });
  assert.equal(panel.forms.current?.saving, false);
  assert.equal(panel.forms.current?.note?.title, "Not saved");
  app.close();
});

test("Save waits for what was chosen, and stops where that changes what is sent where", async () => {
  for (const sends of ["", "Save and Test send the value of A to b."]) {
    const { app, panel, shown, sent, reply } = await adding();
    void panel.forms.choose("preset", "mistral", shown);
    void panel.forms.save(shown);
    assert.equal(sent().at(-1)?.kind, "form");
    await reply({ form: { ...FORM, args: { sends } } });
    assert.equal(sent().at(-1)?.kind, sends ? "form" : "submit");
    if (sends) assert.equal(panel.forms.current?.saving, false);
    app.close();
  }
});

test("what was typed waits where the form was left by Back, not by Cancel; in a view that came later too", async () => {
  const first = await adding("here");
  first.panel.forms.type("name", "Half");
  await first.panel.press({ name: "back", label: "Back", kind: "close" }, first.shown);
  assert.equal(first.panel.forms.current, undefined);
  first.leave();
  const again = await adding("here"); // the cell was run again
  const name = FORM.fields[1] as Field;
  assert.equal(again.panel.forms.current?.valueOf(name), "Half");
  assert.equal(first.panel.forms.current, again.panel.forms.current);
  await again.panel.press({ name: "cancel", label: "Cancel", kind: "close" }, again.shown);
  void again.panel.press(ADD, again.shown);
  await again.reply({ form: FORM });
  assert.equal(again.panel.forms.current?.valueOf(name), "");
  first.app.close();
  again.app.close();
  assert.notEqual(windowStore(""), windowStore(""));
});

test("a key is nowhere once it is saved, or the form is given up", async () => {
  const row = { ...FORM, args: { row: "p1" } };
  for (const [form, press] of [
    [FORM, "save"],
    [FORM, "cancel"],
    [row, "back"],
  ] as const) {
    const { app, panel, shown, reply } = await opened();
    void panel.press(ADD, shown);
    await reply({ form });
    const state = panel.forms.current;
    panel.forms.typeKey("key", "sk-canary");
    panel.forms.putPasted("export A_KEY=sk-canary");
    if (press === "save") {
      void panel.forms.save(shown);
      await reply({ answer: {} });
    } else {
      await panel.press({ name: press, label: "", kind: "close" }, shown);
    }
    assert.equal(panel.forms.current, undefined);
    assert.deepEqual([state?.key, state?.pasted], ["", ""], press);
    app.close();
  }
});

test("an answer moves the focus only where the person has done nothing since", async () => {
  let focused = 0;
  const node = {
    isConnected: true,
    dataset: {},
    matches: (selector: string) => !selector.includes("row"),
    getClientRects: () => [1],
    focus: () => {
      focused += 1;
    },
  };
  for (const [press, answer] of [
    [ADD, { form: FORM }],
    [{ name: "delete", label: "Delete" }, { answer: { focus: { action: "keep" } } }],
  ] as const) {
    for (const done of ["", "pointerdown", "focusin", "input"]) {
      const { app, panel, shown, root, reply } = await opened();
      root.querySelectorAll = () => [node];
      focused = 0;
      void panel.press(press, shown);
      if (done) happen(done, { type: done, target: { matches: () => true } });
      await reply(answer);
      assert.equal(focused, done ? 0 : 1, `${press.name} ${done}`);
      app.close();
    }
  }
});

test("a kernel that is gone or a form that is not given leaves everything as it is, with words", async () => {
  const { app, panel, shown, reply, said } = await adding();
  panel.forms.typeKey("key", "sk-1");
  app.link.gone = true;
  await panel.forms.save(shown);
  assert.match(said.at(-1) ?? "", /No kernel/);
  assert.equal(panel.forms.current?.key, "sk-1");
  assert.deepEqual(panel.forms.current?.args(), { sends: "", key_for: '{"preset":"","name":""}' });
  panel.forms.typeKey("key", "sk-2");
  assert.deepEqual(panel.forms.current?.args(), { sends: "" });
  app.link.gone = false;
  panel.forms.leave(shown, false);
  void panel.press(ADD, shown);
  await reply({ answer: { ok: false, note: { tone: "error", title: "Convert it first" } } });
  assert.equal(panel.forms.current, undefined);
  assert.equal(panel.questionOf(ADD)?.title, "Convert it first");
  app.close();
});

test("a test that ends before its press is answered is shown once it is", async () => {
  const { app, panel, model, shown, sent, reply } = await adding();
  const asking = {
    ...FORM,
    args: { sends: "", check: "t1" },
    note: { tone: "info", title: "Asking" },
  } as const;
  void panel.forms.save(shown, { name: "test", label: "Test", kind: "save", args: { test: true } });
  const pressed = sent().at(-1);
  model.put("view_providers", { tab: "providers", title: "Providers", forms: 1 });
  assert.equal(sent().at(-1), pressed); // what is under way is answered first
  await reply({ answer: { ok: false, form: asking, note: asking.note } }, pressed);
  assert.equal(sent().at(-1)?.kind, "form");
  assert.equal(sent().at(-1)?.args.check, "t1");
  await reply({ form: { ...asking, note: { tone: "ok", title: "24 models" } } });
  assert.equal(panel.forms.current?.note?.title, "24 models");
  app.close();
});

test("news that come while a choice is in flight wait for its answer, which fills the form", async () => {
  const { app, panel, model, shown, sent, reply } = await adding();
  void panel.forms.choose("preset", "mistral", shown);
  const chosen = sent().at(-1);
  model.put("view_providers", { tab: "providers", title: "Providers", forms: 1 });
  assert.equal(sent().at(-1), chosen);
  await reply({ form: { ...FORM, title: "Filled" } }, chosen);
  assert.equal(panel.forms.current?.form.title, "Filled");
  assert.notEqual(sent().at(-1), chosen); // now the news are taken
  await reply({ form: { ...FORM, title: "With news" } });
  assert.equal(panel.forms.current?.form.title, "With news");
  app.close();
});

test("a form that is open already is not opened anew: what was typed stays", async () => {
  const { app, panel, shown, sent, reply } = await adding();
  panel.forms.type("name", "Half");
  panel.forms.typeKey("key", "sk-1");
  const before = sent().length;
  await panel.press(ADD, shown);
  await panel.press({ ...ADD, args: { field: "name" } }, shown);
  assert.equal(sent().length, before);
  assert.equal(panel.forms.current?.key, "sk-1");
  void panel.press({ ...ADD, args: { preset: "mistral" } }, shown); // another one is
  await reply({ form: FORM });
  assert.equal(panel.forms.current?.key, "");
  app.close();
});

test("what was typed into a form and left stays while a form about a row is opened and left", async () => {
  const { app, panel, shown, reply } = await adding();
  panel.forms.type("name", "Half");
  panel.forms.leave(shown, true);
  void panel.press({ ...ADD, args: { row: "lab" } }, shown);
  await reply({ form: { ...FORM, args: { row: "lab" } } });
  panel.forms.leave(shown, true);
  void panel.press(ADD, shown);
  await reply({ form: FORM });
  assert.equal(panel.forms.current?.valueOf(FORM.fields[1] as Field), "Half");
  app.close();
});

test("a form that knows its test no more says nothing of it", async () => {
  const { app, panel, shown, reply } = await adding();
  const asking = { ...FORM, args: { check: "t1" }, note: { tone: "info", title: "Asking" } } as const;
  panel.forms.current?.take(asking);
  void panel.forms.reload(shown);
  await reply({ form: FORM });
  assert.equal(panel.forms.current?.note, undefined);
  app.close();
});
