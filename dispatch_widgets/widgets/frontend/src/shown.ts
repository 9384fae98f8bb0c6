/** One of the places where a panel is shown. */
export interface Shown {
  readonly root: HTMLElement;
  readonly say: (words: string) => void;
  readonly draw: () => void;
}
