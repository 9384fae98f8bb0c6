/** Announces the number of models found. */
import { useContext, useEffect, useRef } from "preact/hooks";
import { Place } from "../context.ts";

const REST_MS = 300; // the pause in typing before the count is announced

/** Announces the count to screen readers after a change of `asked`, once typing pauses. */
export function useSaying(count: string, asked: string): void {
  const { shown: at } = useContext(Place);
  const first = useRef(true);
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return undefined;
    }
    const timer = setTimeout(() => at.say(count), REST_MS);
    return () => clearTimeout(timer);
  }, [asked]);
}
