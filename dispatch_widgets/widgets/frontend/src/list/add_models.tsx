/** The upper part of the Models tab: a provider, its models, and what is picked from them. */
import { useContext, useEffect } from "preact/hooks";
import { Place } from "../context.ts";
import { NoteBox } from "../note.tsx";
import { Head, Track } from "../section.tsx";
import type { ActionArgs, ListState, ListWords, ModelsView, Section, View } from "../types.ts";
import { type Model, noLongerListed, partsOf } from "./models.ts";
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
  const { lists = [], add, take_out: takeOut, add_by_hand: byHand } = view;
  const { models, leftOut, isComing, providers, had } = useLists(lists, state);
  const provider = state.provider_id;
  const { ticked } = list.values;
  const tasks = (view.tasks ?? []).map(({ value }) => value).filter((task) => ticked.includes(task));
  const there = new Set(models.map((model) => model.key));
  const picked = list.values.picked.filter((key) => there.has(key));
  const lost = noLongerListed(list.values.picked, models);
  const known = lists.map((each) => each.provider_id).join("\n");
  // What may be fetched is, as soon as somebody looks; the list that they look at stays while others come.
  useEffect(() => {
    void panel.link.ask({ kind: "act", name: "open_lists", args: {} }, () => undefined);
    if (list.values.provider === undefined) list.set({ provider });
  }, [known]);
  const press = (action: typeof add, args: ActionArgs): void => {
    if (action) void panel.press(action, at, { held: { ...args, tasks } });
  };
  const pressWith = (action: typeof add, keys: Keys, more: ActionArgs = {}): void => {
    const parts = keys.map(partsOf);
    const models = parts.map(([, model]) => model);
    press(action, { providers: parts.map(([owner]) => owner), models, ...more });
  };
  const onAdd = (keys: Keys): void => {
    const { label, givenKind: kind } = list.values;
    pressWith(add, keys, keys.length === 1 && keys[0] === picked[0] ? { label, kind } : {});
  };
  const { done, ...head } = section; // what was done is said in the bar
  const onByHand = (args: ActionArgs): void => press(byHand, { provider, ...args });
  return (
    <section class="dp-section" data-section={section.id}>
      <Head
        section={{
          ...head,
          ...(state.fact && { fact: state.fact }),
          ...(state.refresh && { actions: [state.refresh] }),
        }}
      />
      {section.progress && <Track title={section.title} progress={section.progress} />}
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
            isComing={isComing}
            providers={providers}
            mixed={!provider}
            several
            kinds
            order="name"
            picked={picked}
            lost={lost}
            isHad={(model: Model) => had.has(model.key)}
            onPick={(keys) => list.set({ picked: keys, label: "", givenKind: "" })}
            add={add && { action: add, press: onAdd }}
            takeOut={takeOut && { action: takeOut, press: (keys) => pressWith(takeOut, keys) }}
            tasks={view.tasks}
            done={done}
            byHand={byHand && { action: byHand, kinds: true, owners: state.owners ?? [], press: onByHand }}
            onSearchAll={state.search_all ? () => list.set({ provider: "" }) : undefined}
          />
        </div>
      </div>
    </section>
  );
}

/** Has a list fetched where that makes sense. */
export function showList(provider: string) {
  return { name: "show_list", label: "", args: { row: provider } } as const;
}
