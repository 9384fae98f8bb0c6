// A component without a panel around it: it brings the panel's looks along.
import { h } from "./elements.js";

const STYLES = "dispatch-widgets-css";

/** Gives the node that stands for the panel its classes and, if no panel did, the page its style sheet. */
function dress(model, el, root) {
  if (!el.isConnected || el.parentElement.closest(".dw-panel")) return;
  root().classList.add("dw-panel", "dw-alone");
  if (getComputedStyle(el).getPropertyValue("--dw-row-h") || document.getElementById(STYLES)) return;
  const style = h("style", { id: STYLES });
  document.head.append(style);
  const onStyles = (message) => {
    if (message?.kind !== "styles") return;
    style.textContent = message.css;
    model.off("msg:custom", onStyles);
  };
  model.on("msg:custom", onStyles);
  model.send({ kind: "styles" });
}

/** Looks after a component that may stand alone, from when it is in the page on; returns how to stop. */
export function standAlone(model, el, root = () => el) {
  const attached = new ResizeObserver(() => dress(model, el, root));
  attached.observe(el);
  return () => attached.disconnect();
}
