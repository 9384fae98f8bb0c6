/** The last row of a list, to type the id of a model that is not listed. */
import { useContext, useRef } from "preact/hooks";
import { Button } from "../button.tsx";
import { Place } from "../context.ts";
import { QUIET } from "../focus.ts";
import { Message, Questions } from "../note.tsx";
import { Select } from "../select.tsx";
import type { Action, ActionArgs, ListWords, Option } from "../types.ts";
import { useUniqueId } from "../unique.ts";
import type { ListWindow } from "./list_window.ts";

const MOST_CHARACTERS = 512;

/** The action for a typed id. */
export interface ByHand {
  readonly action: Action;
  /** Whether the kind of the model can be chosen. */
  readonly kinds: boolean;
  /** The providers to choose from; empty if the provider is known. */
  readonly owners: ReadonlyArray<Option>;
  readonly press: (args: ActionArgs) => void;
}

interface ByHandProps extends ByHand {
  readonly words: ListWords;
  readonly list: ListWindow;
  /** A query that found nothing: it fills the field until something is typed; else empty. */
  readonly offered: string;
  /** The kind filtered by, which is the kind of the typed id unless another one is chosen. */
  readonly filter: string;
  /** Whether adding the offered id is the obvious next step. */
  readonly isNext: boolean;
}

export function ByHandRow({ action, kinds, owners, press, words, list, ...given }: ByHandProps) {
  const { offered, filter, isNext } = given;
  const { panel } = useContext(Place);
  const owner = useRef<HTMLSelectElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const id = useUniqueId();
  const { typed, typedKind, typedOwner, ownerAsked } = list.values;
  const value = typed ?? offered;
  const kind = typedKind ?? (words.typed_kinds.some((each) => each.value === filter) ? filter : "chat");
  const chosen = owners.some((each) => each.value === typedOwner) ? typedOwner : "";
  const asks = ownerAsked && owners.length > 0 && !chosen;
  const add = (): void => {
    const model = value.trim();
    if (!model) {
      field.current?.focus();
    } else if (owners.length && !chosen) {
      list.set({ ownerAsked: true });
      owner.current?.focus();
    } else {
      press({ model, ...(kinds && { kind }), ...(owners.length && { provider: chosen }) });
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || event.isComposing) return;
    if (!event.repeat) add();
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class={`dp-by-hand${owners.length ? " dp-owned" : ""}${kinds ? "" : " dp-one-kind"}`}>
      <span class="dp-sub">{words.by_hand}</span>
      <input
        ref={field}
        type="text"
        class="dp-input dp-mono"
        aria-label={words.typed}
        placeholder={words.typed_here}
        maxLength={MOST_CHARACTERS}
        spellcheck={false}
        autocomplete="off"
        value={value}
        onInput={(event) => {
          panel.questions.close(String(action.args?.row ?? "")); // they were about the text typed before
          list.set({ typed: event.currentTarget.value });
        }}
        onBlur={() => typed === "" && list.set({ typed: undefined })}
        onKeyDown={onKeyDown}
        {...QUIET}
      />
      {kinds && (
        <Select
          aria-label={words.typed_kind}
          options={words.typed_kinds}
          value={kind}
          onChoose={(kind) => list.set({ typedKind: kind })}
        />
      )}
      {owners.length > 0 && (
        <Select
          ref={owner}
          look={asks ? "dp-owner dp-invalid" : "dp-owner"}
          aria-label={words.typed_owner}
          aria-invalid={asks ? "true" : undefined}
          aria-describedby={asks ? id : undefined}
          value={chosen}
          options={[{ value: "", label: words.no_owner }, ...owners]}
          onChoose={(typedOwner) => list.set({ typedOwner, ownerAsked: false })}
        />
      )}
      <Button
        look={isNext ? "dp-primary" : ""}
        data-action={action.name}
        aria-busy={panel.waiting.holds(action) ? "true" : undefined}
        onClick={(event) => event.detail < 2 && add()}
      >
        <span>{action.label}</span>
      </Button>
      <Questions actions={[action]} />
      {asks && <Message id={id} note={{ tone: "error", title: words.ask_owner, alert: true }} />}
    </div>
  );
}
