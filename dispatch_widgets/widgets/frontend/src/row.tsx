/** A row of a list: what it is, what is known of it, what can be done with it, and what is said or asked. */
import { useContext } from "preact/hooks";
import { Actions } from "./action.tsx";
import { Place } from "./context.ts";
import { Message, NoteBox, Questions } from "./note.tsx";
import { BUSY } from "./panel.ts";
import type { Row } from "./types.ts";
import { Parts } from "./words.tsx";

export function RowItem({ row }: { readonly row: Row }) {
  const { panel } = useContext(Place);
  return (
    <li class="dp-row" aria-label={row.title} data-row={row.id}>
      <div class="dp-main">
        <div class="dp-name">{row.title}</div>
        {row.subtitle && (
          <div class="dp-sub">
            <Parts parts={row.subtitle} />
          </div>
        )}
      </div>
      {row.details && (
        <div class="dp-meta">
          {row.details.map((line, place) => (
            <div class={place ? "dp-sub" : undefined} key={place}>
              <Parts parts={line} />
            </div>
          ))}
        </div>
      )}
      {row.tag && <span class="dp-sub">{row.tag}</span>}
      <Actions actions={row.actions} />
      {panel.isLate(row.id) && <Message note={{ tone: "", title: BUSY }} />}
      {row.note && <NoteBox note={row.note} />}
      <Questions actions={row.actions} />
    </li>
  );
}
