/** The upper part of the Models tab: a provider, its models, and what is picked from them. */
import { useContext } from "preact/hooks";
import { Place } from "../context.ts";
import { QUIET } from "../focus.ts";
import { NoteBox } from "../note.tsx";
import { Head } from "../section.tsx";
import type { ActionArgs, ListState, ListWords, ModelsView, Option, Section, View } from "../types.ts";
import type { ListWindow } from "./list_window.ts";
import { type Model, partsOf } from "./models.ts";
import { PickList } from "./pick_list.tsx";
import { Rail } from "./rail.tsx";
import type { Keys } from "./selection.ts";
import { useChanges, useLists } from "./use_lists.ts";

/** The section that models are added in. */
export const ADD = "add";
const ALL = "*"; // the row that stands for all providers

interface AddModelsProps {
  readonly view: ModelsView;
  readonly section: Section;
}

/** Whether a view has lists of models to add from. */
export function isModels(view: View): view is ModelsView {
  return "add" in view;
}

/** The list that is shown: the one that was chosen, while it is there. */
export function listShown(view: ModelsView, chosen: string | undefined): ListState | undefined {
  const lists = view.lists ?? [];
  const named = (provider: string | undefined) => lists.find((each) => each.provider_id === provider);
  return named(chosen) ?? named(view.first) ?? lists[0];
}

export function AddModels({ view, section }: AddModelsProps) {
  const { panel } = useContext(Place);
  useChanges(panel.list);
  const state = listShown(view, panel.list.values.provider);
  if (!state || !view.words) return null;
  return <AddFrom view={view} section={section} state={state} words={view.words} />;
}

interface AddFromProps extends AddModelsProps {
  readonly state: ListState;
  readonly words: ListWords;
}

function AddFrom({ view, section, state, words }: AddFromProps) {
  const { panel, shown: at } = useContext(Place);
  const { list } = panel;
  const { lists = [], add, add_by_hand: byHand } = view;
  const { models, leftOut, providers, had } = useLists(lists, state);
  const provider = state.provider_id;
  const { ticked } = list.values;
  const tasks = (view.tasks ?? []).map(({ value }) => value).filter((task) => ticked.includes(task));
  const there = new Set(models.map((model) => model.key));
  const picked = list.values.picked.filter((key) => there.has(key) && !had.has(key));
  const press = (action: typeof add, args: ActionArgs): void => {
    if (action) void panel.press(action, at, { held: { ...args, tasks } });
  };
  const onAdd = (keys: Keys): void => {
    const parts = keys.map(partsOf);
    press(add, { providers: parts.map(([owner]) => owner), models: parts.map(([, model]) => model) });
  };
  const onByHand = (args: ActionArgs): void => press(byHand, { provider, ...args });
  return (
    <section class="dp-section" data-section={section.id}>
      <Head
        section={{
          ...section,
          ...(state.fact && { fact: state.fact }),
          ...(state.refresh && { actions: [state.refresh] }),
        }}
      />
      {section.notes?.map((note) => (
        <NoteBox key={String(note.title)} note={note} />
      ))}
      <div class="dp-pick">
        <Rail
          label={words.providers}
          rows={section.rows ?? []}
          current={provider || ALL}
          onShow={(row) => list.set({ provider: row === ALL ? "" : row, ownerAsked: false })}
          onRest={(row) => row !== ALL && void panel.press(showList(row), at)}
        />
        <div class="dp-picking">
          <PickList
            words={words}
            state={state}
            list={list}
            models={models}
            leftOut={leftOut}
            providers={providers}
            mixed={!provider}
            several
            kinds
            order="name"
            picked={picked}
            isHad={(model: Model) => had.has(model.key)}
            onPick={(keys) => list.set({ picked: keys })}
            add={add && { action: add, press: onAdd }}
            byHand={byHand && { action: byHand, kinds: true, owners: state.owners ?? [], press: onByHand }}
            onSearchAll={state.search_all ? () => list.set({ provider: "" }) : undefined}
          />
          <UseFor words={words} tasks={view.tasks ?? []} list={list} />
        </div>
      </div>
    </section>
  );
}

/** Has a list fetched where that makes sense. */
export function showList(provider: string) {
  return { name: "show_list", label: "", args: { row: provider } } as const;
}

interface UseForProps {
  readonly words: ListWords;
  readonly tasks: ReadonlyArray<Option>;
  readonly list: ListWindow;
}

function UseFor({ words, tasks, list }: UseForProps) {
  const { ticked } = list.values;
  const tick = (task: string): void =>
    list.set({ ticked: ticked.includes(task) ? ticked.filter((each) => each !== task) : [...ticked, task] });
  return (
    <fieldset class="dp-use-for">
      <legend>{words.use_for}</legend>
      <div class="dp-checks">
        {tasks.map(({ value, label }) => (
          <label key={value} class="dp-check">
            <input type="checkbox" checked={ticked.includes(value)} onChange={() => tick(value)} {...QUIET} />
            {label}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
