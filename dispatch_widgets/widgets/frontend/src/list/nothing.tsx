/** The area in place of rows: a request in flight, models still loading, an empty list, or no match. */
import { useContext } from "preact/hooks";
import { ActionButton, Actions } from "../action.tsx";
import { Button } from "../button.tsx";
import { Place } from "../context.ts";
import type { Busy, EmptyState, ListState, ListWords } from "../types.ts";
import { Text } from "../words.tsx";
import { type Model, nameOf } from "./models.ts";
import { put } from "./put.ts";

function Asking({ busy }: { readonly busy: Busy }) {
  return (
    <div class="dp-asking">
      <span class="dp-asking-text">
        <Text words={[{ text: busy.text, spinner: true, since: busy.since }]} />
      </span>
      <ActionButton action={busy.cancel} />
    </div>
  );
}

function NoRows({ empty }: { readonly empty: EmptyState }) {
  return (
    <>
      <h3 class="dp-h">{empty.title}</h3>
      <p class="dp-sub">
        <Text words={empty.text} />
      </p>
      <Actions actions={empty.actions} />
    </>
  );
}

interface NoMatchProps {
  readonly words: ListWords;
  readonly state: ListState;
  readonly query: string;
  /** How many models are found that a filter hides; `isKind` tells whether it is that of the kind. */
  readonly others: number;
  readonly isKind: boolean;
  readonly kind: string;
  /** The model that was probably meant. */
  readonly meant: Model | undefined;
  readonly byHand: boolean;
  readonly onAll: () => void;
  readonly onSearchAll: (() => void) | undefined;
  readonly onClear: () => void;
  readonly onSearch: (query: string) => void;
}

function NoMatch(props: NoMatchProps) {
  const { words, query, others, isKind, state, meant } = props;
  const { shown } = useContext(Place);
  const kind = words.kinds.find(({ value }) => value === props.kind)?.label.toLowerCase() ?? "";
  const title = others
    ? put(isKind ? words.no_such_kind : words.no_such_feature, { count: others, kind })
    : put(state.where ? words.nothing_at : words.nothing_matches, { where: state.where ?? "", query });
  const [label, act] = others
    ? [isKind ? words.all_kinds : words.any_feature, props.onAll]
    : props.onSearchAll
      ? [words.search_all, props.onSearchAll]
      : [words.end_search, props.onClear];
  // The button disappears when pressed, so the focus moves to the search field.
  const go = (act: () => void): void => {
    act();
    shown.root.querySelector<HTMLElement>("[data-first]")?.focus();
  };
  return (
    <>
      <h3 class="dp-h">{title}</h3>
      {!others && (
        <p class="dp-sub">
          {words.nothing_why}
          {props.byHand && ` ${words.nothing_by_hand}`}
        </p>
      )}
      <div class="dp-actions">
        {meant && (
          <Button look="dp-primary" onClick={() => go(() => props.onSearch(meant.shown_id ?? meant.id))}>
            {put(words.did_you_mean, { name: nameOf(meant) })}
          </Button>
        )}
        <Button onClick={() => go(act)}>{label}</Button>
      </div>
    </>
  );
}

interface NothingProps extends NoMatchProps {
  /** Whether the list has models, so that only the search or a filter hides them. */
  readonly some: boolean;
  /** Whether the kernel has yet to send the models. */
  readonly isComing: boolean;
}

/** The content in place of the rows, as tall as they are. */
export function Nothing({ some, isComing, ...props }: NothingProps) {
  const { state } = props;
  const inside = some ? (
    <NoMatch {...props} />
  ) : state.busy ? (
    <Asking busy={state.busy} />
  ) : state.empty && !state.note ? (
    <NoRows empty={state.empty} />
  ) : isComing ? (
    <span class="dp-sub dp-late">
      <Text words={[{ text: props.words.loading, spinner: true }]} />
    </span>
  ) : undefined;
  return state.note && !inside ? null : <div class="dp-models-nothing">{inside}</div>;
}
