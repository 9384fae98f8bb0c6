/** How many are found, said aloud. */
import { useContext, useEffect, useRef } from "preact/hooks";
import { Place } from "../context.ts";

const REST_MS = 300; // typing rests this long before the count is said aloud

/** Says aloud how many are found, once typing rests. */
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
