/** A section of a tab, with a heading and all kinds of content. */
import { useContext, useMemo } from "preact/hooks";
import { Actions, Done } from "./action.tsx";
import { ChoiceRow } from "./choice_row.tsx";
import { ComparisonBox, Source } from "./code.tsx";
import { Place } from "./context.ts";
import { FinderBox } from "./finder.tsx";
import { rowsFound } from "./found.ts";
import { Empty, Facts, NoteBox, Questions } from "./note.tsx";
import { RowList } from "./row_list.tsx";
import { SnippetsBox } from "./snippets.tsx";
import type { Progress, Section } from "./types.ts";
import { Text } from "./words.tsx";

export function SectionBox({ section }: { readonly section: Section }) {
  const { panel } = useContext(Place);
  const state = panel.rows.of(section.id);
  const found = useMemo(() => rowsFound(section, state), [section.rows, state.text, state.sort]);
  const choices = found.filter((row) => row.choice);
  const rows = found.filter((row) => !row.choice);
  return (
    <section class="dp-section" data-section={section.id}>
      {section.title && <Head section={section} />}
      {section.progress && <Track title={section.title} progress={section.progress} />}
      {section.text && (
        <p>
          <Text words={section.text} />
        </p>
      )}
      {section.notes?.map((note) => (
        <NoteBox key={String(note.title)} note={note} />
      ))}
      <Questions actions={section.actions} />
      {choices.length > 0 && (
        <div class="dp-tasks">
          {choices.map((row) => (
            <ChoiceRow key={row.id} row={row} />
          ))}
        </div>
      )}
      {section.finder && <FinderBox finder={section.finder} section={section} count={found.length} />}
      {(rows.length > 0 || section.selection) && <RowList section={section} rows={rows} />}
      {section.empty && <Empty empty={section.empty} />}
      {section.facts && <Facts facts={section.facts} />}
      {section.code && <Source code={section.code} />}
      {section.snippets && <SnippetsBox snippets={section.snippets} />}
      {section.comparison && <ComparisonBox comparison={section.comparison} />}
      {section.foot && (
        <p class="dp-sub">
          <Text words={section.foot} />
        </p>
      )}
    </section>
  );
}

/** A section's heading, with a fact or the last result, and the section's actions. */
export function Head({ section }: { readonly section: Section }) {
  return (
    <div class="dp-head">
      <div class="dp-titles">
        <h3 class="dp-h">{section.title}</h3>
        {section.done && !section.selection ? (
          <span class="dp-outcome">
            <Done done={section.done} />
          </span>
        ) : (
          section.fact && (
            <span class="dp-sub">
              <Text words={section.fact} />
            </span>
          )
        )}
      </div>
      <Actions actions={section.actions} />
    </div>
  );
}

/** A progress bar. It lies in the gap below the heading, so that nothing moves. */
export function Track({
  title,
  progress: { done, total },
}: {
  readonly title: string;
  readonly progress: Progress;
}) {
  return (
    <div
      class="dp-track"
      role="progressbar"
      aria-label={title}
      aria-valuemin={0}
      aria-valuenow={done}
      aria-valuemax={total}
    >
      <i style={{ width: `${total ? Math.round((100 * done) / total) : 0}%` }} />
    </div>
  );
}
