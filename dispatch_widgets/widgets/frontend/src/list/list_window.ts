/** What of a list of models is of this window alone: what is shown, searched, picked, ticked and typed. */
import type { ActionArgs } from "../types.ts";
import type { Keys } from "./selection.ts";

export interface ListValues {
  /** Whose list is shown: empty for all, undefined for the one that the view shows first. */
  readonly provider: string | undefined;
  readonly query: string;
  readonly kind: string;
  /** What the models that are shown can do beside that; empty for anything. */
  readonly feature: string;
  readonly order: string;
  /** Whether all that is stated of the row that one is at is shown. */
  readonly details: boolean;
  readonly picked: Keys;
  /** The display name that is typed for the one that is picked, and what it is said to be able to do. */
  readonly label: string;
  readonly givenKind: string;
  readonly ticked: ReadonlyArray<string>;
  /** The row that the page of rows begins at. */
  readonly first: number;
  /** What is typed as an id; undefined until something is: what was searched for in vain stands there then. */
  readonly typed: string | undefined;
  /** Undefined until one is chosen: it is that of the models that are shown then. */
  readonly typedKind: string | undefined;
  readonly typedOwner: string;
  /** Whether it was asked whose the typed id is. */
  readonly ownerAsked: boolean;
}

const AT_FIRST: ListValues = {
  provider: undefined,
  query: "",
  kind: "all",
  feature: "",
  order: "",
  details: false,
  picked: [],
  label: "",
  givenKind: "",
  ticked: [],
  first: 0,
  typed: undefined,
  typedKind: undefined,
  typedOwner: "",
  ownerAsked: false,
};

export class ListWindow {
  #values = AT_FIRST;
  readonly #listeners = new Set<() => void>();

  get values(): ListValues {
    return this.#values;
  }

  set(values: Partial<ListValues>): void {
    this.#values = { ...this.#values, ...values };
    for (const changed of this.#listeners) changed();
  }

  /** Calls back at each change, so that a letter typed draws the list and not the whole panel; returns how to stop. */
  listen(changed: () => void): () => void {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  }

  /** Remembers at which row the page begins; each view of the list turns its own. */
  turned(first: number): void {
    this.#values = { ...this.#values, first };
  }

  /** Something leads here: to a list, a kind of models, and tasks that what is picked is to take over. */
  lookAt(args: ActionArgs): void {
    const { list, kind, tasks } = args;
    this.set({
      ...(typeof list === "string" && { provider: list }),
      ...(typeof kind === "string" && { kind, query: "", first: 0 }),
      ...(Array.isArray(tasks) && { ticked: tasks }),
    });
  }

  /** What was done with is picked, typed or ticked no more; a search that found nothing is over with it. */
  clear(names: ReadonlyArray<string>): void {
    const { query, ticked, typed } = this.#values;
    const wasSearched = typed === undefined || typed === query;
    this.set({
      ticked: ticked.filter((task) => !names.includes(task)),
      ...(names.includes("models") && { picked: [], label: "", givenKind: "" }),
      ...(names.includes("model") && {
        typed: undefined,
        typedKind: undefined,
        ...(wasSearched && { query: "" }),
      }),
    });
  }
}
