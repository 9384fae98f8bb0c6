/** The parts that all form fields share: the label, the control's attributes and the messages below it. */
import type { ComponentChildren } from "preact";
import { QUIET } from "./focus.ts";
import type { FormState } from "./form_state.ts";
import { Message } from "./note.tsx";
import type { Field } from "./types.ts";

export interface FieldProps {
  readonly state: FormState;
  readonly field: Field;
  /** The id of the control in the page. Other ids of the field begin with it. */
  readonly id: string;
  /** Content between the label and the control. */
  readonly above?: ComponentChildren;
}

/** A field's label, its control and the messages below. */
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

/** A field's problem, or else its hints. Never both: that would push Save away from under a click. */
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
