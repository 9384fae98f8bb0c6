/** What a pasted text becomes in a key's field. Quotes, `export NAME=` and the like are the kernel's to take off. */
export interface PastedKey {
  readonly value: string;
  readonly said: string;
  readonly problem: string;
}

export function pastedKey(text: string): PastedKey {
  const value = text.trim();
  // The browser would join the lines without a word.
  if (/[\n\r\u0085\u2028\u2029]/.test(value)) {
    return { value: "", said: "", problem: "The key has a line break inside. Paste it again." };
  }
  return { value, said: value === text ? "" : "Blanks around the key were taken away.", problem: "" };
}
