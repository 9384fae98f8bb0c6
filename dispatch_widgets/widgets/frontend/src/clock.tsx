/** Elapsed and remaining time. Both tick in the page, since the kernel may be busy. */
import { useContext, useEffect, useState } from "preact/hooks";
import { Place } from "./context.ts";

const TICK_MS = 1000;

function useNow(): number {
  const [now, setNow] = useState(() => Date.now() / 1000);
  useEffect(() => {
    const ticking = setInterval(() => setNow(Date.now() / 1000), TICK_MS);
    return () => clearInterval(ticking);
  }, []);
  return now;
}

/** Formats seconds as a countdown: 40:58, or 1:02:03 from an hour on. */
export function timeLeft(seconds: number): string {
  const left = Math.max(0, Math.ceil(seconds));
  const two = (number: number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(left / 3600), Math.floor((left % 3600) / 60)];
  return hours ? `${hours}:${two(minutes)}:${two(left % 60)}` : `${minutes}:${two(left % 60)}`;
}

/** The time since a moment, in seconds. */
export function Since({ since }: { readonly since: number }) {
  const now = useNow();
  return <span class="dp-time">{`${Math.max(0, Math.floor(now - since))} s`}</span>;
}

/** A countdown to a moment; `said` is read aloud when it ends. */
export function Until({ until, said = "" }: { readonly until: number; readonly said?: string | undefined }) {
  const { shown } = useContext(Place);
  const now = useNow();
  const isOver = until <= now;
  const [wasOver, setOver] = useState(isOver);
  useEffect(() => {
    if (isOver && !wasOver && said) shown.say(said);
    setOver(isOver);
  }, [isOver, wasOver, said, shown]);
  return <b class="dp-time">{timeLeft(until - now)}</b>;
}
