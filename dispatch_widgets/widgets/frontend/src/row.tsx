/** A row of a list: what it is, what is known of it, what can be done with it, and what is said or asked. */

import { useContext } from "preact/hooks";
import { Actions, Done } from "./action.tsx";
import { Button } from "./button.tsx";
import { Place } from "./context.ts";
import { QUIET } from "./focus.ts";
import { MarkedId, MarkedText } from "./list/marked.tsx";
import { BUSY } from "./no_answer.ts";
import { Message, NoteBox, Questions } from "./note.tsx";
import type { Action, Badge, Row, Section } from "./types.ts";
import { Icon, Parts } from "./words.tsx";

// No cell has the focus itself: keys move among rows and controls.
const CELL = { role: "gridcell" } as const;

/** What of a row is pressed for itself. */
const PRESSED = "button, a, input, select, label, summary, .dp-tick, .dp-under";

interface RowProps {
  readonly row: Row;
  /** What all rows of the list have. */
  readonly section: Pick<Section, "columns" | "row_actions">;
  /** Whether the Tab key leads to it, of all rows. */
  readonly isCurrent: boolean;
  /** Whether it is selected; undefined where rows cannot be. */
  readonly isPicked: boolean | undefined;
  /** The words that were searched for. */
  readonly wanted: ReadonlyArray<string>;
  /** Its number among the rows of all pages, where there are several. */
  readonly number: number | undefined;
}

export function RowItem({ row, section, isCurrent, isPicked, wanted, number }: RowProps) {
  const { panel, shown } = useContext(Place);
  const actions = actionsOf(row, section.row_actions);
  const state = row.waiting ? " dp-waiting" : row.stale ? " dp-stale" : "";
  // For the mouse: by the keyboard the same is a button of the row.
  const onClick = (event: MouseEvent): void => {
    const isOwn = (event.target as Element).closest(PRESSED) || !document.getSelection()?.isCollapsed;
    if (row.leads && !isOwn) void panel.press(row.leads, shown);
  };
  const added = panel.rows.added.includes(row.id) ? " dp-added" : "";
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table's row cannot be laid out as a grid everywhere
    // biome-ignore lint/a11y/useKeyWithClickEvents: as said above
    <div
      class={`dp-row${state}${added}${row.leads ? " dp-leading" : ""}`}
      role="row"
      tabIndex={isCurrent ? 0 : -1}
      aria-label={row.title}
      aria-rowindex={number}
      aria-selected={row.fixed ? undefined : isPicked}
      data-row={row.id}
      onClick={onClick}
      {...QUIET}
    >
      {isPicked !== undefined && !row.fixed && (
        // For the mouse: by the keyboard it is the space bar.
        <span class="dp-tick" aria-hidden="true">
          <span class="dp-box" />
        </span>
      )}
      {row.tile && (
        <span class="dp-tile" aria-hidden="true">
          {row.tile}
        </span>
      )}
      <Main row={row} wanted={wanted} />
      {row.details && (
        <div class="dp-meta" {...CELL}>
          {row.details.map((line, place) => (
            <div class={place ? "dp-sub" : undefined} key={place}>
              {place === 0 && row.leads ? (
                <Button
                  look="dp-link dp-leads"
                  title={row.leads.label}
                  onClick={() => row.leads && void panel.press(row.leads, shown)}
                >
                  <Parts parts={line} />
                </Button>
              ) : (
                <Parts parts={line} />
              )}
            </div>
          ))}
        </div>
      )}
      {section.columns?.map(({ key, title }) => {
        const { text = "", tone = "" } = row.cells?.[key] ?? {};
        return (
          <span key={key} {...CELL} class={`dp-cell dp-${key} dp-tone-${tone}`} title={text}>
            <span class="dp-unseen">{text && `${title}: `}</span>
            {text}
          </span>
        );
      })}
      {row.tag && (
        <span class="dp-sub" {...CELL}>
          {row.tag}
        </span>
      )}
      {row.done && (
        <span class="dp-outcome" {...CELL}>
          <Done done={row.done} />
        </span>
      )}
      <Actions actions={actions} role="gridcell" />
      <div class="dp-under" {...CELL}>
        {panel.waiting.isLate(row.id) && <Message note={{ tone: "", title: BUSY }} />}
        <RowNote row={row} actions={actions} />
      </div>
    </div>
  );
}

/** What is asked in a row stands in place of what is said in it. */
function RowNote({ row, actions }: { readonly row: Row; readonly actions: ReadonlyArray<Action> }) {
  const { panel } = useContext(Place);
  const all = [...actions, ...(row.note?.actions ?? [])];
  const isAsked = all.some((action) => panel.questionOf(action));
  return isAsked ? <Questions actions={all} /> : row.note ? <NoteBox note={row.note} /> : null;
}

function Main({ row, wanted }: Pick<RowProps, "row" | "wanted">) {
  const { panel, shown } = useContext(Place);
  const { opens } = row;
  const title = row.mono ? (
    <MarkedId id={row.title} wanted={wanted} />
  ) : (
    <MarkedText text={row.title} wanted={wanted} />
  );
  return (
    <div class="dp-main" {...CELL}>
      <div class="dp-title">
        <div class="dp-name">
          {opens ? (
            // For the mouse: by the keyboard the same is a button of the row.
            <Button
              look="dp-link dp-opens"
              data-mouse
              tabIndex={-1}
              title={opens.label}
              onClick={() => void panel.press(opens, shown)}
            >
              {title}
            </Button>
          ) : (
            title
          )}
        </div>
        {row.badge && <BadgeMark badge={row.badge} />}
      </div>
      {row.subtitle && (
        <div class="dp-sub">
          <Parts parts={row.subtitle} />
        </div>
      )}
    </div>
  );
}

function BadgeMark({ badge: { text, tone = "", icon } }: { readonly badge: Badge }) {
  return (
    <span class={`dp-badge dp-tone-${tone}`}>
      <Icon name={icon} />
      {text}
    </span>
  );
}

/** The buttons of a row: its own, and those that all rows of its section have. */
export function actionsOf(row: Row, shared: Section["row_actions"] = []): ReadonlyArray<Action> {
  const everyones = row.fixed
    ? []
    : shared.map((action) => ({
        ...action,
        label: action.label.replaceAll("{title}", row.title),
        args: { ...action.args, row: row.id },
      }));
  return [...(row.actions ?? []), ...everyones];
}
