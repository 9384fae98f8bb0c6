/** Widens JupyterLab's side panel once: it opens 250 px wide, and a widget has no API to ask for more. */

const USEFUL_PX = 400;
/** The largest share of the window's width, so that the notebook beside it does not become too narrow. */
const MOST = 0.4;

/** Drags the edge of the side panel around a node, as with a mouse, if the panel is too narrow. */
export function widenAtSide(node: Element): void {
  const side = node.closest(".jupyterlab-sidecar")?.closest(".lm-SplitPanel-child");
  const { left = 0, width = 0 } = side?.getBoundingClientRect() ?? {};
  const missing = Math.min(USEFUL_PX, MOST * window.innerWidth) - width;
  const handles = [...(side?.parentElement?.querySelectorAll(":scope > .lm-SplitPanel-handle") ?? [])];
  const edge = handles.find((each) => {
    const box = each.getBoundingClientRect();
    return box.height > 0 && box.left <= left && box.right >= left - 1;
  });
  if (!width || missing <= 0 || !edge) return;
  const clientY = edge.getBoundingClientRect().top + 1;
  for (const [type, clientX] of [
    ["pointerdown", left],
    ["pointermove", left - missing],
    ["pointerup", left - missing],
  ] as const) {
    edge.dispatchEvent(
      new PointerEvent(type, { bubbles: true, cancelable: true, button: 0, clientX, clientY }),
    );
  }
}

/** Calls `widenAtSide` once the node has a width, then `done`; returns a function that cancels it. */
export function widenOnceShown(node: Element, done: () => void): () => void {
  const watch = new ResizeObserver(() => {
    if (node.getBoundingClientRect().width === 0) return;
    watch.disconnect();
    widenAtSide(node);
    done();
  });
  watch.observe(node);
  return () => watch.disconnect();
}
