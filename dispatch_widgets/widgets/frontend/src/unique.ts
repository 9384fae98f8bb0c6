/** Unique ids for nodes. Preact's own start anew in each panel: labels and radios of two panels would mix. */
import { useState } from "preact/hooks";

const BUNDLE = crypto.getRandomValues(new Uint32Array(1)).join("");
let made = 0;

export function useUniqueId(): string {
  const [id] = useState(() => {
    made += 1;
    return `dp-${BUNDLE}-${made}`;
  });
  return id;
}
