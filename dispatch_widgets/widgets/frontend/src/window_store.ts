/**
 * The state of a panel in this window. It is kept in the page's memory only, in no browser storage and no
 * kernel, and is the same for a second view of the panel, after a redraw and when its cell runs again.
 */
import type { FormState } from "./form_state.ts";
import type { Found } from "./found.ts";
import { ListWindow } from "./list/list_window.ts";
import type { Tab } from "./types.ts";

export interface WindowState {
  /** The open tab; undefined until another than the panel's first one was opened. */
  readonly tab: Tab | undefined;
  /** The open form of each tab, shown in place of its sections. */
  readonly forms: Readonly<Partial<Record<Tab, FormState>>>;
  /** The forms that were left unsaved, with their input, by name. */
  readonly leftForms: Readonly<Record<string, FormState>>;
  /** Whether JupyterLab's side panel was widened for this panel. */
  readonly widened: boolean;
  /** The snippet chosen for the next cell, by the task that the view shows first. */
  readonly snippet: Readonly<Record<string, { readonly task: string; readonly library: string }>>;
  /** The state of the list of models. */
  readonly list: ListWindow;
  /** The search, order, page and selection of each section's rows, by the section's id. */
  readonly found: Readonly<Record<string, Found>>;
}

export class WindowStore {
  /** The number of places where a panel with this state is shown. */
  places = 0;
  #state: WindowState = {
    tab: undefined,
    forms: {},
    leftForms: {},
    widened: false,
    snippet: {},
    list: new ListWindow(),
    found: {},
  };
  readonly #watchers = new Set<() => void>();

  get<Name extends keyof WindowState>(name: Name): WindowState[Name] {
    return this.#state[name];
  }

  set<Name extends keyof WindowState>(name: Name, value: WindowState[Name]): void {
    this.#state = { ...this.#state, [name]: value };
    this.changed();
  }

  /** Tells the watchers that something inside a kept value has changed. */
  changed(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }

  /** Calls back after every change; returns a function that stops it. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }
}

/** The key of the page's stores, shared by the bundles of all widgets. */
const SHARED = Symbol.for("dispatch-widgets.windows");

/**
 * Returns a store of this name: one whose panel is no longer shown, as when its cell runs again, else a new
 * one. A panel without a name always gets a new one.
 */
export function windowStore(name: string): WindowStore {
  if (!name) return new WindowStore();
  const shared = globalThis as unknown as Record<symbol, Map<string, WindowStore[]> | undefined>;
  const all = shared[SHARED] ?? new Map<string, WindowStore[]>();
  shared[SHARED] = all;
  const named = all.get(name) ?? [];
  all.set(name, named);
  const left = named.find((each) => each.places === 0);
  if (left) return left;
  const store = new WindowStore();
  named.push(store);
  return store;
}
