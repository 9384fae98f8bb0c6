/** The lists of models that this page holds of a panel: fetched when shown, again only if they changed. */
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

  /** The models of a list as far as they are held; those of an older mark until the new ones are there. */
  of({ provider_id, mark }: ListState): ReadonlyArray<Model> {
    return mark ? (this.#held.get(provider_id)?.models ?? NONE) : NONE;
  }

  /** Whether there is a list that no models are held of yet. */
  isComing({ provider_id, mark }: ListState): boolean {
    return Boolean(mark) && !this.#held.has(provider_id);
  }

  /** How many models of a list were too many to be sent. */
  leftOut({ provider_id, mark }: ListState): number {
    return mark ? (this.#held.get(provider_id)?.leftOut ?? 0) : 0;
  }

  /** Lists are shown: what is not held of them is fetched. */
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
    const models = await unpack(provider, block).catch(() => undefined); // the page may be going
    if (!models) return;
    this.#held.set(provider, { mark: reply.models.mark, models, leftOut: reply.models.left_out });
    this.#tell();
  }

  /** Lists of fifty providers that come one after the other are drawn a few times, not fifty. */
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
