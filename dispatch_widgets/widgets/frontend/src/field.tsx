/** The fields of a form: what is typed, chosen and ticked, with what is said below. */
import type { ComponentChildren } from "preact";
import { useContext } from "preact/hooks";
import { Place } from "./context.ts";
import { QUIET } from "./focus.ts";
import type { FormState } from "./form_state.ts";
import { KeyField } from "./key_field.tsx";
import { Message } from "./note.tsx";
import type { Field } from "./types.ts";
import { VariableField } from "./variable_field.tsx";

export interface FieldProps {
  readonly state: FormState;
  readonly field: Field;
  /** Where it stands in the page: ids begin with it. */
  readonly id: string;
  /** What stands between its label and its control. */
  readonly above?: ComponentChildren;
}

/** A field of its kind. */
export function FieldBox(props: FieldProps) {
  switch (props.field.kind) {
    case "key":
      return <KeyField {...props} />;
    case "choice":
      return props.field.other ? <VariableField {...props} /> : <ChoiceBox {...props} />;
    case "check":
      return <TickBox {...props} />;
    default:
      return <TextBox {...props} />;
  }
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

export function saidId(id: string): string {
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

function TextBox(props: FieldProps) {
  const { panel } = useContext(Place);
  const { state, field } = props;
  return (
    <Labelled {...props}>
      <input
        type="text"
        class={field.mono ? "dp-input dp-mono" : "dp-input"}
        value={state.valueOf(field)}
        placeholder={field.placeholder}
        readOnly={state.saving}
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => panel.forms.type(field.name, event.currentTarget.value)}
        {...controlOf(props)}
      />
    </Labelled>
  );
}

function ChoiceBox(props: FieldProps) {
  const { panel, shown } = useContext(Place);
  const { state, field } = props;
  return (
    <Labelled {...props}>
      <select
        class="dp-select"
        value={state.valueOf(field)}
        disabled={state.saving}
        onChange={(event) => void panel.forms.choose(field.name, event.currentTarget.value, shown)}
        {...controlOf(props)}
      >
        {field.options?.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    </Labelled>
  );
}

/** A choice of two or three: native radios, drawn as one control. */
export function Segments({ state, field, id }: FieldProps) {
  const { panel, shown } = useContext(Place);
  return (
    <fieldset class="dp-segments" data-field={field.name}>
      <legend class="dp-unseen">{field.label}</legend>
      {field.options?.map(({ value, label }) => (
        <label key={value}>
          <input
            type="radio"
            name={id}
            value={value}
            checked={state.valueOf(field) === value}
            disabled={state.saving}
            onChange={() => void panel.forms.choose(field.name, value, shown)}
            {...QUIET}
          />
          {label}
        </label>
      ))}
    </fieldset>
  );
}

function TickBox(props: FieldProps) {
  const { panel, shown } = useContext(Place);
  const { state, field, id } = props;
  return (
    <div class="dp-field">
      <label class="dp-check">
        <input
          type="checkbox"
          checked={state.valueOf(field) !== ""}
          disabled={state.saving}
          onChange={(event) => {
            void panel.forms.choose(field.name, event.currentTarget.checked ? "true" : "", shown);
          }}
          {...controlOf(props)}
        />
        {field.label}
      </label>
      <SaidBelow state={state} field={field} id={id} />
    </div>
  );
}
