/** Texts, with the looks that they may have. Every text from outside becomes a text node (SEC-6). */
import { Fragment } from "preact";
import { splitId } from "./ids.ts";
import type { Icon as IconName, Run, Tone, Words } from "./types.ts";

const SIGNS: Readonly<Record<Tone, IconName>> = {
  "": "",
  ok: "check",
  info: "info",
  warn: "warn",
  error: "error",
};

/** A sign beside words; it says nothing by itself. */
export function Icon({ name, tone = "" }: { readonly name?: IconName | undefined; readonly tone?: Tone }) {
  const shown = name || SIGNS[tone];
  return shown ? <i class={`dw-icon dw-i-${shown}`} aria-hidden="true" /> : null;
}

/** An id that loses its middle where there is no room, never its end. */
export function ModelId({ id }: { readonly id: string }) {
  const [head, middle, end] = splitId(id);
  return (
    <span class="dp-id" title={id}>
      {head && <span class="dp-id-head">{head}</span>}
      {middle && <span class="dp-id-middle">{middle}</span>}
      <span>{end}</span>
    </span>
  );
}

function Piece({ run }: { readonly run: string | Run }) {
  if (typeof run === "string") return <>{run}</>;
  if (run.model_id) return <ModelId id={run.text} />;
  const classes = [run.mono && "dp-mono", run.bold && "dp-bold", run.wide_only && "dp-wide"].filter(Boolean);
  return classes.length ? <span class={classes.join(" ")}>{run.text}</span> : run.text;
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

/** Parts with dots between them. */
export function Parts({ parts }: { readonly parts: ReadonlyArray<Words | Run> }) {
  return (
    <>
      {parts.map((part, place) => (
        <Fragment key={place}>
          {place > 0 && <span class="dp-dot" />}
          <Text words={part} />
        </Fragment>
      ))}
    </>
  );
}
