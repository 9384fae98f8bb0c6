/**
 * Inserts a cell into the notebook. JupyterLab and Notebook 7 give access to the document through the widget
 * manager; other hosts do not.
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

/** Inserts a code cell below a node's cell, or at the notebook's end; returns where, if anywhere. */
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
  // JupyterLab draws the new cell a moment later.
  requestAnimationFrame(() => cell?.nextElementSibling?.scrollIntoView({ block: "nearest" }));
  return at < 0 ? "end" : "below";
}

/** Returns a cell's index. Of a long notebook only some cells are in the page, each with its index. */
function placeOf(cell: HTMLElement): number {
  const number = Number.parseInt(cell.dataset.windowedListIndex ?? "", 10);
  return number >= 0
    ? number
    : [...(cell.parentElement?.querySelectorAll(`:scope > ${CELL}`) ?? [])].indexOf(cell);
}
