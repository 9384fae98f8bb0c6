/** The header above the tabs: the file, its last save, and the bar below them. */
import { useContext } from "preact/hooks";
import { ActionButton } from "./action.tsx";
import type { App } from "./app.ts";
import { Place } from "./context.ts";
import type { Header, Note } from "./types.ts";
import { Icon, Text } from "./words.tsx";

interface HeaderProps {
  readonly header: Header;
}

export function FileHeader({ header }: HeaderProps) {
  const { file = "", folder = "", why, saved, copy_path: copy } = header;
  return (
    <div class="dp-header">
      <Icon name="file" />
      <div class="dp-file">
        <div class="dp-file-line">
          <h2 class="dp-h">{file}</h2>
          <div class="dp-path" title={folder}>
            {folder}
          </div>
        </div>
        <div class="dp-sub">{why}</div>
        <div class="dp-sub dp-saved-narrow">{saved}</div>
      </div>
      <div class="dp-sub dp-saved">{saved}</div>
      {copy && <ActionButton action={copy} />}
    </div>
  );
}

/** A note for every tab: the file cannot be read, or it changed after an open form was filled from it. */
export function Bar({ header }: HeaderProps) {
  const { app } = useContext(Place);
  const note = header.bar ? app.open !== "settings" && header.bar : changedOutside(app, header);
  if (!note) return null;
  return (
    <div class={`dp-bar dp-tone-${note.tone}`}>
      <Icon tone={note.tone} />
      <div class="dp-bar-text">
        <span class="dp-strong">
          <Text words={note.title} />
        </span>{" "}
        <Text words={note.text ?? ""} />
      </div>
      {note.actions?.map((action) => (
        <ActionButton key={action.name} action={action} />
      ))}
    </div>
  );
}

/** Returns the note about an open form that was filled from an earlier version of the file. */
function changedOutside(
  app: App,
  { changed_outside: note, changed_at: at, revision = 0 }: Header,
): Note | undefined {
  const form = app.forms.find((each) => (each.form.revision ?? 0) < revision)?.form;
  if (!form || !note) return undefined;
  // Two times within one minute read the same, so the sentence with `{seen}` is left out.
  const seen = form.seen && form.seen !== at ? form.seen : "";
  const text = String(note.text ?? "");
  return { ...note, text: seen ? text.replace("{seen}", seen) : text.replace(/[^.]*\{seen\}[^.]*\.\s*/, "") };
}
