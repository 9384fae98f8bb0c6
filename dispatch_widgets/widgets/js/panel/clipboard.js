// The clipboard.

function copyTheOldWay(text) {
  const field = document.createElement("textarea");
  const focused = document.activeElement;
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

/** Ids are drawn in parts, which a copied selection would put on a line each: copies them whole. */
export function copyWholeIds(event) {
  const selection = document.getSelection();
  if (!selection?.rangeCount || !selection.toString()) return;
  const { commonAncestorContainer: node } = selection.getRangeAt(0);
  const within = node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
  const inOne = within.closest(".dw-id");
  let text = selection.toString();
  if (inOne) text = text.replaceAll("\n", "");
  for (const id of inOne ? [] : within.querySelectorAll(".dw-id")) {
    const drawn = [...id.children].map((part) => part.textContent).join("\n");
    const parts = id.querySelectorAll(":scope > span:not(.dw-id-start), .dw-id-start > span");
    const inParts = [...parts].map((part) => part.textContent);
    text = text.replaceAll(inParts.join("\n"), id.textContent).replaceAll(drawn, id.textContent);
  }
  event.clipboardData.setData("text/plain", text);
  event.preventDefault();
}

/** Puts a text on the clipboard; says whether that worked. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyTheOldWay(text); // no permission, or no secure page
  }
}
