/** The search, order and selection in the sections of a tab, which belong to this window. */
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
  /** The ids of the rows that the last answer added, which are highlighted. */
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

  /** Applies the parts of an answer that concern rows; `pressed` is the id of the row or section. */
  take({ added = [], clear }: Answer, pressed: string): void {
    this.added = added;
    if (clear?.includes("rows")) this.set(pressed, { picked: [] });
    this.reveal(added.at(-1), true);
  }

  /** Turns to the page with a row; if `mayEndSearch`, a search that hides the row is cleared. */
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

  /** Returns a choice's own options followed by those that it shares with others of the tab. */
  optionsOf({ options: own, shared = "" }: Choice): ReadonlyArray<Option> {
    return [...own, ...(this.#panel.view.sections ?? []).flatMap(({ options }) => options?.[shared] ?? [])];
  }
}
