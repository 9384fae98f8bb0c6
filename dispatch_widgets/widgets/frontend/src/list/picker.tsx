/** The picker: a list to select one model from, for the code in the next cell. */
import { useContext, useMemo, useRef, useState } from "preact/hooks";
import { ActionButton, Done } from "../action.tsx";
import { Place } from "../context.ts";
import { Head } from "../section.tsx";
import type { Action, ActionArgs, ListState, ListWords, PickerView, View } from "../types.ts";
import { keyOf, type Model, partsOf } from "./models.ts";
import { PickList } from "./pick_list.tsx";
import type { Keys } from "./selection.ts";
import { useChanges, useLists } from "./use_lists.ts";

/** Whether a view is that of a picker. */
export function isPicker(view: View): view is PickerView {
  return "pick" in view;
}

export function Picker({ view }: { readonly view: PickerView }) {
  const { panel } = useContext(Place);
  useChanges(panel.list);
  const [state] = view.lists ?? [];
  if (!state || !view.words) return null;
  return <PickFrom view={view} state={state} words={view.words} />;
}

interface PickFromProps {
  readonly view: PickerView;
  readonly state: ListState;
  readonly words: ListWords;
}

function PickFrom({ view, state, words }: PickFromProps) {
  const { app, panel, shown: at } = useContext(Place);
  const { lists = [], picked = {}, pick, pick_by_hand: byHand, use, refresh } = view;
  const { models: listed, leftOut, isComing, providers } = useLists(lists, state);
  // A new selection shows at once; after the answer the view decides.
  const [chosen, setChosen] = useState<string>();
  const latest = useRef("");
  const current = chosen ?? (picked.model ? keyOf(picked.provider_id ?? "", picked.model) : "");
  const extra = picked.model && picked.unlisted ? picked : undefined;
  const models = useMemo(
    () => (extra ? [unlistedModel(extra), ...listed] : listed),
    [listed, extra?.provider_id, extra?.model],
  );
  const onPick = async ([key = ""]: Keys): Promise<void> => {
    if (!pick) return;
    const [provider, model] = key ? partsOf(key) : ["", ""];
    latest.current = key;
    setChosen(key);
    await panel.press(pick, at, { choice: model, held: { provider, model } });
    if (latest.current !== key) return; // a later selection is in flight
    setChosen(undefined);
    app.confirm("value");
  };
  const onByHand = async (action: Action, args: ActionArgs): Promise<void> => {
    await panel.press(action, at, { held: args });
    app.confirm("value");
  };
  return (
    <section class="dp-section" data-section="picker">
      <Head
        section={{
          id: "picker",
          title: view.title,
          ...(view.fact && { fact: view.fact }),
          ...(refresh && { actions: [refresh] }),
        }}
      />
      <PickList
        words={words}
        state={state}
        list={panel.list}
        models={models}
        leftOut={leftOut}
        isComing={isComing}
        providers={providers}
        mixed={!state.provider_id}
        several={false}
        kinds={view.kinds ?? true}
        order={view.newest_first ? "created" : "name"}
        picked={current ? [current] : []}
        isHad={() => false}
        unlisted={extra && models[0]?.key}
        onPick={(keys) => void onPick(keys)}
        byHand={
          byHand && {
            action: byHand,
            kinds: false,
            owners: [],
            press: (args) => void onByHand(byHand, args),
          }
        }
      />
      {use && (
        <div class="dp-foot">
          <ActionButton action={use} />
          {view.done ? <Done done={view.done} /> : <span class="dp-sub">{view.task_fact}</span>}
        </div>
      )}
    </section>
  );
}

function unlistedModel({
  provider_id: provider = "",
  model: id = "",
  kind = "other",
}: PickerView["picked"] & {}): Model {
  return { id, kind, provider, key: keyOf(provider, id) };
}
