/** Watches whether a panel's kernel is still there, as far as the host tells. */
import type { Model } from "./host.ts";

/**
 * Reports whether the kernel is gone, at once and on each change; returns a function that stops it.
 *
 * ipywidgets reports a restart, JupyterLab the end of a kernel or a switch to another one. marimo and other
 * hosts report nothing: there it shows only when a press gets no reply.
 */
export function watchKernel(
  model: Model,
  disconnected: boolean,
  changed: (gone: boolean) => void,
): () => void {
  const kernel = model.widget_manager?.kernel;
  let cut = disconnected;
  let told: boolean | undefined;
  const look = (): void => {
    const gone = cut || Boolean(kernel && (kernel.isDisposed || kernel.status === "dead"));
    if (gone === told) return; // the kernel's status changes twice with each message
    told = gone;
    changed(gone);
  };
  const onCut = (): void => {
    cut = true; // in practice this event comes only when the connection is lost
    look();
  };
  model.on("comm_live_update", onCut);
  kernel?.statusChanged?.connect(look);
  kernel?.disposed?.connect(look);
  look();
  return () => {
    model.off("comm_live_update", onCut);
    kernel?.statusChanged?.disconnect(look);
    kernel?.disposed?.disconnect(look);
  };
}
