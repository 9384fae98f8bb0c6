/** The context of a component: its app, its tab, and the place in the page where that is shown. */
import { createContext } from "preact";
import type { App } from "./app.ts";
import type { Panel } from "./panel.ts";
import type { Shown } from "./shown.ts";

export interface Place {
  readonly app: App;
  readonly panel: Panel;
  readonly shown: Shown;
}

export const Place = createContext<Place>(undefined as unknown as Place); // always provided, by app_page.tsx
