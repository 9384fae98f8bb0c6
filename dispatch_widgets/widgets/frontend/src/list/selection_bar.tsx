/** The bar below the rows: what is picked, Clear, and the button that adds it. */
import { useContext } from "preact/hooks";
import { Place } from "../context.ts";
import { QUIET } from "../focus.ts";
import { keyOf as keyOfAction } from "../panel.ts";
import type { Action, ListWords } from "../types.ts";
import { Text } from "../words.tsx";
import { type Model, nameOf } from "./models.ts";
import { put } from "./put.ts";

interface SelectionBarProps {
  readonly words: ListWords;
  readonly count: number;
  /** The one that is picked, where only one can be. */
  readonly one: Model | undefined;
  readonly isHidden: boolean;
  readonly onClear: () => void;
  /** Adds what is picked; not where code takes it. */
  readonly add: Action | undefined;
  readonly onAdd: () => void;
}

export function SelectionBar({ words, count, one, isHidden, onClear, add, onAdd }: SelectionBarProps) {
  const { panel } = useContext(Place);
  return (
    // It keeps its place where there is nothing to pick from.
    <div class={`dp-picked${isHidden ? " dp-held" : ""}`}>
      <div class="dp-picked-text">
        {count ? <Picked words={words} count={count} one={one} /> : <Hint words={words} />}
      </div>
      {count > 0 && (
        <button type="button" class="dp-btn dp-quiet" onClick={onClear} {...QUIET}>
          {words.unselect}
        </button>
      )}
      {add && (
        <button
          type="button"
          class="dp-btn dp-primary"
          data-action={add.name}
          disabled={!count}
          aria-busy={panel.waiting.has(keyOfAction(add)) ? "true" : undefined}
          onClick={(event) => event.detail < 2 && onAdd()}
          {...QUIET}
        >
          <AddLabel label={add.label} count={count} />
        </button>
      )}
    </div>
  );
}

/** "Add 3 to catalog"; without a number where nothing is picked, and shorter where there is no room. */
function AddLabel({ label, count }: { readonly label: string; readonly count: number }) {
  const [before = "", after = ""] = label.split("{count}");
  return (
    <span>
      {before.trimEnd()}
      {count > 0 && ` ${put("{count}", { count })}`}
      <span class={count > 0 ? "dp-roomy" : undefined}>{after}</span>
    </span>
  );
}

function Hint({ words }: { readonly words: ListWords }) {
  return (
    <span class="dp-sub">
      {words.hint}
      {words.hint_more && <span class="dp-wide">{words.hint_more}</span>}
    </span>
  );
}

function Picked({ words, count, one }: Pick<SelectionBarProps, "words" | "count" | "one">) {
  return (
    <>
      <b class="dp-bold">{put(words.selected, { count, name: one ? nameOf(one) : "" })}</b>{" "}
      {words.selected_more && <span class="dp-sub dp-wide">{words.selected_more}</span>}
      {words.value_is && one && (
        <span class="dp-sub dp-wide">
          <Text words={words.value_is} />
          <span class="dp-mono">{one.shown_id ?? one.id}</span>
        </span>
      )}
    </>
  );
}
