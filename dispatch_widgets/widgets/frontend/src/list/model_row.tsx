/** A row in a list of models: an option of the listbox. */
import type { ListWords } from "../types.ts";
import { Icon } from "../words.tsx";
import { MarkedId, MarkedText } from "./marked.tsx";
import { type Model, nameOf } from "./models.ts";
import { featuresOf } from "./order.ts";

const LONG_WORD = /^\S{25,}$/; // a long name without blanks is mostly an id, and is shortened like one

/** The text of each column for a model, by the column's key. */
export const CELLS = {
  kind: (model: Model): string => model.kind,
  context: (model: Model): string => model.context ?? "",
  price: (model: Model): string => model.price ?? "",
} as const;

export type CellKey = keyof typeof CELLS;

interface ModelRowProps {
  readonly id: string;
  readonly model: Model;
  readonly words: ListWords;
  readonly cells: ReadonlyArray<CellKey>;
  /** The provider's name if the list holds models of several providers; else empty. */
  readonly from: string;
  /** The search words, highlighted in the row. */
  readonly wanted: ReadonlyArray<string>;
  readonly several: boolean;
  readonly isPicked: boolean;
  readonly isHad: boolean;
  /** Whether a model in the catalog can be selected, to be removed from it. */
  readonly canTakeOut: boolean;
  readonly isCurrent: boolean;
  readonly isUnlisted: boolean;
  readonly place: number;
  readonly count: number;
}

export function ModelOption(props: ModelRowProps) {
  const { id, model, words, cells, from, wanted, isHad } = props;
  const name = nameOf(model);
  const byId = name === (model.shown_id ?? model.id);
  const classes = ["dp-model", from && "dp-mixed", byId && "dp-by-id", props.isCurrent && "dp-current"];
  const second = props.isUnlisted ? words.not_listed : byId ? (model.ends ?? model.created) : undefined;
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the listbox has the focus, and names it
    <div
      id={id}
      class={classes.filter(Boolean).join(" ")}
      role="option"
      aria-selected={props.isPicked}
      aria-disabled={isHad && !props.canTakeOut ? "true" : undefined}
      aria-posinset={props.place + 1}
      aria-setsize={props.count}
      data-place={props.place}
    >
      {/* Not a real checkbox: the row itself is the option, and nothing in it can have the focus. */}
      {isHad && !props.isPicked ? (
        <Icon name="check" />
      ) : (
        <span class={props.several ? "dp-box" : "dp-box dp-round"} aria-hidden="true" />
      )}
      <div class="dp-model-main">
        <div class="dp-model-title">
          <span class="dp-model-name">
            {byId || LONG_WORD.test(name) ? (
              <MarkedId id={name} wanted={wanted} />
            ) : (
              <MarkedText text={name} wanted={wanted} />
            )}
          </span>
          {featuresOf(model).length > 0 && <Signs model={model} words={words} />}
          {isHad && (
            <span class="dp-had">
              <span>{words.in_catalog}</span>
            </span>
          )}
        </div>
        <div class="dp-model-line">
          {from && (
            <span class="dp-from">
              <MarkedText text={from} wanted={wanted} />
            </span>
          )}
          {byId ? (
            second && <span class="dp-since">{second}</span>
          ) : (
            <MarkedId id={model.shown_id ?? model.id} wanted={wanted} />
          )}
        </div>
      </div>
      {cells.map((key) => (
        <span key={key} class={`dp-model-cell dp-${key}`}>
          {CELLS[key](model) || "–"}
        </span>
      ))}
    </div>
  );
}

/** An icon for each feature that the model's server states. */
function Signs({ model, words }: Pick<ModelRowProps, "model" | "words">) {
  const can = featuresOf(model);
  return (
    <span class="dp-signs">
      {words.features
        .filter(({ value }) => can.includes(value))
        .map(({ value, label }) => (
          <span key={value} title={label}>
            <i class={`dw-icon dw-i-${value}`} aria-hidden="true" />
            <span class="dp-unseen">{label}</span>
          </span>
        ))}
    </span>
  );
}
