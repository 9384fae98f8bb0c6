/** What a window searches for in the rows of a section, and their order. */
export interface Found {
  readonly text: string;
  readonly sort: string;
}

const NOTHING_FOUND: Found = { text: "", sort: "" };

export function foundIn(found: Readonly<Record<string, Found>>, section: string): Found {
  return found[section] ?? NOTHING_FOUND;
}
