/** Above the rows: the search, the orders, the kinds as chips, and how many models there are. */
import type { RefObject } from "preact";
import { QUIET } from "../focus.ts";
import type { ListWords } from "../types.ts";
import { Icon } from "../words.tsx";
import { put } from "./put.ts";

interface SearchProps {
  readonly words: ListWords;
  readonly field: RefObject<HTMLInputElement | null>;
  readonly query: string;
  readonly listId: string;
  readonly isOpen: boolean;
  readonly active: string | undefined;
  readonly onSearch: (query: string) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

export function SearchField(props: SearchProps) {
  const { words, field, query, onSearch } = props;
  // As an object: Preact's types and Biome want a datalist for this role.
  const combobox: object = {
    role: "combobox",
    "aria-expanded": props.isOpen ? "true" : "false",
    "aria-autocomplete": "list",
  };
  return (
    <div class="dp-search">
      <Icon name="search" />
      <input
        ref={field}
        type="search"
        class="dp-input"
        placeholder={words.searched}
        aria-label={words.search}
        aria-controls={props.listId}
        aria-activedescendant={props.active}
        autocomplete="off"
        spellcheck={false}
        value={query}
        data-first
        onInput={(event) => onSearch(event.currentTarget.value)}
        onKeyDown={props.onKeyDown}
        {...combobox}
        {...QUIET}
      />
      {query && (
        <button
          type="button"
          tabIndex={-1}
          class="dp-btn dp-quiet dp-only"
          aria-label={words.clear_search}
          title={words.clear_search}
          onClick={() => {
            onSearch("");
            field.current?.focus();
          }}
          {...QUIET}
        >
          <Icon name="close" />
        </button>
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
    <select
      class="dp-select dp-sort"
      aria-label={words.sort}
      value={order}
      onChange={(event) => onOrder(event.currentTarget.value)}
      {...QUIET}
    >
      {words.orders
        .filter(({ value }) => usable.includes(value))
        .map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
    </select>
  );
}

interface FeaturesProps {
  readonly words: ListWords;
  readonly stated: ReadonlySet<string>;
  readonly feature: string;
  readonly onFeature: (feature: string) => void;
}

/** What else a model is to be able to do; nothing where no server states anything. */
export function Features({ words, stated, feature, onFeature }: FeaturesProps) {
  if (!stated.size) return null;
  return (
    <select
      class="dp-select dp-feature-filter"
      aria-label={words.show_feature}
      value={feature}
      onChange={(event) => onFeature(event.currentTarget.value)}
      {...QUIET}
    >
      <option value="">{words.any_feature}</option>
      {words.features
        .filter(({ value }) => stated.has(value))
        .map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
    </select>
  );
}

interface KindsProps {
  readonly words: ListWords;
  readonly kind: string;
  readonly counts: Readonly<Record<string, number>>;
  /** Whether there are models to count. */
  readonly known: boolean;
  readonly someNew: boolean;
  readonly onKind: (kind: string) => void;
}

const STEPS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/** One tab stop; the arrows change the kind. */
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
          aria-checked={value === kind ? "true" : "false"}
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
