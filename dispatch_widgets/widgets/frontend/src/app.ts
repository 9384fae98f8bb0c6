/**
 * A panel in this page: the app with its tabs, or a single tab. The state of the file and the service is in
 * the model's traits, which only the kernel sets. Which tab is open belongs to the window.
 */
import { isField } from "./focus.ts";
import type { FormState } from "./form_state.ts";
import { lastGesture, moveFocus } from "./gestures.ts";
import type { Model } from "./host.ts";
import { Link } from "./link.ts";
import { focusOn, hasFocus, OPEN_TAB } from "./move_focus.ts";
import { BUSY, SILENT } from "./no_answer.ts";
import { type Around, Panel } from "./panel.ts";
import type { Pressed, Shown } from "./shown.ts";
import type { Action, ActionArgs, Asked, Focus, Header, Tab, View } from "./types.ts";
import { type WindowStore, windowStore } from "./window_store.ts";

export const TABS: ReadonlyArray<Tab> = ["providers", "models", "router", "settings"];
export const NAMES: Readonly<Record<Tab, string>> = {
  providers: "Providers",
  models: "Models",
  router: "Router",
  settings: "Settings file",
};
const FOCUS_TRIES = 20;
const FOCUS_EVERY_MS = 50;

function rowAround(node: Element | null): string {
  return node?.closest<HTMLElement>("[data-row]")?.dataset.row ?? "";
}

/** The header above the tabs, whose actions belong to no tab. */
class Over extends Panel {
  readonly #reload: (at: Shown) => Promise<void>;

  constructor(tab: "", around: Around, reload: (at: Shown) => Promise<void>) {
    super(tab, around);
    this.#reload = reload;
  }

  override async press(action: Action, at: Shown, pressed?: Pressed): Promise<void> {
    await super.press(action, at, pressed);
    if (action.name === "reload") await this.#reload(at);
  }
}

export class App implements Around {
  readonly link: Link;
  readonly shown = new Set<Shown>();
  /** The header above the tabs. */
  readonly over: Over;
  /** The tabs that were opened and whose first view is late. */
  readonly late = new Set<Tab | "">();
  readonly model: Model;
  readonly #tabs = new Map<Tab, Panel>();
  readonly #heard: ReadonlyArray<readonly [string, () => void]>;
  #asked = 0;
  /** The action and row that led away from the first tab; `back` returns the focus there. */
  #leftBy: Focus = {};
  #store: WindowStore | undefined;

  constructor(model: Model, link = new Link(model)) {
    this.model = model;
    this.link = link;
    this.over = new Over("", this, (at) => this.#reload(at));
    this.#heard = [
      ...TABS.map((tab) => [`change:view_${tab}`, () => this.#tabs.get(tab)?.viewChanged()] as const),
      ["change:header", () => this.draw()],
      ["change:asked", () => this.#doAsked()],
    ];
    for (const [event, heard] of this.#heard) model.on(event, heard);
  }

  /** The state in this window. Taken when first shown, since an earlier panel has released it by then. */
  get store(): WindowStore {
    this.#store ??= windowStore(String(this.model.get("window")));
    return this.#store;
  }

  /** Adds a place where the panel is shown; returns a function that removes it. */
  enter(place: Shown): () => void {
    const isFirst = this.#store === undefined;
    const { store } = this;
    store.places += 1;
    this.shown.add(place);
    const unwatch = store.watch(place.draw);
    if (isFirst) this.#begin(place);
    return () => {
      unwatch();
      this.shown.delete(place);
      store.places -= 1;
    };
  }

  /** Restores the tab and forms that this window had open, and does what code has asked for meanwhile. */
  #begin(place: Shown): void {
    if (this.open !== this.first) void this.#ask(this.open);
    for (const tab of this.#filled) void this.tab(tab).forms.reload(place, ""); // the user may be elsewhere
    this.#doAsked();
  }

  close(): void {
    for (const [event, heard] of this.#heard) this.model.off(event, heard);
    this.link.close();
  }

  get header(): Header {
    return (this.model.get("header") ?? {}) as Header;
  }

  /** Whether the panel is a single tab, without a header or a tab bar. */
  get alone(): boolean {
    return Boolean(this.model.get("alone"));
  }

  /** The tab that the panel begins at. */
  get first(): Tab {
    return this.model.get("first") as Tab;
  }

  /** The open tab in this window. */
  get open(): Tab {
    return this.store.get("tab") ?? this.first;
  }

  /** The tabs with an open form. */
  get #filled(): ReadonlyArray<Tab> {
    return TABS.filter((tab) => this.store.get("forms")[tab]);
  }

  /** The open forms of all tabs in this window. */
  get forms(): ReadonlyArray<FormState> {
    return this.#filled.flatMap((tab) => this.store.get("forms")[tab] ?? []);
  }

  /**
   * Sets a trait to its own value: marimo reruns the cells that depend on a widget only if its page sets a
   * trait. Jupyter sends nothing, as nothing changes.
   */
  confirm(trait: string): void {
    this.model.set(trait, this.model.get(trait));
    this.model.save_changes();
  }

  tab(name: Tab): Panel {
    const panel = this.#tabs.get(name) ?? new Panel(name, this);
    this.#tabs.set(name, panel);
    return panel;
  }

  readonly viewOf = (tab: Tab | ""): View | undefined => {
    const view = tab && (this.model.get(`view_${tab}`) as View | undefined);
    return view && Object.keys(view).length > 0 ? view : undefined;
  };

  readonly draw = (): void => {
    for (const each of this.shown) each.draw();
  };

  /** Opens a tab in this window; resolves when the kernel has sent its view or does not answer. */
  async show(tab: Tab): Promise<void> {
    if (tab === this.open) return;
    this.store.set("tab", tab);
    await this.#ask(tab);
  }

  /** Requests the view of a tab: the kernel sends views only of tabs that were opened. */
  async #ask(tab: Tab): Promise<void> {
    const ended = await this.link.ask({ kind: "show", tab }, () => {
      if (this.viewOf(tab)) return;
      this.late.add(tab);
      this.#say(BUSY);
    });
    this.late.delete(tab);
    this.draw();
    if (ended === "silent") this.#say(SILENT);
  }

  #say(words: string): void {
    this.draw();
    for (const each of this.shown) each.say(words);
  }

  /** Opens the tab that an action leads to, and the form or row that it names there. */
  readonly go = async (tab: Tab, given: ActionArgs, at: Shown): Promise<void> => {
    const gesture = lastGesture();
    if (this.open === this.first) this.#leftBy = { action: tab, row: rowAround(document.activeElement) };
    this.#focus({}, at, gesture); // what was pressed may be gone before the kernel has answered
    await this.show(tab);
    const { form, ...args } = given;
    if (form) await this.#openForm(tab, String(form), args, at, gesture);
    else if (tab === "models") await this.tab(tab).lookAt(args, at, gesture);
    else this.#focus({ row: String(args.row ?? ""), action: String(args.action ?? "") }, at, gesture);
  };

  /** Goes back to the first tab of a single panel. */
  back(at: Shown): void {
    void this.show(this.first);
    this.#focus(this.#leftBy, at, lastGesture());
  }

  /** Moves the focus while `gesture` is the last, to the open tab until the target is drawn. */
  #focus(focus: Focus, at: Shown, gesture: string, tries = FOCUS_TRIES): void {
    if (lastGesture() !== gesture) return;
    this.tab(this.open).rows.reveal(focus.row, true);
    if (focusOn(at.root, focus)) return;
    if (!hasFocus()) {
      const tab = at.root.querySelector<HTMLElement>(OPEN_TAB);
      if (tab) moveFocus(tab);
    }
    if (tries > 0) setTimeout(() => this.#focus(focus, at, gesture, tries - 1), FOCUS_EVERY_MS);
  }

  /** Updates open forms after the file was read again. */
  async #reload(at: Shown): Promise<void> {
    const gesture = lastGesture();
    await Promise.all(this.#filled.map((tab) => this.tab(tab).forms.reload(at)));
    const field = this.tab(this.open).forms.current?.form.fields[0]?.name;
    this.#focus(field ? { field } : {}, at, gesture, 0);
  }

  /** Does what code has asked for, once in each window. */
  #doAsked(): void {
    const asked = this.model.get("asked") as Asked | undefined;
    if (!asked?.n || asked.n === this.#asked || this.shown.size === 0) return;
    this.#asked = asked.n;
    void this.#open(asked);
  }

  async #open({ tab, form }: Asked): Promise<void> {
    // Code must not take the focus out of a field (SEC-9).
    const gesture = isField(document.activeElement) ? "" : lastGesture();
    await this.show(tab);
    const [place] = this.shown;
    if (form && place) await this.#openForm(tab, form.name, form.args, place, gesture);
  }

  async #openForm(tab: Tab, name: string, args: ActionArgs, at: Shown, gesture: string): Promise<void> {
    await this.tab(tab).forms.open({ kind: "form", name, label: "", args }, at, gesture);
  }
}
