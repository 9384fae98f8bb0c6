// Core buttons: pressed again while the kernel has not come to the first press, they do nothing more.
import { openPresses } from "../shared/waiting.js";

const CORE = ".widget-button"; // not a toggle: it changes in the page already

/** Whether a node is, or stands in, a core button. */
export function isCore(node) {
  return Boolean(node.closest?.(CORE));
}

/** Lets each core button be pressed once until the kernel has answered; ask(press) puts a question to it
 * that is answered behind the press. */
export function oncePerAnswer(ask, times) {
  const presses = openPresses(times);
  const onClick = (event) => {
    const button = event.target.closest?.(CORE);
    if (!button) return;
    const press = presses.begin(button, button);
    if (press) {
      setTimeout(ask, 0, press); // behind the message of the press itself
    } else {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  };
  return { onClick, onAnswer: presses.answered, stop: presses.stop };
}
