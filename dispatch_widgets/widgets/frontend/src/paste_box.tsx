/** A box for a pasted text that describes a provider. The text is drawn as dots, as it may hold a key. */

import { useContext, useState } from "preact/hooks";
import { ActionButton } from "./action.tsx";
import { Button } from "./button.tsx";
import { Place } from "./context.ts";
import { QUIET } from "./focus.ts";
import type { FormState } from "./form_state.ts";
import { Message } from "./note.tsx";
import type { Action } from "./types.ts";
import { Icon } from "./words.tsx";

/** The kernel's limit for a submitted text, in characters. */
const LONGEST = 8192;
const TOO_LONG = "This is too long to be read. Paste the lines about the provider.";

interface PasteProps {
  readonly state: FormState;
  /** The action that reads the pasted text. */
  readonly action: Action;
  readonly id: string;
}

export function PasteBox({ state, action, id }: PasteProps) {
  const { panel } = useContext(Place);
  const [isOpen, setOpen] = useState(state.pasted !== "");
  const isTooLong = state.pasted.length > LONGEST;
  const off = isTooLong ? TOO_LONG : state.pasted.trim() ? "" : "Paste something first";
  const open = (): void => {
    setOpen(true);
    requestAnimationFrame(() => document.getElementById(id)?.focus());
  };
  if (!isOpen) {
    return (
      <Button look="dp-quiet dp-paste-open" onClick={open}>
        <Icon name="copy" />
        <span>{action.title}</span>
      </Button>
    );
  }
  return (
    <div class="dp-field">
      <label class="dp-label" for={id}>
        {action.title}
      </label>
      <div class="dp-keyrow">
        <textarea
          id={id}
          class="dp-input dp-pasted"
          rows={2}
          value={state.pasted}
          readOnly={state.saving}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          data-field="pasted"
          onInput={(event) => {
            panel.forms.putPasted(event.currentTarget.value);
            event.currentTarget.scrollTop = 0; // so that no line is cut in half
          }}
          {...QUIET}
        />
        <ActionButton action={{ ...action, off, title: "" }} isBusy={state.submitting === action.name} />
      </div>
      <Message
        note={{
          tone: isTooLong ? "error" : "",
          title: isTooLong ? TOO_LONG : "It is sent when you have it read, and kept nowhere.",
        }}
      />
    </div>
  );
}
