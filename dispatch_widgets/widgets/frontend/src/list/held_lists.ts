/** The lists of models held in this page: fetched when first shown, and again only when they change. */
import type { Wire } from "../link.ts";
import type { ListState } from "../types.ts";
import { type Model, unpack } from "./models.ts";

interface Held {
  readonly mark: string;
  readonly models: ReadonlyArray<Model>;
  readonly leftOut: number;
}

const TOGETHER_MS = 250;
const NONE: ReadonlyArray<Model> = [];

export class HeldLists {
  readonly #link: Wire;
  readonly #changed: () => void;
  readonly #held = new Map<string, Held>();
  readonly #asked = new Map<string, string>();
  #telling: ReturnType<typeof setTimeout> | undefined;

  constructor(link: Wire, changed: () => void) {
    this.#link = link;
    this.#changed = changed;
  }

  /** Returns the models held of a list; until the new ones arrive, those of an older mark. */
  of({ provider_id, mark }: ListState): ReadonlyArray<Model> {
    return mark ? (this.#held.get(provider_id)?.models ?? NONE) : NONE;
  }

  /** Whether a list has models of which none are held yet. */
  isComing({ provider_id, mark }: ListState): boolean {
    return Boolean(mark) && !this.#held.has(provider_id);
  }

  /** Returns how many models of a list were left out because there were too many to send. */
  leftOut({ provider_id, mark }: ListState): number {
    return mark ? (this.#held.get(provider_id)?.leftOut ?? 0) : 0;
  }

  /** Fetches the lists that are shown but not held in their current version. */
  show(lists: ReadonlyArray<ListState>): void {
    for (const { provider_id, mark } of lists) if (mark) void this.#fetch(provider_id, mark);
  }

  async #fetch(provider: string, wanted: string): Promise<void> {
    const mark = this.#held.get(provider)?.mark ?? "";
    if (mark === wanted || this.#asked.get(provider) === wanted || this.#link.gone) return;
    this.#asked.set(provider, wanted);
    const ended = await this.#link.ask({ kind: "models", provider, mark }, () => undefined);
    if (this.#asked.get(provider) === wanted) this.#asked.delete(provider);
    const reply = typeof ended === "string" ? undefined : ended;
    const [block] = reply?.buffers ?? [];
    if (!reply?.models || !block) return;
    const models = await unpack(provider, block).catch(() => undefined); // fails if the page is being closed
    if (!models) return;
    this.#held.set(provider, { mark: reply.models.mark, models, leftOut: reply.models.left_out });
    this.#tell();
  }

  /** Batches redraws, so that lists of fifty providers arriving in turn are drawn a few times, not fifty. */
  #tell(): void {
    if (this.#asked.size === 0) this.#draw();
    else this.#telling ??= setTimeout(() => this.#draw(), TOGETHER_MS);
  }

  #draw(): void {
    clearTimeout(this.#telling);
    this.#telling = undefined;
    this.#changed();
  }
}
