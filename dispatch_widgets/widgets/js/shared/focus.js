// What can have the keyboard focus.

/** Whether a node takes any place in the page. */
export function isShown(node) {
  return node.isConnected && node.getClientRects().length > 0;
}

/** Whether a node is a field, in which somebody may be at work. */
export function isField(node) {
  return Boolean(node?.matches?.("input, select, textarea") || node?.isContentEditable);
}
