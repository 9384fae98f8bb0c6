/**
 * A panel in this page. What is true of the file and the service is in `view`, which the kernel alone sets; what is of
 * this page alone is here: what was pressed and waits, and where a press leads that this panel has no way to.
 */
import { copyText } from "./clipboard.ts";
import { firstFocusable, isShown } from "./focus.ts";
import { lastGesture, moveFocus } from "./gestures.ts";
import type { Model } from "./host.ts";
import { type Ended, Link } from "./link.ts";
import type { Action, ActionArgs, Answer, Focus, Tab, View } from "./types.ts";

export const NO_KERNEL = "No kernel is behind this panel. Run its cell again.";
export const BUSY = "The kernel is busy. It does this next.";
const SILENT = "The kernel has not answered. If it was restarted, run the cell again.";

/** One of the places where the panel is shown. */
export interface Shown {
  readonly root: HTMLElement;
  readonly say: (words: string) => void;
  readonly draw: () => void;
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
  /** The action that leads to a tab which is not here. */
  elsewhere = "";
  readonly #model: Model;
  #spoken: number;

  constructor(model: Model, link: Link = new Link(model)) {
    this.#model = model;
    this.link = link;
    this.#spoken = this.view.spoken?.number ?? 0;
    model.on("change:view", this.#onView);
  }

  close(): void {
    this.#model.off("change:view", this.#onView);
    this.link.close();
  }

  get view(): View {
    return this.#model.get("view") as View;
  }

  /** Whether the app is around it, with the other tabs. */
  get inApp(): boolean {
    return Boolean(this.#model.get("in_app"));
  }

  draw(): void {
    for (const each of this.shown) each.draw();
  }

  /** Does what was pressed, or chosen. */
  async press(action: Action, at: Shown, choice?: string): Promise<void> {
    switch (action.kind ?? "act") {
      case "copy":
        at.say((await copyText(String(action.args?.text))) ? "Copied" : "Copying is not allowed here");
        break;
      case "go":
        await this.#go(action, at);
        break;
      default:
        await this.#send(action, at, choice);
    }
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
    this.#end(ended, at, { row: waiting.row, gesture });
  }

  #end(ended: Ended, at: Shown, { row, gesture }: { row: string; gesture: string }): void {
    if (typeof ended === "string") {
      at.say(ended === "gone" ? NO_KERNEL : SILENT);
      return;
    }
    const answer: Answer = ended.answer ?? {};
    if (answer.say) at.say(answer.say);
    if (lastGesture() === gesture) focusOn(at.root, answer.focus, row);
  }

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

/** Moves the focus to what an answer names; to what is left of the row where the pressed thing went away. */
function focusOn(root: HTMLElement, wanted: Focus | undefined, row: string): void {
  const all = [...root.querySelectorAll<HTMLElement>("[data-action]")].filter(isShown);
  const named =
    wanted?.action &&
    all.find(
      (node) =>
        node.dataset.action === wanted.action &&
        (!wanted.row || node.closest<HTMLElement>("[data-row]")?.dataset.row === wanted.row),
    );
  if (named) {
    moveFocus(named);
    return;
  }
  if (document.activeElement && document.activeElement !== document.body) return;
  const left = [...root.querySelectorAll<HTMLElement>("[data-row]")].find((node) => node.dataset.row === row);
  const next = firstFocusable(left ?? root);
  if (next) moveFocus(next);
}
