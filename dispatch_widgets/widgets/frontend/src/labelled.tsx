/** What every field of a form has: a label, the attributes of its control, and what is said below. */
import type { ComponentChildren } from "preact";
import { QUIET } from "./focus.ts";
import type { FormState } from "./form_state.ts";
import { Message } from "./note.tsx";
import type { Field } from "./types.ts";

export interface FieldProps {
  readonly state: FormState;
  readonly field: Field;
  /** Where it stands in the page: ids begin with it. */
  readonly id: string;
  /** What stands between its label and its control. */
  readonly above?: ComponentChildren;
}

/** What every field has: its label, and what is said of it. */
export function Labelled({
  state,
  field,
  id,
  above,
  children,
}: FieldProps & { readonly children: ComponentChildren }) {
  return (
    <div class={field.beside ? "dp-field dp-beside" : "dp-field"}>
      <label class="dp-label" for={id}>
        {field.label}
      </label>
      {above}
      {children}
      <SaidBelow state={state} field={field} id={id} />
    </div>
  );
}

/** What is wrong with a field; else what there is to know of it: two things would move Save away under a click. */
export function SaidBelow({ state, field, id }: FieldProps) {
  const problem = state.problems[field.name];
  const hints = state.hintsOf(field);
  if (!problem && !hints.length) return null;
  return (
    <div class="dp-said" id={saidId(id)}>
      {problem ? (
        <Message note={{ tone: "error", title: problem, alert: true }} />
      ) : (
        hints.map(({ text, tone = "" }, place) => <Message key={place} note={{ tone, title: text }} />)
      )}
    </div>
  );
}

function saidId(id: string): string {
  return `${id}-said`;
}

/** The attributes of every control of a form. */
export function controlOf({ state, field, id }: FieldProps) {
  const problem = state.problems[field.name];
  const said = problem || state.hintsOf(field).length > 0;
  return {
    id,
    "data-field": field.name,
    "aria-invalid": problem ? ("true" as const) : undefined,
    "aria-describedby": said ? saidId(id) : undefined,
    ...QUIET,
  };
}
