/** Whether the kernel that a panel was made by is still there, as far as the host says. */
import type { Model } from "./host.ts";

/**
 * Calls back with whether it is gone, at once and when that has changed; returns how to stop.
 *
 * A restart is told by ipywidgets, the end of a kernel and its exchange for another by JupyterLab. marimo and others
 * tell nothing: there a press without a reply has to say it.
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
    if (gone === told) return; // the status changes twice with each message
    told = gone;
    changed(gone);
  };
  const onCut = (): void => {
    cut = true; // seen to come for a loss only
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
