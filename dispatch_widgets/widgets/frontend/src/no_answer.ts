/** The messages for a kernel that does not answer. */

export const NO_KERNEL = "No kernel is behind this panel. Run its cell again.";
export const BUSY = "The kernel is busy. It does this next.";
export const SILENT = "The kernel has not answered. If it was restarted, run the cell again.";
