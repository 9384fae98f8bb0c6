// What a pasted or typed key becomes, and which addresses may be links. Pure.

/** A pasted or typed text as a key: trimmed, with what there is to say about it. */
export function tidySecret(text) {
  const value = text.trim();
  if (/[\s\u0085]/.test(value)) {
    return { value: "", problem: "The key has a space or line break inside. Paste it again.", said: "" };
  }
  const said = value === text ? "" : "Blanks around the key were taken away.";
  return { value, problem: "", said };
}

/** Whether an address may be a link here. */
export function isWebAddress(address) {
  try {
    return ["http:", "https:"].includes(new URL(address).protocol);
  } catch {
    return false;
  }
}
