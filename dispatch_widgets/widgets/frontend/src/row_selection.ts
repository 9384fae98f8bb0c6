/** The selection in a list of rows, and the ways to change it. */
import { useContext, useRef } from "preact/hooks";
import { Place } from "./context.ts";
import { put } from "./list/put.ts";
import { type Keys, type Run, runFrom, toggled, withRun } from "./list/selection.ts";
import type { Row, Section } from "./types.ts";

export interface RowSelection {
  readonly picked: Keys;
  readonly has: (row: Row) => boolean;
  /** How many of the rows found can be selected; `isAll` tells whether all of them are. */
  readonly free: number;
  readonly isAll: boolean;
  readonly toggle: (row: Row) => void;
  /** Selects the range from the row toggled last, or else from `from`, to the row at index `to`. */
  readonly runTo: (from: Row, to: number) => void;
  readonly all: () => void;
  /** Clears the selection; returns whether there was one. */
  readonly clear: () => boolean;
}

/** Returns the selection in a section; `rows` are the rows that the search finds. */
export function useRowSelection(section: Section, rows: ReadonlyArray<Row>): RowSelection {
  const { panel, shown } = useContext(Place);
  const run = useRef<Run | undefined>(undefined);
  const { selection } = section;
  const there = new Set(section.rows?.map(({ id }) => id));
  const picked = panel.rows.of(section.id).picked.filter((id) => there.has(id));
  const picks = new Set(picked);
  const fixed = new Set(rows.filter((row) => row.fixed).map(({ id }) => id));
  const ids = rows.map(({ id }) => id);
  const can = (id: string): boolean => !fixed.has(id);
  const pick = (chosen: Keys): void => {
    panel.questions.close(section.id); // it was about the rows selected before
    panel.rows.set(section.id, { picked: chosen });
    if (selection && Math.abs(chosen.length - picked.length) > 1)
      shown.say(put(selection.selected, { count: chosen.length }));
  };
  return {
    picked,
    has: ({ id }) => picks.has(id),
    free: rows.length - fixed.size,
    isAll: ids.every((id) => picks.has(id) || fixed.has(id)),
    toggle: (row) => {
      if (row.fixed) return;
      const after = toggled(picked, row.id);
      run.current = { anchor: row.id, before: after, after };
      pick(after);
    },
    runTo: (from, to) => {
      const { anchor, before } = runFrom(run.current, picked, ids, from.id);
      const after = withRun(before, ids, ids.indexOf(anchor), to, can);
      run.current = { anchor, before, after };
      pick(after);
    },
    all: () => pick(withRun(picked, ids, 0, ids.length, can)),
    clear: () => {
      if (picked.length) pick([]);
      return picked.length > 0;
    },
  };
}
