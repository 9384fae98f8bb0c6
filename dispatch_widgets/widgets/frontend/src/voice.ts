/** A polite live region, and how to speak through it. */
const PAUSE_MS = 60;

export function openVoice(): { node: HTMLElement; say: (words: string) => void; stop: () => void } {
  const node = document.createElement("div");
  node.className = "dp-unseen";
  node.setAttribute("role", "status");
  let speaking: ReturnType<typeof setTimeout> | undefined;
  const stop = (): void => clearTimeout(speaking);
  const say = (words: string): void => {
    stop();
    node.textContent = ""; // the same words again are no change: they are taken away for a moment
    speaking = setTimeout(() => {
      node.textContent = words;
    }, PAUSE_MS);
  };
  return { node, say, stop };
}
