/** The search and sort order of a section's rows. Both belong to this window. */
import { useContext, useRef } from "preact/hooks";
import { Button } from "./button.tsx";
import { Place } from "./context.ts";
import { type Found, indexed } from "./found.ts";
import { didYouMean } from "./list/match.ts";
import { put } from "./list/put.ts";
import { SearchField } from "./list/tools.tsx";
import { Select } from "./select.tsx";
import type { Finder, Section } from "./types.ts";

interface FinderProps {
  readonly finder: Finder;
  readonly section: Section;
  readonly count: number;
}

export function FinderBox({ finder, section, count }: FinderProps) {
  const { panel } = useContext(Place);
  const field = useRef<HTMLInputElement>(null);
  const { text, sort } = panel.rows.of(section.id);
  const find = (change: Partial<Found>): void => panel.rows.set(section.id, { first: 0, ...change });
  const meant = count ? undefined : didYouMean(indexed(section.rows ?? []), text);
  return (
    <>
      <div class="dp-finder">
        <SearchField
          label={finder.label}
          hint={finder.label}
          clear={finder.clear}
          field={field}
          query={text}
          onSearch={(wanted) => find({ text: wanted })}
        />
        <Select
          aria-label={finder.sort}
          value={sort}
          options={finder.sorts}
          onChoose={(chosen) => find({ sort: chosen })}
        />
      </div>
      <p class={count ? "dp-unseen" : "dp-muted"} role="status">
        {text && (count ? put(finder.found, { count }) : finder.nothing)}
      </p>
      {meant && (
        <Button look="dp-link" onClick={() => find({ text: meant.title })}>
          {put(finder.did_you_mean, { name: meant.title })}
        </Button>
      )}
    </>
  );
}
