/** A model without a host: keeps what the page sends, and tells what a kernel would. */
import type { Model } from "../src/host.ts";

type Heard = (...given: never[]) => void;

export class FakeModel implements Model {
  readonly sent: unknown[] = [];
  readonly #heard = new Map<string, Set<Heard>>();
  readonly #changed = new Map<string, unknown>();
  #state: Readonly<Record<string, unknown>>;

  constructor(state: Readonly<Record<string, unknown>> = {}) {
    this.#state = state;
  }

  get listeners(): number {
    return [...this.#heard.values()].reduce((sum, each) => sum + each.size, 0);
  }

  /** Sets a trait, as a kernel does. */
  put(name: string, value: unknown): void {
    this.#state = { ...this.#state, [name]: value };
    this.tell(undefined, `change:${name}`);
  }

  get(name: string): unknown {
    return this.#state[name];
  }

  set(name: string, value: unknown): void {
    if (this.#state[name] !== value) this.#changed.set(name, value);
    this.put(name, value);
  }

  save_changes(): void {
    for (const change of this.#changed) this.sent.push(change);
    this.#changed.clear();
  }

  on(event: string, heard: Heard): void {
    this.#heard.set(event, (this.#heard.get(event) ?? new Set()).add(heard));
  }

  off(event: string, heard: Heard): void {
    this.#heard.get(event)?.delete(heard);
  }

  send(content: unknown): void {
    this.sent.push(content);
  }

  tell(content: unknown, event = "msg:custom", buffers: ReadonlyArray<Uint8Array> = []): void {
    for (const heard of this.#heard.get(event) ?? [])
      (heard as (...given: unknown[]) => void)(content, buffers);
  }
}
