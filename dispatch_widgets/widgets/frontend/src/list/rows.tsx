/** A page of rows in a list of models, as a listbox. */
import { QUIET } from "../focus.ts";
import type { ListWords } from "../types.ts";
import { type CellKey, ModelOption } from "./model_row.tsx";
import type { Model } from "./models.ts";
import type { Keys } from "./selection.ts";
import type { Page } from "./use_page.ts";

/** Returns the id of a list's listbox. */
export function listIdOf(id: string): string {
  return `${id}-list`;
}

interface RowsProps {
  readonly id: string;
  readonly words: ListWords;
  readonly page: Page;
  readonly models: ReadonlyArray<Model>;
  /** The providers' names by their ids; undefined if the list holds models of only one provider. */
  readonly providers: ReadonlyMap<string, string> | undefined;
  readonly cells: ReadonlyArray<CellKey>;
  /** The search words, highlighted in the rows. */
  readonly wanted: ReadonlyArray<string>;
  readonly several: boolean;
  readonly picked: Keys;
  readonly isHad: (model: Model) => boolean;
  readonly canTakeOut: boolean;
  readonly unlisted: string | undefined;
  readonly current: number;
  /** The id of the current row's element; undefined if that row is not drawn. */
  readonly active: string | undefined;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onFocus: (event: FocusEvent) => void;
  readonly onClick: (place: number, event: MouseEvent) => void;
  readonly onDblClick: (place: number) => void;
}

export function Rows(props: RowsProps) {
  const { id, words, models, providers, several } = props;
  const { first, end } = props.page;
  const chosen = new Set(props.picked);
  const at = (event: MouseEvent, act: (place: number, event: MouseEvent) => void): void => {
    const option = (event.target as Element).closest<HTMLElement>("[data-place]");
    if (option) act(Number(option.dataset.place), event);
  };
  // Shift-click and double click select rows, not text.
  const onMouseDown = (event: MouseEvent): void => {
    if (event.shiftKey || event.detail > 1) event.preventDefault();
  };
  return (
    <div
      ref={props.page.view}
      id={listIdOf(id)}
      class="dp-models-view"
      role="listbox"
      tabIndex={0}
      aria-label={words.name}
      aria-multiselectable={several}
      aria-activedescendant={props.active}
      onKeyDown={props.onKeyDown}
      onFocus={props.onFocus}
      onClick={(event) => at(event, props.onClick)}
      onDblClick={(event) => at(event, props.onDblClick)}
      onMouseDown={onMouseDown}
      {...QUIET}
    >
      {models.slice(first, end).map((model, place) => (
        <ModelOption
          key={model.key}
          id={`${id}-${first + place}`}
          model={model}
          words={words}
          cells={props.cells}
          from={providers?.get(model.provider) ?? ""}
          wanted={props.wanted}
          several={several}
          isPicked={chosen.has(model.key)}
          isHad={props.isHad(model)}
          canTakeOut={props.canTakeOut}
          isCurrent={first + place === props.current}
          isUnlisted={model.key === props.unlisted}
          place={first + place}
          count={models.length}
        />
      ))}
    </div>
  );
}

export function Headings({
  words,
  cells,
}: {
  readonly words: ListWords;
  readonly cells: ReadonlyArray<CellKey>;
}) {
  const shown = words.columns.filter(({ key }) => key === "name" || cells.includes(key as CellKey));
  return (
    <div class="dp-models-head" aria-hidden="true">
      <span />
      {shown.map(({ key, title }) => (
        <span key={key} class={`dp-${key}`}>
          {title}
        </span>
      ))}
    </div>
  );
}
