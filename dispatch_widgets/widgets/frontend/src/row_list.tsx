/** A list of rows that is one Tab stop: arrow keys move in it, and other keys press the buttons of a row. */
import { useContext, useLayoutEffect, useRef, useState } from "preact/hooks";
import { BulkBar, thoseOf } from "./bulk.tsx";
import { Place } from "./context.ts";
import { FOCUSABLE, isField, isShown } from "./focus.ts";
import { isChord, movedTo } from "./list/keys.ts";
import { wordsOf } from "./list/match.ts";
import { beginning, showing } from "./list/page_of_rows.ts";
import { Pages } from "./pages.tsx";
import { keyOf } from "./presses.ts";
import { actionsOf, RowItem } from "./row.tsx";
import { useRowSelection } from "./row_selection.ts";
import type { Action, Icon, Row, Section } from "./types.ts";

/** The icon of the action that each key presses. */
const DOES: Readonly<Record<string, Icon>> = { Enter: "edit", Delete: "trash", r: "refresh" };
const STEP_ROWS = 10;

interface RowListProps {
  readonly section: Section;
  /** The rows that the search finds, on all pages. */
  readonly rows: ReadonlyArray<Row>;
}

export function RowList({ section, rows }: RowListProps) {
  const { panel, shown } = useContext(Place);
  const list = useRef<HTMLDivElement>(null);
  const [current, setCurrent] = useState("");
  const { selection } = section;
  const selected = useRowSelection(section, rows);
  const { picked } = selected;
  // Only one page is drawn, so that a thousand rows take no longer.
  const size = section.finder?.page_rows ?? rows.length;
  const found = panel.rows.of(section.id);
  const wanted = wordsOf(found.text);
  const first = beginning(found.first, size, rows.length);
  const drawn = rows.slice(first, first + size);
  const place = Math.max(
    0,
    drawn.findIndex((row) => row.id === current),
  );
  const setStops = (): void => {
    if (list.current) onlyOneStop(list.current);
  };
  useLayoutEffect(setStops); // the rows may have other controls after a redraw

  /** Presses the action of a key, for the selected rows or else for the row; returns whether there is one. */
  const press = (row: Row, key: string): boolean => {
    const icon = DOES[key.length === 1 ? key.toLowerCase() : key];
    const isIt = (each: Action): boolean => Boolean(icon) && each.icon === icon && !each.off;
    const bulk = selection?.actions.find((each) => isIt(each.action) && thoseOf(each, picked).length);
    const action = bulk?.action ?? actionsOf(row, section.row_actions).find(isIt);
    if (action) void panel.press(action, shown, bulk && { held: { rows: thoseOf(bulk, picked) } });
    return Boolean(action);
  };
  /** Dismisses the first open question of these actions; returns whether there was one. */
  const close = (actions: ReadonlyArray<Action>): boolean => {
    const asking = actions.find((action) => panel.questionOf(action));
    const no = asking && panel.questionOf(asking)?.actions?.find(({ kind }) => kind === "close");
    if (asking && no) void panel.press(no, shown, { asked: keyOf(asking) });
    return Boolean(no);
  };
  const turn = (to: number, focused: number): void => {
    if (to !== first) panel.rows.set(section.id, { first: to });
    rowsOf(list.current)[focused - to]?.focus();
  };
  const bulks = selection?.actions.map(({ action }) => action) ?? [];
  const go = (to: number): void => turn(showing(to, first, size), to);
  /** Clears the selection and moves the focus to the rows, since the button that had it disappears. */
  const clear = (): boolean => {
    const any = selected.clear();
    if (any) go(first + place);
    return any;
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const target = event.target as HTMLElement;
    const node = rowOf(target);
    const row = drawn[rowsOf(list.current).indexOf(node as HTMLElement)];
    const isAll = selection && (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "a";
    if (!node && event.key === "Escape" && (close(bulks) || clear())) {
      event.stopPropagation();
      event.preventDefault();
    }
    if (!node || !row || (isChord(event) && !isAll) || (isField(target) && event.key !== "Escape")) return;
    const onRow = target === node;
    const controls = controlsOf(node);
    const at = controls.indexOf(target);
    const to = movedTo(event.key, rows.indexOf(row), rows.length, STEP_ROWS);
    const enters = event.key === "ArrowRight" || (event.key === "Enter" && onRow);
    if (isAll) selected.all();
    else if (to !== undefined) {
      if (selection && event.shiftKey) selected.runTo(row, to);
      go(to);
    } else if (event.key === "ArrowLeft" && !onRow) (controls[at - 1] ?? node).focus();
    else if (selection && onRow && event.key === " ") {
      if (!event.repeat) selected.toggle(row);
    } else if (event.key === "Escape" && (close(askedIn(row)) || selected.clear())) event.stopPropagation();
    else if (event.repeat || (event.key === "Enter" && !onRow) || !press(row, event.key)) {
      if (!enters) return;
      controls[at + 1]?.focus();
    }
    event.preventDefault();
  };
  /** The actions in a row that may have an open question. */
  const askedIn = (row: Row): ReadonlyArray<Action> => [
    ...actionsOf(row, section.row_actions),
    ...(row.note?.actions ?? []),
  ];
  const onClick = (event: MouseEvent): void => {
    const node = (event.target as Element).closest(".dp-tick") && rowOf(event.target as Element);
    const at = node ? rowsOf(list.current).indexOf(node) : -1;
    const row = drawn[at];
    if (row && event.shiftKey) selected.runTo(row, first + at);
    else if (row) selected.toggle(row);
  };
  // Shift-click selects rows, not text.
  const onMouseDown = (event: MouseEvent): void => {
    if (event.shiftKey && selection) event.preventDefault();
  };
  const turnTo = (to: number): void => {
    const start = beginning(to, size, rows.length);
    turn(start, start);
  };
  const onFocusIn = (event: FocusEvent): void => {
    setCurrent(rowOf(event.target as Element)?.dataset.row ?? "");
    setStops();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys work in the bar below as in the rows
    <div class="dp-list" onKeyDown={onKeyDown} onClick={onClick} onMouseDown={onMouseDown}>
      {rows.length > 0 && (
        // biome-ignore lint/a11y/useSemanticElements: a table's rows cannot be laid out as a grid everywhere
        <div
          ref={list}
          class="dp-rows"
          role="grid"
          aria-label={section.name || section.title}
          aria-multiselectable={selection ? "true" : undefined}
          aria-rowcount={rows.length > size ? rows.length : undefined}
          onFocusIn={onFocusIn}
          onFocusOut={() => queueMicrotask(setStops)}
        >
          {section.columns && <Columns columns={section.columns} />}
          {drawn.map((row, number) => (
            <RowItem
              key={row.id}
              row={row}
              section={section}
              isCurrent={number === place}
              isPicked={selection && selected.has(row)}
              wanted={wanted}
              number={rows.length > size ? first + number + 1 : undefined}
            />
          ))}
        </div>
      )}
      {section.finder && rows.length > size && (
        <Pages words={section.finder} first={first} rows={size} count={rows.length} turn={turnTo} />
      )}
      {selection && (
        <BulkBar
          selection={selection}
          free={selected.free}
          isAll={selected.isAll}
          picked={picked}
          done={section.done}
          onAll={() => {
            selected.all();
            go(first + place);
          }}
          onClear={clear}
        />
      )}
    </div>
  );
}

/** The column headings, hidden from screen readers, which get the heading with each cell. */
function Columns({ columns }: { readonly columns: NonNullable<Section["columns"]> }) {
  return (
    <div class="dp-columns" aria-hidden="true">
      {columns.map(({ key, title }) => (
        <span key={key} class={`dp-cell dp-${key}`}>
          {title}
        </span>
      ))}
    </div>
  );
}

function rowOf(node: Element): HTMLElement | null {
  return node.closest<HTMLElement>("[role=row]");
}

function rowsOf(list: HTMLElement | null): HTMLElement[] {
  return [...(list?.querySelectorAll<HTMLElement>("[role=row]") ?? [])];
}

/** Returns the controls that the keyboard reaches. Those marked `data-mouse` repeat a button of the row. */
function focusableIn(row: HTMLElement): HTMLElement[] {
  return [...row.querySelectorAll<HTMLElement>(FOCUSABLE)].filter((node) => !node.matches("[data-mouse]"));
}

function controlsOf(row: HTMLElement): HTMLElement[] {
  return focusableIn(row).filter(isShown);
}

/** Limits Tab to the current row, and to the controls of a row only while one of them has the focus. */
function onlyOneStop(list: HTMLElement): void {
  const focused = document.activeElement;
  for (const row of rowsOf(list)) {
    const stop = row !== focused && row.contains(focused) ? 0 : -1;
    for (const control of focusableIn(row)) {
      if (control.tabIndex !== stop) control.tabIndex = stop;
    }
  }
}
