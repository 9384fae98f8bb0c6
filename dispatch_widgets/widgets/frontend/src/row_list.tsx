/** A list of rows that is one stop for the Tab key: arrow keys move in it, and letters do what its icons do. */
import { useContext, useLayoutEffect, useRef, useState } from "preact/hooks";
import { BulkBar, thoseOf } from "./bulk.tsx";
import { Place } from "./context.ts";
import { FOCUSABLE, isField, isShown } from "./focus.ts";
import { isChord, movedTo } from "./list/keys.ts";
import { wordsOf } from "./list/match.ts";
import { beginning, showing } from "./list/page_of_rows.ts";
import { Pages } from "./pages.tsx";
import { keyOf } from "./panel.ts";
import { actionsOf, RowItem } from "./row.tsx";
import { useRowSelection } from "./row_selection.ts";
import type { Action, Icon, Row, Section } from "./types.ts";

/** The action that a key stands for in a row, by its icon. */
const DOES: Readonly<Record<string, Icon>> = { Enter: "edit", Delete: "trash", r: "refresh" };
const STEP_ROWS = 10;

interface RowListProps {
  readonly section: Section;
  /** The rows that are found, on all pages. */
  readonly rows: ReadonlyArray<Row>;
}

export function RowList({ section, rows }: RowListProps) {
  const { panel, shown } = useContext(Place);
  const list = useRef<HTMLDivElement>(null);
  const [current, setCurrent] = useState("");
  const { selection } = section;
  const selected = useRowSelection(section, rows);
  const { picked } = selected;
  // Of a thousand rows a draw takes as long as of one page.
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
  useLayoutEffect(setStops); // what stands in the rows may be other controls by now

  /** Does what a letter stands for, with what is selected or else with the row; says if there is that. */
  const press = (row: Row, key: string): boolean => {
    const icon = DOES[key.length === 1 ? key.toLowerCase() : key];
    const isIt = (each: Action): boolean => Boolean(icon) && each.icon === icon && !each.off;
    const bulk = picked.length ? selection?.actions.find(({ action }) => isIt(action)) : undefined;
    const action = bulk?.action ?? actionsOf(row, section.row_actions).find(isIt);
    if (action) void panel.press(action, shown, bulk && { held: { rows: thoseOf(bulk, picked) } });
    return Boolean(action);
  };
  /** Answers what these ask with no; says if any does. */
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
  /** Selects none from the bar, which goes with it: the focus goes to the rows. */
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
  /** What can ask something in a row. */
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
  // A run of rows is selected, not one of letters.
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
    // biome-ignore lint/a11y/noStaticElementInteractions: keys do in the bar below what they do in the rows
    <div class="dp-list" onKeyDown={onKeyDown} onClick={onClick} onMouseDown={onMouseDown}>
      {rows.length > 0 && (
        // biome-ignore lint/a11y/useSemanticElements: as its rows are no table's
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

/** The headings over the rows' cells; each cell is named by its own to screen readers. */
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

/** What the keyboard can get at; a row's name is for the mouse alone, which has a button for the same. */
function focusableIn(row: HTMLElement): HTMLElement[] {
  return [...row.querySelectorAll<HTMLElement>(FOCUSABLE)].filter((node) => !node.matches("[data-mouse]"));
}

function controlsOf(row: HTMLElement): HTMLElement[] {
  return focusableIn(row).filter(isShown);
}

/** Tab leads to the current row alone, and to the controls of a row once the focus is among them. */
function onlyOneStop(list: HTMLElement): void {
  const focused = document.activeElement;
  for (const row of rowsOf(list)) {
    const stop = row !== focused && row.contains(focused) ? 0 : -1;
    for (const control of focusableIn(row)) {
      if (control.tabIndex !== stop) control.tabIndex = stop;
    }
  }
}
