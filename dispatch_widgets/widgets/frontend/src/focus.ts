/** What can have the keyboard focus. */

/** Keeps JupyterLab's one-key shortcuts from firing; it helps only on the focusable thing itself. */
export const QUIET = { "data-lm-suppress-shortcuts": "true" } as const;

export function isField(node: Element | null): boolean {
  return Boolean(
    node?.matches?.("input, select, textarea") || (node as HTMLElement | null)?.isContentEditable,
  );
}

/** Whether a node takes any place in the page. */
export function isShown(node: Element): boolean {
  return node.isConnected && node.getClientRects().length > 0;
}

export const FOCUSABLE = ":is(select, input, button, a[href], summary):not(:disabled)";

/** The first thing below a node that can have the focus now: what is marked as first, or what stands first. */
export function firstFocusable(node: ParentNode): HTMLElement | undefined {
  const found = [...node.querySelectorAll<HTMLElement>(FOCUSABLE)].filter(isShown);
  return found.find((each) => "first" in each.dataset) ?? found[0];
}
