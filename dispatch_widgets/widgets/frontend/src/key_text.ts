/** A pasted text on its way into a key's field. The kernel strips quotes, `export NAME=` and the like. */
export interface PastedKey {
  readonly value: string;
  readonly said: string;
  readonly problem: string;
}

export function pastedKey(text: string): PastedKey {
  const value = text.trim();
  // The browser would silently join the lines.
  if (/[\n\r\u0085\u2028\u2029]/.test(value)) {
    return { value: "", said: "", problem: "The key has a line break inside. Paste it again." };
  }
  return { value, said: value === text ? "" : "Blanks around the key were taken away.", problem: "" };
}
