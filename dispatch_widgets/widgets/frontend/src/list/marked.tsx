/** Texts with the words that were searched for marked in them. */
import { splitId } from "../ids.ts";
import { marksIn } from "./match.ts";

type Marks = ReadonlyArray<readonly [number, number]>;

/** The marks of a text as those of each of the parts that it was cut into. */
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

/** An id that loses its middle where there is no room, never its end. */
export function MarkedId({ id, wanted }: MarkedProps & { readonly id: string }) {
  const parts = splitId(id);
  const marks = marksOfParts(marksIn(id, wanted), parts);
  const [head, middle, end] = parts.map((part, place) => (
    // One box, whatever is marked in it.
    <span key={place}>
      <Pieces text={part} marks={marks[place] ?? []} />
    </span>
  ));
  return (
    <span class="dp-id" title={id}>
      {parts[0] && (
        <span class="dp-id-start">
          <span class="dp-id-head">{head}</span>
          <span class="dp-id-middle">{middle}</span>
        </span>
      )}
      <span>{end}</span>
    </span>
  );
}
