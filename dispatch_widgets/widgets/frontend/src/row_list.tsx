/** A list of rows that is one stop for the Tab key: arrow keys move in it, and letters do what its icons do. */
import { useContext, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Place } from "./context.ts";
import { FOCUSABLE, isField, isShown } from "./focus.ts";
import { isChord, movedTo } from "./list/keys.ts";
import { keyOf } from "./panel.ts";
import { actionsOf, RowItem } from "./row.tsx";
import type { Icon, Row, Section } from "./types.ts";

/** The action that a key stands for in a row, by its icon. */
const DOES: Readonly<Record<string, Icon>> = { Enter: "edit", Delete: "trash", r: "refresh" };
const PAGE_ROWS = 10;

interface RowListProps {
  readonly section: Section;
  readonly rows: ReadonlyArray<Row>;
}

export function RowList({ section, rows }: RowListProps) {
  const { panel, shown } = useContext(Place);
  const list = useRef<HTMLDivElement>(null);
  const [current, setCurrent] = useState("");
  const place = Math.max(
    0,
    rows.findIndex((row) => row.id === current),
  );
  const setStops = (): void => {
    if (list.current) onlyOneStop(list.current);
  };
  useLayoutEffect(setStops); // what stands in the rows may be other controls by now

  /** Does what a letter stands for; says if the row has that. */
  const press = (row: Row, key: string): boolean => {
    const icon = DOES[key.length === 1 ? key.toLowerCase() : key];
    const action =
      icon && actionsOf(row, section.row_actions).find((each) => each.icon === icon && !each.off);
    if (action) void panel.press(action, shown);
    return Boolean(action);
  };
  /** Answers what is asked in the row with no; says if anything is. */
  const close = (row: Row): boolean => {
    const all = [...actionsOf(row, section.row_actions), ...(row.note?.actions ?? [])];
    const asking = all.find((action) => panel.questionOf(action));
    const no = asking && panel.questionOf(asking)?.actions?.find(({ kind }) => kind === "close");
    if (asking && no) void panel.press(no, shown, { asked: keyOf(asking) });
    return Boolean(no);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const target = event.target as HTMLElement;
    const node = rowOf(target);
    const row = rows[rowsOf(list.current).indexOf(node as HTMLElement)];
    if (!node || !row || isChord(event) || (isField(target) && event.key !== "Escape")) return;
    const onRow = target === node;
    const controls = controlsOf(node);
    const at = controls.indexOf(target);
    const to = movedTo(event.key, rows.indexOf(row), rows.length, PAGE_ROWS);
    const enters = event.key === "ArrowRight" || (event.key === "Enter" && onRow);
    if (to !== undefined) rowsOf(list.current)[to]?.focus();
    else if (event.key === "ArrowLeft" && !onRow) (controls[at - 1] ?? node).focus();
    else if (event.key === "Escape" && close(row)) event.stopPropagation();
    else if (event.repeat || (event.key === "Enter" && !onRow) || !press(row, event.key)) {
      if (!enters) return;
      controls[at + 1]?.focus();
    }
    event.preventDefault();
  };
  const onFocusIn = (event: FocusEvent): void => {
    setCurrent(rowOf(event.target as Element)?.dataset.row ?? "");
    setStops();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: as its rows are no table's
    <div
      ref={list}
      class="dp-rows"
      role="grid"
      aria-label={section.name || section.title}
      onKeyDown={onKeyDown}
      onFocusIn={onFocusIn}
      onFocusOut={() => queueMicrotask(setStops)}
    >
      {section.columns && <Columns columns={section.columns} />}
      {rows.map((row, number) => (
        <RowItem key={row.id} row={row} section={section} isCurrent={number === place} />
      ))}
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
