/** A choice of an environment variable, in which another name can be typed. */
import { useContext, useState } from "preact/hooks";
import { Place } from "./context.ts";
import { controlOf, type FieldProps, Labelled } from "./labelled.tsx";
import { Select } from "./select.tsx";

const OTHER = "\u0000other"; // no variable has this name
const OTHER_WORDS = "Another name…";

export function VariableField(props: FieldProps) {
  const { panel, shown } = useContext(Place);
  const { state, field, id } = props;
  const [isTyping, setTyping] = useState(false);
  const value = state.valueOf(field);
  const isOther = isTyping || !field.options?.some((option) => option.value === value);
  const control = controlOf(props);
  return (
    <Labelled {...props}>
      <div class="dp-keyrow">
        <Select
          value={isOther ? OTHER : value}
          disabled={state.saving}
          options={[...(field.options ?? []), { value: OTHER, label: OTHER_WORDS }]}
          onChoose={(chosen) => {
            setTyping(chosen === OTHER);
            void panel.forms.choose(field.name, chosen === OTHER ? "" : chosen, shown);
            if (chosen === OTHER)
              requestAnimationFrame(() => document.getElementById(`${id}-other`)?.focus());
          }}
          {...control}
        />
        {isOther && (
          <input
            type="text"
            class="dp-input dp-mono"
            aria-label="Name of the variable"
            value={value}
            placeholder="NAME_OF_THE_VARIABLE"
            readOnly={state.saving}
            autocomplete="off"
            spellcheck={false}
            onInput={(event) => panel.forms.type(field.name, event.currentTarget.value.trim())}
            {...control}
            id={`${id}-other`}
          />
        )}
      </div>
    </Labelled>
  );
}
