/** What happened, in words, and what to do next. */
import { ActionButton } from "./action.tsx";
import type { EmptyState, Note } from "./types.ts";
import { Icon, Text } from "./words.tsx";

/** A note that stands above what it is about. */
export function NoteBox({ note }: { readonly note: Note }) {
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
      {note.actions && (
        <div class="dp-actions">
          {note.actions.map((action) => (
            <ActionButton key={action.name} action={action} />
          ))}
        </div>
      )}
    </div>
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
      {note.actions?.map((action) => (
        <ActionButton key={action.name} action={action} link />
      ))}
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
      {empty.actions && (
        <div class="dp-actions">
          {empty.actions.map((action) => (
            <ActionButton key={action.name} action={action} />
          ))}
        </div>
      )}
    </div>
  );
}
