/** A form that is open in this window: as the kernel gave it, with what was typed, chosen and found wrong since. */
import type { ActionArgs, Answer, Field, Form, Message, Note } from "./types.ts";

const CHOSEN: ReadonlySet<Field["kind"]> = new Set(["choice", "radio", "check"]);

export type Values = Readonly<Record<string, string>>;

export class FormState {
  form: Form;
  /** What is in the field for a key: it leaves with a submission alone (SEC-2). */
  key = "";
  /** What the key was submitted for, as the kernel said or these values, while nobody has touched it since (SEC-8). */
  keyFor = "";
  /** What was pasted to be read: it leaves with a press of its own, and stays with what is typed until all is saved. */
  pasted = "";
  problems: Values = {};
  note: Note | undefined;
  /** The action that submitted it and is not answered yet. */
  submitting = "";
  /** Whether what was asked for has waited for so long that it is said. */
  late = false;
  /** Of what was chosen and is asked about: the last one's number, and whether its answer is there. */
  asked = 0;
  #answered = 0;
  /** What was typed beside each value of a choice: who chooses it again finds that. */
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

  /** What is in a field; of a key's always nothing. */
  valueOf({ name, kind, value = "" }: Field): string {
    return kind === "key" ? "" : (this.#given.get(name) ?? value);
  }

  /** The lines below a field as it is now: none about a value that is not there any more. */
  hintsOf({ messages = [] }: Field): ReadonlyArray<Message> {
    const isAsGiven = (field: Field): boolean => this.valueOf(field) === (field.value ?? "");
    const changed = this.form.fields.filter((field) => !isAsGiven(field)).map(({ name }) => name);
    return messages.filter(({ about = [] }) => !about.some((name) => changed.includes(name)));
  }

  /** Something was typed or chosen; what was wrong with the field is over. */
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

  /** What a test has said is not about what is in the fields now. */
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

  /** What the page says is wrong as it is typed; the kernel looks again. */
  refuse(name: string, words: string): void {
    this.problems = { ...this.problems, [name]: words };
  }

  /** What is chosen and ticked: all that the kernel is told before the form is submitted. */
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

  /** All that is seen in its fields, but for a key. */
  values(): Values {
    const fields = this.form.fields.filter(({ kind }) => kind !== "key");
    return Object.fromEntries(fields.map((field) => [field.name, this.valueOf(field)]));
  }

  /** The key, where its field is shown. */
  submittedKey(): string {
    return this.form.fields.some(({ kind }) => kind === "key") ? this.key : "";
  }

  args(): ActionArgs {
    return { ...this.form.args, ...(this.keyFor && { key_for: this.keyFor }) };
  }

  /** Begins to ask for the form anew, as something was chosen or for another reason; returns how to take it. */
  ask(chosen?: Field): (form: Form | undefined) => void {
    this.asked += 1;
    const number = this.asked;
    const before = chosen && this.#given;
    if (chosen) this.#typedBeside.set(this.#nameOf(chosen), this.#given);
    return (form) => {
      if (number !== this.asked) return; // something else was chosen since
      this.#answered = number;
      if (form) this.take(form, before);
      if (form && chosen) this.#restore(this.#typedBeside.get(this.#nameOf(chosen)));
    };
  }

  #nameOf(choice: Field): string {
    return `${choice.name} ${this.valueOf(choice)}`;
  }

  /** Puts back what was typed into fields that are empty now. */
  #restore(typed: ReadonlyMap<string, string> = new Map()): void {
    const given = new Map(this.#given);
    for (const field of this.form.fields) {
      const text = typed.get(field.name);
      if (text && (field.kind ?? "text") === "text" && !this.valueOf(field)) given.set(field.name, text);
    }
    this.#given = given;
  }

  /**
   * Takes the form anew. What is typed stays, but for the values that came with a choice: these take the place of what
   * was there `before` it, never of what was typed after it.
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
    this.note = form.note ?? (before ? undefined : this.note);
    this.form = form;
  }

  /** Takes why it was not saved. */
  refused(answer: Answer): void {
    if (answer.form) this.take(answer.form);
    if (answer.refill) this.#given = valuesOf(this.form);
    const given = new Map(this.#given);
    for (const field of this.form.fields) if (answer.clear?.includes(field.name)) this.#empty(field, given);
    // A key that was refused may be in a field that is not shown.
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

  /** What stands beside the buttons. */
  get foot(): { readonly words: string; readonly isProblem: boolean } {
    const count = Object.keys(this.problems).length;
    if (!count) return { words: this.form.foot ?? "", isProblem: false };
    return {
      words: count > 1 ? `${count} fields need attention` : "1 field needs attention",
      isProblem: true,
    };
  }
}

/** What a form puts into its fields, as if it was typed: the form asked for anew knows nothing of it. */
function valuesOf(form: Form): ReadonlyMap<string, string> {
  const fields = form.fields.filter(({ kind }) => kind !== "key");
  return new Map(fields.map(({ name, value = "" }) => [name, value]));
}

/** Whether a field is the same as before, whatever is said below it. */
function isSame(before: Field, now: Field): boolean {
  const without = ({ messages, problem, emptied, ...rest }: Field) => JSON.stringify(rest);
  return without(before) === without(now);
}
