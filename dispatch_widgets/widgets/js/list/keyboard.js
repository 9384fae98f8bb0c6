// Keys that move in a list. Pure.

/** The index that a key moves to in a list of count rows, or null if it is no key that moves. */
export function moveIndex(key, index, count, page = 10) {
  if (!count) return null;
  const to = {
    ArrowDown: index + 1,
    ArrowUp: index - 1,
    PageDown: index + page,
    PageUp: index - page,
    Home: 0,
    End: count - 1,
  }[key];
  return to === undefined ? null : Math.min(count - 1, Math.max(0, to));
}

/** Whether a key is held together with one that makes it the browser's or JupyterLab's. */
export function isChord(event) {
  return event.ctrlKey || event.metaKey || event.altKey;
}
