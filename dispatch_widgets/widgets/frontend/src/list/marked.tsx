/** Texts with the search words highlighted. */
import { splitId } from "../ids.ts";
import { ModelId } from "../words.tsx";
import { marksIn } from "./match.ts";

type Marks = ReadonlyArray<readonly [number, number]>;

/** Splits the marks of a text among the parts that the text was cut into. */
export function marksOfParts(marks: Marks, parts: ReadonlyArray<string>): ReadonlyArray<Marks> {
  let from = 0;
  return parts.map((part) => {
    const start = from;
    from += part.length;
    const within = (place: number): number => Math.min(Math.max(place - start, 0), part.length);
    return marks.map(([a, b]) => [within(a), within(b)] as const).filter(([a, b]) => a < b);
  });
}

function Pieces({ text, marks }: { readonly text: string; readonly marks: Marks }) {
  const nodes = [];
  let at = 0;
  for (const [start, end] of marks) {
    nodes.push(text.slice(at, start), <mark key={start}>{text.slice(start, end)}</mark>);
    at = end;
  }
  return <>{[...nodes, text.slice(at)]}</>;
}

interface MarkedProps {
  readonly wanted: ReadonlyArray<string>;
}

export function MarkedText({ text, wanted }: MarkedProps & { readonly text: string }) {
  return <Pieces text={text} marks={marksIn(text, wanted)} />;
}

/** An id with the search words highlighted. */
export function MarkedId({ id, wanted }: MarkedProps & { readonly id: string }) {
  const marks = marksOfParts(marksIn(id, wanted), splitId(id));
  // Wrapped in a span, so that each part stays one box whatever is marked in it.
  return (
    <ModelId
      id={id}
      draw={(part, place) => (
        <span>
          <Pieces text={part} marks={marks[place] ?? []} />
        </span>
      )}
    />
  );
}
