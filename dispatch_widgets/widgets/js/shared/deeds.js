// What the person did last in this page. A press names it to Python, and what Python sends back names what it
// answers: so the focus is moved for the last deed alone, and a key is given by the window where Save was pressed.
import { isField } from "./focus.js";

const SHARED = Symbol.for("dispatch-widgets.deeds"); // each widget has a copy of this module, the page one count
const MODIFIERS = new Set(["Alt", "AltGraph", "CapsLock", "Control", "Fn", "Meta", "NumLock", "Shift"]);

/** Whether an event is a new deed: no slip, no second press of what waits already, no move of our own. */
export function isDeed(event, moving = false) {
  if (event.type === "focusin") return !moving && isField(event.target);
  if (event.type === "keydown" && (event.repeat || MODIFIERS.has(event.key))) return false;
  return event.type === "input" || !event.target.closest?.("button[aria-busy=true]");
}

function deeds() {
  if (globalThis[SHARED]) return globalThis[SHARED];
  const state = { page: Math.random().toString(36).slice(2), count: 0, held: "", moving: false, asked: 0 };
  const onEvent = (event) => {
    if (isDeed(event, state.moving)) state.count += 1;
  };
  // focusin and input: what gets into a field by other ways than keys, from dictation to a browser's own menu.
  for (const name of ["pointerdown", "keydown", "focusin", "input"])
    document.addEventListener(name, onEvent, true);
  globalThis[SHARED] = state;
  return state;
}

/** The name of the person's last deed in this page. */
export function lastDeed() {
  const { page, count, held } = deeds();
  return held || `${page}:${count}`;
}

/** Does what was held back, in the name of the deed that it was asked by. */
export function inNameOf(deed, work) {
  const state = deeds();
  state.held = deed;
  try {
    work();
  } finally {
    state.held = "";
  }
}

/** Whether something is asked of this page: because of a deed here, or of none that is known. */
export function isForThisPage(deed) {
  return !deed || deed.startsWith(`${deeds().page}:`);
}

/** Whether the focus may still move because of a deed; code that names none moves it out of no field. */
function mayMove(deed) {
  return deed ? deed === lastDeed() : !isField(document.activeElement);
}

/** Moves the focus in answer to a deed. attempt() says whether it did; it is tried every 50 ms, a second at
 * most, since what is to get the focus is often on its way, and not after the person did something else. */
export function answerWithFocus(deed, attempt) {
  const state = deeds();
  state.asked += 1;
  const mine = state.asked; // the last request counts
  const work = (tries) => {
    if (state.asked !== mine || !mayMove(deed)) return;
    state.moving = true;
    const moved = attempt();
    state.moving = false;
    if (!moved && tries > 0) setTimeout(work, 50, tries - 1);
  };
  work(20);
}
