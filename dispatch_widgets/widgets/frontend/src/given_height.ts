/** The height that is available to a panel: that of the scrolling elements around it. */

const SCROLLS = /auto|scroll/;
const PROBE_PX = 99;

function scrollersAround(node: Element): HTMLElement[] {
  const found: HTMLElement[] = [];
  for (let each = node.parentElement; each; each = each.parentElement)
    if (SCROLLS.test(getComputedStyle(each).overflowY)) found.push(each);
  return found;
}

/** Returns the scrolling ancestors that do not grow with a node: JupyterLab's notebook, but no output. */
export function fixedAround(node: HTMLElement): ReadonlyArray<HTMLElement> {
  const found = scrollersAround(node);
  const before = found.map((each) => each.clientHeight);
  node.style.marginBottom = `${PROBE_PX}px`;
  const fixed = found.filter((each, place) => each.clientHeight > 0 && each.clientHeight === before[place]);
  node.style.marginBottom = "";
  return fixed;
}

/** Returns the available height in pixels, at most the screen's: an inner frame may grow with its content. */
export function givenHeight(fixed: ReadonlyArray<HTMLElement>): number {
  return Math.min(innerHeight, screen.availHeight, ...fixed.map((each) => each.clientHeight));
}
