/** Of thousands of rows one page is in the document: as many as the place has height for. */

/** A page of a short list still has this many, so that little moves from list to list. */
const LEAST = 7;
const SMALLEST = 4;
const LARGEST = 20;
/** What has to be in view with the rows, the search above, the bar and the field below, is at least so many rows high. */
const AROUND = 6;

/** How many rows there is room for in a place with what is around them; heights in pixels. */
export function roomFor(place: number, around: number, row: number): number {
  return Math.floor((place - Math.max(around, AROUND * row)) / row);
}

/** How many rows a page has where there is room for so many; of a list of so many. */
export function rowsIn(room: number, count: number): number {
  const most = Math.min(LARGEST, Math.max(SMALLEST, room));
  return Math.min(most, Math.max(LEAST, count));
}

/** The row that a page begins at: the last page is full. */
export function beginning(wanted: number, rows: number, count: number): number {
  return Math.max(0, Math.min(wanted, count - rows));
}

/** Where a page has to begin so that a row is on it. */
export function showing(place: number, first: number, rows: number): number {
  return Math.min(place, Math.max(first, place - rows + 1));
}

/** Where a page has to begin after its rows have changed, so that what was looked at stays where it was. */
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
