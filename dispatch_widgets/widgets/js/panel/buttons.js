// Core buttons: pressed again while the kernel has not come to the first press, they do nothing more.

const CORE = ".widget-button"; // not a toggle: it changes in the page already

/** Lets each core button be pressed once until the kernel has answered; ask(press) puts a question to it
 * that is answered behind the press. */
export function oncePerAnswer(ask) {
  const waiting = new Map(); // press -> button
  const onClick = (event) => {
    const button = event.target.closest?.(CORE);
    if (!button) return;
    if ([...waiting.values()].includes(button)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    const press = Math.random().toString(36).slice(2);
    waiting.set(press, button);
    button.setAttribute("aria-busy", "true");
    setTimeout(ask, 0, press); // behind the message of the press itself
  };
  const onAnswer = (press) => {
    waiting.get(press)?.removeAttribute("aria-busy");
    waiting.delete(press);
  };
  return { onClick, onAnswer };
}
