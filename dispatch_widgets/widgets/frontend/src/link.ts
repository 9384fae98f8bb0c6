/** The link to the kernel: each message has an id of its own, and there is one reply with that id. */
import type { Model } from "./host.ts";
import type { FromPage, Reply, Tab } from "./types.ts";

type Without<M, Names extends string> = M extends unknown ? Omit<M, Names> : never;
export type Message = Without<FromPage, "id">;

/** A reply with its binary buffers. */
export interface Heard extends Reply {
  readonly buffers?: ReadonlyArray<ArrayBufferView<ArrayBuffer>>;
}

/** The outcome of a message: a reply, or why there is none. */
export type Ended = Heard | "gone" | "silent";

export interface Times {
  /** How long until the user is told that the reply is late, in milliseconds. */
  readonly late: number;
  /** How long until the wait ends, in milliseconds: the kernel may have restarted, the computer slept. */
  readonly forgotten: number;
}

export type Asked = Without<FromPage, "id" | "tab">;

/** The link as one tab uses it: its messages name that tab. */
export interface Wire {
  readonly gone: boolean;
  readonly ask: (message: Asked, late: () => void) => Promise<Ended>;
}

const TIMES: Times = { late: 1000, forgotten: 60_000 };

export class Link {
  readonly #model: Model;
  readonly #times: Times;
  readonly #waiting = new Map<string, (ended: Ended) => void>();
  // Not randomUUID, which is missing over plain http.
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

  /** Records whether the kernel is gone, as the host reports it. If it is, no message waits any longer. */
  set gone(gone: boolean) {
    this.#gone = gone;
    if (gone) this.#endAll("gone");
  }

  get gone(): boolean {
    return this.#gone;
  }

  /** Returns the wire of a tab, or of the header where the name is empty. */
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

  // Replies reach every window and every link; each takes only its own.
  readonly #heard = (reply: Reply, buffers: Heard["buffers"] = []): void =>
    this.#waiting.get(reply?.id)?.({ ...reply, buffers });

  #endAll(why: "gone" | "silent"): void {
    for (const end of [...this.#waiting.values()]) end(why);
  }
}
