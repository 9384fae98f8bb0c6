/** Texts and their formatting. Every text from outside becomes a text node (SEC-6). */
import { type ComponentChildren, Fragment } from "preact";
import { Since, Until } from "./clock.tsx";
import { QUIET } from "./focus.ts";
import { splitId } from "./ids.ts";
import type { Icon as IconName, Run, Tone, Words } from "./types.ts";

const SIGNS: Readonly<Record<Tone, IconName>> = {
  "": "",
  ok: "check",
  info: "info",
  warn: "warn",
  error: "error",
};

interface IconProps {
  readonly name?: IconName | undefined;
  readonly tone?: Tone;
  /** Whether the icon itself takes the colour of its tone. */
  readonly coloured?: boolean;
}

/** An icon beside a text, hidden from screen readers. */
export function Icon({ name, tone = "", coloured = false }: IconProps) {
  const shown = name || SIGNS[tone];
  return shown ? (
    <i class={`dw-icon dw-i-${shown}${coloured ? ` dp-tone-${tone} dp-coloured` : ""}`} aria-hidden="true" />
  ) : null;
}

interface ModelIdProps {
  readonly id: string;
  /** Draws one of the parts that the id is split into. */
  readonly draw?: (part: string, place: number) => ComponentChildren;
}

/** An id that is shortened in the middle where room is short, never at the end. */
export function ModelId({ id, draw = (part) => part }: ModelIdProps) {
  const [head, middle, end] = splitId(id);
  return (
    <span class="dp-id" title={id}>
      {head && (
        <span class="dp-id-start">
          <span class="dp-id-head">{draw(head, 0)}</span>
          <span class="dp-id-middle">{draw(middle, 1)}</span>
        </span>
      )}
      <span>{draw(end, 2)}</span>
    </span>
  );
}

/** Whether an address may become a link. */
export function isWebAddress(address: string): boolean {
  try {
    return ["http:", "https:"].includes(new URL(address).protocol);
  } catch {
    return false;
  }
}

function Piece({ run }: { readonly run: string | Run }) {
  if (typeof run === "string") return <>{run}</>;
  const { text, model_id, mono, bold, wide_only, spinner, since, until, href } = run;
  if (model_id) return <ModelId id={text} />;
  if (href && isWebAddress(href)) {
    return (
      <>
        <a href={href} target="_blank" rel="noopener noreferrer" {...QUIET}>
          {text}
        </a>
        {" (opens a new tab)"}
      </>
    );
  }
  const classes = [mono && "dp-mono", bold && "dp-bold", wide_only && "dp-wide"].filter(Boolean);
  return (
    <>
      {spinner && <span class="dp-spin" aria-hidden="true" />}
      {classes.length ? <span class={classes.join(" ")}>{text}</span> : text}
      {since !== undefined && <Since since={since} />}
      {until !== undefined && <Until until={until} />}
    </>
  );
}

export function Text({ words }: { readonly words: Words | Run }) {
  const runs = Array.isArray(words) ? words : [words as string | Run];
  return (
    <>
      {runs.map((run, place) => (
        <Piece key={place} run={run} />
      ))}
    </>
  );
}

/** Parts with dots between them. In a narrow panel a part that is left out takes its dot with it. */
export function Parts({ parts }: { readonly parts: ReadonlyArray<Words | Run> }) {
  return (
    <>
      {parts.map((part, place) => (
        <Fragment key={place}>
          {place > 0 && <span class={isWideOnly(part) ? "dp-dot dp-wide" : "dp-dot"} />}
          <Text words={part} />
        </Fragment>
      ))}
    </>
  );
}

function isWideOnly(words: Words | Run): boolean {
  const runs = Array.isArray(words) ? words : [words as string | Run];
  return runs.every((run) => typeof run !== "string" && run.wide_only);
}
