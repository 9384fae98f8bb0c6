/** Detects a dark page by its colours, where the host does not declare its theme, as in an inner frame. */

/** The marks by which hosts declare their theme. The style sheet handles these itself. */
const SAID =
  "body:is([data-jp-theme-light], .vscode-light, .vscode-dark, .vscode-high-contrast), html[theme]";
const MIDDLE = 128;

/** Whether a computed colour, `rgb(…)`, is dark. */
export function isDark(colour: string): boolean {
  const [red = 255, green = 255, blue = 255] =
    (/^rgba?\(([^)]*)/.exec(colour)?.[1] ?? "").match(/[\d.]+/g)?.map(Number) ?? [];
  return 0.299 * red + 0.587 * green + 0.114 * blue < MIDDLE;
}

/** Marks a panel on a dark page, and follows theme changes; returns a function that stops it. */
export function watchTheme(root: HTMLElement): () => void {
  const look = (): void => {
    const dark = !document.querySelector(SAID) && isDark(getComputedStyle(root).backgroundColor);
    root.classList.toggle("dp-dark", dark);
  };
  const observer = new MutationObserver(look);
  for (const node of [document.documentElement, document.body]) observer.observe(node, { attributes: true });
  look();
  return () => observer.disconnect();
}
