/** The height that a page gives to what is in it: that of what scrolls around it. */

const SCROLLS = /auto|scroll/;
const PROBE_PX = 99;

function scrollersAround(node: Element): HTMLElement[] {
  const found: HTMLElement[] = [];
  for (let each = node.parentElement; each; each = each.parentElement)
    if (SCROLLS.test(getComputedStyle(each).overflowY)) found.push(each);
  return found;
}

/** What scrolls around a node and does not grow with it: in JupyterLab a notebook, but no output of its cells. */
export function fixedAround(node: HTMLElement): ReadonlyArray<HTMLElement> {
  const found = scrollersAround(node);
  const before = found.map((each) => each.clientHeight);
  node.style.marginBottom = `${PROBE_PX}px`;
  const fixed = found.filter((each, place) => each.clientHeight > 0 && each.clientHeight === before[place]);
  node.style.marginBottom = "";
  return fixed;
}

/** The height, in pixels; an inner frame that grows with its content has no more than the screen. */
export function givenHeight(fixed: ReadonlyArray<HTMLElement>): number {
  return Math.min(innerHeight, screen.availHeight, ...fixed.map((each) => each.clientHeight));
}
