// What a panel's root needs that core widgets do not give: names, focus, a voice, and that JupyterLab's
// one-key shortcuts stay quiet while anything in the panel has the focus.
import { openBusyWords } from "./panel/busy.js";
import { isCore, oncePerAnswer } from "./panel/buttons.js";
import { copyText, copyWholeIds } from "./panel/clipboard.js";
import { holdSave, onFormKey } from "./panel/forms.js";
import { NO_KERNEL, watchKernel } from "./panel/kernel.js";
import { describeFields, findFocusable, isOwn, markFocusable, nameAll } from "./panel/names.js";
import { h } from "./shared/elements.js";
import { answerWithFocus, markPress, thisPage } from "./shared/gestures.js";
import { ignoreSlips } from "./shared/presses.js";
import { WAITS } from "./shared/waiting.js";

const OBSERVED = {
  subtree: true,
  childList: true,
  attributes: true,
  attributeFilter: ["class", "tabindex", "href", "style"],
};

/** Calls back with the panel's root once the view stands in it; returns how to stop looking. */
function whenInPanel(el, callback) {
  let timer = 0;
  const look = (tries) => {
    const root = el.closest(".dw-panel");
    if (root && el.isConnected) callback(root);
    else timer = setTimeout(look, tries < 100 ? 20 : 500, tries + 1);
  };
  look(0);
  return () => clearTimeout(timer);
}

/** A polite live region and how to speak through it. */
function openVoice(el) {
  const voice = h("div", { class: "dw-sr", role: "status", "aria-live": "polite" });
  let speaking = 0;
  el.append(voice);
  const say = (text) => {
    // The same words again are no change: take them away for a moment.
    voice.textContent = "";
    clearTimeout(speaking);
    speaking = setTimeout(() => {
      voice.textContent = text;
    }, 60);
  };
  return { say, stop: () => clearTimeout(speaking) };
}

function render({ model, el }) {
  el.classList.add("dw-root-helper");
  const voice = openVoice(el);
  const busy = openBusyWords(el, voice.say);
  const save = holdSave(() => model.send({ kind: "ping", press: "" }));
  const buttons = oncePerAnswer((press) => model.send({ kind: "ping", press }));
  const stops = [voice.stop, busy.stop, buttons.stop];
  let root = null;

  const tend = () => {
    if (!root) return;
    markFocusable(root);
    describeFields(root);
    nameAll(root, model);
  };
  const focus = (selector) => {
    const found = root && findFocusable(root, selector);
    found?.focus();
    return Boolean(found);
  };
  const tellPage = () => model.send({ kind: "here", page: thisPage() });
  const listen = (name, callback) => {
    root.addEventListener(name, callback, true); // core fields let no key bubble
    stops.push(() => root.removeEventListener(name, callback, true));
  };
  const onMessage = (message) => {
    if (message?.kind === "say") voice.say(String(message.text ?? ""));
    else if (message?.kind === "focus")
      answerWithFocus(message.gesture, () => focus(String(message.selector)));
    else if (message?.kind === "pong" && message.press) buttons.onAnswer(message.press);
    else if (message?.kind === "pong") save.onAnswer();
    else if (message?.kind === "copy") {
      copyText(String(message.text ?? "")).then((done) =>
        voice.say(done ? message.said : "Copying is not allowed here"),
      );
    }
  };

  // Lists change with every key in their search: nothing of the panel's has to be looked at again then.
  // A panel that is being built changes many times before it is painted once.
  let frame = 0;
  const observer = new MutationObserver((records) => {
    if (records.every(isOwn)) return;
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(tend);
  });
  stops.push(() => cancelAnimationFrame(frame));
  stops.push(() => observer.disconnect());
  const stopLooking = whenInPanel(el, (found) => {
    root = found;
    stops.push(ignoreSlips(root));
    listen("keydown", onFormKey);
    listen("copy", copyWholeIds);
    listen("click", save.onClick);
    listen("click", buttons.onClick);
    listen("click", (event) => {
      if (!isCore(event.target)) return;
      markPress();
      tellPage(); // to a kernel, or in a session, that is new
    });
    tellPage();
    listen(WAITS, (event) => {
      if (!root.matches(".dw-no-kernel, .jupyter-widgets-disconnected")) busy.say(event.target, root);
    });
    stops.push(
      watchKernel(model.widget_manager, (isGone) => {
        root.classList.toggle("dw-no-kernel", isGone);
        if (!isGone) return;
        busy.stop();
        for (const node of root.querySelectorAll("[aria-busy=true]")) node.removeAttribute("aria-busy");
        voice.say(NO_KERNEL);
      }),
    );
    tend();
    observer.observe(root, OBSERVED);
  });
  stops.push(stopLooking);
  model.on("change:label", tend);
  model.on("change:names", tend);
  model.on("msg:custom", onMessage);
  return () => {
    for (const stop of stops) stop();
    model.off("change:label", tend);
    model.off("change:names", tend);
    model.off("msg:custom", onMessage);
  };
}

export default { render };
