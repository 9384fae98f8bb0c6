/** The details of one model, below the rows: only what its server states, nothing guessed. */
import { QUIET } from "../focus.ts";
import { Facts } from "../note.tsx";
import type { Fact, ListWords } from "../types.ts";
import type { ListWindow } from "./list_window.ts";
import type { Model } from "./models.ts";
import { featuresOf } from "./order.ts";

interface DetailsProps {
  readonly words: ListWords;
  readonly model: Model | undefined;
}

export function Details({ words, model }: DetailsProps) {
  return (
    <div class="dp-model-details">
      {model ? <Facts facts={factsOf(model, words)} /> : <span class="dp-sub">{words.no_details}</span>}
    </div>
  );
}

/** Returns the stated facts of a model with their headings. */
export function factsOf(model: Model, words: Pick<ListWords, "facts" | "features">): ReadonlyArray<Fact> {
  const can = featuresOf(model);
  const values: Readonly<Record<string, unknown>> = {
    ...model,
    shown_id: model.shown_id ?? model.id,
    features: words.features
      .filter(({ value }) => can.includes(value))
      .map(({ label }) => label)
      .join(", "),
  };
  return words.facts
    .filter(({ key }) => values[key])
    .map(({ key, title }) => {
      const text = String(values[key]);
      return { name: title, value: key === "shown_id" ? [{ text, mono: true }] : text };
    });
}

interface DetailsButtonProps {
  readonly words: ListWords;
  readonly list: ListWindow;
}

/** Shows or hides the details, as the right arrow key does in the list. */
export function DetailsButton({ words, list }: DetailsButtonProps) {
  const { details } = list.values;
  return (
    <button
      type="button"
      class="dp-chip"
      aria-pressed={details}
      onClick={() => list.set({ details: !details })}
      {...QUIET}
    >
      {words.details}
    </button>
  );
}
