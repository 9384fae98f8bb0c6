/** Sentences of the view with what only the page knows put in. */

const numbers = new Intl.NumberFormat("en-US"); // made once: that is what takes its time

/** The words with each name in braces replaced; numbers are written as 5,000. */
export function put(words: string, values: Readonly<Record<string, string | number>>): string {
  return words.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return typeof value === "number" ? numbers.format(value) : (value ?? whole);
  });
}
