/** Opens, updates, submits and leaves the forms of a tab in this window. */
import { FormState } from "./form_state.ts";
import { lastGesture } from "./gestures.ts";
import type { Asked, Wire } from "./link.ts";
import { BUSY, NO_KERNEL, SILENT } from "./no_answer.ts";
import type { OpenQuestions } from "./questions.ts";
import type { Shown } from "./shown.ts";
import type { Action, ActionArgs, Answer, Focus, Form, Reply, View } from "./types.ts";
import type { WindowStore } from "./window_store.ts";

const SAVE: Action = { name: "save", label: "", kind: "save" };

/** Whether an action submits its form. */
export function isSubmission({ kind }: Action): boolean {
  return kind === "save" || kind === "fill" || kind === "paste";
}

/** What the forms need of their tab. */
interface Around {
  readonly view: View;
  readonly window: WindowStore;
  readonly link: Wire;
  readonly wait: (action: Action, message: Asked, at: Shown) => Promise<Reply | undefined>;
  readonly end: (reply: Reply, at: Shown, action: Action, gesture: string) => Promise<void>;
  readonly follow: (answer: Answer, at: Shown, pressed: Action) => Promise<void>;
  readonly questions: OpenQuestions;
  readonly focus: (at: Shown, wanted: Focus) => void;
}

export class Forms {
  readonly #panel: Around;
  /** The view's `forms` number that was last handled: if it changes, open forms may be out of date. */
  #revision: number;

  constructor(panel: Around) {
    this.#panel = panel;
    this.#revision = panel.view.forms ?? 0;
  }

  /** The open form, shown in place of the tab's sections. */
  get current(): FormState | undefined {
    return this.#panel.window.get("forms")[this.#panel.view.tab];
  }

  set current(state: FormState | undefined) {
    const { window, view } = this.#panel;
    window.set("forms", { ...window.get("forms"), [view.tab]: state });
  }

  /** Opens a form, with its input if it was left unsaved. The focus moves only if `gesture` is the last. */
  async open(action: Action, at: Shown, gesture = lastGesture()): Promise<void> {
    const { name, args = {} } = action;
    const { current } = this;
    const row = String(args.row ?? "");
    const isThere = current?.form.name === name && String(current.form.args?.row ?? "") === row;
    if (isThere && Object.keys(args).every((each) => each === "row" || each === "field")) {
      this.#enter(current, args, at, gesture);
      return;
    }
    const left = this.#panel.window.get("leftForms")[name];
    const isLeft = left !== undefined && Object.keys(args).length === 0;
    const asked = isLeft ? { args: left.args(), values: left.chosen() } : { args, values: {} };
    const message = { kind: "form", name, changed: "", ...asked } as const;
    const ended = await this.#panel.wait(action, message, at);
    if (!ended) return;
    if (!ended.form) {
      await this.#panel.end(ended, at, action, gesture);
      return;
    }
    if (isLeft) left.take(ended.form);
    const state = isLeft ? left : new FormState(ended.form);
    if (!row) this.#setLeft(name, undefined);
    this.#panel.questions.close(row);
    this.current = state;
    this.#enter(state, args, at, gesture);
  }

  /** Moves the focus to the field that is asked for, or to the first one. */
  #enter({ form }: FormState, { field = "" }: ActionArgs, at: Shown, gesture: string): void {
    this.#focus(at, gesture, { field: String(field || form.fields[0]?.name) });
  }

  /** Sets a chosen value, and requests the form again if other fields follow that choice. */
  async choose(name: string, value: string, at: Shown): Promise<void> {
    const state = this.current;
    if (!state || state.saving) return;
    const field = state.form.fields.find((each) => each.name === name);
    const take = field?.follows ? state.ask(field) : undefined;
    state.put(name, value);
    this.#panel.window.changed();
    if (take) await this.#askAnew(state, name, state.args(), take, at);
  }

  /** Sets a typed value. Nothing is sent before the form is submitted. */
  type(name: string, value: string): void {
    this.current?.put(name, value);
    this.#panel.window.changed();
  }

  typeKey(name: string, key: string, problem = ""): void {
    const state = this.current;
    state?.putKey(name, key);
    if (problem) state?.refuse(name, problem);
    this.#panel.window.changed();
  }

  /** Updates an open form from the file: only fields without input take values from another program. */
  async reload(at: Shown, gesture = lastGesture()): Promise<void> {
    const state = this.current;
    if (!state) return;
    const args = { ...state.args(), reload: true, key_typed: state.key !== "" };
    await this.#askAnew(state, "", args, state.ask(), at);
    this.#enter(state, {}, at, gesture);
  }

  /** Requests the open form again if the new view says that forms may be out of date. */
  viewChanged(): void {
    const { forms = 0 } = this.#panel.view;
    const state = this.current;
    // Not during a submission or a choice, whose answer would be lost: both call this again.
    if (forms === this.#revision || state?.saving || state?.asking) return;
    this.#revision = forms;
    if (state) void this.#askAnew(state, "", state.args(), state.ask(), undefined);
  }

  async #askAnew(
    state: FormState,
    changed: string,
    args: ActionArgs,
    take: (form: Form | undefined) => void,
    at: Shown | undefined,
  ): Promise<void> {
    const message = { kind: "form", name: state.form.name, args, values: state.chosen(), changed } as const;
    const ended = await this.#panel.link.ask(message, () => this.#isLate(state, at));
    state.late = false;
    take(typeof ended === "string" ? undefined : ended.form);
    if (typeof ended === "string") at?.say(ended === "gone" ? NO_KERNEL : SILENT);
    else if (ended.answer?.note) state.note = ended.answer.note;
    this.#settle(state);
    this.#panel.window.changed();
    this.viewChanged();
  }

  readonly #waiting = new Map<FormState, Array<() => void>>();

  #settle(state: FormState): void {
    if (state.asking) return;
    for (const go of this.#waiting.get(state) ?? []) go();
    this.#waiting.delete(state);
  }

  /** Waits until choices are answered; returns whether saving still sends the same key to the same place. */
  async #isSettled(state: FormState): Promise<boolean> {
    const { key } = state;
    const { sends } = state.form.args ?? {};
    await new Promise<void>((resolve) => {
      this.#waiting.set(state, [...(this.#waiting.get(state) ?? []), resolve]);
    });
    return state.form.args?.sends === sends && state.key === key;
  }

  /** Keeps a pasted text. Nothing is sent before the action that reads it is pressed. */
  putPasted(text: string): void {
    if (this.current) this.current.pasted = text;
    this.#panel.window.changed();
  }

  /** Submits the form in one message. If it is refused, it stays open with its problems and all input. */
  async save(at: Shown, { name, kind, args = {} }: Action = SAVE): Promise<void> {
    const state = this.current;
    if (!state || state.saving) return;
    const gesture = lastGesture();
    state.submitting = name;
    this.#panel.window.changed();
    const isSame = !state.asking || (await this.#isSettled(state));
    const key = kind === "paste" ? state.pasted : kind === "fill" ? "" : state.submittedKey();
    const answer = isSame ? await this.#submit(state, key, args, at) : undefined;
    state.submitting = "";
    state.late = false;
    const wasHere = at.root.contains(document.activeElement);
    if (answer?.ok === false) state.refused(answer);
    else if (answer) {
      state.key = "";
      state.pasted = "";
      if (this.current === state) this.current = undefined;
    }
    this.#panel.window.changed();
    this.viewChanged();
    if (!answer) return;
    await this.#panel.follow(answer, at, { kind: "save", name: "save", label: "" });
    // If the focus was lost with the form, it moves even after another gesture, such as a second Enter.
    const isLost = wasHere && document.activeElement === document.body;
    this.#focus(at, isLost ? lastGesture() : gesture, answer.focus);
  }

  async #submit(state: FormState, key: string, more: ActionArgs, at: Shown): Promise<Answer | undefined> {
    const message = {
      kind: "submit",
      form: state.form.name,
      args: { ...state.args(), ...more },
      values: state.values(),
      ...(key && { key }),
    } as const;
    const ended = await this.#panel.link.ask(message, () => this.#isLate(state, at));
    if (typeof ended !== "string") return ended.answer ?? {};
    if (key && key === state.key) state.keyFor ||= JSON.stringify(message.values); // it may still get saved
    const words = ended === "gone" ? NO_KERNEL : SILENT;
    at.say(words);
    state.note = { tone: "warn", title: words };
    return undefined;
  }

  /** Goes back to the sections. `keep` keeps the input for next time, unless the form is about a row. */
  leave(at: Shown, keep: boolean): void {
    const state = this.current;
    if (!state || state.saving) return;
    const { name, args } = state.form;
    const row = String(args?.row ?? "");
    if (!row) this.#setLeft(name, keep ? state : undefined);
    if (!keep || row) state.key = state.pasted = "";
    this.current = undefined;
    this.#panel.focus(at, { row, action: name });
  }

  #setLeft(name: string, state: FormState | undefined): void {
    const { [name]: _before, ...rest } = this.#panel.window.get("leftForms");
    this.#panel.window.set("leftForms", state ? { ...rest, [name]: state } : rest);
  }

  #isLate(state: FormState, at: Shown | undefined): void {
    state.late = true;
    this.#panel.window.changed();
    at?.say(BUSY);
  }

  /** Moves the focus unless there was another gesture since. */
  #focus(at: Shown, gesture: string, focus: Focus | undefined): void {
    if (focus && lastGesture() === gesture) this.#panel.focus(at, focus);
  }
}
