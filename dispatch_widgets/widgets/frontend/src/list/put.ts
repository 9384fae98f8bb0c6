/** Fills values that only the page knows into the view's sentences. */

const numbers = new Intl.NumberFormat("en-US"); // made once, as making it is slow

/** Replaces each name in braces with its value; numbers are written as 5,000. */
export function put(words: string, values: Readonly<Record<string, string | number>>): string {
  return words.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return typeof value === "number" ? numbers.format(value) : (value ?? whole);
  });
}
