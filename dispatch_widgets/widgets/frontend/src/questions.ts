/** Questions of a tab that wait for their answer in this window, by the names of the actions that asked them. */
import type { Note, View } from "./types.ts";

export class OpenQuestions extends Map<string, Note> {
  /** What was asked in a row is asked no more. */
  close(row: string): void {
    for (const asked of [...this.keys()]) {
      if (JSON.parse(asked)[2] === row) this.delete(asked);
    }
  }

  /** A question about what is not offered any more is over: offered again, it would be about something else. */
  keepOffered(view: View): void {
    const seen = this.size ? JSON.stringify(view) : "";
    for (const asked of [...this.keys()]) {
      const [, ...names] = JSON.parse(asked) as string[];
      if (names.some((each) => each && !seen.includes(JSON.stringify(each)))) this.delete(asked);
    }
  }
}
