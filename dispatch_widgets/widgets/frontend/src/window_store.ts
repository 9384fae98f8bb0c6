/**
 * What is of this window alone: it is kept in the page's memory for a panel, so that a second view of it, a redraw and
 * its cell run again show the same. In no storage of the browser, and known to no kernel.
 */
import type { FormState } from "./form_state.ts";
import type { Found } from "./found.ts";
import { ListWindow } from "./list/list_window.ts";
import type { Tab } from "./types.ts";

export interface WindowState {
  /** The tab that is open; none while it is the one that the panel begins at. */
  readonly tab: Tab | undefined;
  /** The form that stands in place of a tab's sections. */
  readonly forms: Readonly<Partial<Record<Tab, FormState>>>;
  /** Forms that were left for now with what is typed in them, by their names. */
  readonly leftForms: Readonly<Record<string, FormState>>;
  /** Whether JupyterLab's side panel was made wide enough for it. */
  readonly widened: boolean;
  /** Which code for the next cell is shown, by the task that the view would show. */
  readonly snippet: Readonly<Record<string, { readonly task: string; readonly library: string }>>;
  /** What is shown, searched, picked and typed in the list of models. */
  readonly list: ListWindow;
  /** What is searched for and selected in the rows of sections, and their order, by the sections' ids. */
  readonly found: Readonly<Record<string, Found>>;
}

export class WindowStore {
  /** In how many places a panel with this state is shown. */
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

/**
 * A store of this name: one that was left by a panel which is shown no more, as when its cell runs again; a new one for
 * a second panel beside it, and for a panel without a name.
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
