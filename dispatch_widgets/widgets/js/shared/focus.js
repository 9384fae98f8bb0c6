// Where the keyboard focus goes.

/** Whether a node takes any place in the page. */
export function isShown(node) {
  return node.isConnected && node.getClientRects().length > 0;
}

/** Tries something every 50 ms until it works, a second at most: what is to get the focus is often on its way. */
export function soon(attempt, tries = 20) {
  if (!attempt() && tries > 0) setTimeout(soon, 50, attempt, tries - 1);
}
