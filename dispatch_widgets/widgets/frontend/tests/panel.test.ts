/** What a panel keeps of its own: presses that wait, questions, and where a press leads. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { App } from "../src/app.ts";
import { keyOf } from "../src/presses.ts";
import type { Shown } from "../src/shown.ts";
import type { Action, Answer } from "../src/types.ts";
import { FakeModel } from "./fake_model.ts";

const nothing = (): void => undefined;
// As much of a document as is asked for where nothing is drawn.
Object.assign(globalThis, {
  document: { addEventListener: nothing, activeElement: null, body: null },
  CSS: { escape: (text: string) => text },
});

const DELETE: Action = { name: "ask_delete", label: "Delete", args: { row: "a" } };
const KEEP: Action = { name: "keep", label: "Keep it", kind: "close" };

function opened(state: Readonly<Record<string, unknown>> = {}) {
  const model = new FakeModel({
    view_settings: { tab: "settings", title: "Settings file" },
    first: "settings",
    alone: true,
    window: `test ${Math.random()}`,
    ...state,
  });
  const said: string[] = [];
  const root = { querySelectorAll: () => [], querySelector: () => null } as unknown as HTMLElement;
  const shown: Shown = { root, say: (words) => said.push(words), draw: nothing };
  const app = new App(model);
  const leave = app.enter(shown);
  const panel = app.tab("settings");
  const sent = () => model.sent as Array<{ id: string; kind: string; name?: string; tab?: string }>;
  const answer = (given: Answer): void => model.tell({ id: sent().at(-1)?.id, answer: given });
  return { model, app, leave, panel, shown, said, sent, answer };
}

test("what waits is not pressed a second time, and is over with its answer", async () => {
  const { app, panel, shown, sent, answer, said } = opened();
  const first = panel.press(DELETE, shown);
  await panel.press(DELETE, shown);
  assert.equal(sent().length, 1);
  assert.ok(panel.waiting.has(keyOf(DELETE)));
  answer({ say: "Deleted" });
  await first;
  assert.equal(panel.waiting.size, 0);
  assert.deepEqual(said, ["Deleted"]);
  app.close();
});

test("a button that says something else by now is pressed while its first press waits", async () => {
  const { app, panel, shown, sent } = opened();
  const send = (host: string): Action => ({ name: "send", label: host, args: { row: "a", host } });
  void panel.press(send("good.test"), shown);
  assert.ok(panel.waiting.holds(send("good.test")));
  assert.ok(!panel.waiting.holds(send("other.test")), "it shows its words, not that it waits");
  void panel.press(send("other.test"), shown);
  void panel.press(send("other.test"), shown);
  assert.equal(sent().length, 2);
  app.close();
});

test("a question waits for its answer in this page alone; no needs no kernel", async () => {
  const { app, panel, shown, sent, answer } = opened();
  const asking = panel.press(DELETE, shown);
  const question = { tone: "error", title: "Delete it?", actions: [KEEP] } as const;
  answer({ question });
  await asking;
  const asked = keyOf(DELETE);
  assert.equal(panel.questions.get(asked), question);
  await panel.press(KEEP, shown, { asked });
  assert.equal(panel.questions.size, 0);
  assert.equal(sent().length, 1);
  app.close();
});

test("a question is over when what asked it is not offered any more, also if it is again", async () => {
  const offering = {
    tab: "settings",
    title: "Settings file",
    sections: [{ rows: [{ id: "a", actions: [DELETE] }] }],
  };
  const { app, model, panel, shown, answer } = opened({ view_settings: offering });
  const asking = panel.press(DELETE, shown);
  answer({ question: { tone: "error", title: "Delete it?", actions: [KEEP] } });
  await asking;
  model.put("view_settings", { ...offering, attention: 1 });
  assert.equal(panel.questionOf(DELETE)?.title, "Delete it?");
  model.put("view_settings", { tab: "settings", title: "Settings file", sections: [{ rows: [] }] });
  model.put("view_settings", offering);
  assert.equal(panel.questionOf(DELETE), undefined);
  app.close();
});

test("what leads to another tab opens that in this window, and the kernel is told", async () => {
  const { app, model, panel, shown, sent, answer } = opened();
  const going = panel.press({ name: "models", label: "Choose models", kind: "go" }, shown);
  assert.equal(app.open, "models");
  assert.deepEqual([sent()[0]?.kind, sent()[0]?.tab], ["show", "models"]);
  assert.equal(app.viewOf("models"), undefined);
  model.put("view_models", { tab: "models", title: "Models" });
  answer({});
  await going;
  assert.equal(app.tab("models").view.title, "Models");
  app.back(shown);
  assert.equal(app.open, "settings");
  app.close();
});

test("what a view said before it was there is said to nobody, what is new is", () => {
  const { app, model, panel, said } = opened();
  const spoken = (number: number, words: string) => ({
    tab: "settings",
    title: "",
    spoken: { number, words },
  });
  model.put("view_settings", spoken(1, "Saved"));
  assert.deepEqual(said, ["Saved"]);
  const other = app.tab("router");
  model.put("view_router", { ...spoken(7, "Long ago"), tab: "router" });
  model.put("view_router", { ...spoken(7, "Long ago"), tab: "router", title: "Router" });
  assert.deepEqual(said, ["Saved"]);
  model.put("view_router", { ...spoken(8, "Now"), tab: "router" });
  assert.deepEqual(said, ["Saved", "Now"]);
  assert.equal(other.view.spoken?.number, 8);
  assert.equal(panel.view.spoken?.number, 1);
  app.close();
});

test("what code asks for is done once in a window, also before it is shown", () => {
  const { app, model } = opened({ asked: { n: 1, tab: "router" } });
  assert.equal(app.open, "router");
  void app.show("models");
  model.put("asked", { n: 1, tab: "router" });
  assert.equal(app.open, "models");
  model.put("asked", { n: 2, tab: "router" });
  assert.equal(app.open, "router");
  app.close();
});

test("a panel whose cell runs again takes up what the one before has left, one beside it does not", () => {
  const window = { window: "the same" };
  const first = opened(window);
  void first.app.show("router");
  const beside = opened(window);
  assert.equal(beside.app.open, "settings");
  first.leave();
  const again = opened(window);
  assert.equal(again.app.open, "router");
  assert.equal(again.sent()[0]?.kind, "show");
  for (const each of [first, beside, again]) each.app.close();
});
