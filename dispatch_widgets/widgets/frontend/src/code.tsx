/** Texts that are shown as they are: lines of a file, two texts side by side. */
import { QUIET } from "./focus.ts";
import type { Code, CodeLine, Comparison } from "./types.ts";

const SIGNS: Readonly<Record<string, string>> = { removed: "−", added: "+" };

/** Before and after; folded where it is not what somebody came for. */
export function ComparisonBox({ comparison }: { readonly comparison: Comparison }) {
  return (
    <details open={comparison.open ?? false}>
      <summary {...QUIET}>Before and after</summary>
      <div class="dp-pair">
        <Source code={comparison.before} headed />
        <Source code={comparison.after} headed />
      </div>
    </details>
  );
}

/** Lines to read. */
export function Source({ code, headed = false }: { readonly code: Code; readonly headed?: boolean }) {
  return (
    <figure class="dp-source" aria-label={code.title}>
      {headed && <figcaption>{code.title}</figcaption>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
      <pre tabIndex={0} {...QUIET}>
        {code.lines.map((line, place) => (
          <Line key={place} line={line} />
        ))}
        {code.left_out ? <span class="dp-line dp-sub">{`… ${code.left_out} more lines`}</span> : null}
      </pre>
    </figure>
  );
}

function Line({ line }: { readonly line: CodeLine }) {
  const before = line.number || SIGNS[line.mark ?? ""] || "";
  return (
    <>
      <code class={line.mark ? `dp-line dp-${line.mark}` : "dp-line"}>
        <i>{before}</i>
        {line.text || " "}
      </code>
      {line.pointer !== undefined && line.pointer >= 0 && (
        <code class="dp-line dp-pointer" aria-hidden="true">
          <i />
          {`${" ".repeat(line.pointer)}▲`}
        </code>
      )}
    </>
  );
}
