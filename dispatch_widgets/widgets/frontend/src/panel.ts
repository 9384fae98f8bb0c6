/**
 * A panel in this page. What is true of the file and the service is in `view`, which the kernel alone sets; what is of
 * this page alone is here: what was pressed and waits, and where a press leads that this panel has no way to.
 */
import { copyText } from "./clipboard.ts";
import { FOCUSABLE, firstFocusable, isShown } from "./focus.ts";
import { lastGesture, moveFocus } from "./gestures.ts";
import type { Model } from "./host.ts";
import { type Ended, Link } from "./link.ts";
import { findOnServer, mayOpenFiles, openInEditor } from "./open_file.ts";
import type { Action, ActionArgs, Answer, Focus, MoveFocus, Note, Tab, View } from "./types.ts";

export const NO_KERNEL = "No kernel is behind this panel. Run its cell again.";
export const BUSY = "The kernel is busy. It does this next.";
const FOCUS_TRIES = 20;
const FOCUS_EVERY_MS = 50;
const NO_COPY = "Copying is not allowed here";
const SILENT = "The kernel has not answered. If it was restarted, run the cell again.";

/** One of the places where the panel is shown. */
export interface Shown {
  readonly root: HTMLElement;
  readonly say: (words: string) => void;
  readonly draw: () => void;
}

/** What goes with a press: what was chosen, and whose question it answers. */
export interface Pressed {
  readonly choice?: string | undefined;
  readonly asked?: string | undefined;
}

interface Sent {
  readonly key: string;
  readonly row: string;
  readonly gesture: string;
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

export class Panel {
  readonly link: Link;
  readonly waiting = new Map<string, Waiting>();
  readonly shown = new Set<Shown>();
  /** Questions that wait for their answer, by what was pressed. */
  readonly questions = new Map<string, Note>();
  /** The action that leads to a tab which is not here. */
  elsewhere = "";
  readonly #model: Model;
  #spoken: number;
  #canOpen: boolean | undefined;

  constructor(model: Model, link: Link = new Link(model)) {
    this.#model = model;
    this.link = link;
    this.#spoken = this.view.spoken?.number ?? 0;
    model.on("change:view", this.#onView);
    model.on("msg:custom", this.#onFocus);
  }

  close(): void {
    this.#model.off("change:view", this.#onView);
    this.#model.off("msg:custom", this.#onFocus);
    this.link.close();
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
  async press(action: Action, at: Shown, { choice, asked }: Pressed = {}): Promise<void> {
    switch (action.kind ?? "act") {
      case "close":
        this.#close(asked, at);
        break;
      case "copy":
        at.say((await copyText(String(action.args?.text))) ? "Copied" : NO_COPY);
        break;
      case "go":
        await this.#go(action, at);
        break;
      default:
        if (action.name === "locate_file") {
          const path = await this.#findFile();
          if (path !== null) openInEditor(path, at.root);
          break;
        }
        await this.#send(action, at, choice);
        if (asked && this.questions.delete(asked)) this.draw();
    }
  }

  /** The question is answered with no: the focus goes back to what asked it. */
  #close(asked: string | undefined, at: Shown): void {
    if (!asked) return;
    this.questions.delete(asked);
    this.draw();
    const [, action, row] = JSON.parse(asked) as [string, string, string];
    focusOn(at.root, { action, row }, row);
  }

  async #go(action: Action, at: Shown): Promise<void> {
    if (this.inApp) {
      await this.#send(action, at);
    } else {
      this.elsewhere = keyOf(action);
      this.draw();
      at.say(whereIs(action.name as Tab));
    }
  }

  async #send(action: Action, at: Shown, choice?: string): Promise<void> {
    const key = keyOf(action);
    if (this.waiting.has(key) && choice === undefined) return;
    const args: ActionArgs = { ...action.args, ...(choice !== undefined && { choice }) };
    const waiting: Waiting = { row: String(args.row ?? ""), choice, late: false };
    const gesture = lastGesture();
    this.waiting.set(key, waiting);
    this.draw();
    const late = (): void => {
      waiting.late = true;
      this.draw();
      at.say(BUSY);
    };
    const message =
      action.kind === "go"
        ? ({ kind: "go", tab: action.name as Tab, args, gesture } as const)
        : ({ kind: "act", name: action.name, args } as const);
    const ended = await this.link.ask(message, late);
    if (this.waiting.get(key) === waiting) this.waiting.delete(key); // not a later choice of the same
    this.draw();
    await this.#end(ended, at, { key, row: waiting.row, gesture });
  }

  async #end(ended: Ended, at: Shown, { key, row, gesture }: Sent): Promise<void> {
    if (typeof ended === "string") {
      at.say(ended === "gone" ? NO_KERNEL : SILENT);
      return;
    }
    const answer: Answer = ended.answer ?? {};
    if (answer.question) this.questions.set(key, answer.question);
    else this.questions.delete(key);
    this.draw();
    if (answer.say) at.say(answer.say);
    if (answer.copy) at.say((await copyText(answer.copy)) ? "Copied" : NO_COPY);
    if (lastGesture() === gesture) focusOn(at.root, answer.focus, row);
  }

  /** The focus moves for the last gesture alone; what is to get it may be on its way yet, in another tab. */
  readonly #onFocus = (message: MoveFocus, _buffers?: unknown, tries = FOCUS_TRIES): void => {
    if (message?.kind !== "focus" || lastGesture() !== message.gesture) return;
    const moved = [...this.shown].some((each) => focusOn(each.root, message.focus));
    if (!moved && tries > 0) setTimeout(this.#onFocus, FOCUS_EVERY_MS, message, undefined, tries - 1);
  };

  readonly #onView = (): void => {
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
  const next = (pressed && find(root, { row: pressed })) || firstFocusable(root);
  if (next) moveFocus(next);
  return Boolean(next);
}

/** The first thing that can have the focus and is what is named; of a row or section without an action the first. */
function find(root: HTMLElement, { section, row, action }: Focus): HTMLElement | undefined {
  const place = [
    section && `[data-section="${CSS.escape(section)}"]`,
    row && `[data-row="${CSS.escape(row)}"]`,
  ];
  const what = action ? `[data-action="${CSS.escape(action)}"]` : FOCUSABLE;
  const found = root.querySelectorAll<HTMLElement>([...place, what].filter(Boolean).join(" "));
  return [...found].find(isShown);
}
