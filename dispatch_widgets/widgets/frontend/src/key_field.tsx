/** The field for a key. The key leaves the page only in the message that submits the form (SEC-2). */

import { useContext, useState } from "preact/hooks";
import { Button } from "./button.tsx";
import { Place } from "./context.ts";
import { pastedKey } from "./key_text.ts";
import { controlOf, type FieldProps, Labelled } from "./labelled.tsx";
import { Message } from "./note.tsx";

/** Keeps password managers from saving the key or filling in one of their own. */
const NO_MANAGER = {
  autocomplete: "new-password",
  autocapitalize: "off",
  spellcheck: false,
  "data-1p-ignore": "",
  "data-lpignore": "true",
  "data-bwignore": "true",
  "data-form-type": "other",
} as const;

export function KeyField(props: FieldProps) {
  const { panel } = useContext(Place);
  const { state, field, id } = props;
  const [isSeen, setSeen] = useState(false);
  const [said, setSaid] = useState("");
  const seen = isSeen && state.key !== "" && !state.saving;

  const put = (key: string, problem = ""): void => panel.forms.typeKey(field.name, key, problem);
  const onPaste = (event: ClipboardEvent): void => {
    const input = event.currentTarget as HTMLInputElement;
    const pasted = pastedKey(event.clipboardData?.getData("text/plain") ?? "");
    event.preventDefault();
    setSaid(pasted.said);
    if (!pasted.problem)
      input.setRangeText(pasted.value, input.selectionStart ?? 0, input.selectionEnd ?? 0, "end");
    put(input.value, pasted.problem);
  };
  return (
    <Labelled {...props} field={said ? { ...field, messages: [] } : field}>
      <div class="dp-keyrow">
        <input
          type={(seen ? "text" : "password") as "password"}
          class="dp-input"
          value={state.key}
          placeholder={field.placeholder}
          readOnly={state.saving}
          onInput={(event) => {
            setSaid("");
            put(event.currentTarget.value);
          }}
          onPaste={onPaste}
          {...NO_MANAGER}
          {...controlOf(props)}
        />
        <Button
          aria-pressed={seen}
          aria-controls={id}
          disabled={!state.key || state.saving}
          title={seen ? "Hide the key again" : "Show the key"}
          onClick={() => setSeen(!seen)}
        >
          Show
        </Button>
      </div>
      {said && !state.problems[field.name] && (
        <div role="status">
          <Message note={{ tone: "info", title: said }} />
        </div>
      )}
    </Labelled>
  );
}
