/** What the host says of the kernel. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Kernel, Signal } from "../src/host.ts";
import { watchKernel } from "../src/kernel.ts";
import { FakeModel } from "./fake_model.ts";

class FakeSignal implements Signal {
  readonly heard = new Set<() => void>();
  connect(heard: () => void): void {
    this.heard.add(heard);
  }
  disconnect(heard: () => void): void {
    this.heard.delete(heard);
  }
  emit(): void {
    for (const heard of this.heard) heard();
  }
}

function watched(kernel: Kernel | null, disconnected = false) {
  const model = Object.assign(new FakeModel(), { widget_manager: { kernel } });
  const told: boolean[] = [];
  const stop = watchKernel(model, disconnected, (gone) => told.push(gone));
  return { model, told, stop };
}

test("a kernel that dies, or is exchanged for another, is gone", () => {
  for (const end of [{ status: "dead" }, { isDisposed: true }]) {
    const kernel = {
      status: "idle",
      isDisposed: false,
      statusChanged: new FakeSignal(),
      disposed: new FakeSignal(),
    };
    const { told, stop } = watched(kernel);
    Object.assign(kernel, { status: "busy" });
    kernel.statusChanged.emit();
    assert.deepEqual(told, [false]); // each message makes it busy and idle: nothing to draw
    Object.assign(kernel, end);
    kernel.disposed.emit();
    assert.equal(told.at(-1), true);
    stop();
    assert.equal(kernel.disposed.heard.size + kernel.statusChanged.heard.size, 0);
  }
});

test("a restart is told by the widget manager, and saved state without a kernel by its mark", () => {
  const { model, told, stop } = watched({ status: "idle" });
  model.tell(undefined, "comm_live_update");
  assert.equal(told.at(-1), true);
  stop();
  assert.equal(model.listeners, 0);
  assert.deepEqual(watched(null, true).told, [true]);
  assert.deepEqual(watched(null).told, [false]);
});
