/** The clipboard. */

function copyTheOldWay(text: string): boolean {
  const field = document.createElement("textarea");
  const focused = document.activeElement as HTMLElement | null;
  field.value = text;
  field.style.position = "fixed";
  field.style.opacity = "0";
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  focused?.focus();
  return done;
}

/** Puts a text on the clipboard; says whether that worked. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyTheOldWay(text); // no permission, or no secure page
  }
}

/** A text in which each id, given in the parts that it is drawn in, stands in one piece again. */
export function withWholeIds(text: string, ids: ReadonlyArray<ReadonlyArray<string>>): string {
  return ids.reduce((copied, parts) => {
    const drawn = parts.map((part) => part.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&")).join("\\n*");
    return copied.replace(new RegExp(drawn, "g"), () => parts.join(""));
  }, text);
}

/** Ids are drawn in parts, which a copied selection would put on a line each: copies them whole. */
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
