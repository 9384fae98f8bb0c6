/** What a panel keeps of its own: presses that wait, questions, and where a press leads. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { keyOf, Panel, type Shown } from "../src/panel.ts";
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
  const model = new FakeModel({ view: { tab: "settings", title: "Settings file" }, ...state });
  const said: string[] = [];
  const root = { querySelectorAll: () => [] } as unknown as HTMLElement;
  const shown: Shown = { root, say: (words) => said.push(words), draw: nothing };
  const panel = new Panel(model);
  panel.shown.add(shown);
  const sent = () => model.sent as Array<{ id: string; kind: string; name?: string; tab?: string }>;
  const answer = (given: Answer): void => model.tell({ id: sent().at(-1)?.id, answer: given });
  return { model, panel, shown, said, sent, answer };
}

test("what waits is not pressed a second time, and is over with its answer", async () => {
  const { panel, shown, sent, answer, said } = opened();
  const first = panel.press(DELETE, shown);
  await panel.press(DELETE, shown);
  assert.equal(sent().length, 1);
  assert.ok(panel.waiting.has(keyOf(DELETE)));
  answer({ say: "Deleted" });
  await first;
  assert.equal(panel.waiting.size, 0);
  assert.deepEqual(said, ["Deleted"]);
  panel.close();
});

test("a question waits for its answer in this page alone; no needs no kernel", async () => {
  const { panel, shown, sent, answer } = opened();
  const asking = panel.press(DELETE, shown);
  const question = { tone: "error", title: "Delete it?", actions: [KEEP] } as const;
  answer({ question });
  await asking;
  const asked = keyOf(DELETE);
  assert.equal(panel.questions.get(asked), question);
  await panel.press(KEEP, shown, { asked });
  assert.equal(panel.questions.size, 0);
  assert.equal(sent().length, 1);
  panel.close();
});

test("a tab that is not here is named, one that is here is gone to", async () => {
  const go: Action = { name: "models", label: "Choose models", kind: "go" };
  const alone = opened();
  await alone.panel.press(go, alone.shown);
  assert.equal(alone.sent().length, 0);
  assert.deepEqual(alone.said, ["It is in the tab Models of dw.panel()."]);
  const inApp = opened({ in_app: true });
  void inApp.panel.press(go, inApp.shown);
  assert.equal(inApp.sent()[0]?.tab, "models");
  alone.panel.close();
  inApp.panel.close();
});
