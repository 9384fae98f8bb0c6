/** Where a component stands: in which tab of which panel, and in which of the places where that is shown. */
import { createContext } from "preact";
import type { App } from "./app.ts";
import type { Panel } from "./panel.ts";
import type { Shown } from "./shown.ts";

export interface Place {
  readonly app: App;
  readonly panel: Panel;
  readonly shown: Shown;
}

export const Place = createContext<Place>(undefined as unknown as Place); // app_page.tsx gives it, around everything
