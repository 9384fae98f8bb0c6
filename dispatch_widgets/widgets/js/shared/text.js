// Texts from outside as they may be shown. Pure.

const TAIL = 24;
const END = 12; // of the tail what goes last of all: a date with the words before it
const HEAD = 7; // at least: of a shorter one only its dots would be left
const SHORT_ID = 14; // has room everywhere
const LONGEST_SHOWN = 2000;

// Control characters, marks that turn the reading direction, and characters without a width.
// The two joiners (U+200C, U+200D) stay: scripts and emoji need them.
const UNSEEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

// Hebrew, Arabic and the other scripts that are written from right to left.
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** A text from outside as it may be shown: one line, nothing invisible, of bounded length. */
export function clean(text) {
  const shown = String(text ?? "")
    .replace(/[\t\r\n\u2028\u2029]+/g, " ")
    .replace(UNSEEN, "");
  return shown.length > LONGEST_SHOWN ? `${shown.slice(0, LONGEST_SHOWN)}…` : shown;
}

/** Whether a text could turn the order of what stands beside it. */
export function turns(text) {
  return RIGHT_TO_LEFT.test(text);
}

/** Whether a text is one word that is longer than words are. */
export function isLongWord(text) {
  return /^\S{25,}$/.test(text);
}

/** An id as [head, middle, end]. Where it has not enough room the head is cut, and where little room is to be
 * expected (see text.css) head and middle as one. Middle and end are its last part, or its last 24 characters
 * if that is longer. */
export function splitId(id) {
  if (id.length <= SHORT_ID) return ["", "", id];
  const whole = (cut) => cut + Number(/[\udc00-\udfff]/.test(id[cut] ?? "")); // not through a surrogate pair
  const slash = id.lastIndexOf("/");
  const part = slash > 0 ? id.length - slash : 0;
  const tail = part > 1 && part <= TAIL ? slash : id.length - TAIL;
  const head = whole(Math.min(Math.max(tail, HEAD), id.length - 1));
  const end = whole(Math.max(head, id.length - END));
  return [id.slice(0, head), id.slice(head, end), id.slice(end)];
}

/** The words of a search, each once. */
export function words(query) {
  return [...new Set(clean(query).toLowerCase().split(/\s+/).filter(Boolean))];
}

/** Where any of the words stands in a text, as merged [start, end] pairs. */
export function findWords(text, wanted) {
  if (!wanted.length) return [];
  const longestFirst = [...wanted].sort((a, b) => b.length - a.length);
  const pattern = longestFirst.map((word) => word.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&")).join("|");
  const found = [];
  for (const match of text.matchAll(new RegExp(pattern, "gi"))) {
    const last = found.at(-1);
    if (last && last[1] === match.index) last[1] += match[0].length;
    else found.push([match.index, match.index + match[0].length]);
  }
  return found;
}

/** The marks of a text as those of each of the parts that it was cut into. */
export function marksOfParts(marks, parts) {
  let from = 0;
  return parts.map((part) => {
    const start = from;
    from += part.length;
    const within = (place) => Math.min(Math.max(place - start, 0), part.length);
    return marks.map((mark) => mark.map(within)).filter(([first, last]) => first < last);
  });
}

/** The text of a Rich: a text, a run or a list of both. */
export function plain(value) {
  if (Array.isArray(value)) return value.map(plain).join("");
  return typeof value === "object" && value !== null ? (value.text ?? "") : String(value ?? "");
}

const numbers = new Intl.NumberFormat("en-US"); // made once: that is what takes its time

/** A number as the panels write it: 5,000. */
export function grouped(number) {
  return numbers.format(number);
}
