/** Source text: lines of a file, and two texts side by side. */
import { QUIET } from "./focus.ts";
import type { Code, CodeLine, Comparison } from "./types.ts";

const SIGNS: Readonly<Record<string, string>> = { removed: "−", added: "+" };

/** The texts before and after, folded unless the view opens them. */
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

/** The lines of a text. */
export function Source({ code, headed = false }: { readonly code: Code; readonly headed?: boolean }) {
  return (
    <figure class="dp-source" aria-label={code.title}>
      {headed && <figcaption>{code.title}</figcaption>}
      <pre>
        {code.lines.map((line, place) => (
          <Line key={place} line={line} />
        ))}
        {code.left_out ? <span class="dp-line dp-sub">{`… ${code.left_out} more lines`}</span> : null}
      </pre>
    </figure>
  );
}

function Line({ line: { number, mark, text, pointer = -1 } }: { readonly line: CodeLine }) {
  const signs = [...text]; // code points, as Python counts them
  const cut = pointer < 0 ? signs.length : pointer;
  return (
    <code class={mark ? `dp-line dp-${mark}` : "dp-line"}>
      <i>{number || SIGNS[mark ?? ""] || ""}</i>
      {signs.slice(0, cut).join("")}
      {pointer >= 0 && <mark class="dp-pointer">{signs[cut] ?? " "}</mark>}
      {signs.slice(cut + 1).join("")}
    </code>
  );
}
