/** The state of a list of models in this window: what is shown, searched, selected, ticked and typed. */
import type { ActionArgs } from "../types.ts";
import type { Keys } from "./selection.ts";

export interface ListValues {
  /** The id of the provider whose list is shown; empty for all, undefined for the view's first. */
  readonly provider: string | undefined;
  readonly query: string;
  readonly kind: string;
  /** The feature that the shown models must have; empty for any. */
  readonly feature: string;
  readonly order: string;
  /** Whether the details of the current row are shown. */
  readonly details: boolean;
  readonly picked: Keys;
  /** The display name typed for the only selected model; `givenKind` is the kind chosen for it. */
  readonly label: string;
  readonly givenKind: string;
  readonly ticked: ReadonlyArray<string>;
  /** The index of the first row on the page. */
  readonly first: number;
  /** The id typed by hand. While undefined, the field holds the query of a search that found nothing. */
  readonly typed: string | undefined;
  /** The kind chosen for the typed id. While undefined, the kind of the shown models counts. */
  readonly typedKind: string | undefined;
  readonly typedOwner: string;
  /** Whether the user was asked for the provider of the typed id. */
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

  /**
   * Calls back at each change, so that typing redraws the list and not the whole panel.
   *
   * @returns A function that stops it.
   */
  listen(changed: () => void): () => void {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  }

  /** Remembers the first row of the page without a redraw: each drawn list turns its own page. */
  turned(first: number): void {
    this.#values = { ...this.#values, first };
  }

  /** Applies the arguments of an action that leads here: a list, a kind, tasks for the models to add. */
  lookAt(args: ActionArgs): void {
    const { list, kind, tasks } = args;
    this.set({
      ...(typeof list === "string" && { provider: list }),
      ...((list ?? kind) !== undefined && { kind: String(kind ?? "all"), query: "", feature: "", first: 0 }),
      ...(Array.isArray(tasks) && { ticked: tasks }),
    });
  }

  /** Clears the input that an action has used: selection, typed id with its search, or ticked tasks. */
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
