/** Notes, messages, facts and empty states. */
import { useContext, useState } from "preact/hooks";
import { Actions } from "./action.tsx";
import { Until } from "./clock.tsx";
import { Place } from "./context.ts";
import { QUIET } from "./focus.ts";
import { keyOf } from "./presses.ts";
import { Select } from "./select.tsx";
import type { Action, EmptyState, Fact, Note, Step } from "./types.ts";
import { Icon, Text } from "./words.tsx";

interface NoteProps {
  readonly note: Note;
  /** The key of the action whose question this note is. */
  readonly asked?: string;
}

/** A note above or below the thing that it is about. */
export function NoteBox({ note, asked }: NoteProps) {
  const { panel } = useContext(Place);
  const { choice, check, steps, facts } = note;
  const [chosen, setChosen] = useState<string>();
  const [ticked, setTicked] = useState<boolean>();
  const value = chosen ?? choice?.value ?? choice?.options[0]?.value ?? "";
  const isTicked = ticked ?? check?.ticked ?? false;
  const held = { ...(choice && { choice: value }), ...(check && { ticked: isTicked }) };
  const isTall = Boolean(steps || facts || check);
  return (
    <div
      class={`dp-note dp-tone-${note.tone}${isTall ? " dp-tall" : ""}`}
      role={note.alert ? "alert" : undefined}
    >
      <Icon name={note.icon} tone={note.tone} />
      <div class="dp-note-body">
        <div class="dp-strong">
          <Text words={note.title} />
        </div>
        <NoteText note={note} />
        {steps && (
          <ul class="dp-steps">
            {steps.map((step, place) => (
              <StepItem key={place} step={step} />
            ))}
          </ul>
        )}
        {facts && <Facts facts={facts} />}
        {check && (
          <label class="dp-check">
            <input
              type="checkbox"
              checked={isTicked}
              onChange={(event) => setTicked(event.currentTarget.checked)}
              {...QUIET}
            />
            {check.label}
          </label>
        )}
      </div>
      <div class="dp-note-actions">
        {choice && (
          <Select
            aria-label={choice.label}
            data-field="choice"
            value={value}
            options={panel.rows.optionsOf(choice)}
            onChoose={setChosen}
          />
        )}
        <Actions actions={note.actions} asked={asked} held={held} />
      </div>
    </div>
  );
}

/** A note's text, with the countdown at `{until}`, or at the end. */
function NoteText({ note: { text, until, until_said } }: { readonly note: Note }) {
  if (!text && until === undefined) return null;
  const clock = until !== undefined && <Until until={until} said={until_said} />;
  const [before = "", ...after] = typeof text === "string" ? text.split("{until}") : [""];
  return (
    <div class="dp-muted">
      {clock && typeof text === "string" ? (
        <>
          {before}
          {clock}
          {after.join("")}
        </>
      ) : (
        <>
          <Text words={text ?? ""} />
          {clock}
        </>
      )}
    </div>
  );
}

function StepItem({ step: { text, ok } }: { readonly step: Step }) {
  return (
    <li>
      {ok !== undefined && <Icon name={ok ? "check" : "close"} tone={ok ? "ok" : "error"} coloured />}
      <span>
        {ok !== undefined && <span class="dp-unseen">{ok ? "Works: " : "Fails: "}</span>}
        <Text words={text} />
      </span>
    </li>
  );
}

/** A list of facts, each a heading and its value. */
export function Facts({ facts }: { readonly facts: ReadonlyArray<Fact> }) {
  return (
    <dl class="dp-facts">
      {facts.map(({ name, value }) => [
        <dt key={name}>{name}</dt>,
        <dd key={`${name}:`}>
          <Text words={value} />
        </dd>,
      ])}
    </dl>
  );
}

/** The open questions of these actions. */
export function Questions({ actions }: { readonly actions: ReadonlyArray<Action> | undefined }) {
  const { panel } = useContext(Place);
  return (
    <>
      {actions?.map((action) => {
        const key = keyOf(action);
        const note = panel.questionOf(action);
        return note && <NoteBox key={key} note={note} asked={key} />;
      })}
    </>
  );
}

/** A note as a single line, as under a field. */
export function Message({ note, id }: { readonly note: Note; readonly id?: string }) {
  return (
    <div id={id} class={`dp-msg dp-tone-${note.tone}`} role={note.alert ? "alert" : undefined}>
      <Icon name={note.icon} tone={note.tone} />
      <span class="dp-msg-text">
        <Text words={note.title} />
        {note.text && " "}
        {note.text && <Text words={note.text} />}
      </span>
      <Actions actions={note.actions} bare style="link" />
    </div>
  );
}

/** An empty state, with the next step. */
export function Empty({ empty }: { readonly empty: EmptyState }) {
  return (
    <div class="dp-empty">
      <h3 class="dp-h dp-large">{empty.title}</h3>
      <p class="dp-muted">
        <Text words={empty.text} />
      </p>
      <Actions actions={empty.actions} />
    </div>
  );
}
