import type { ActionArgs } from "./types.ts";

/** One of the places in the page where a panel is shown. */
export interface Shown {
  readonly root: HTMLElement;
  readonly say: (words: string) => void;
  readonly draw: () => void;
}

/** The context of a press: the value chosen, the key of the action that asked, and the inputs of its note. */
export interface Pressed {
  readonly choice?: string | undefined;
  readonly asked?: string | undefined;
  readonly held?: ActionArgs | undefined;
}
