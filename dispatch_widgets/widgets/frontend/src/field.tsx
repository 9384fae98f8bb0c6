/** The fields of a form: texts, choices and checkboxes, with the messages below them. */
import { useContext } from "preact/hooks";
import { Place } from "./context.ts";
import { QUIET } from "./focus.ts";
import { KeyField } from "./key_field.tsx";
import { controlOf, type FieldProps, Labelled, SaidBelow } from "./labelled.tsx";
import { Select } from "./select.tsx";
import { VariableField } from "./variable_field.tsx";

/** A field, drawn by its kind. */
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
      <Select
        value={state.valueOf(field)}
        disabled={state.saving}
        options={field.options}
        onChoose={(chosen) => void panel.forms.choose(field.name, chosen, shown)}
        {...controlOf(props)}
      />
    </Labelled>
  );
}

/** A choice of two or three values: native radio buttons, drawn as one control. */
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
