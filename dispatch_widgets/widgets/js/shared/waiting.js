// What was pressed waits for its answer: marked in the page at once, since the kernel may be busy.

const SAID_AFTER_MS = 1000;
const FORGOTTEN_AFTER_MS = 60_000; // an answer may never come: a kernel is restarted, a computer sleeps

/** The event at something that has waited for long; it rises to the panel, which says so in words. */
export const WAITS = "dw-waits";

/** Marks what was pressed until its answer comes; after a minute without one calls forget(). Gives back how
 * to end it. */
export function waitFor(node, forget, { saidMs = SAID_AFTER_MS, forgottenMs = FORGOTTEN_AFTER_MS } = {}) {
  node?.setAttribute("aria-busy", "true");
  const said = setTimeout(() => node?.dispatchEvent(new CustomEvent(WAITS, { bubbles: true })), saidMs);
  const end = () => {
    clearTimeout(said);
    clearTimeout(forgotten);
    node?.removeAttribute("aria-busy");
  };
  const forgotten = setTimeout(() => {
    end();
    forget();
  }, forgottenMs);
  return end;
}

/** Presses that wait: begin(key, node) gives the press a name, or none while the same one still waits. */
export function openPresses(times) {
  const waiting = new Map(); // key -> the press and how to end its waiting
  const begin = (key, node) => {
    if (waiting.has(key)) return null;
    const press = Math.random().toString(36).slice(2);
    waiting.set(key, { press, end: waitFor(node, () => waiting.delete(key), times) });
    return press;
  };
  const answered = (press) => {
    for (const [key, found] of [...waiting]) {
      if (found.press !== press) continue;
      found.end();
      waiting.delete(key);
    }
  };
  const stop = () => {
    for (const { end } of waiting.values()) end();
    waiting.clear();
  };
  return { begin, answered, stop };
}
