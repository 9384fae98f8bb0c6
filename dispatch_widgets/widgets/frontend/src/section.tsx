/** A part of a tab with a heading: rows that each have a choice, and code for the next cell. */
import { useContext, useId } from "preact/hooks";
import { ActionButton, ChoiceField, Done } from "./action.tsx";
import { Place } from "./context.ts";
import { Message } from "./note.tsx";
import { BUSY, keyOf } from "./panel.ts";
import type { Choice, Code, Option, Row, Section } from "./types.ts";
import { Parts, Text } from "./words.tsx";

const SAVING = "Saving…";

export function SectionBox({ section }: { readonly section: Section }) {
  return (
    <section class="dp-section" data-section={section.id}>
      <div class="dp-head">
        <h3 class="dp-h">{section.title}</h3>
        {section.fact && (
          <span class="dp-sub">
            <Text words={section.fact} />
          </span>
        )}
      </div>
      {section.rows && (
        <div class="dp-tasks">
          {section.rows.map(
            (row) =>
              row.choice && (
                <ChoiceRow key={row.id} row={row} choice={row.choice} options={section.options} />
              ),
          )}
        </div>
      )}
      {section.code && <CodeBox code={section.code} />}
    </section>
  );
}

interface ChoiceRowProps {
  readonly row: Row;
  readonly choice: Choice;
  readonly options: Section["options"];
}

/** A row that is a choice: what it is for, what there is to choose, and what came of it. */
function ChoiceRow({ row, choice, options }: ChoiceRowProps) {
  const { panel } = useContext(Place);
  const id = useId();
  const saves = choice.action && panel.waiting.has(keyOf(choice.action));
  const busy = [...panel.waiting.values()].some((each) => each.late && each.row === row.id);
  const note = busy ? ({ tone: "", title: BUSY } as const) : saves ? undefined : row.note;
  const shared: ReadonlyArray<Option> = (choice.shared && options?.[choice.shared]) || [];
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a grid everywhere
    <div class="dp-task" role="group" aria-label={row.title} data-row={row.id}>
      <div class="dp-task-name">
        <div class="dp-h dp-mono">{row.title}</div>
        <div class="dp-sub">
          <Parts parts={row.subtitle ?? []} />
        </div>
      </div>
      <ChoiceField choice={choice} shared={shared} describedBy={note && id} />
      <div class="dp-task-info">
        {row.actions?.map((action) => (
          <ActionButton key={action.name} action={action} />
        ))}
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

function CodeBox({ code }: { readonly code: Code }) {
  return (
    <div class="dp-code">
      <code>{code.lines.map((line) => line.text).join("\n")}</code>
      {code.copy && <ActionButton action={{ ...code.copy, style: code.copy.style || "quiet" }} />}
    </div>
  );
}
