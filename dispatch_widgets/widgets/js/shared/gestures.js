// What the person did last in this page. What Python sends back names the page or the gesture that it answers
// (_gestures.py): so the focus moves for the last gesture alone, and a key comes from the window where Save was pressed.
import { isField } from "./focus.js";

const SHARED = Symbol.for("dispatch-widgets.gestures"); // each widget has a copy of this module, the page one count
const MODIFIERS = new Set(["Alt", "AltGraph", "CapsLock", "Control", "Fn", "Meta", "NumLock", "Shift"]);

/** Whether an event is a new gesture: no slip, no second press of what waits already, no move of our own. */
export function isGesture(event, moving = false) {
  if (event.type === "focusin") return !moving && isField(event.target);
  if (event.type === "keydown" && (event.repeat || MODIFIERS.has(event.key))) return false;
  const presses = event.type === "pointerdown" || event.key === "Enter" || event.key === " ";
  return !presses || !event.target.closest?.("button[aria-busy=true]");
}

function gestures() {
  if (globalThis[SHARED]) return globalThis[SHARED];
  const page = Math.random().toString(36).slice(2);
  const state = { page, count: 0, pressed: "", held: "", moving: false, asked: 0 };
  const onEvent = (event) => {
    if (isGesture(event, state.moving)) state.count += 1;
  };
  // focusin and input: what gets into a field by other ways than keys, from dictation to a browser's own menu.
  for (const name of ["pointerdown", "keydown", "focusin", "input"])
    document.addEventListener(name, onEvent, true);
  globalThis[SHARED] = state;
  return state;
}

/** The name of this page. */
export function thisPage() {
  return gestures().page;
}

/** The name of the person's last gesture in this page. */
export function lastGesture() {
  const { page, count, held } = gestures();
  return held || `${page}:${count}`;
}

/** Does what was held back, in the name of the gesture that it was asked by. */
export function inNameOf(gesture, work) {
  const state = gestures();
  state.held = gesture;
  try {
    work();
  } finally {
    state.held = "";
  }
}

/** Remembers that the last gesture was a press of a core button, which cannot name itself to Python. */
export function markPress() {
  gestures().pressed = lastGesture();
}

/** The name of the last gesture that pressed a core button. */
export function lastPress() {
  return gestures().pressed;
}

/** Whether something is asked of this page, or of any page because code has asked. */
export function isForThisPage(gesture) {
  return !gesture || gesture.split(":")[0] === thisPage();
}

/** Whether the focus may still move because of a gesture, or of what was pressed last in a page; code, which names
 * neither, moves it out of no field. */
function mayMove(gesture) {
  if (!gesture) return !isField(document.activeElement);
  return lastGesture() === (gesture === thisPage() ? lastPress() : gesture);
}

/** Moves the focus in answer to a gesture. attempt() says whether it did; it is tried every 50 ms, a second at
 * most, since what is to get the focus is often on its way, and not after the person did something else. */
export function answerWithFocus(gesture, attempt) {
  const state = gestures();
  state.asked += 1;
  const mine = state.asked; // the last request counts
  const work = (tries) => {
    if (state.asked !== mine || !mayMove(gesture)) return;
    state.moving = true;
    const moved = attempt();
    state.moving = false;
    if (!moved && tries > 0) setTimeout(work, 50, tries - 1);
  };
  work(20);
}
