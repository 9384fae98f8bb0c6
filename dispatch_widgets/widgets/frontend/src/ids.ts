/** Splits long ids for display, so that they lose their middle where room is short, never their end. */

const TAIL = 24;
const END = 12; // the end of the tail, cut last of all: a date and the words before it
const HEAD = 7; // the shortest head: cut any shorter, only the dots would be left of it
const SHORT = 14; // an id of this length fits everywhere

/** Splits an id into what is cut first, what is cut next (both may be empty), and the end. */
export function splitId(id: string): readonly [string, string, string] {
  if (id.length <= SHORT) return ["", "", id];
  // Never splits a surrogate pair.
  const whole = (cut: number): number => cut + Number(/[\udc00-\udfff]/.test(id[cut] ?? ""));
  const slash = id.lastIndexOf("/");
  const part = slash > 0 ? id.length - slash : 0;
  const tail = part > 1 && part <= TAIL ? slash : id.length - TAIL;
  const head = whole(Math.min(Math.max(tail, HEAD), id.length - 1));
  const end = whole(Math.max(head, id.length - END));
  return [id.slice(0, head), id.slice(head, end), id.slice(end)];
}
