/** A row with a choice: a task, the entries to choose from, and the result. */
import { useContext } from "preact/hooks";
import { Actions, ChoiceField, Done } from "./action.tsx";
import { Place } from "./context.ts";
import { BUSY } from "./no_answer.ts";
import { Message } from "./note.tsx";
import type { Row } from "./types.ts";
import { useUniqueId } from "./unique.ts";
import { Parts } from "./words.tsx";

const SAVING = "Saving…";

interface ChoiceRowProps {
  readonly row: Row;
}

export function ChoiceRow({ row }: ChoiceRowProps) {
  const { panel } = useContext(Place);
  const id = useUniqueId();
  const { choice } = row;
  if (!choice) return null;
  const saves = choice.action && panel.waiting.holds(choice.action);
  const note = panel.waiting.isLate(row.id)
    ? ({ tone: "", title: BUSY } as const)
    : saves
      ? undefined
      : row.note;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a grid everywhere
    <div class="dp-task" role="group" aria-label={row.title} data-row={row.id}>
      <div class="dp-task-name">
        <div class="dp-h dp-mono">{row.title}</div>
        <div class="dp-sub">
          <Parts parts={row.subtitle ?? []} />
        </div>
      </div>
      <ChoiceField choice={choice} describedBy={note && id} />
      <div class="dp-task-info">
        <Actions actions={row.actions} bare />
        {saves ? <span>{SAVING}</span> : row.done ? <Done done={row.done} /> : <Details row={row} />}
      </div>
      {note && <Message note={note} id={id} />}
    </div>
  );
}

function Details({ row }: { readonly row: Row }) {
  const [line] = row.details ?? [];
  return line ? (
    <span class="dp-details">
      <Parts parts={line} />
    </span>
  ) : null;
}
