/** Tracks the user's last gesture: an answer moves the focus only if there was no gesture since (SEC-9). */
import { isField } from "./focus.ts";

/** The key of the page's gesture count, shared by the bundles of all widgets. */
const SHARED = Symbol.for("dispatch-widgets.gestures");
const MODIFIERS = new Set(["Alt", "AltGraph", "CapsLock", "Control", "Fn", "Meta", "NumLock", "Shift"]);

interface Gestures {
  readonly page: string;
  count: number;
  pressed: string;
  held: string;
  moving: boolean;
  asked: number;
}

/** Whether an event is a new gesture: not a held key, a press of a busy button or a focus move of our own. */
export function isGesture(event: Event, moving: boolean): boolean {
  const target = event.target as Element | null;
  if (event.type === "focusin") return !moving && isField(target);
  const { key, repeat } = event as KeyboardEvent;
  if (event.type === "keydown" && (repeat || MODIFIERS.has(key))) return false;
  const presses = event.type === "pointerdown" || key === "Enter" || key === " ";
  return !presses || !target?.closest?.("button[aria-busy=true]");
}

function gestures(): Gestures {
  const shared = globalThis as unknown as Record<symbol, Gestures | undefined>;
  const there = shared[SHARED];
  if (there) return there;
  const page = Math.random().toString(36).slice(2);
  const made: Gestures = { page, count: 0, pressed: "", held: "", moving: false, asked: 0 };
  const heard = (event: Event): void => {
    if (isGesture(event, made.moving)) made.count += 1;
  };
  // focusin and input catch what reaches a field without keys, such as dictation or a browser menu.
  for (const name of ["pointerdown", "keydown", "focusin", "input"])
    document.addEventListener(name, heard, true);
  shared[SHARED] = made;
  return made;
}

/** Returns the id of the user's last gesture in this page. */
export function lastGesture(): string {
  const { page, count } = gestures();
  return `${page}:${count}`;
}

/** Moves the focus without counting it as a gesture. */
export function moveFocus(node: HTMLElement): void {
  const state = gestures();
  state.moving = true;
  node.focus();
  state.moving = false;
}
