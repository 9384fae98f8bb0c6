// The field for a key. What is typed stays in the page until Python asks for it.
import { renderField } from "./field/field.js";
import { openKeyStore } from "./field/key_store.js";
import { h } from "./shared/elements.js";
import { standAlone } from "./shared/standing_alone.js";

export default () => {
  let store = null;
  return {
    initialize({ model }) {
      store = openKeyStore(model);
      return () => store.close();
    },
    render({ model, el }) {
      const inner = h("div");
      el.classList.add("dw-secret-host");
      el.append(inner);
      const view = renderField(model, inner, store);
      store.views.add(view);
      // The field's rules look for a panel around it.
      const stopStanding = standAlone(model, inner, () => el);
      return () => {
        stopStanding();
        store.views.delete(view);
        view.stop();
      };
    },
  };
};
