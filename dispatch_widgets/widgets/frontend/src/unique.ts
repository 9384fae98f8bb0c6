/** Unique ids for nodes. Preact's own start anew in each panel, so labels and radios would find another's. */
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
