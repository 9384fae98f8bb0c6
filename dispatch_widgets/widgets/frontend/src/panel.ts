/**
 * A panel in this page. What is true of the file and the service is in `view`, which the kernel alone sets; what is of
 * this page alone is here: what was pressed and waits, and where a press leads that this panel has no way to.
 */
import { copyText } from "./clipboard.ts";
import { FOCUSABLE, firstFocusable, isShown } from "./focus.ts";
import { Forms } from "./forms.ts";
import { lastGesture, moveFocus } from "./gestures.ts";
import type { Model } from "./host.ts";
import { type Asked, Link } from "./link.ts";
import { HeldLists } from "./list/held_lists.ts";
import type { ListWindow } from "./list/list_window.ts";
import { findOnServer, mayOpenFiles, openInEditor } from "./open_file.ts";
import type {
  Action,
  ActionArgs,
  Answer,
  Focus,
  LookAt,
  MoveFocus,
  Note,
  OpenHere,
  ReadAgain,
  Reply,
  Tab,
  View,
} from "./types.ts";
import { type WindowStore, windowStore } from "./window_store.ts";

export const NO_KERNEL = "No kernel is behind this panel. Run its cell again.";
export const BUSY = "The kernel is busy. It does this next.";
const FOCUS_TRIES = 20;
const FOCUS_EVERY_MS = 50;
const NO_COPY = "Copying is not allowed here";
export const SILENT = "The kernel has not answered. If it was restarted, run the cell again.";

/** One of the places where the panel is shown. */
export interface Shown {
  readonly root: HTMLElement;
  readonly say: (words: string) => void;
  readonly draw: () => void;
}

/** What goes with a press: what was chosen, whose question it answers, and what its note holds. */
export interface Pressed {
  readonly choice?: string | undefined;
  readonly asked?: string | undefined;
  readonly held?: ActionArgs | undefined;
}

/** Something that was pressed and has no answer yet. */
export interface Waiting {
  readonly row: string;
  /** What was chosen, of a choice. */
  readonly choice: string | undefined;
  /** Whether it has waited for so long that it is said. */
  late: boolean;
}

/** The name of an action among all of a panel. */
export function keyOf(action: Action): string {
  return JSON.stringify([action.kind ?? "act", action.name, action.args?.row ?? ""]);
}

function rowOf(action: Action): string {
  return String(action.args?.row ?? "");
}

export class Panel {
  readonly link: Link;
  readonly window: WindowStore;
  readonly forms: Forms;
  /** The lists of models that are held here. */
  readonly lists: HeldLists;
  readonly waiting = new Map<string, Waiting>();
  readonly shown = new Set<Shown>();
  /** Questions that wait for their answer, by what was pressed. */
  readonly questions = new Map<string, Note>();
  /** The action that leads to a tab which is not here. */
  elsewhere = "";
  readonly #model: Model;
  readonly #unwatch: () => void;
  #spoken: number;
  #canOpen: boolean | undefined;

  constructor(model: Model, link: Link = new Link(model)) {
    this.#model = model;
    this.link = link;
    this.window = windowStore(String(model.get("window") ?? ""));
    this.#unwatch = this.window.watch(() => this.draw());
    this.forms = new Forms(this);
    this.lists = new HeldLists(link, () => this.draw());
    this.#spoken = this.view.spoken?.number ?? 0;
    model.on("change:view", this.#onView);
    model.on("msg:custom", this.#onFocus);
    model.on("msg:custom", this.#onForm);
    model.on("msg:custom", this.#onLook);
  }

  close(): void {
    this.#unwatch();
    this.#model.off("change:view", this.#onView);
    this.#model.off("msg:custom", this.#onFocus);
    this.#model.off("msg:custom", this.#onForm);
    this.#model.off("msg:custom", this.#onLook);
    this.link.close();
  }

  /** What of its list of models is of this window alone. */
  get list(): ListWindow {
    return this.window.get("list");
  }

  get view(): View {
    return this.#model.get("view") as View;
  }

  /**
   * Whether an action is to be seen: where the file can be opened, that stands in place of its path. Whether it can be
   * is asked once, when somebody would see it.
   */
  offers(action: Action): boolean {
    if (action.name !== "locate_file" && action.name !== "copy_path") return true;
    if (this.#canOpen === undefined) {
      this.#canOpen = false;
      if (mayOpenFiles()) void this.#findFile();
    }
    return this.#canOpen === (action.name === "locate_file");
  }

  async #findFile(): Promise<string | null> {
    const ended = await this.link.ask({ kind: "act", name: "locate_file", args: {} }, () => undefined);
    const file = typeof ended === "string" ? undefined : ended.answer?.file;
    const path = file ? await findOnServer(file) : null;
    this.#canOpen = path !== null;
    this.draw();
    return path;
  }

  /** Whether the app is around it, with the other tabs. */
  get inApp(): boolean {
    return Boolean(this.#model.get("in_app"));
  }

  /** Whether something in a row has waited for so long that it is said; of no row where the name is empty. */
  isLate(row: string): boolean {
    return [...this.waiting.values()].some((each) => each.late && each.row === row);
  }

  draw(): void {
    for (const each of this.shown) each.draw();
  }

  /** Does what was pressed, or chosen; `asked` is whose question it answers. */
  async press(action: Action, at: Shown, { choice, asked, held }: Pressed = {}): Promise<void> {
    switch (action.kind ?? "act") {
      case "close":
        if (asked) this.#close(asked, at);
        else this.forms.leave(at, action.name !== "cancel");
        break;
      case "copy":
        at.say((await copyText(String(action.args?.text))) ? "Copied" : NO_COPY);
        break;
      case "go":
        await this.#go(action, at);
        break;
      case "form":
        await this.forms.open(action, at);
        break;
      case "save":
        await this.forms.save(at, action.args);
        break;
      default:
        if (action.name === "locate_file") {
          const path = await this.#findFile();
          if (path !== null) openInEditor(path, at.root);
          break;
        }
        await this.#act(action, at, choice, held);
        if (asked && this.questions.delete(asked)) this.draw();
    }
  }

  /** The question is answered with no: the focus goes back to what asked it. */
  #close(asked: string, at: Shown): void {
    this.questions.delete(asked);
    this.draw();
    const [, action, row] = JSON.parse(asked) as [string, string, string];
    focusOn(at.root, { action, row }, row);
  }

  questionOf(action: Action): Note | undefined {
    return this.questions.get(keyOf(action));
  }

  /** What was asked in a row is asked no more. */
  closeQuestions(row: string): void {
    for (const asked of [...this.questions.keys()]) {
      if (JSON.parse(asked)[2] === row) this.questions.delete(asked);
    }
  }

  async #go(action: Action, at: Shown): Promise<void> {
    if (action.name === "models" && this.view.tab === "models") {
      await this.#lookAt(action.args ?? {}, at);
    } else if (this.inApp) {
      const { name, args = {} } = action;
      await this.#do(action, { kind: "go", tab: name as Tab, args, gesture: lastGesture() }, at);
    } else {
      this.elsewhere = keyOf(action);
      this.draw();
      at.say(whereIs(action.name as Tab));
    }
  }

  async #act(action: Action, at: Shown, choice?: string, held?: ActionArgs): Promise<void> {
    const args: ActionArgs = { ...action.args, ...held, ...(choice !== undefined && { choice }) };
    await this.#do(action, { kind: "act", name: action.name, args }, at, choice);
  }

  async #do(action: Action, message: Asked, at: Shown, choice?: string): Promise<void> {
    const gesture = lastGesture();
    const reply = await this.wait(action, message, at, choice);
    if (reply) await this.end(reply, at, action, gesture);
  }

  /** Sends what was pressed and waits; nothing comes of it if it waits already, or nobody answers. */
  async wait(action: Action, message: Asked, at: Shown, choice?: string): Promise<Reply | undefined> {
    const key = keyOf(action);
    if (this.waiting.has(key) && choice === undefined) return undefined;
    const waiting: Waiting = { row: rowOf(action), choice, late: false };
    this.waiting.set(key, waiting);
    this.draw();
    const ended = await this.link.ask(message, () => {
      waiting.late = true;
      this.draw();
      at.say(BUSY);
    });
    if (this.waiting.get(key) === waiting) this.waiting.delete(key); // not a later choice of the same
    this.draw();
    if (typeof ended !== "string") return ended;
    at.say(ended === "gone" ? NO_KERNEL : SILENT);
    return undefined;
  }

  /** Shows what came of a press. */
  async end(reply: Reply, at: Shown, action: Action, gesture: string): Promise<void> {
    const answer: Answer = reply.answer ?? {};
    const question = answer.question ?? answer.note;
    if (question) this.questions.set(keyOf(action), question);
    else this.questions.delete(keyOf(action));
    if (answer.clear) this.list.clear(answer.clear);
    this.draw();
    await this.follow(answer, at);
    if (lastGesture() === gesture) focusOn(at.root, answer.focus, rowOf(action));
  }

  /** Says, copies and opens what an answer has. */
  async follow({ say, copy, open }: Answer, at: Shown): Promise<void> {
    if (say) at.say(say);
    if (copy) at.say((await copyText(copy)) ? "Copied" : NO_COPY);
    const { form, tab, args = {} } = open ?? {};
    if (tab) await this.#go({ kind: "go", name: tab, label: "", args }, at);
    if (form) await this.forms.open({ kind: "form", name: form, label: "", args }, at);
  }

  /** Shows a list of models, and has it fetched if that makes sense; or an entry of the catalog. */
  async #lookAt(args: ActionArgs, at: Shown): Promise<void> {
    const { list, row } = args;
    this.list.lookAt(args);
    this.draw();
    if (typeof row === "string") focusOn(at.root, { row, field: "choice" }) || focusOn(at.root, { row });
    else focusOn(at.root, { section: "add" });
    if (list) await this.press({ name: "show_list", label: "", args: { row: list } }, at);
  }

  focus(at: Shown, wanted: Focus): void {
    focusOn(at.root, wanted);
  }

  /** The focus moves for the last gesture alone; what is to get it may be on its way yet, in another tab. */
  readonly #onFocus = (message: MoveFocus, _buffers?: unknown, tries = FOCUS_TRIES): void => {
    if (message?.kind !== "focus" || lastGesture() !== message.gesture) return;
    const moved = [...this.shown].some((each) => focusOn(each.root, message.focus));
    if (!moved && tries > 0) setTimeout(this.#onFocus, FOCUS_EVERY_MS, message, undefined, tries - 1);
  };

  /** The app around the panel opens a form here, or has the open one read again. */
  readonly #onForm = (message: OpenHere | ReadAgain): void => {
    const [at] = this.shown;
    if (!at) return;
    if (message?.kind === "reload") void this.forms.reload(at);
    if (message?.kind !== "open" || lastGesture() !== message.gesture) return;
    void this.forms.open({ kind: "form", name: message.form, label: "", args: message.args }, at);
  };

  /** Something outside this panel leads to a list of models: in this window, or in all where code has asked. */
  readonly #onLook = (message: LookAt): void => {
    if (message?.kind !== "look" || (message.gesture && message.gesture !== lastGesture())) return;
    for (const each of this.shown) void this.#lookAt(message.args, each);
  };

  readonly #onView = (): void => {
    this.forms.viewChanged();
    this.draw();
    const { spoken } = this.view;
    if (!spoken || spoken.number === this.#spoken) return;
    this.#spoken = spoken.number;
    for (const each of this.shown) each.say(spoken.words);
  };
}

const TABS: Readonly<Record<Tab, string>> = {
  providers: "Providers",
  models: "Models",
  router: "Router",
  settings: "Settings file",
};

/** Where to go for what another tab has. */
export function whereIs(tab: Tab): string {
  return `It is in the tab ${TABS[tab]} of dw.panel().`;
}

/** Moves the focus to what is named; to what is left of the row where the pressed thing went away. Says if it did. */
function focusOn(root: HTMLElement, wanted: Focus | undefined, pressed?: string): boolean {
  const named = wanted && find(root, wanted);
  if (named) {
    moveFocus(named);
    return true;
  }
  if (pressed === undefined || (document.activeElement && document.activeElement !== document.body))
    return false;
  const next = find(root, { row: pressed }) ?? firstFocusable(root);
  if (next) moveFocus(next);
  return Boolean(next);
}

/** The first thing that can have the focus and is what is named; of a row or section without an action the first. */
function find(root: HTMLElement, { section, row, action, field }: Focus): HTMLElement | undefined {
  if (!section && !row && !action && !field) return undefined;
  const named = (name: string, value: string | undefined) => value && `[data-${name}="${CSS.escape(value)}"]`;
  const what = [named("field", field), named("action", action)].filter(Boolean).join("");
  const wanted = [named("section", section), named("row", row), what].filter(Boolean).join(" ");
  for (const each of root.querySelectorAll<HTMLElement>(wanted)) {
    const found = each.matches(FOCUSABLE) ? each : firstFocusable(each);
    if (found && isShown(found)) return found;
  }
  return undefined;
}
