/**
 * What is of this window alone: it is kept in the page's memory for a panel, so that a second view of it, a redraw and
 * its cell run again show the same. In no storage of the browser, and known to no kernel.
 */
import type { FormState } from "./form_state.ts";
import { ListWindow } from "./list/list_window.ts";
import type { Tab } from "./types.ts";

export interface WindowState {
  /** The form that stands in place of a tab's sections. */
  readonly forms: Readonly<Partial<Record<Tab, FormState>>>;
  /** Forms that were left for now with what is typed in them, by their names. */
  readonly leftForms: Readonly<Record<string, FormState>>;
  /** What is shown, searched, picked and typed in the list of models. */
  readonly list: ListWindow;
}

export class WindowStore {
  #state: WindowState = { forms: {}, leftForms: {}, list: new ListWindow() };
  readonly #watchers = new Set<() => void>();

  get<Name extends keyof WindowState>(name: Name): WindowState[Name] {
    return this.#state[name];
  }

  set<Name extends keyof WindowState>(name: Name, value: WindowState[Name]): void {
    this.#state = { ...this.#state, [name]: value };
    this.changed();
  }

  /** Something inside what is kept here is another one now. */
  changed(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }

  /** Calls back after every change; returns how to stop. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }
}

/** One for a page, whatever bundles are in it: each widget has its own. */
const SHARED = Symbol.for("dispatch-widgets.windows");

/** The store of the panel of this name; a new one where it has no name. */
export function windowStore(name: string): WindowStore {
  if (!name) return new WindowStore();
  const shared = globalThis as unknown as Record<symbol, Map<string, WindowStore> | undefined>;
  const stores = shared[SHARED] ?? new Map<string, WindowStore>();
  shared[SHARED] = stores;
  const store = stores.get(name) ?? new WindowStore();
  stores.set(name, store);
  return store;
}
