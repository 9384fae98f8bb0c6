/** A list of thousands of models, with search, filters, sort order, selection, and a row to type an id. */
import { useContext, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { Place } from "../context.ts";
import { NoteBox } from "../note.tsx";
import { Pages } from "../pages.tsx";
import type { Action, Done, ListState, ListWords, Option } from "../types.ts";
import { useUniqueId } from "../unique.ts";
import { type ByHand, ByHandRow } from "./by_hand.tsx";
import { Details, DetailsButton } from "./details.tsx";
import { isChord, type Meaning, meaning } from "./keys.ts";
import type { ListWindow } from "./list_window.ts";
import { wordsOf } from "./match.ts";
import { CELLS, type CellKey } from "./model_row.tsx";
import { type Model, nameOf } from "./models.ts";
import { Nothing } from "./nothing.tsx";
import { put } from "./put.ts";
import { Headings, listIdOf, Rows } from "./rows.tsx";
import { type Keys, type Run, runFrom, toggled, withRun } from "./selection.ts";
import { SelectionBar } from "./selection_bar.tsx";
import { Features, Kinds, Orders, SearchField } from "./tools.tsx";
import { usePage } from "./use_page.ts";
import { useSaying } from "./use_saying.ts";
import { useShown } from "./use_shown.ts";

const CELL_KEYS = Object.keys(CELLS) as ReadonlyArray<CellKey>;

/** An action on the selected models. */
interface Chosen {
  readonly action: Action;
  readonly press: (keys: Keys) => void;
}

export interface PickListProps {
  readonly words: ListWords;
  readonly state: ListState;
  readonly list: ListWindow;
  readonly models: ReadonlyArray<Model>;
  /** How many models were left out because there were too many to send. */
  readonly leftOut: number;
  /** Whether the kernel has yet to send models of the list. */
  readonly isComing: boolean;
  /** The names of the providers, by their ids. */
  readonly providers: ReadonlyMap<string, string>;
  /** Whether the list may hold models of several providers. */
  readonly mixed: boolean;
  readonly several: boolean;
  readonly kinds: boolean;
  /** The sort order until another one is chosen. */
  readonly order: string;
  readonly picked: Keys;
  /** How many were selected that a refresh has removed from their lists. */
  readonly lost?: number;
  readonly isHad: (model: Model) => boolean;
  /** The key of the selected model if no list holds it. */
  readonly unlisted?: string | undefined;
  readonly onPick: (keys: Keys) => void;
  /** Adds the selected models to the catalog; absent in the picker. */
  readonly add?: Chosen | undefined;
  /** Removes the selected models that are in the catalog from it. */
  readonly takeOut?: Chosen | undefined;
  /** The tasks that added models can be used for. */
  readonly tasks?: ReadonlyArray<Option> | undefined;
  /** The result of the last action. */
  readonly done?: Done | undefined;
  readonly byHand?: ByHand | undefined;
  readonly onSearchAll?: (() => void) | undefined;
}

interface Cursor {
  /** The key of the current row of the keyboard; empty for none. */
  readonly key: string;
  readonly run?: Run | undefined;
}

const NOWHERE: Cursor = { key: "" };

export function PickList(props: PickListProps) {
  const { words, state, list, models, several, picked, isHad, onPick, add, takeOut, byHand } = props;
  const { shown: at } = useContext(Place);
  const id = useUniqueId();
  const field = useRef<HTMLInputElement>(null);
  const { query } = list.values;
  const found = useShown(models, props.providers, list.values, props.order);
  const { shown, counts, kind, features, feature, order, orders, meant } = found;
  const keys = useMemo(() => shown.map((model) => model.key), [shown]);
  const asked = JSON.stringify([query, kind, feature, order, state.provider_id]);
  const [cursor, setCursor] = useState<Cursor & { asked: string }>({ ...NOWHERE, asked });
  const current = cursor.asked === asked && cursor.key ? keys.indexOf(cursor.key) : -1;
  const total = models.length;
  const page = usePage(keys, asked, total, list.values.first, (first) => list.turned(first));
  const count =
    shown.length === total
      ? put(total === 1 ? words.one_shown : words.all_shown, { total })
      : put(words.some_shown, { shown: shown.length, total });
  useSaying(count, JSON.stringify([query, list.values.kind, list.values.order]));

  // The keyboard may reach a row that is scrolled out of sight.
  const moved = useRef(false);
  useLayoutEffect(() => {
    if (!moved.current) return;
    moved.current = false;
    page.view.current?.querySelector(".dp-current")?.scrollIntoView({ block: "nearest" });
  });

  const isThere = new Set(models.filter(isHad).map((model) => model.key));
  const toAdd = picked.filter((key) => !isThere.has(key));
  const toTakeOut = picked.filter((key) => isThere.has(key));
  const isFree = (key: string): boolean => !isThere.has(key);
  const can = (model: Model): boolean => !isHad(model);
  const go = (place: number, run?: Run): void => {
    setCursor({ key: keys[place] ?? "", run, asked });
    page.show(place);
    moved.current = true;
  };
  const pick = (chosen: Keys): void => onPick(several ? chosen : chosen.slice(-1));
  const toggle = (place: number): void => {
    const model = shown[place];
    if (!model || !(can(model) || takeOut)) return;
    const chosen = several ? toggled(picked, model.key) : [model.key];
    pick(chosen);
    setCursor({ key: model.key, run: { anchor: model.key, before: chosen, after: chosen }, asked });
  };
  const runTo = (place: number): void => {
    const begun = cursor.asked === asked ? cursor.run : undefined;
    const run = runFrom(begun, picked, keys, keys[Math.max(0, current)] ?? "");
    const after = several ? withRun(run.before, keys, keys.indexOf(run.anchor), place, isFree) : picked;
    if (several) pick(after);
    go(place, { ...run, after });
  };
  const enter = (): void => {
    const model = shown[current];
    if (!add) toggle(current);
    else if (toAdd.length) add.press(toAdd);
    else if (model && can(model)) add.press([model.key]);
    else if (model) at.say(put(words.had_already, { name: nameOf(model) }));
  };
  const search = (wanted: string): void => list.set({ query: wanted });
  const does: Readonly<Record<Meaning["does"], (to: number) => void>> = {
    run: runTo,
    go: (to) => go(to),
    leave: () => setCursor({ ...NOWHERE, asked }),
    details: () => list.set({ details: !list.values.details }),
    toggle,
    all: () => several && pick(withRun(picked, keys, 0, keys.length - 1, isFree)),
    enter,
    clear: () => search(""),
    unselect: () => pick([]),
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const inField = event.target === field.current;
    const hasSelection = picked.length > 0;
    const where = { inField, query, hasSelection, current, count: shown.length, page: page.rows };
    const told = meaning(event, where);
    if (told) {
      // A held key repeats only moves.
      if (!event.repeat || "to" in told) does[told.does]("to" in told ? told.to : current);
      event.preventDefault();
      event.stopPropagation();
    } else if (!inField && event.key.length === 1 && event.key !== " " && !isChord(event)) {
      field.current?.focus(); // the letter then goes into the search field
    }
  };
  const onFocus = (event: FocusEvent): void => {
    const byKey = (event.currentTarget as HTMLElement).matches(":focus-visible");
    if (byKey && current < 0 && shown.length) go(page.first);
  };
  const onClick = (place: number, event: MouseEvent): void => {
    if (event.shiftKey && several) runTo(place);
    else toggle(place);
  };
  const onDblClick = (place: number): void => {
    const model = shown[place];
    if (model && can(model)) add?.press([model.key]);
  };

  const isDrawn = current >= page.first && current < page.end; // other rows have no element to refer to
  const active = isDrawn ? `${id}-${current}` : undefined;
  const hasTools = total > 0 || !state.note;
  const vain = total > 0 && query.trim() !== "" && found.matching === 0;
  const cells = CELL_KEYS.filter((key) => key === "kind" || models.some(CELLS[key]));
  return (
    <div class="dp-pick-list" style={{ "--dp-rows": page.rows }}>
      {hasTools && (
        <div class="dp-tools">
          <SearchField
            label={words.search}
            hint={words.searched}
            clear={words.clear_search}
            field={field}
            query={query}
            onSearch={search}
            more={{
              role: "combobox",
              "aria-expanded": shown.length > 0,
              "aria-autocomplete": "list",
              "aria-controls": listIdOf(id),
              "aria-activedescendant": active,
              "data-first": true,
              onKeyDown,
            }}
          />
          <Features
            words={words}
            stated={features}
            feature={feature}
            onFeature={(to) => list.set({ feature: to })}
          />
          <Orders words={words} usable={orders} order={order} onOrder={(to) => list.set({ order: to })} />
        </div>
      )}
      {hasTools && props.kinds && (
        <div class="dp-filter">
          <Kinds
            words={words}
            kind={kind}
            counts={counts}
            known={total > 0}
            someNew={models.some((model) => model.new)}
            onKind={(to) => list.set({ kind: to })}
          />
          <span class="dp-sub">{total > 0 && count}</span>
          <DetailsButton words={words} list={list} />
        </div>
      )}
      <div class={`dp-models${cells.map((key) => ` dp-has-${key}`).join("")}`}>
        {shown.length > 0 && <Headings words={words} cells={cells} />}
        {state.note && (
          <div class={`dp-models-note${hasTools ? "" : " dp-models-nothing"}`}>
            <NoteBox note={state.note} />
          </div>
        )}
        {shown.length > 0 ? (
          <Rows
            {...{ words, page, cells, several, isHad, current, active, onKeyDown }}
            id={id}
            models={shown}
            providers={props.mixed ? props.providers : undefined}
            wanted={wordsOf(query)}
            picked={picked}
            canTakeOut={Boolean(takeOut)}
            unlisted={props.unlisted}
            onFocus={onFocus}
            onClick={onClick}
            onDblClick={onDblClick}
          />
        ) : (
          <Nothing
            {...{ words, state, meant, kind }}
            some={total > 0}
            isComing={props.isComing}
            query={query.trim()}
            byHand={Boolean(byHand)}
            onSearchAll={props.onSearchAll}
            others={counts.all || found.matching}
            isKind={Boolean(counts.all)}
            onAll={() => list.set(counts.all ? { kind: "all" } : { feature: "" })}
            onClear={() => search("")}
            onSearch={search}
          />
        )}
        {total > page.rows && <Pages {...page} words={words} count={shown.length} />}
        {props.leftOut > 0 && (
          <p class="dp-sub dp-left-out">{put(words.left_out, { count: props.leftOut })}</p>
        )}
        {list.values.details && total > 0 && <Details words={words} model={shown[current]} />}
        <SelectionBar
          words={words}
          list={list}
          count={toAdd.length}
          had={toTakeOut.length}
          lost={props.lost ?? 0}
          one={picked.length === 1 ? models.find((model) => model.key === picked[0]) : undefined}
          several={several}
          isHidden={!total}
          onClear={() => {
            pick([]);
            field.current?.focus();
          }}
          add={add?.action}
          onAdd={() => add?.press(toAdd)}
          takeOut={takeOut?.action}
          onTakeOut={() => takeOut?.press(toTakeOut)}
          tasks={props.tasks ?? []}
          done={props.done}
        />
        {byHand && (
          <ByHandRow
            {...byHand}
            words={words}
            list={list}
            offered={vain ? query.trim() : ""}
            filter={kind}
            // A "did you mean" offer comes first.
            isNext={vain && !meant}
          />
        )}
      </div>
    </div>
  );
}
