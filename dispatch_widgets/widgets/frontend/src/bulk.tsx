/** The bar below a list of rows: the selection, its actions, and the result of the last one. */
import { useContext, useState } from "preact/hooks";
import { ActionButton } from "./action.tsx";
import { Button } from "./button.tsx";
import { Place } from "./context.ts";
import { put } from "./list/put.ts";
import type { Keys } from "./list/selection.ts";
import { Outcome } from "./list/selection_bar.tsx";
import { Questions } from "./note.tsx";
import { Select } from "./select.tsx";
import type { BulkAction, Done, Selection } from "./types.ts";

interface BulkBarProps {
  readonly selection: Selection;
  /** How many of the rows found can be selected. */
  readonly free: number;
  readonly isAll: boolean;
  readonly picked: Keys;
  readonly done: Done | undefined;
  readonly onAll: () => void;
  readonly onClear: () => void;
}

export function BulkBar(props: BulkBarProps) {
  const { selection, free, isAll, picked, done, onAll, onClear } = props;
  const count = picked.length;
  return (
    <div class="dp-picked dp-bulk">
      <div class="dp-picked-text">
        {count > 0 && <b class="dp-bold">{put(selection.selected, { count })}</b>}{" "}
        {done && <Outcome done={done} />}
        {!count && !done && <span class="dp-sub">{selection.hint}</span>}
      </div>
      {!isAll && (
        <Button look="dp-quiet" onClick={onAll}>
          {put(selection.all, { count: free })}
        </Button>
      )}
      {count > 0 && (
        <>
          {selection.actions.map((bulk) => (
            <Bulk key={bulk.action.name} bulk={bulk} picked={picked} />
          ))}
          <Button look="dp-quiet" onClick={onClear}>
            {selection.clear}
          </Button>
        </>
      )}
      <Questions actions={selection.actions.map(({ action }) => action)} />
    </div>
  );
}

interface BulkProps {
  readonly bulk: BulkAction;
  readonly picked: Keys;
}

/** Returns the selected rows that an action applies to. */
export function thoseOf({ rows }: BulkAction, picked: Keys): Keys {
  const those = rows && new Set(rows);
  return those ? picked.filter((id) => those.has(id)) : picked;
}

/** An action on the selected rows; absent if it applies to none of them. */
function Bulk({ bulk, picked }: BulkProps) {
  const { action, choice } = bulk;
  const { panel } = useContext(Place);
  const [chosen, choose] = useState("");
  const ids = thoseOf(bulk, picked);
  if (!ids.length) return null;
  const held = { rows: ids, ...(choice && { choice: chosen }) };
  return (
    <>
      {choice && (
        <Select
          aria-label={choice.label}
          data-field={action.name}
          value={chosen}
          options={panel.rows.optionsOf(choice)}
          onChoose={choose}
        />
      )}
      <ActionButton action={{ ...action, label: put(action.label, { count: ids.length }) }} held={held} />
    </>
  );
}
