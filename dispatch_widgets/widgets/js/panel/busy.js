// Beside a button that has waited for long: that the kernel is busy.
import { h } from "../shared/elements.js";
import { isShown } from "../shared/focus.js";

const WORDS = "The kernel is busy. It does this next.";
const LOOK_MS = 200;

/** Opens a place for the words in a panel's helper: say(node) shows them at the node as long as it waits. */
export function openBusyWords(el, sayAloud) {
  const words = h("div", { class: "dw-kernel-busy", "aria-hidden": "true", hidden: true }, WORDS);
  let timer = 0;
  el.append(words);

  const place = (node, panel) => {
    const [at, all, from] = [node, panel, el].map((each) => each.getBoundingClientRect());
    const { width, height } = words.getBoundingClientRect();
    const left = Math.max(all.left, Math.min(at.left, all.right - width - 4)); // in the panel, which cuts
    const below = at.bottom + 4;
    const top = below + height < all.bottom ? below : at.top - height - 4;
    words.style.left = `${left - from.left}px`;
    words.style.top = `${top - from.top}px`;
  };
  const stop = () => {
    clearInterval(timer);
    words.hidden = true;
  };
  const say = (node, panel) => {
    stop();
    words.hidden = false;
    place(node, panel);
    sayAloud(WORDS);
    timer = setInterval(() => {
      if (node.getAttribute("aria-busy") !== "true" || !isShown(node)) stop();
      else place(node, panel);
    }, LOOK_MS);
  };
  return { say, stop };
}
