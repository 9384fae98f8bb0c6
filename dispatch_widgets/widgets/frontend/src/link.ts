/** The wire to the kernel: sends a message under an id of its own and takes the one reply with that id. */
import type { Model } from "./host.ts";
import type { FromPage, Reply, Tab } from "./types.ts";

type Without<M, Names extends string> = M extends unknown ? Omit<M, Names> : never;
export type Message = Without<FromPage, "id">;

/** A reply, with the blocks of bytes that came beside it. */
export interface Heard extends Reply {
  readonly buffers?: ReadonlyArray<ArrayBufferView<ArrayBuffer>>;
}

/** How a message ended: with a reply, or without one since the kernel is gone or says nothing. */
export type Ended = Heard | "gone" | "silent";

export interface Times {
  /** After how long the one who waits is told, in milliseconds. */
  readonly late: number;
  /** After how long nobody waits any more: a kernel was restarted, a computer has slept. */
  readonly forgotten: number;
}

export type Asked = Without<FromPage, "id" | "tab">;

/** The wire of one tab: what goes over it is about that tab. */
export interface Wire {
  readonly gone: boolean;
  readonly ask: (message: Asked, late: () => void) => Promise<Ended>;
}

const TIMES: Times = { late: 1000, forgotten: 60_000 };

export class Link {
  readonly #model: Model;
  readonly #times: Times;
  readonly #waiting = new Map<string, (ended: Ended) => void>();
  // Not randomUUID, which is missing where the server is reached over plain http.
  readonly #me = crypto.getRandomValues(new Uint32Array(2)).join("-");
  #asked = 0;
  #gone = false;

  constructor(model: Model, times: Times = TIMES) {
    this.#model = model;
    this.#times = times;
    model.on("msg:custom", this.#heard);
  }

  close(): void {
    this.#model.off("msg:custom", this.#heard);
    this.#endAll("silent");
  }

  /** The host said that the kernel is there no more, or is there again. */
  set gone(gone: boolean) {
    this.#gone = gone;
    if (gone) this.#endAll("gone");
  }

  get gone(): boolean {
    return this.#gone;
  }

  /** The wire of a tab; of what stands over the tabs where it has no name. */
  of(tab: Tab | ""): Wire {
    const link = this;
    return {
      get gone() {
        return link.gone;
      },
      ask: (message, late) => link.ask({ ...message, tab } as Message, late),
    };
  }

  /** Sends a message; `late` is called when there is no reply for a while. */
  ask(message: Message, late: () => void): Promise<Ended> {
    if (this.#gone) return Promise.resolve("gone");
    this.#asked += 1;
    const id = `${this.#me}-${this.#asked}`;
    return new Promise((resolve) => {
      const end = (ended: Ended): void => {
        clearTimeout(isLate);
        clearTimeout(isForgotten);
        this.#waiting.delete(id);
        resolve(ended);
      };
      const isLate = setTimeout(late, this.#times.late);
      const isForgotten = setTimeout(end, this.#times.forgotten, "silent");
      this.#waiting.set(id, end);
      this.#model.send({ ...message, id });
    });
  }

  // Replies reach every window and every view; each takes its own.
  readonly #heard = (reply: Reply, buffers: Heard["buffers"] = []): void =>
    this.#waiting.get(reply?.id)?.({ ...reply, buffers });

  #endAll(why: "gone" | "silent"): void {
    for (const end of [...this.#waiting.values()]) end(why);
  }
}
