/** The bar below the rows, which finishes the job: what is picked, what it is for, what is done with it, and was. */
import { useContext, useEffect, useState } from "preact/hooks";
import { Done } from "../action.tsx";
import { Button } from "../button.tsx";
import { Place } from "../context.ts";
import { QUIET } from "../focus.ts";
import { Questions } from "../note.tsx";
import { Select } from "../select.tsx";
import type { Action, Done as DoneWords, ListWords, Option } from "../types.ts";
import { useUniqueId } from "../unique.ts";
import { Text } from "../words.tsx";
import type { ListWindow } from "./list_window.ts";
import { type Model, nameOf } from "./models.ts";
import { put } from "./put.ts";

interface SelectionBarProps {
  readonly words: ListWords;
  readonly list: ListWindow;
  /** How many are picked that are not in the catalog, and how many that are. */
  readonly count: number;
  readonly had: number;
  /** How many were selected that are no longer listed. */
  readonly lost: number;
  /** The one that is picked, where it is the only one. */
  readonly one: Model | undefined;
  readonly several: boolean;
  readonly isHidden: boolean;
  readonly onClear: () => void;
  /** Adds what is picked; not where code takes it. */
  readonly add: Action | undefined;
  readonly onAdd: () => void;
  readonly takeOut: Action | undefined;
  readonly onTakeOut: () => void;
  readonly tasks: ReadonlyArray<Option>;
  readonly done: DoneWords | undefined;
}

export function SelectionBar(props: SelectionBarProps) {
  const { words, list, count, had, lost, one, isHidden, add, takeOut, tasks, done } = props;
  const [isOpen, setOpen] = useState(false);
  const id = useUniqueId();
  const any = count + had + lost > 0;
  return (
    // It keeps its place where there is nothing to pick from.
    <div class={`dp-picked${isHidden ? " dp-held" : ""}`}>
      <div class="dp-picked-text">
        {any ? <Picked {...props} /> : done ? <Outcome done={done} /> : <Hint words={words} />}
      </div>
      {any && (
        <Button look="dp-quiet" onClick={props.onClear}>
          {words.unselect}
        </Button>
      )}
      {tasks.length > 0 && (
        <UsesButton
          words={words}
          tasks={tasks}
          list={list}
          isOpen={isOpen}
          onToggle={() => setOpen(!isOpen)}
          id={id}
        />
      )}
      {takeOut && had > 0 && (
        <ListButton action={takeOut} count={had} style="" isOff={false} onPress={props.onTakeOut} />
      )}
      {add && (
        <ListButton
          action={add}
          count={count}
          style="dp-primary"
          isOff={!count}
          onPress={() => {
            setOpen(false);
            props.onAdd();
          }}
        />
      )}
      {isOpen && <Uses words={words} tasks={tasks} list={list} id={id} />}
      {add && one && count === 1 && !had && (
        <OneMore words={words} list={list} one={one} onAdd={props.onAdd} />
      )}
      {takeOut && <Questions actions={[takeOut]} />}
    </div>
  );
}

interface ListButtonProps {
  readonly action: Action;
  readonly count: number;
  readonly style: string;
  readonly isOff: boolean;
  readonly onPress: () => void;
}

/** "Add 3 to catalog"; without a number where nothing is picked, and shorter where there is no room. */
function ListButton({ action, count, style, isOff, onPress }: ListButtonProps) {
  const { panel } = useContext(Place);
  const [before = "", after = ""] = action.label.split("{count}");
  return (
    <Button
      look={style}
      data-action={action.name}
      disabled={isOff}
      aria-busy={panel.waiting.holds(action) ? "true" : undefined}
      onClick={(event) => event.detail < 2 && onPress()}
    >
      <span>
        {before.trimEnd()}
        {count > 0 && ` ${put("{count}", { count })}`}
        <span class={count > 0 ? "dp-roomy" : undefined}>{after}</span>
      </span>
    </Button>
  );
}

interface UsesProps {
  readonly words: ListWords;
  readonly tasks: ReadonlyArray<Option>;
  readonly list: ListWindow;
  readonly id: string;
}

interface UsesButtonProps extends UsesProps {
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

/** "Use for grade, embed": what is added is used for these; shows and hides the tasks. */
function UsesButton({ words, tasks, list, id, isOpen, onToggle }: UsesButtonProps) {
  const ticked = tasks.filter(({ value }) => list.values.ticked.includes(value)).map(({ label }) => label);
  return (
    <Button look="dp-uses" aria-expanded={isOpen} aria-controls={id} onClick={onToggle}>
      <span>
        <span class="dp-sub">{words.use_for}</span> {ticked.join(", ") || words.use_for_none}
      </span>
    </Button>
  );
}

function Uses({ words, tasks, list, id }: UsesProps) {
  const { ticked } = list.values;
  const tick = (task: string): void =>
    list.set({ ticked: ticked.includes(task) ? ticked.filter((each) => each !== task) : [...ticked, task] });
  return (
    <fieldset id={id} class="dp-checks dp-picked-line" aria-label={words.use_for}>
      {tasks.map(({ value, label }) => (
        <label key={value} class="dp-check">
          <input type="checkbox" checked={ticked.includes(value)} onChange={() => tick(value)} {...QUIET} />
          {label}
        </label>
      ))}
    </fieldset>
  );
}

interface OneMoreProps {
  readonly words: ListWords;
  readonly list: ListWindow;
  readonly one: Model;
  readonly onAdd: () => void;
}

/** What one entry is called and can do, where that is not as its list says. */
function OneMore({ words, list, one, onAdd }: OneMoreProps) {
  const { label, givenKind } = list.values;
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    if (!event.repeat) onAdd();
  };
  return (
    <div class="dp-picked-line">
      <input
        type="text"
        class="dp-input"
        aria-label={words.label}
        placeholder={`${words.label}: ${nameOf(one)}`}
        maxLength={200}
        value={label}
        onInput={(event) => list.set({ label: event.currentTarget.value })}
        onKeyDown={onKeyDown}
        {...QUIET}
      />
      <Select
        aria-label={words.given_kind}
        value={givenKind}
        options={words.given_kinds}
        onChoose={(chosen) => list.set({ givenKind: chosen })}
      />
    </div>
  );
}

export function Outcome({ done }: { readonly done: DoneWords }) {
  return (
    <span class="dp-outcome">
      <Done done={done} />
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

function Picked({ words, count, had, lost, one, several }: SelectionBarProps) {
  const { shown: at } = useContext(Place);
  const gone = lost > 0 && put(words.lost, { count: lost });
  useEffect(() => {
    if (gone) at.say(gone);
  }, [gone]);
  return (
    <>
      <b class="dp-bold">{put(words.selected, { count: count + had, name: one ? nameOf(one) : "" })}</b>{" "}
      {had > 0 && <span class="dp-sub">{put(words.had_too, { count: had })} </span>}
      {gone && <span class="dp-sub">{gone}</span>}
      {!had && !gone && words.selected_more && <span class="dp-sub dp-wide">{words.selected_more}</span>}
      {!several && words.value_is && one && (
        <span class="dp-sub dp-wide">
          <Text words={words.value_is} />
          <span class="dp-mono">{one.shown_id ?? one.id}</span>
        </span>
      )}
    </>
  );
}
