/** What of the rows of a tab's sections is of this window alone: what is searched for, in which order, what is selected. */
import { AT_FIRST, type Found, rowsFound } from "./found.ts";
import { showing } from "./list/page_of_rows.ts";
import type { Answer, Choice, Option, View } from "./types.ts";
import type { WindowStore } from "./window_store.ts";

interface Shows {
  readonly window: WindowStore;
  readonly view: View;
}

export class FoundRows {
  readonly #panel: Shows;
  /** The rows that the last answer added: they are marked. */
  added: ReadonlyArray<string> = [];

  constructor(panel: Shows) {
    this.#panel = panel;
  }

  of(section: string): Found {
    return this.#panel.window.get("found")[section] ?? AT_FIRST;
  }

  set(section: string, change: Partial<Found>): void {
    const { window } = this.#panel;
    window.set("found", { ...window.get("found"), [section]: { ...this.of(section), ...change } });
  }

  /** Takes in what an answer says of rows; `pressed` is the row or section that it is about. */
  take({ added = [], clear }: Answer, pressed: string): void {
    this.added = added;
    if (clear?.includes("rows")) this.set(pressed, { picked: [] });
    this.reveal(added.at(-1), true);
  }

  /** Turns to the page that a row is on; a search that hides it can be ended for that. */
  reveal(id: string | undefined, mayEndSearch: boolean): void {
    const isRow = (row: { readonly id: string }): boolean => row.id === id;
    const section = this.#panel.view.sections?.find(({ finder, rows }) => finder && rows?.some(isRow));
    if (!section?.finder) return;
    const { page_rows: size } = section.finder;
    const before = this.of(section.id);
    let { text } = before;
    const placeOf = (): number => rowsFound(section, { ...before, text }).findIndex(isRow);
    let place = placeOf();
    if (place < 0 && mayEndSearch) {
      text = "";
      place = placeOf();
    }
    if (place >= 0) this.set(section.id, { text, first: showing(place, before.first, size) });
  }

  /** What there is to choose: a choice's own options, and those that several of the tab have. */
  optionsOf({ options: own, shared = "" }: Choice): ReadonlyArray<Option> {
    return [...own, ...(this.#panel.view.sections ?? []).flatMap(({ options }) => options?.[shared] ?? [])];
  }
}
