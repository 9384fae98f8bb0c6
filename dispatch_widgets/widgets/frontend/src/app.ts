/**
 * A panel in this page: the app with its tabs, or a tab that stands alone. What is true of the file and the service is
 * in the model's traits, which the kernel alone sets; which tab is open here is the window's.
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

/** What stands over the tabs. */
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
  /** What stands over the tabs. */
  readonly over: Over;
  /** Tabs that were opened and wait for their first view. */
  readonly late = new Set<Tab | "">();
  readonly model: Model;
  readonly #tabs = new Map<Tab, Panel>();
  readonly #heard: ReadonlyArray<readonly [string, () => void]>;
  #asked = 0;
  /** What led away from the tab that a single panel begins at. */
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

  /** What is of this window alone. It is taken when the panel is first shown: whose it was before is gone by then. */
  get store(): WindowStore {
    this.#store ??= windowStore(String(this.model.get("window")));
    return this.#store;
  }

  /** Shows it in a place; returns how to end that. */
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

  /** Takes up what was left in the window, or what code has asked for meanwhile. */
  #begin(place: Shown): void {
    if (this.open !== this.first) void this.#ask(this.open);
    for (const tab of this.#filled) void this.tab(tab).forms.reload(place);
    this.#doAsked();
  }

  close(): void {
    for (const [event, heard] of this.#heard) this.model.off(event, heard);
    this.link.close();
  }

  get header(): Header {
    return (this.model.get("header") ?? {}) as Header;
  }

  /** Whether it is one tab without a bar of tabs. */
  get alone(): boolean {
    return Boolean(this.model.get("alone"));
  }

  /** The tab that it begins at. */
  get first(): Tab {
    return this.model.get("first") as Tab;
  }

  /** The tab that is open in this window. */
  get open(): Tab {
    return this.store.get("tab") ?? this.first;
  }

  /** The tabs in which a form is open. */
  get #filled(): ReadonlyArray<Tab> {
    return TABS.filter((tab) => this.store.get("forms")[tab]);
  }

  /** The forms that are open in this window, in whatever tab. */
  get forms(): ReadonlyArray<FormState> {
    return this.#filled.flatMap((tab) => this.store.get("forms")[tab] ?? []);
  }

  /**
   * Sets a trait of the page's own to what the kernel has made of it: marimo runs the cells that depend on a widget
   * again only where its page has set something. Jupyter sends nothing, as nothing is another.
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

  /** Opens a tab in this window; returns when the kernel has given its view. */
  async show(tab: Tab): Promise<void> {
    if (tab === this.open) return;
    this.store.set("tab", tab);
    await this.#ask(tab);
  }

  /** The kernel gives views of those tabs alone that were opened. */
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

  /** Opens the tab that something leads to, and there the form or the row that is named. */
  readonly go = async (tab: Tab, given: ActionArgs, at: Shown): Promise<void> => {
    const gesture = lastGesture();
    if (this.open === this.first) this.#leftBy = { action: tab, row: rowAround(document.activeElement) };
    await this.show(tab);
    const { form, ...args } = given;
    if (form) await this.#openForm(tab, String(form), args, at, gesture);
    else if (tab === "models") await this.tab(tab).lookAt(args, at, gesture);
    else this.#focus({ row: String(args.row ?? ""), action: String(args.action ?? "") }, at, gesture);
  };

  /** Back to the tab that a single panel begins at. */
  back(at: Shown): void {
    void this.show(this.first);
    this.#focus(this.#leftBy, at, lastGesture());
  }

  /** Moves the focus for this gesture alone; what is to get it may be on its way yet. Else the open tab has it. */
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

  /** The file was read again: open forms are brought in step with it. */
  async #reload(at: Shown): Promise<void> {
    const gesture = lastGesture();
    await Promise.all(this.#filled.map((tab) => this.tab(tab).forms.reload(at)));
    const field = this.tab(this.open).forms.current?.form.fields[0]?.name;
    this.#focus(field ? { field } : {}, at, gesture, 0);
  }

  /** What code asks for is done once in each window. */
  #doAsked(): void {
    const asked = this.model.get("asked") as Asked | undefined;
    if (!asked?.n || asked.n === this.#asked || this.shown.size === 0) return;
    this.#asked = asked.n;
    void this.#open(asked);
  }

  async #open({ tab, form }: Asked): Promise<void> {
    // Code takes the focus out of no field (SEC-9).
    const gesture = isField(document.activeElement) ? "" : lastGesture();
    await this.show(tab);
    const [place] = this.shown;
    if (form && place) await this.#openForm(tab, form.name, form.args, place, gesture);
  }

  async #openForm(tab: Tab, name: string, args: ActionArgs, at: Shown, gesture: string): Promise<void> {
    await this.tab(tab).forms.open({ kind: "form", name, label: "", args }, at, gesture);
  }
}
