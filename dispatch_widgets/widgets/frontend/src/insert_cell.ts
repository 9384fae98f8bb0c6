/**
 * A new cell in the notebook. JupyterLab and Notebook 7 give a widget the document that it is in, by the manager of its
 * widgets; other hosts have no such thing.
 */
import type { Model, SharedNotebook } from "./host.ts";

const CELL = ".jp-Cell";

function notebookOf(model: Model): SharedNotebook | undefined {
  const document = model.widget_manager?.context?.model;
  const shared = document?.readOnly ? undefined : document?.sharedModel;
  return shared?.insertCell && shared.cells ? shared : undefined;
}

/** Whether cells can be inserted. */
export function mayInsert(model: Model): boolean {
  return notebookOf(model) !== undefined;
}

/** Inserts a cell with code below the one that a node is in, or at the notebook's end; says which, or nothing. */
export function insertCell(model: Model, source: string, node: Element): "below" | "end" | undefined {
  const notebook = notebookOf(model);
  if (!notebook) return undefined;
  const cell = node.closest<HTMLElement>(CELL);
  const at = cell ? placeOf(cell) : -1;
  notebook.insertCell(at < 0 ? notebook.cells.length : at + 1, {
    cell_type: "code",
    source,
    metadata: { trusted: true },
  });
  // JupyterLab draws it in a moment.
  requestAnimationFrame(() => cell?.nextElementSibling?.scrollIntoView({ block: "nearest" }));
  return at < 0 ? "end" : "below";
}

/** Which of the notebook's cells it is. Of a long notebook only some are in the page, each with its number. */
function placeOf(cell: HTMLElement): number {
  const number = Number.parseInt(cell.dataset.windowedListIndex ?? "", 10);
  return number >= 0
    ? number
    : [...(cell.parentElement?.querySelectorAll(`:scope > ${CELL}`) ?? [])].indexOf(cell);
}
