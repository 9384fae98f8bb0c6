/** What anywidget calls: once for each panel of the page, and `render` for each place where that is shown. */
import { render as drawInto } from "preact";
import { copyWholeIds } from "./clipboard.ts";
import { Place } from "./context.ts";
import type { Model } from "./host.ts";
import { watchKernel } from "./kernel.ts";
import { Page } from "./page.tsx";
import { NO_KERNEL, Panel, type Shown } from "./panel.ts";
import { openVoice } from "./voice.ts";

const NAME = "Dispatch";

function show(panel: Panel, model: Model, el: HTMLElement): () => void {
  const root = document.createElement("div");
  const page = document.createElement("div");
  const voice = openVoice();
  root.className = panel.inApp ? "dp" : "dp dp-alone dw-panel";
  if (!panel.inApp) {
    root.setAttribute("role", "region");
    root.setAttribute("aria-label", NAME);
  }
  root.append(page, voice.node);
  el.append(root);
  root.addEventListener("copy", copyWholeIds);
  const draw = (): void => {
    root.classList.toggle("dp-cut", panel.link.gone);
    drawInto(
      <Place.Provider value={{ panel, shown }}>
        <Page />
      </Place.Provider>,
      page,
    );
  };
  const shown: Shown = { root, say: voice.say, draw };
  panel.shown.add(shown);
  // A notebook opened with its saved widget state and no kernel: ipywidgets marks the view's element.
  const unwatch = watchKernel(model, el.classList.contains("jupyter-widgets-disconnected"), (gone) => {
    const news = gone && !panel.link.gone;
    panel.link.gone = gone;
    panel.draw();
    if (news && !panel.inApp) voice.say(NO_KERNEL);
  });
  return () => {
    unwatch();
    voice.stop();
    panel.shown.delete(shown);
    drawInto(null, page);
    root.remove();
  };
}

export default () => {
  let panel: Panel | undefined;
  const of = (model: Model): Panel => {
    panel ??= new Panel(model);
    return panel;
  };
  return {
    initialize({ model }: { readonly model: Model }) {
      of(model);
      return () => panel?.close();
    },
    render({ model, el }: { readonly model: Model; readonly el: HTMLElement }) {
      return show(of(model), model, el);
    },
  };
};
