/** Copying to the clipboard. */

function copyTheOldWay(text: string): boolean {
  const field = document.createElement("textarea");
  const focused = document.activeElement as HTMLElement | null;
  field.value = text;
  field.style.cssText = "position:fixed;opacity:0";
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  focused?.focus();
  return done;
}

/** Copies a text to the clipboard; returns whether that worked. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyTheOldWay(text); // no permission, or not a secure context
  }
}

/** Joins the ids in a copied text again. Each id is given as the parts that it is drawn in. */
export function withWholeIds(text: string, ids: ReadonlyArray<ReadonlyArray<string>>): string {
  return ids.reduce((copied, parts) => {
    const drawn = parts.map((part) => part.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&")).join("\\n*");
    return copied.replace(new RegExp(drawn, "g"), () => parts.join(""));
  }, text);
}

/** Copies ids whole. They are drawn in parts, and the browser would put each part on a line of its own. */
export function copyWholeIds(event: ClipboardEvent): void {
  const selection = document.getSelection();
  const node = selection?.rangeCount ? selection.getRangeAt(0).commonAncestorContainer : null;
  const within = node instanceof Element ? node : node?.parentElement;
  const text = selection?.toString();
  if (!within || !text || !event.clipboardData) return;
  const ids = [...within.querySelectorAll(".dp-id")].map((id) =>
    [...id.querySelectorAll(".dp-id-head, .dp-id-middle, :scope > span:last-child")].map(
      (part) => part.textContent ?? "",
    ),
  );
  const isInOne = within.closest(".dp-id") !== null;
  if (!isInOne && !ids.length) return;
  event.clipboardData.setData("text/plain", isInOne ? text.replaceAll("\n", "") : withWholeIds(text, ids));
  event.preventDefault();
}
