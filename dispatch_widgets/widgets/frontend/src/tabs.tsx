/** The tab bar, and the way back in a panel without one. */

import { type App, NAMES, TABS } from "./app.ts";
import { Button } from "./button.tsx";
import { QUIET } from "./focus.ts";
import type { Shown } from "./shown.ts";
import type { Tab } from "./types.ts";
import { Icon } from "./words.tsx";

const STEPS: Readonly<Record<string, (at: number) => number>> = {
  ArrowRight: (at) => (at + 1) % TABS.length,
  ArrowLeft: (at) => (at + TABS.length - 1) % TABS.length,
  Home: () => 0,
  End: () => TABS.length - 1,
};

export const tabId = (id: string, tab: Tab): string => `${id}-${tab}`;

interface TabBarProps {
  readonly app: App;
  readonly id: string;
}

/** The tab bar. Arrow keys only move the focus, since the view of a tab may have to come from the kernel. */
export function TabBar({ app, id }: TabBarProps) {
  const onKeyDown = (event: KeyboardEvent): void => {
    const tabs = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>("[role=tab]")];
    const at = tabs.indexOf(event.target as HTMLElement);
    const next = at >= 0 && tabs[STEPS[event.key]?.(at) ?? -1];
    if (!next) return;
    event.preventDefault();
    next.focus();
  };
  return (
    <div class="dp-tabs" role="tablist" aria-label="Dispatch" onKeyDown={onKeyDown}>
      {TABS.map((tab) => {
        const title = app.header.titles?.[tab] ?? NAMES[tab];
        return (
          <button
            key={tab}
            type="button"
            class="dp-tab"
            role="tab"
            id={tabId(id, tab)}
            aria-selected={tab === app.open}
            aria-controls={`${id}-page`}
            tabIndex={tab === app.open ? 0 : -1}
            onClick={() => void app.show(tab)}
            {...QUIET}
          >
            {/* data-title reserves the width of the open tab's bold title */}
            <span data-title={title}>{title}</span>
          </button>
        );
      })}
    </div>
  );
}

export function WayBack({ app, shown }: { readonly app: App; readonly shown: Shown }) {
  return (
    <div class="dp-way-back">
      <Button look="dp-quiet" data-way-back="" onClick={() => app.back(shown)}>
        <Icon name="back" />
        <span>{`Back to ${NAMES[app.first]}`}</span>
      </Button>
    </div>
  );
}
