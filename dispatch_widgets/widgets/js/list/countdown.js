// Countdowns and counts of seconds: they tick in the page, the kernel may be busy.

/** Seconds as a clock that runs down: 40:58, or 1:02:03 from an hour on. */
export function countdown(seconds) {
  const left = Math.max(0, Math.ceil(seconds));
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(left / 3600), Math.floor((left % 3600) / 60)];
  return hours ? `${hours}:${two(minutes)}:${two(left % 60)}` : `${minutes}:${two(left % 60)}`;
}

/** A hint with its countdown in place of {until}, or behind it. */
export function withCountdown(text, until) {
  if (until === undefined || until === null) return text;
  const clock = { until, bold: true };
  if (typeof text === "string" && text.includes("{until}")) {
    const [before, ...after] = text.split("{until}");
    return [before, clock, after.join("")];
  }
  return [...(Array.isArray(text) ? text : [text ?? ""]), " ", clock];
}

/** Keeps every countdown and every count of seconds below a node up to date; returns how to stop. */
export function tick(root, now, onEnd) {
  const ended = new WeakSet();
  const update = () => {
    for (const node of root.querySelectorAll("[data-until],[data-since]")) {
      const { until, since } = node.dataset;
      node.textContent = until ? countdown(until - now()) : `${Math.max(0, Math.floor(now() - since))} s`;
      if (until && until <= now() && !ended.has(node)) {
        ended.add(node);
        onEnd(node);
      }
    }
  };
  const timer = setInterval(update, 1000);
  return { update, stop: () => clearInterval(timer) };
}
