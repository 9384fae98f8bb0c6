/** Paging: of thousands of rows only one page is in the document, as many as the place has height for. */

/** The fewest rows that a page has room for, even in a short list, so that little moves from list to list. */
const LEAST = 7;
const SMALLEST = 4;
const LARGEST = 20;
/** The least height, in rows, of the search above and the bar and field below, which must be in view too. */
const AROUND = 6;

/** Returns how many rows fit in a place beside the parts around them; heights in pixels. */
export function roomFor(place: number, around: number, row: number): number {
  return Math.floor((place - Math.max(around, AROUND * row)) / row);
}

/** Returns how many rows a page has, given how many fit and how many the list has. */
export function rowsIn(room: number, count: number): number {
  const most = Math.min(LARGEST, Math.max(SMALLEST, room));
  return Math.min(most, Math.max(LEAST, count));
}

/** Returns the first row of a page, moved up if needed so that the last page is full. */
export function beginning(wanted: number, rows: number, count: number): number {
  return Math.max(0, Math.min(wanted, count - rows));
}

/** Returns the first row of the nearest page that shows a row. */
export function showing(place: number, first: number, rows: number): number {
  return Math.min(place, Math.max(first, place - rows + 1));
}

/** Returns the first row of the page after the rows changed, so that those in view stay where they were. */
export function holding(
  first: number,
  rows: number,
  before: ReadonlyArray<string>,
  after: ReadonlyArray<string>,
): number {
  const places = new Map(after.map((key, place) => [key, place]));
  for (let seen = first; seen < Math.min(before.length, first + rows); seen += 1) {
    const place = places.get(before[seen] ?? "");
    if (place !== undefined) return place + first - seen;
  }
  return 0;
}
