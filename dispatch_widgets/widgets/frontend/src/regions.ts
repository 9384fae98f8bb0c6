/** Names of the panels in a page, for screen readers: no two are called the same. */

const NAME = "Dispatch";

/** One set for a page: each widget has a bundle of its own. */
const SHARED = Symbol.for("dispatch-widgets.regions");

/** The first name that no other panel of the page has, and how to give it back. */
export function takeRegionName(): { readonly name: string; readonly release: () => void } {
  const shared = globalThis as unknown as Record<symbol, Set<string> | undefined>;
  const taken = shared[SHARED] ?? new Set<string>();
  shared[SHARED] = taken;
  let name = NAME;
  for (let number = 2; taken.has(name); number += 1) name = `${NAME} ${number}`;
  taken.add(name);
  return { name, release: () => taken.delete(name) };
}
