/** A form, shown in place of a tab's sections, with a way back. */

import { useContext } from "preact/hooks";
import { ActionButton } from "./action.tsx";
import { Button } from "./button.tsx";
import { Place } from "./context.ts";
import { FieldBox, Segments } from "./field.tsx";
import type { FormState } from "./form_state.ts";
import { BUSY } from "./no_answer.ts";
import { Message, NoteBox } from "./note.tsx";
import { PasteBox } from "./paste_box.tsx";
import type { Action } from "./types.ts";
import { useUniqueId } from "./unique.ts";

const SAVE = "save";
const SAVING = "Saving…";
const IS_SAVED = "It is being saved";

/** Returns what a key does in a form. */
export function formKey(event: KeyboardEvent): "save" | "back" | undefined {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey)
    return undefined;
  if (event.key === "Escape") return "back";
  const target = event.target as HTMLInputElement;
  const isText = target.tagName === "INPUT" && ["text", "password"].includes(target.type);
  return event.key === "Enter" && !event.shiftKey && isText ? "save" : undefined;
}

export function FormBox({ state }: { readonly state: FormState }) {
  const { panel, shown } = useContext(Place);
  const id = useUniqueId();
  const { form, note, saving, submitting, late } = state;
  const off = saving ? IS_SAVED : "";
  const cancel: Action = { name: "cancel", label: "Cancel", kind: "close", off };
  const back: Action = {
    name: "back",
    label: `Back to ${form.back}`,
    kind: "close",
    off,
    icon: "back",
    style: "quiet",
    icon_only: true,
  };
  const { words, isProblem } = state.foot;
  const onKeyDown = (event: KeyboardEvent): void => {
    const meaning = formKey(event);
    if (!meaning) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.repeat) return;
    if (meaning === "save") void panel.forms.save(shown);
    else panel.forms.leave(shown, true);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: browsers offer to save the password of a real form
    <div class="dp-form" role="form" aria-label={form.title} onKeyDown={onKeyDown}>
      <div class="dp-form-head">
        <ActionButton action={back} />
        <h2 class="dp-h dp-large">{form.title}</h2>
      </div>
      {form.paste && <PasteBox key={form.name} state={state} action={form.paste} id={`${id}-pasted`} />}
      <div class="dp-fields">
        {form.fields.map((field, place) => {
          if (field.kind === "radio") return null; // drawn in the field after it
          const before = form.fields[place - 1];
          const above = before?.kind === "radio" && (
            <Segments state={state} field={before} id={`${id}-${before.name}`} />
          );
          return (
            <FieldBox key={field.name} state={state} field={field} id={`${id}-${field.name}`} above={above} />
          );
        })}
      </div>
      {note && <NoteBox note={note} />}
      <div class="dp-form-foot">
        <Button
          look="dp-primary"
          data-action="save"
          aria-busy={submitting === SAVE ? "true" : undefined}
          onClick={() => void panel.forms.save(shown)}
        >
          {saving && submitting === SAVE ? SAVING : form.save}
        </Button>
        {form.test && <ActionButton action={form.test} isBusy={submitting === form.test.name} />}
        <ActionButton action={cancel} />
        {late ? (
          <Message note={{ tone: "", title: BUSY }} />
        ) : (
          words && <Message note={{ tone: isProblem ? "error" : "", title: words }} />
        )}
      </div>
    </div>
  );
}
