/** The wire to the kernel and what waits on it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Link } from "../src/link.ts";
import type { Reply } from "../src/types.ts";
import { FakeModel } from "./fake_model.ts";

const nothing = (): void => undefined;
const PRESS = { kind: "act", tab: "router", name: "refresh", args: {} } as const;

test("each takes the reply to its own id, whatever comes to other windows", async () => {
  const model = new FakeModel();
  const [one, two] = [new Link(model), new Link(model)];
  const [first, second] = [one.ask(PRESS, nothing), two.ask(PRESS, nothing)];
  const [a, b] = model.sent as Array<{ id: string }>;
  assert.notEqual(a?.id, b?.id);
  model.tell({ id: "somebody-else", answer: { say: "no" } });
  model.tell({ id: b?.id ?? "", answer: { say: "two" } });
  model.tell({ id: a?.id ?? "", answer: { say: "one" } });
  assert.equal(((await first) as Reply).answer?.say, "one");
  assert.equal(((await second) as Reply).answer?.say, "two");
  one.close();
  two.close();
  assert.equal(model.listeners, 0);
});

test("who waits for long is told, and after a longer while waits no more", async () => {
  const model = new FakeModel();
  const link = new Link(model, { late: 5, forgotten: 20 });
  let late = 0;
  assert.equal(await link.ask(PRESS, () => (late += 1)), "silent");
  assert.equal(late, 1);
});

test("nothing is sent to a kernel that is gone, and what waited for it ends", async () => {
  const model = new FakeModel();
  const link = new Link(model);
  const waiting = link.ask(PRESS, nothing);
  link.gone = true;
  assert.equal(await waiting, "gone");
  assert.equal(await link.ask(PRESS, nothing), "gone");
  assert.equal(model.sent.length, 1);
  link.gone = false;
  void link.ask(PRESS, nothing);
  assert.equal(model.sent.length, 2);
  link.close();
});
