// The list of all panels: draws rows from plain data and answers with messages.
// What a row, an action and a note are is written in _rows.py, what comes back in item_list.py.
import { renderManage } from "./list/manage.js";
import { renderRail } from "./list/rail.js";
import { openStore } from "./list/store.js";
import { renderPick } from "./pick/pick.js";
import { h } from "./shared/elements.js";
import { ignoreSlips } from "./shared/presses.js";
import { standAlone } from "./shared/standing_alone.js";

const MODES = {
  manage: [renderManage, "dw-manage"],
  pick: [renderPick, "dw-picklist"],
  rail: [renderRail, "dw-rail"],
};
const TRAITS = ["label", "variant", "columns", "busy", "empty", "note", "pick"];

export default () => {
  let store = null;
  return {
    initialize({ model }) {
      store = openStore(model);
      return () => store.close();
    },
    render({ model, el }) {
      const [render, name] = MODES[model.get("mode")];
      el.classList.add("dw-itemlist", name);
      const stops = [ignoreSlips(el), standAlone(model, el)];
      const voice = h("div", { class: "dw-sr", role: "status" });
      const view = render({ model, el, store, voice });
      const use = () => {
        store.lastView = view;
      };
      el.addEventListener("pointerdown", use);
      el.addEventListener("focusin", use);
      store.views.add(view);
      for (const trait of TRAITS) model.on(`change:${trait}`, view.update);
      view.update();
      return () => {
        for (const stop of stops) stop();
        for (const trait of TRAITS) model.off(`change:${trait}`, view.update);
        store.views.delete(view);
        view.stop();
      };
    },
  };
};
