/** Helpers for the keyboard focus. */

/** Keeps JupyterLab's one-key shortcuts from firing; works only on the focusable element itself. */
export const QUIET = { "data-lm-suppress-shortcuts": "true" } as const;

export function isField(node: Element | null): boolean {
  return Boolean(
    node?.matches?.("input, select, textarea") || (node as HTMLElement | null)?.isContentEditable,
  );
}

/** Whether a node is laid out in the page. */
export function isShown(node: Element): boolean {
  return node.isConnected && node.getClientRects().length > 0;
}

export const FOCUSABLE = ":is(select, input, button, a[href], summary):not(:disabled)";

/** Returns the first focusable element below a node; one that is marked `data-first` has precedence. */
export function firstFocusable(node: ParentNode): HTMLElement | undefined {
  const found = [...node.querySelectorAll<HTMLElement>(FOCUSABLE)].filter(isShown);
  return found.find((each) => "first" in each.dataset) ?? found[0];
}
