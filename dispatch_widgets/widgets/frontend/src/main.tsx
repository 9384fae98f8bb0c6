/** The anywidget entry point, called once for each panel; `render` is called for each place that shows it. */
import { render as drawInto } from "preact";
import { App } from "./app.ts";
import { AppPage } from "./app_page.tsx";
import { copyWholeIds } from "./clipboard.ts";
import type { Model } from "./host.ts";
import { watchKernel } from "./kernel.ts";
import { onQuestionMark } from "./key_list.tsx";
import { NO_KERNEL } from "./no_answer.ts";
import { takeRegionName } from "./regions.ts";
import type { Shown } from "./shown.ts";
import { watchTheme } from "./theme.ts";
import { openVoice } from "./voice.ts";
import { widenOnceShown } from "./widen.ts";

function show(app: App, model: Model, el: HTMLElement): () => void {
  const root = document.createElement("div");
  const page = document.createElement("div");
  const voice = openVoice();
  const region = takeRegionName();
  root.className = "dp dp-alone dw-panel";
  root.setAttribute("role", "region");
  root.setAttribute("aria-label", region.name);
  root.append(page, voice.node);
  el.append(root);
  root.addEventListener("copy", copyWholeIds);
  root.addEventListener("keydown", onQuestionMark);
  const unwatchTheme = watchTheme(root);
  const draw = (): void => {
    root.classList.toggle("dp-cut", app.link.gone);
    drawInto(<AppPage app={app} shown={shown} />, page);
  };
  const shown: Shown = { root, say: voice.say, draw };
  const leave = app.enter(shown);
  // Widened once per window: the width that the user chose since is kept, even when the cell runs again.
  const { store } = app;
  const stopWidening = store.get("widened")
    ? () => undefined
    : widenOnceShown(root, () => store.set("widened", Boolean(root.closest(".jupyterlab-sidecar"))));
  // ipywidgets marks the element if the notebook was opened from saved widget state without a kernel.
  const unwatchKernel = watchKernel(model, el.classList.contains("jupyter-widgets-disconnected"), (gone) => {
    const news = gone && !app.link.gone;
    app.link.gone = gone;
    app.draw();
    if (news) voice.say(NO_KERNEL);
  });
  return () => {
    unwatchKernel();
    stopWidening();
    unwatchTheme();
    voice.stop();
    region.release();
    leave();
    drawInto(null, page);
    root.remove();
  };
}

/**
 * Frees a closed panel's copies of this script and its styles: JupyterLab keeps the models of closed widgets.
 * This reloads nothing, since anywidget stops watching these traits when a model is destroyed.
 */
function forget(model: Model): void {
  for (const name of ["_esm", "_css"]) model.set(name, "");
  model.set("window", ""); // a model also keeps its state before the last change, which would hold the styles
}

export default () => {
  let app: App | undefined;
  const of = (model: Model): App => {
    app ??= new App(model);
    return app;
  };
  return {
    initialize({ model }: { readonly model: Model }) {
      of(model);
      model.on("destroy", () => forget(model));
      return () => app?.close();
    },
    render({ model, el }: { readonly model: Model; readonly el: HTMLElement }) {
      return show(of(model), model, el);
    },
  };
};
