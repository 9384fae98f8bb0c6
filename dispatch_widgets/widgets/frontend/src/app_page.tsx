/** A panel as drawn in one place: the header, the tab bar and the open tab. */

import type { App } from "./app.ts";
import { Place } from "./context.ts";
import { Bar, FileHeader } from "./header.tsx";
import { KeyList } from "./key_list.tsx";
import { NO_KERNEL } from "./no_answer.ts";
import { Page } from "./page.tsx";
import type { Shown } from "./shown.ts";
import { TabBar, tabId, WayBack } from "./tabs.tsx";
import { useUniqueId } from "./unique.ts";

interface AppPageProps {
  readonly app: App;
  readonly shown: Shown;
}

export function AppPage({ app, shown }: AppPageProps) {
  const id = useUniqueId();
  const { open } = app;
  const page = (
    // Keyed by tab, so that no DOM node or component state carries over from the tab before.
    <Place.Provider key={open} value={{ app, panel: app.tab(open), shown }}>
      <Page />
    </Place.Provider>
  );
  return (
    <>
      {app.link.gone && <p class="dp-gone">{NO_KERNEL}</p>}
      <Place.Provider value={{ app, panel: app.over, shown }}>
        {!app.alone && <FileHeader header={app.header} />}
        <Bar header={app.header} />
      </Place.Provider>
      {app.alone ? (
        <>
          {open !== app.first && <WayBack app={app} shown={shown} />}
          {page}
        </>
      ) : (
        <>
          <TabBar app={app} id={id} />
          <div
            role="tabpanel"
            id={`${id}-page`}
            aria-labelledby={tabId(id, open)}
            aria-busy={app.viewOf(open) ? undefined : "true"}
          >
            {page}
          </div>
        </>
      )}
      <Place.Provider value={{ app, panel: app.over, shown }}>
        <KeyList />
      </Place.Provider>
    </>
  );
}
