/** JupyterLab opens what stands at its side 250 px wide, and lets no widget say how wide: the edge is drawn out once. */

const USEFUL_PX = 400;
/** Of the window: the notebook beside it must not become the narrow one. */
const MOST = 0.4;

/** Draws out the edge of the side panel that a node is in, as a person does by the mouse, if it is too narrow. */
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

/** Does that as soon as the node has a place, once; returns how to do it no more. */
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
