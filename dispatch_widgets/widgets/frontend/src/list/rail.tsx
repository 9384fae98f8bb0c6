/** The choice of a provider: a listbox, or a native select where the panel is narrow. */
import { useEffect, useRef } from "preact/hooks";
import { QUIET } from "../focus.ts";
import { Select } from "../select.tsx";
import type { Row } from "../types.ts";
import { useUniqueId } from "../unique.ts";
import { Icon } from "../words.tsx";
import { isChord, movedTo } from "./keys.ts";

/** As many providers as are as tall as the list beside them. More are a native select everywhere. */
const MOST = 15;
const REST_MS = 300; // each choice may send a request to a server, so the arrow keys wait for a pause
const TYPING_MS = 600; // letters typed within this time form one prefix

interface RailProps {
  readonly label: string;
  readonly rows: ReadonlyArray<Row>;
  readonly current: string;
  /** Shows a list. */
  readonly onShow: (row: string) => void;
  /** Has the list fetched if needed, once the keys pause. */
  readonly onRest: (row: string) => void;
}

export function Rail({ label, rows, current, onShow, onRest }: RailProps) {
  const id = useUniqueId();
  const resting = useRef<ReturnType<typeof setTimeout>>(undefined);
  const typed = useRef({ text: "", at: 0 });
  useEffect(() => () => clearTimeout(resting.current), []);
  const place = rows.findIndex((row) => row.id === current);
  const choose = (row: Row | undefined, waitMs = 0): void => {
    if (!row) return;
    onShow(row.id);
    clearTimeout(resting.current);
    if (waitMs) resting.current = setTimeout(onRest, waitMs, row.id);
    else onRest(row.id);
  };
  const byLetters = (letter: string): ((row: Row) => boolean) => {
    const now = Date.now();
    const { text, at } = typed.current;
    const begun = (now - at < TYPING_MS ? text : "") + letter.toLowerCase();
    typed.current = { text: begun, at: now };
    return (row) => row.title.toLowerCase().startsWith(begun);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (isChord(event)) return;
    const byKey = movedTo(event.key, place, rows.length, rows.length);
    const to = byKey ?? (event.key.length === 1 ? rows.findIndex(byLetters(event.key)) : -1);
    const item = (event.currentTarget as Element).children[to];
    if (item) {
      choose(rows[to], REST_MS);
      item.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter" || event.key === " ") choose(rows[place]);
    else return;
    event.preventDefault();
  };
  const isMany = rows.length > MOST;
  return (
    <div class={isMany ? "dp-rail dp-many" : "dp-rail"}>
      {!isMany && (
        <div
          class="dp-rail-list"
          role="listbox"
          tabIndex={0}
          aria-label={label}
          aria-activedescendant={place < 0 ? undefined : `${id}-${place}`}
          onKeyDown={onKeyDown}
          {...QUIET}
        >
          {rows.map((row, number) => (
            <RailItem
              key={row.id}
              id={`${id}-${number}`}
              row={row}
              isCurrent={number === place}
              onClick={() => choose(row)}
            />
          ))}
        </div>
      )}
      <Select
        look="dp-rail-select"
        aria-label={label}
        value={current}
        options={rows.map(({ id: value, title, badge, tag }) => ({
          value,
          label: [title, badge?.text ?? tag].filter(Boolean).join(" · "),
        }))}
        onChoose={(chosen) => choose(rows.find((row) => row.id === chosen))}
      />
    </div>
  );
}

interface RailItemProps {
  readonly id: string;
  readonly row: Row;
  readonly isCurrent: boolean;
  readonly onClick: () => void;
}

function RailItem({ id, row, isCurrent, onClick }: RailItemProps) {
  const { badge, title, tag } = row;
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the listbox has the focus, and names it
    // biome-ignore lint/a11y/useKeyWithClickEvents: as above
    <div
      id={id}
      class="dp-rail-item"
      role="option"
      aria-selected={isCurrent}
      title={badge ? `${title}: ${badge.text}` : title}
      onClick={onClick}
    >
      <span>{title}</span>
      {badge && (
        <span class={`dp-tone-${badge.tone ?? ""}`}>
          <Icon name={badge.icon} tone={badge.tone ?? ""} />
          <span class="dp-unseen">{badge.text}</span>
        </span>
      )}
      {!badge && tag && <span class="dp-num">{tag}</span>}
    </div>
  );
}
