/** Search with ranking, highlighting and suggestions. All rules for comparing texts are here.
 *
 * Case and punctuation do not count, and full-width letters count as plain ones: "gpt4o" finds gpt-4o. A
 * search without results suggests a similar name, as `similar_ids.did_you_mean` does in the kernel.
 */

/** A search index, built once rather than for each letter typed. */
export interface Index<T> {
  readonly items: ReadonlyArray<T>;
  /** The searched texts of each item, one per line. */
  readonly texts: ReadonlyArray<string>;
  /** The names of each item, its identifying name first. */
  readonly names: ReadonlyArray<ReadonlyArray<string>>;
}

/** Builds an index of items by their names, and by further texts that do not name them. */
export function indexOf<T>(
  items: ReadonlyArray<T>,
  namesOf: (item: T) => ReadonlyArray<string>,
  moreOf: (item: T) => ReadonlyArray<string | undefined> = () => [],
): Index<T> {
  const names = items.map((item) => {
    const called = namesOf(item);
    const plain = called.map(lettersOf);
    const [id = ""] = called;
    return id.includes("/") ? [...plain, lettersOf(ownName(id))] : plain;
  });
  const texts = items.map((item, place) =>
    [...(names[place] ?? []), ...moreOf(item).map((text) => lettersOf(text ?? ""))].join("\n"),
  );
  return { items, texts, names };
}

/** Returns the words of a query in the form used for comparing, without duplicates. */
export function wordsOf(query: string): ReadonlyArray<string> {
  return [...new Set(query.split(/\s+/).map(lettersOf).filter(Boolean))];
}

/** Returns the items that contain all words of a query, in the order of the index. */
export function search<T>({ items, texts }: Index<T>, query: string): ReadonlyArray<T> {
  const wanted = wordsOf(query);
  if (!wanted.length) return items;
  return items.filter((_, place) => wanted.every((word) => texts[place]?.includes(word)));
}

const EXACT = 0;
const BEGINS = 1;
const HOLDS = 2;
const LONGEST = 1 << 12;
const MOST_ITEMS = 2 ** 30;

/** Returns the items with all words of a query: exact names first, then prefixes, then the shortest. */
export function bestFirst<T>(index: Index<T>, query: string): ReadonlyArray<T> {
  const { items, texts, names } = index;
  const wanted = wordsOf(query);
  if (!wanted.length) return items;
  const whole = lettersOf(query);
  // Each match is one number that sorts by rank, length and place: 10,000 take a millisecond.
  const found: number[] = [];
  for (let place = 0; place < texts.length; place += 1) {
    const text = texts[place] ?? "";
    if (!wanted.every((word) => text.includes(word))) continue;
    const called = names[place] ?? [];
    const rank = called.includes(whole)
      ? EXACT
      : called.some((name) => name.startsWith(whole))
        ? BEGINS
        : HOLDS;
    const length = Math.min(called[0]?.length ?? 0, LONGEST - 1);
    found.push((rank * LONGEST + length) * MOST_ITEMS + place);
  }
  return Array.from(Float64Array.from(found).sort(), (each) => items[each % MOST_ITEMS] as T);
}

/** Returns the places of words in a text as pairs of start and end that do not touch. */
export function marksIn(
  text: string,
  wanted: ReadonlyArray<string>,
): ReadonlyArray<readonly [number, number]> {
  if (!wanted.length) return [];
  const [letters, places] = lettersAt(text);
  const inWord = new Set<number>();
  for (const word of wanted) {
    for (let at = letters.indexOf(word); at >= 0; at = letters.indexOf(word, at + 1)) {
      const [start = 0] = places[at] ?? [];
      const [, end = 0] = places[at + word.length - 1] ?? [];
      for (let place = start; place < end; place += 1) inWord.add(place);
    }
  }
  const found: Array<[number, number]> = [];
  for (const place of [...inWord].sort((a, b) => a - b)) {
    const last = found.at(-1);
    if (last?.[1] === place) last[1] = place + 1;
    else found.push([place, place + 1]);
  }
  return found;
}

// The shortest text that may have one or two typing errors. A very short one may have none: o1 is not o3.
const FEWEST_FOR_ONE_SLIP = 5;
const FEWEST_FOR_TWO_SLIPS = 10;

/** Returns the item whose name was probably meant. The kernel follows the same rules. */
export function didYouMean<T>({ items, names }: Index<T>, typed: string): T | undefined {
  const wanted = lettersOf(typed);
  if (!wanted) return undefined;
  const own = lettersOf(ownName(typed));
  const digits = digitsOf(wanted);
  const most = Number(wanted.length >= FEWEST_FOR_ONE_SLIP) + Number(wanted.length >= FEWEST_FOR_TWO_SLIPS);
  let best: readonly [slips: number, length: number, place: number] | undefined;
  names.forEach((called, place) => {
    const length = called[0]?.length ?? 0;
    let slips = called[0] === own ? 0 : most + 1; // 0 if typed with a vendor's name but listed without
    for (const name of called) {
      if (!slips) break;
      if (name === wanted) slips = 0;
      else if (Math.abs(name.length - wanted.length) <= most && digitsOf(name) === digits)
        slips = Math.min(slips, slipsBetween(wanted, name, most));
    }
    if (slips > most) return;
    if (!best || slips < best[0] || (slips === best[0] && length < best[1])) best = [slips, length, place];
  });
  return best && items[best[2]];
}

/** Returns the letters and digits of a text, in lower case. */
function lettersOf(text: string): string {
  if (/^[ -~]*$/.test(text)) return text.toLowerCase().replace(/[^a-z0-9]+/g, "");
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "");
}

/** Returns the letters and digits of a text, and the place of each one in it. */
function lettersAt(text: string): readonly [string, ReadonlyArray<readonly [number, number]>] {
  let letters = "";
  const places: Array<readonly [number, number]> = [];
  let start = 0;
  for (const character of text) {
    const end = start + character.length;
    const own = lettersOf(character);
    for (let count = own.length; count > 0; count -= 1) places.push([start, end]);
    letters += own;
    start = end;
  }
  return [letters, places];
}

/** Returns an id without everything up to its last slash, where the vendor's name is. */
function ownName(id: string): string {
  return id.slice(id.lastIndexOf("/") + 1);
}

function digitsOf(text: string): string {
  return text.replace(/\P{N}+/gu, "");
}

/** Returns the edit distance with transpositions (optimal string alignment), capped at `most + 1`. */
function slipsBetween(one: string, other: string, most: number): number {
  let before: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row += 1) {
    const now = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const same = one[row - 1] === other[column - 1];
      let cost = Math.min(
        (last[column] ?? 0) + 1,
        (now[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + Number(!same),
      );
      if (row > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1])
        cost = Math.min(cost, (before[column - 2] ?? 0) + 1);
      now.push(cost);
    }
    if (Math.min(...now) > most) return most + 1;
    before = last;
    last = now;
  }
  return last[other.length] ?? 0;
}
