/** The state of an open form in this window: the form that the kernel sent, with input and problems since. */
import type { ActionArgs, Answer, Field, Form, Message, Note } from "./types.ts";

const CHOSEN: ReadonlySet<Field["kind"]> = new Set(["choice", "radio", "check"]);

export type Values = Readonly<Record<string, string>>;

export class FormState {
  form: Form;
  /** The key in its field. It is sent only with a submission (SEC-2). */
  key = "";
  /**
   * What the key was last submitted for: the kernel's `key_for`, or the values if no reply came. Empty after
   * an edit of the key (SEC-8).
   */
  keyFor = "";
  /** The pasted text. It is sent only by the action that reads it, and kept until the form is saved. */
  pasted = "";
  problems: Values = {};
  note: Note | undefined;
  /** The name of the action that submitted the form and has no answer yet; else empty. */
  submitting = "";
  /** Whether a request has waited long enough to show that the kernel is busy. */
  late = false;
  /** The number of the last request for the form; `#answered` is that of the last one answered. */
  asked = 0;
  #answered = 0;
  /** The input beside each value of a choice, restored when that value is chosen again. */
  readonly #typedBeside = new Map<string, ReadonlyMap<string, string>>();
  #given: ReadonlyMap<string, string> = new Map();

  constructor(form: Form) {
    this.form = form;
    this.note = form.note;
  }

  get saving(): boolean {
    return this.submitting !== "";
  }

  get asking(): boolean {
    return this.#answered < this.asked;
  }

  /** Returns a field's value; always empty for a key. */
  valueOf({ name, kind, value = "" }: Field): string {
    return kind === "key" ? "" : (this.#given.get(name) ?? value);
  }

  /** Returns a field's messages, without those about values that have changed since. */
  hintsOf({ messages = [] }: Field): ReadonlyArray<Message> {
    const isAsGiven = (field: Field): boolean => this.valueOf(field) === (field.value ?? "");
    const changed = this.form.fields.filter((field) => !isAsGiven(field)).map(({ name }) => name);
    return messages.filter(({ about = [] }) => !about.some((name) => changed.includes(name)));
  }

  /** Sets a field's value, and drops its problem and the result of a test. */
  put(name: string, value: string): void {
    this.#given = new Map(this.#given).set(name, value);
    this.#settle(name);
    this.#dropTest();
  }

  putKey(name: string, key: string): void {
    this.key = key;
    this.keyFor = "";
    this.#settle(name);
    this.#dropTest();
  }

  /** Drops the result of a test, which was about other values. */
  #dropTest(): void {
    const { check, ...args } = this.form.args ?? {};
    if (!check) return;
    this.form = { ...this.form, args };
    this.note = undefined;
  }

  #settle(name: string): void {
    const { [name]: _over, ...rest } = this.problems;
    this.problems = rest;
  }

  /** Sets a problem found by the page while typing. The kernel checks again. */
  refuse(name: string, words: string): void {
    this.problems = { ...this.problems, [name]: words };
  }

  /** Returns the chosen and ticked values, which are all that the kernel gets before a submission. */
  chosen(): Values {
    const fields = this.form.fields.filter(({ kind }) => CHOSEN.has(kind));
    const isOption = ({ options = [] }: Field, value: string) => options.some((each) => each.value === value);
    return Object.fromEntries(
      fields.map((field) => {
        const value = this.valueOf(field);
        return [field.name, field.other && !isOption(field, value) ? "" : value];
      }),
    );
  }

  /** Returns the values of all fields except a key's. */
  values(): Values {
    const fields = this.form.fields.filter(({ kind }) => kind !== "key");
    return Object.fromEntries(fields.map((field) => [field.name, this.valueOf(field)]));
  }

  /** Returns the key if its field is shown, else an empty text. */
  submittedKey(): string {
    return this.form.fields.some(({ kind }) => kind === "key") ? this.key : "";
  }

  args(): ActionArgs {
    return { ...this.form.args, ...(this.keyFor && { key_for: this.keyFor }) };
  }

  /** Begins a request for the form, after a choice or for another reason; returns what takes the reply. */
  ask(chosen?: Field): (form: Form | undefined) => void {
    this.asked += 1;
    const number = this.asked;
    const before = chosen && this.#given;
    if (chosen) this.#typedBeside.set(this.#nameOf(chosen), this.#given);
    return (form) => {
      if (number !== this.asked) return; // a later request replaces this one
      this.#answered = number;
      if (form) this.take(form, before);
      if (form && chosen) this.#restore(this.#typedBeside.get(this.#nameOf(chosen)));
    };
  }

  #nameOf(choice: Field): string {
    return `${choice.name} ${this.valueOf(choice)}`;
  }

  /** Restores earlier input in text fields that are empty now. */
  #restore(typed: ReadonlyMap<string, string> = new Map()): void {
    const given = new Map(this.#given);
    for (const field of this.form.fields) {
      const text = typed.get(field.name);
      if (text && (field.kind ?? "text") === "text" && !this.valueOf(field)) given.set(field.name, text);
    }
    this.#given = given;
  }

  /**
   * Takes a new version of the form. Input stays, except that values which came with a choice replace the
   * input from `before` it; they never replace input from after it.
   */
  take(form: Form, before?: ReadonlyMap<string, string>): void {
    const earlier = new Map(this.form.fields.map((field) => [field.name, field]));
    const given = new Map(this.#given);
    let problems: Values = {};
    for (const field of form.fields) {
      const old = earlier.get(field.name);
      const brought = before && field.value && field.value !== old?.value;
      if (brought && given.get(field.name) === before.get(field.name)) given.delete(field.name);
      const problem = field.problem || (old && isSame(old, field) ? this.problems[field.name] : "");
      if (problem) problems = { ...problems, [field.name]: problem };
      if (field.emptied) this.#empty(field, given);
    }
    this.#given = given;
    this.problems = problems;
    const wasTest = this.form.args?.check && !form.args?.check;
    this.note = form.note ?? (before || wasTest ? undefined : this.note);
    this.form = form;
  }

  /** Takes the answer to a submission that was refused. */
  refused(answer: Answer): void {
    if (answer.form) this.take(answer.form);
    if (answer.refill) this.#given = valuesOf(this.form);
    const given = new Map(this.#given);
    for (const field of this.form.fields) if (answer.clear?.includes(field.name)) this.#empty(field, given);
    // A refused key is dropped even if its field is not shown.
    if (answer.clear?.includes("key")) this.key = "";
    this.#given = given;
    const { pasted_key: range } = answer;
    if (range) this.key = this.pasted.slice(range.start, range.end);
    this.keyFor = this.key && (answer.key_for ?? "");
    this.problems = answer.problems ?? {};
    this.note = answer.note;
  }

  #empty({ name, kind }: Field, given: Map<string, string>): void {
    if (kind === "key") {
      this.key = "";
      this.keyFor = "";
    } else {
      given.set(name, "");
    }
  }

  /** The text beside the buttons. */
  get foot(): { readonly words: string; readonly isProblem: boolean } {
    const count = Object.keys(this.problems).length;
    if (!count) return { words: this.form.foot ?? "", isProblem: false };
    return {
      words: count > 1 ? `${count} fields need attention` : "1 field needs attention",
      isProblem: true,
    };
  }
}

/** Returns a form's own values as if they had been typed, since the next version of the form lacks them. */
function valuesOf(form: Form): ReadonlyMap<string, string> {
  const fields = form.fields.filter(({ kind }) => kind !== "key");
  return new Map(fields.map(({ name, value = "" }) => [name, value]));
}

/** Whether a field is the same as before, apart from the messages and problem below it. */
function isSame(before: Field, now: Field): boolean {
  const without = ({ messages, problem, emptied, ...rest }: Field) => JSON.stringify(rest);
  return without(before) === without(now);
}
