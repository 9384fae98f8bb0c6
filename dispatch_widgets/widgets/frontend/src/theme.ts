/** Whether a panel stands on a dark page, where the host does not say so: an inner frame has its colours alone. */

/** What hosts say it by; the style sheet knows these itself. */
const SAID =
  "body:is([data-jp-theme-light], .vscode-light, .vscode-dark, .vscode-high-contrast), html[theme]";
const MIDDLE = 128;

/** Whether a colour as browsers compute it, `rgb(…)`, is a dark one. */
export function isDark(colour: string): boolean {
  const [red = 255, green = 255, blue = 255] =
    (/^rgba?\(([^)]*)/.exec(colour)?.[1] ?? "").match(/[\d.]+/g)?.map(Number) ?? [];
  return 0.299 * red + 0.587 * green + 0.114 * blue < MIDDLE;
}

/** Marks a panel that stands on a dark page, also after another theme was chosen; returns how to stop. */
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
