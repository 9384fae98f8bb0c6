/** Buttons and choices that carry out the actions of a view. */
import { useContext } from "preact/hooks";
import { Place } from "./context.ts";
import { QUIET } from "./focus.ts";
import { keyOf } from "./presses.ts";
import { Select } from "./select.tsx";
import type { Action, ActionArgs, Choice, Done as DoneWords, Style } from "./types.ts";
import { Icon } from "./words.tsx";

const ON_KEY = (event: KeyboardEvent): void => {
  // A held key counts as one press.
  if (event.repeat && (event.key === "Enter" || event.key === " ")) event.preventDefault();
};

interface ActionProps {
  readonly action: Action;
  /** The style if the action has none of its own. */
  readonly style?: Style | undefined;
  /** The key of the action whose question this one answers. */
  readonly asked?: string | undefined;
  /** The values chosen and ticked in the note around it. */
  readonly held?: ActionArgs | undefined;
  /** Whether it waits for something other than its own press. */
  readonly isBusy?: boolean;
}

export function ActionButton({ action, style: given = "", asked, held, isBusy = false }: ActionProps) {
  const { panel, shown } = useContext(Place);
  const key = keyOf(action);
  const style = action.style || given;
  const classes = ["dp-btn", style && `dp-${style}`, action.icon_only && "dp-only"].filter(Boolean);
  const title = action.off || action.title || (action.icon_only ? action.label : undefined);
  const onClick = (event: MouseEvent): void => {
    if (event.detail < 2) void panel.press(action, shown, { asked, held }); // the second click of a double click is a slip
  };
  const told = panel.told.get(key);
  return (
    <>
      {told && (
        <span class={`dp-told dp-tone-${told.tone}`} aria-hidden="true">
          <Icon tone={told.tone} />
          {told.words}
        </span>
      )}
      <button
        type="button"
        class={classes.join(" ")}
        data-action={action.name}
        aria-label={action.icon_only ? action.label : undefined}
        aria-busy={isBusy || panel.waiting.holds(action) ? "true" : undefined}
        disabled={Boolean(action.off)}
        title={title}
        onClick={onClick}
        onKeyDown={ON_KEY}
        {...QUIET}
      >
        <Icon name={action.icon} />
        {!action.icon_only && <span>{action.label}</span>}
      </button>
    </>
  );
}

interface ActionsProps {
  readonly actions: ReadonlyArray<Action> | undefined;
  readonly style?: Style;
  readonly asked?: string | undefined;
  readonly held?: ActionArgs | undefined;
  /** Whether to leave out the box around the buttons, as within a line of text. */
  readonly bare?: boolean;
  readonly role?: "gridcell";
}

/** The buttons of the actions that are shown; nothing if there are none. */
export function Actions({ actions, style, asked, held, bare = false, role }: ActionsProps) {
  const { panel } = useContext(Place);
  const offered = actions?.filter((action) => panel.offers(action));
  if (!offered?.length) return null;
  const buttons = offered.map((action) => (
    <ActionButton key={action.name + action.label} action={action} style={style} asked={asked} held={held} />
  ));
  return bare ? (
    buttons
  ) : (
    <div class="dp-actions" role={role}>
      {buttons}
    </div>
  );
}

export interface ChoiceProps {
  readonly choice: Choice;
  readonly describedBy: string | undefined;
}

/** A choice that is saved at once. The chosen value shows while it is saved; after that the view decides. */
export function ChoiceField({ choice, describedBy }: ChoiceProps) {
  const { panel, shown } = useContext(Place);
  const { action } = choice;
  const waits = action && panel.waiting.get(keyOf(action));
  const onChoose = (chosen: string): void => {
    if (action) void panel.press(action, shown, { choice: chosen });
  };
  return (
    <Select
      look={choice.invalid && "dp-invalid"}
      data-action={action?.name}
      aria-label={choice.label}
      aria-describedby={describedBy}
      aria-invalid={choice.invalid ? "true" : undefined}
      aria-busy={waits ? "true" : undefined}
      disabled={Boolean(choice.off)}
      title={choice.off || undefined}
      value={waits?.choice ?? choice.value ?? ""}
      options={panel.rows.optionsOf(choice)}
      onChoose={onChoose}
    />
  );
}

/** The result of the last action, with Undo if there is one. */
export function Done({ done }: { readonly done: DoneWords }) {
  return (
    <>
      <span class="dp-done">
        <Icon name="check" />
        {done.words}
      </span>
      {done.undo && <ActionButton action={done.undo} />}
    </>
  );
}
