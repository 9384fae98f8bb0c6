/** The tools above the rows: the search field, the sort order, and the filters by feature and kind. */
import type { RefObject } from "preact";
import { Button } from "../button.tsx";
import { QUIET } from "../focus.ts";
import { Select } from "../select.tsx";
import type { ListWords } from "../types.ts";
import { Icon } from "../words.tsx";
import { put } from "./put.ts";

interface SearchProps {
  readonly label: string;
  /** The placeholder. */
  readonly hint: string;
  /** The label of the button that clears the field. */
  readonly clear: string;
  readonly field: RefObject<HTMLInputElement | null>;
  readonly query: string;
  readonly onSearch: (query: string) => void;
  /** More attributes, as an object: Preact's types and Biome want a datalist for a combobox. */
  readonly more?: object;
}

export function SearchField({ label, hint, clear, field, query, onSearch, more }: SearchProps) {
  return (
    <div class="dp-search">
      <Icon name="search" />
      <input
        ref={field}
        type="search"
        class="dp-input"
        placeholder={hint}
        aria-label={label}
        autocomplete="off"
        spellcheck={false}
        value={query}
        onInput={(event) => onSearch(event.currentTarget.value)}
        {...more}
        {...QUIET}
      />
      {query && (
        <Button
          look="dp-quiet dp-only"
          tabIndex={-1}
          aria-label={clear}
          title={clear}
          onClick={() => {
            onSearch("");
            field.current?.focus();
          }}
        >
          <Icon name="close" />
        </Button>
      )}
    </div>
  );
}

interface OrdersProps {
  readonly words: ListWords;
  readonly usable: ReadonlyArray<string>;
  readonly order: string;
  readonly onOrder: (order: string) => void;
}

export function Orders({ words, usable, order, onOrder }: OrdersProps) {
  return (
    <Select
      look="dp-sort"
      aria-label={words.sort}
      value={order}
      options={words.orders.filter(({ value }) => usable.includes(value))}
      onChoose={onOrder}
    />
  );
}

interface FeaturesProps {
  readonly words: ListWords;
  readonly stated: ReadonlySet<string>;
  readonly feature: string;
  readonly onFeature: (feature: string) => void;
}

/** The filter by feature; absent if no server states any feature. */
export function Features({ words, stated, feature, onFeature }: FeaturesProps) {
  if (!stated.size) return null;
  return (
    <Select
      look="dp-feature-filter"
      aria-label={words.show_feature}
      value={feature}
      options={[
        { value: "", label: words.any_feature },
        ...words.features.filter(({ value }) => stated.has(value)),
      ]}
      onChoose={onFeature}
    />
  );
}

interface KindsProps {
  readonly words: ListWords;
  readonly kind: string;
  readonly counts: Readonly<Record<string, number>>;
  /** Whether there are models to count; if not, dashes stand in place of the counts. */
  readonly known: boolean;
  readonly someNew: boolean;
  readonly onKind: (kind: string) => void;
}

const STEPS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/** The filter by kind. It is one Tab stop; the arrow keys change the kind. */
export function Kinds({ words, kind, counts, known, someNew, onKind }: KindsProps) {
  const offered = words.kinds.filter(({ value }) => value !== "new" || someNew);
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const place = offered.findIndex(({ value }) => value === kind);
    const next = (place + step + offered.length) % offered.length;
    onKind(offered[next]?.value ?? "all");
    const chips = (event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>("button");
    chips[next]?.focus();
  };
  return (
    <div class="dp-chips" role="radiogroup" aria-label={words.show_kind} onKeyDown={onKeyDown}>
      {offered.map(({ value, label }) => (
        // biome-ignore lint/a11y/useSemanticElements: a chip is a button that looks pressed
        <button
          key={value}
          type="button"
          class="dp-chip"
          role="radio"
          aria-checked={value === kind}
          tabIndex={value === kind ? 0 : -1}
          onClick={() => onKind(value)}
          {...QUIET}
        >
          {label} <span class="dp-num">{known ? put("{count}", { count: counts[value] ?? 0 }) : "–"}</span>
        </button>
      ))}
    </div>
  );
}
