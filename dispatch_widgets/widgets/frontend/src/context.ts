/** Where a component stands: in which panel, and in which of the places where that is shown. */
import { createContext } from "preact";
import type { Panel, Shown } from "./panel.ts";

export interface Place {
  readonly panel: Panel;
  readonly shown: Shown;
}

export const Place = createContext<Place>(undefined as unknown as Place); // main.tsx gives it, around everything
