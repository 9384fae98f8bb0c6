import type { ActionArgs } from "./types.ts";

/** One of the places where a panel is shown. */
export interface Shown {
  readonly root: HTMLElement;
  readonly say: (words: string) => void;
  readonly draw: () => void;
}

/** What goes with a press: what was chosen, whose question it answers, and what its note holds. */
export interface Pressed {
  readonly choice?: string | undefined;
  readonly asked?: string | undefined;
  readonly held?: ActionArgs | undefined;
}
