/** What happened, in words, and what to do next. */
import { useContext } from "preact/hooks";
import { Actions } from "./action.tsx";
import { Place } from "./context.ts";
import { keyOf } from "./panel.ts";
import type { Action, EmptyState, Note } from "./types.ts";
import { Icon, Text } from "./words.tsx";

interface NoteProps {
  readonly note: Note;
  /** The action whose question it is. */
  readonly asked?: string;
}

/** A note that stands above or under what it is about. */
export function NoteBox({ note, asked }: NoteProps) {
  return (
    <div class={`dp-note dp-tone-${note.tone}`} role={note.alert ? "alert" : undefined}>
      <Icon name={note.icon} tone={note.tone} />
      <div class="dp-note-body">
        <div class="dp-strong">
          <Text words={note.title} />
        </div>
        {note.text && (
          <div class="dp-muted">
            <Text words={note.text} />
          </div>
        )}
      </div>
      <Actions actions={note.actions} asked={asked} />
    </div>
  );
}

/** The questions of actions, as long as these are offered. */
export function Questions({ actions }: { readonly actions: ReadonlyArray<Action> | undefined }) {
  const { panel } = useContext(Place);
  return (
    <>
      {actions?.map((action) => {
        const key = keyOf(action);
        const note = panel.questions.get(key);
        return note && <NoteBox key={key} note={note} asked={key} />;
      })}
    </>
  );
}

/** A note as a line under a field. */
export function Message({ note, id }: { readonly note: Note; readonly id?: string }) {
  return (
    <div id={id} class={`dp-msg dp-tone-${note.tone}`} role={note.alert ? "alert" : undefined}>
      <Icon name={note.icon} tone={note.tone} />
      <span class="dp-msg-text">
        <Text words={note.title} />
        {note.text && " "}
        {note.text && <Text words={note.text} />}
      </span>
      <Actions actions={note.actions} bare style="link" />
    </div>
  );
}

/** What stands where there is nothing yet, with its next step. */
export function Empty({ empty }: { readonly empty: EmptyState }) {
  return (
    <div class="dp-empty">
      <h3 class="dp-h dp-large">{empty.title}</h3>
      <p class="dp-muted">
        <Text words={empty.text} />
      </p>
      <Actions actions={empty.actions} />
    </div>
  );
}
