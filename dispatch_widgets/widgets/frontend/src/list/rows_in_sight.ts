/** Of thousands of rows of one height only those in sight are in the document. */

/** How many rows a list has room for, also when there are fewer: a sliver of the next says that there are more. */
export const IN_SIGHT = 7.05;
const AROUND = 6;

/** The rows to draw, from the first to before the second: those in sight and some around them. */
export function rowsToDraw(top: number, rowHeight: number, count: number, around = AROUND): [number, number] {
  const first = Math.max(0, Math.floor(top / rowHeight) - around);
  const end = Math.ceil(top / rowHeight + IN_SIGHT) + around;
  return [Math.min(first, count), Math.min(count, end)];
}

/** How far a list of so many rows is scrolled at most, and to where it is to be scrolled. */
export function scrolledTo(wanted: number, rowHeight: number, count: number): number {
  return Math.max(0, Math.min(wanted, (count - IN_SIGHT) * rowHeight));
}

/** Where a list has to be scrolled so that a row is in sight. */
export function showingRow(place: number, top: number, rowHeight: number): number {
  const [start, end] = [place * rowHeight, (place + 1) * rowHeight];
  if (start < top) return start;
  return Math.max(top, end - IN_SIGHT * rowHeight);
}

/**
 * Where a list has to be scrolled after its rows have changed, so that what was looked at stays where it was.
 */
export function holding(
  top: number,
  rowHeight: number,
  before: ReadonlyArray<string>,
  after: ReadonlyArray<string>,
): number {
  const first = Math.floor(top / rowHeight);
  const places = new Map(after.map((key, place) => [key, place]));
  for (let seen = first; seen < Math.min(before.length, first + Math.ceil(IN_SIGHT)); seen += 1) {
    const place = places.get(before[seen] ?? "");
    if (place !== undefined) return top + (place - seen) * rowHeight;
  }
  return 0;
}
