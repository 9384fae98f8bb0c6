/** Ids of nodes. Preact's own begin anew in each view and each panel, and labels and radios would find another's. */
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
