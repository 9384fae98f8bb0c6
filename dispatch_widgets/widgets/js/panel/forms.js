// Forms of core widgets: Enter saves, Escape goes back, and a press of Save waits for what was typed.
import { inNameOf, lastGesture } from "../shared/gestures.js";
import { waitFor } from "../shared/waiting.js";

const PRIMARY = ".dw-form-foot .mod-primary";
const ANSWERS = 2;

/** What a key does in a form: "save", "back", or nothing. Pure. */
export function formKey(event) {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey)
    return null;
  if (event.key === "Escape") return "back";
  const type = (event.target.type ?? "").toLowerCase();
  const isField = event.target.tagName === "INPUT" && !["button", "submit", "reset", "file"].includes(type);
  return event.key === "Enter" && !event.shiftKey && isField ? "save" : null;
}

/** Presses the form's buttons for the keys in its fields. */
export function onFormKey(event) {
  const form = event.target.closest(".dw-itemlist") ? null : event.target.closest(".dw-form");
  const meaning = form && formKey(event);
  if (!meaning) return;
  const target = form.querySelector(meaning === "save" ? PRIMARY : ".dw-form-head button");
  if (!target) return;
  event.preventDefault();
  event.stopPropagation();
  if (!event.repeat) target.click(); // of a disabled button nothing comes
}

/** Holds a press of Save until all that was typed before is on its way.
 *
 * Core fields hold back what is typed until the kernel has taken what was typed before; a press of a button
 * overtakes it, and a busy kernel would save half a name. So the press waits until the kernel has answered
 * twice: after the first answer the rest of what was typed is sent, and the second says that the kernel got
 * beyond it (which may handle messages in one thread at first, in another later).
 */
export function holdSave(ask) {
  let held = null;
  let answers = 0;
  let released = null;
  let gesture = "";
  let end = null;
  const onClick = (event) => {
    const button = event.target.closest?.(`.dw-form ${PRIMARY}`);
    if (!button || button === released) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (held?.isConnected) return;
    held = button;
    gesture = lastGesture();
    answers = 0;
    end = waitFor(held, () => {
      held = null;
    });
    ask();
  };
  const onAnswer = () => {
    if (!held) return;
    answers += 1;
    if (answers < ANSWERS) {
      ask();
      return;
    }
    released = held;
    held = null;
    end();
    inNameOf(gesture, () => released.click());
    released = null;
  };
  return { onClick, onAnswer };
}
