/** Long ids lose their middle where there is no room, never their end. */

const TAIL = 24;
const END = 12; // of the tail what goes last of all: a date with the words before it
const HEAD = 7; // at least: of a shorter one only its dots would be left
const SHORT = 14; // has room everywhere

/** An id in parts: what gives way first, what next, and what stays; the first two may be empty. */
export function splitId(id: string): readonly [string, string, string] {
  if (id.length <= SHORT) return ["", "", id];
  // Not through a surrogate pair.
  const whole = (cut: number): number => cut + Number(/[\udc00-\udfff]/.test(id[cut] ?? ""));
  const slash = id.lastIndexOf("/");
  const part = slash > 0 ? id.length - slash : 0;
  const tail = part > 1 && part <= TAIL ? slash : id.length - TAIL;
  const head = whole(Math.min(Math.max(tail, HEAD), id.length - 1));
  const end = whole(Math.max(head, id.length - END));
  return [id.slice(0, head), id.slice(head, end), id.slice(end)];
}
