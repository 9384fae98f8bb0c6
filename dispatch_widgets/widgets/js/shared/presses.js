// Which presses of a button are meant. A slip of the hand is the second click of a double click, and the
// auto-repeat of a key that is held down; a second press later on is a press.

// These change something to and fro in the page itself: each click counts.
const TO_AND_FRO = "[aria-pressed], [aria-expanded], [role], .widget-toggle-button";

/** Whether a click or a key on something that acts is a slip. */
export function isSlip(event) {
  return event.type === "click" ? event.detail > 1 : Boolean(event.repeat);
}

/** Keeps slips from every button below a node; returns how to stop. */
export function ignoreSlips(root) {
  const onEvent = (event) => {
    if (!isSlip(event) || (event.type === "keydown" && event.key !== "Enter" && event.key !== " ")) return;
    const pressed = event.target.closest?.("button");
    if (!pressed || pressed.matches(TO_AND_FRO)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  root.addEventListener("click", onEvent, true);
  root.addEventListener("keydown", onEvent, true);
  return () => {
    root.removeEventListener("click", onEvent, true);
    root.removeEventListener("keydown", onEvent, true);
  };
}
