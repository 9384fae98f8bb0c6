/** The open questions of a tab in this window, by the keys of the actions that asked them. */
import type { Note, View } from "./types.ts";

export class OpenQuestions extends Map<string, Note> {
  /** Closes the questions of a row. */
  close(row: string): void {
    for (const asked of [...this.keys()]) {
      if (JSON.parse(asked)[2] === row) this.delete(asked);
    }
  }

  /** Closes the questions whose action or row left the view: back again, it may mean something else. */
  keepOffered(view: View): void {
    const seen = this.size ? JSON.stringify(view) : "";
    for (const asked of [...this.keys()]) {
      const [, ...names] = JSON.parse(asked) as string[];
      if (names.some((each) => each && !seen.includes(JSON.stringify(each)))) this.delete(asked);
    }
  }
}
