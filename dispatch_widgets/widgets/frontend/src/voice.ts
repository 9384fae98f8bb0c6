/** A polite live region, which screen readers read aloud. */
const PAUSE_MS = 60;

export function openVoice(): { node: HTMLElement; say: (words: string) => void; stop: () => void } {
  const node = document.createElement("div");
  node.className = "dp-unseen";
  node.setAttribute("role", "status");
  let speaking: ReturnType<typeof setTimeout> | undefined;
  const stop = (): void => clearTimeout(speaking);
  const say = (words: string): void => {
    stop();
    node.textContent = ""; // cleared for a moment: setting the same words again would not be read aloud
    speaking = setTimeout(() => {
      node.textContent = words;
    }, PAUSE_MS);
  };
  return { node, say, stop };
}
