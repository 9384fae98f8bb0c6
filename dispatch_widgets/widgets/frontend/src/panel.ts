/**
 * A tab of a panel in this page. The state of the file and the service is in `view`, which only the kernel
 * sets. The state of this page is here: presses without an answer, and open questions.
 */
import { copyText } from "./clipboard.ts";
import { Forms, isSubmission } from "./forms.ts";
import { FoundRows } from "./found_rows.ts";
import { lastGesture } from "./gestures.ts";
import type { Model } from "./host.ts";
import { insertCell, mayInsert } from "./insert_cell.ts";
import type { Asked, Link, Wire } from "./link.ts";
import { HeldLists } from "./list/held_lists.ts";
import type { ListWindow } from "./list/list_window.ts";
import { bringIntoView, focusOn, rowAfter } from "./move_focus.ts";
import { BUSY, NO_KERNEL, SILENT } from "./no_answer.ts";
import { findOnServer, mayOpenFiles, openInEditor } from "./open_file.ts";
import { keyOf, type Press, Presses, rowOf } from "./presses.ts";
import { OpenQuestions } from "./questions.ts";
import type { Pressed, Shown } from "./shown.ts";
import type { Action, ActionArgs, Answer, Focus, Note, Reply, Tab, View } from "./types.ts";
import type { WindowStore } from "./window_store.ts";

const COPIED: Told = { words: "Copied", tone: "ok" };
const NO_COPY: Told = { words: "Copying is not allowed here", tone: "error" };
const INSERTED: Told = { words: "Inserted", tone: "ok" };
const INSERTED_AT_END: Told = { words: "Inserted at the end", tone: "ok" };
const TOLD_MS = 4000;

/** The immediate result of a press, shown beside the button for a while. */
export interface Told {
  readonly words: string;
  readonly tone: "ok" | "error";
}

/** What a tab needs of the app. */
export interface Around {
  readonly model: Model;
  readonly link: Link;
  readonly store: WindowStore;
  readonly shown: ReadonlySet<Shown>;
  readonly viewOf: (tab: Tab | "") => View | undefined;
  readonly go: (tab: Tab, args: ActionArgs, at: Shown) => Promise<void>;
  readonly draw: () => void;
}

export class Panel {
  readonly tab: Tab | "";
  readonly link: Wire;
  readonly forms: Forms;
  /** The lists of models held in this page. */
  readonly lists: HeldLists;
  readonly waiting = new Presses();
  readonly questions = new OpenQuestions();
  /** The immediate results of presses, by the action's key. */
  readonly told = new Map<string, Told>();
  readonly rows = new FoundRows(this);
  readonly #around: Around;
  #spoken: number | undefined;
  #canOpen: boolean | undefined;

  /** `tab` is empty for the header above the tabs. */
  constructor(tab: Tab | "", around: Around) {
    this.tab = tab;
    this.#around = around;
    this.link = around.link.of(tab);
    this.forms = new Forms(this);
    this.lists = new HeldLists(this.link, () => this.list.set({}));
    this.#hear();
  }

  get shown(): ReadonlySet<Shown> {
    return this.#around.shown;
  }

  get window(): WindowStore {
    return this.#around.store;
  }

  /** The state of the list of models in this window. */
  get list(): ListWindow {
    return this.window.get("list");
  }

  /** The tab's view; an empty one until the kernel has sent it. */
  get view(): View {
    return this.#around.viewOf(this.tab) ?? { tab: this.tab as Tab, title: "" };
  }

  /**
   * Whether an action is shown. Where the host can open the file, "Open file" takes the place of copying its
   * path. The kernel is asked for the file once, when one of the two would first be drawn.
   */
  offers(action: Action): boolean {
    if (action.kind === "insert") return mayInsert(this.#around.model);
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

  questionOf(action: Action): Note | undefined {
    return this.questions.get(keyOf(action));
  }

  draw(): void {
    this.#around.draw();
  }

  /** Carries out an action; `asked` is the key of the action whose question it answers. */
  async press(action: Action, at: Shown, { choice, asked, held }: Pressed = {}): Promise<void> {
    if (isSubmission(action)) return this.forms.save(at, action);
    switch (action.kind ?? "act") {
      case "close":
        if (asked) this.#close(asked, at);
        else this.forms.leave(at, action.name !== "cancel");
        break;
      case "copy":
        await this.#copy(String(action.args?.text), action, at);
        break;
      case "insert": {
        const place = insertCell(this.#around.model, String(action.args?.text), at.root);
        if (place) this.#tell(place === "end" ? INSERTED_AT_END : INSERTED, action, at);
        break;
      }
      case "go":
        await this.#around.go(action.name as Tab, action.args ?? {}, at);
        break;
      case "form":
        await this.forms.open(action, at);
        break;
      default:
        if (action.name === "locate_file") {
          const path = await this.#findFile();
          if (path !== null) openInEditor(path, at.root);
          break;
        }
        await this.#act(action, at, { choice, asked, held });
    }
  }

  /** Dismisses a question and moves the focus back to the action that asked it. */
  #close(asked: string, at: Shown): void {
    this.questions.delete(asked);
    this.draw();
    const [, action, row] = JSON.parse(asked) as [string, string, string];
    if (!focusOn(at.root, { action, row })) focusOn(at.root, { action, section: row }, row);
  }

  async #act(action: Action, at: Shown, { choice, asked, held }: Pressed): Promise<void> {
    const args: ActionArgs = { ...action.args, ...held, ...(choice !== undefined && { choice }) };
    const gesture = lastGesture();
    const gone = rowAfter(at.root, Array.isArray(args.rows) ? args.rows : [rowOf(action)]);
    const reply = await this.wait(action, { kind: "act", name: action.name, args }, at, choice);
    if (asked && this.questions.delete(asked)) this.draw();
    if (!reply) return;
    await this.end(reply, at, action, gesture, gone, asked);
  }

  /** Sends a message and waits; returns undefined if the same press is waiting already or no reply comes. */
  async wait(action: Action, message: Asked, at: Shown, choice?: string): Promise<Reply | undefined> {
    const key = keyOf(action);
    if (this.waiting.holds(action) && choice === undefined) return undefined;
    const press: Press = { row: rowOf(action), label: action.label, choice, late: false };
    this.waiting.set(key, press);
    this.draw();
    const ended = await this.link.ask(message, () => {
      press.late = true;
      this.draw();
      at.say(BUSY);
    });
    if (this.waiting.get(key) === press) this.waiting.delete(key); // a later choice may wait by now
    this.draw();
    if (typeof ended !== "string") return ended;
    at.say(ended === "gone" ? NO_KERNEL : SILENT);
    return undefined;
  }

  /** Shows the result of a press. */
  async end(
    reply: Reply,
    at: Shown,
    action: Action,
    gesture: string,
    gone?: () => Focus | undefined,
    asked?: string,
  ): Promise<void> {
    const answer: Answer = reply.answer ?? {};
    const question = answer.question ?? answer.note;
    // If a question has changed by now, the reply to its answer is the question anew, under the same key.
    if (question) this.questions.set((answer.question && asked) || keyOf(action), question);
    else this.questions.delete(keyOf(action));
    if (answer.clear) this.list.clear(answer.clear);
    this.rows.take(answer, rowOf(action));
    this.draw();
    await this.follow(answer, at, action);
    if (lastGesture() !== gesture) return;
    const next = gone?.();
    if (!next) this.rows.reveal(answer.focus?.row, false);
    focusOn(at.root, next ?? answer.focus, rowOf(action));
    bringIntoView(at.root, this.rows.added.at(-1));
  }

  async #copy(text: string, pressed: Action, at: Shown): Promise<void> {
    this.#tell((await copyText(text)) ? COPIED : NO_COPY, pressed, at);
  }

  /** Announces the immediate result of a press, and shows it beside the button for a while. */
  #tell(told: Told, pressed: Action, at: Shown): void {
    const key = keyOf(pressed);
    at.say(told.words);
    this.told.set(key, told);
    this.draw();
    setTimeout(() => {
      if (this.told.get(key) !== told) return;
      this.told.delete(key);
      this.draw();
    }, TOLD_MS);
  }

  /** Carries out what an answer asks for: to announce, copy or open something. */
  async follow({ say, copy, open }: Answer, at: Shown, pressed: Action): Promise<void> {
    if (say) at.say(say);
    if (copy) await this.#copy(copy, pressed, at);
    const { form, tab, args = {} } = open ?? {};
    if (tab) await this.#around.go(tab, args, at);
    if (form) await this.forms.open({ kind: "form", name: form, label: "", args }, at);
  }

  /** Shows a list of models, fetched if needed, or an entry of the catalog. */
  async lookAt(args: ActionArgs, at: Shown, gesture: string): Promise<void> {
    const { list, row } = args;
    this.list.lookAt(args);
    if (typeof row === "string") this.rows.reveal(row, true);
    this.draw();
    if (gesture === lastGesture()) {
      if (typeof row === "string") focusOn(at.root, { row, field: "choice" }) || focusOn(at.root, { row });
      else focusOn(at.root, { section: "add" });
    }
    if (list) await this.press({ name: "show_list", label: "", args: { row: list } }, at);
  }

  focus(at: Shown, wanted: Focus): void {
    this.rows.reveal(wanted.row, true);
    focusOn(at.root, wanted);
  }

  /** Takes a new view, and announces its news in every place; not those of the first view, which are old. */
  viewChanged(): void {
    this.forms.viewChanged();
    this.questions.keepOffered(this.view);
    this.draw();
    const before = this.#spoken;
    const words = this.#hear();
    if (before === undefined || before === this.#spoken) return;
    for (const each of this.shown) each.say(words);
  }

  #hear(): string {
    const view = this.#around.viewOf(this.tab);
    if (view) this.#spoken = view.spoken?.number ?? 0;
    return view?.spoken?.words ?? "";
  }
}
