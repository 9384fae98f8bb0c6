// What is typed into a key field, shared by its views in the page. It leaves once, as a message of its own,
// when Python asks for it, and is never part of the model's state. Of several windows the one answers where
// Save was pressed.
import { answerWithFocus, isForThisPage, lastPress } from "../shared/gestures.js";

/** Opens the store of a model. */
export function openKeyStore(model) {
  const store = { value: "", views: new Set() };
  store.setValue = (value) => {
    store.value = value;
    if (model.get("filled") !== (value !== "")) {
      model.set("filled", value !== "");
      model.save_changes();
    }
    for (const view of store.views) view.update();
  };
  store.send = (asked, gesture) => {
    const typed = model.get("source") === "typed";
    const value = typed ? store.value : model.get("variable");
    store.setValue("");
    for (const view of store.views) view.hide();
    model.send({ kind: "secret", source: typed ? "typed" : "variable", value, asked, gesture });
  };
  const onMessage = (message) => {
    if (message?.kind === "collect") {
      if (store.views.size && isForThisPage(message.gesture))
        store.send(message.asked, message.gesture && lastPress());
    } else if (message?.kind === "clear") store.setValue("");
    else if (message?.kind === "focus") {
      answerWithFocus(message.gesture, () => [...store.views].at(-1)?.focus() ?? false);
    }
  };
  // Another window whose field is empty says so for itself alone.
  const onFilled = () => {
    if (store.value && !model.get("filled")) {
      model.set("filled", true);
      model.save_changes();
    }
  };
  model.on("msg:custom", onMessage);
  model.on("change:filled", onFilled);
  // A state that was kept from another page says nothing about this one, whose field is empty.
  if (model.get("filled")) store.setValue("");
  store.close = () => {
    store.value = "";
    model.off("msg:custom", onMessage);
    model.off("change:filled", onFilled);
  };
  return store;
}
