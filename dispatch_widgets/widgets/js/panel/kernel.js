// Whether the kernel that a panel was made by is still there. A kernel that was restarted leaves signs of its
// own at every widget; of one that was shut down, or exchanged for another, nothing is said.

/** What the style sheet shows above such a panel (own_widgets.css). */
export const NO_KERNEL = "No kernel is behind this panel. Run its cell again.";

const LOOK_MS = 500;

/** Looks at a widget manager's kernel: isGone() is whether the one that was there first is there no more.
 * Where a page does not tell what its kernel is, nothing is gone. */
export function kernelOf(manager) {
  const now = () => manager?.kernel ?? null;
  let first = now()?.id;
  return {
    isGone: () => {
      const kernel = now();
      first ??= kernel?.id;
      if (!first) return false;
      return kernel?.id !== first || Boolean(kernel.isDisposed) || kernel.status === "dead";
    },
  };
}

/** Calls changed(isGone) whenever that changes; returns how to stop. */
export function watchKernel(manager, changed) {
  const kernel = kernelOf(manager);
  let was = false;
  const timer = setInterval(() => {
    if (kernel.isGone() === was) return;
    was = !was;
    changed(was);
  }, LOOK_MS);
  return () => clearInterval(timer);
}
