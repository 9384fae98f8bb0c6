/** Unique names of the panels in a page, for screen readers. */

const NAME = "Dispatch";

/** The key of the page's set of names, shared by the bundles of all widgets. */
const SHARED = Symbol.for("dispatch-widgets.regions");

/** Takes the first free name; returns it with a function that releases it. */
export function takeRegionName(): { readonly name: string; readonly release: () => void } {
  const shared = globalThis as unknown as Record<symbol, Set<string> | undefined>;
  const taken = shared[SHARED] ?? new Set<string>();
  shared[SHARED] = taken;
  let name = NAME;
  for (let number = 2; taken.has(name); number += 1) name = `${NAME} ${number}`;
  taken.add(name);
  return { name, release: () => taken.delete(name) };
}
