// Generated from dispatch_widgets/widgets/js by build.mjs: do not edit.
// Sources: panel/busy.js panel/buttons.js panel/clipboard.js panel/forms.js panel/kernel.js panel/names.js panel_root.js shared/elements.js shared/focus.js shared/gestures.js shared/presses.js shared/text.js shared/waiting.js
// SHA-256 of them and of what follows: b2da42aa801fd8b3b729ba602110ee05e2fae7059d6458f3829be65b480d777d
// shared/text.js
var numbers = new Intl.NumberFormat("en-US");

// shared/elements.js
var SUPPRESS = "data-lm-suppress-shortcuts";
var FOCUSABLE = /* @__PURE__ */ new Set(["a", "button", "input", "select"]);
function uniqueId() {
  return `dw-${Math.random().toString(36).slice(2, 10)}`;
}
function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== void 0) node.setAttribute(name, value);
  }
  if (FOCUSABLE.has(tag) || "tabindex" in attributes) node.setAttribute(SUPPRESS, "true");
  node.append(...children.flat().filter((child) => child !== null && child !== void 0));
  return node;
}

// shared/focus.js
function isShown(node) {
  return node.isConnected && node.getClientRects().length > 0;
}
function isField(node) {
  return Boolean(node?.matches?.("input, select, textarea") || node?.isContentEditable);
}

// panel/busy.js
var WORDS = "The kernel is busy. It does this next.";
var LOOK_MS = 200;
function openBusyWords(el, sayAloud) {
  const words = h("div", { class: "dw-kernel-busy", "aria-hidden": "true", hidden: true }, WORDS);
  let timer = 0;
  el.append(words);
  const place = (node, panel) => {
    const [at, all, from] = [node, panel, el].map((each) => each.getBoundingClientRect());
    const { width, height } = words.getBoundingClientRect();
    const left = Math.max(all.left, Math.min(at.left, all.right - width - 4));
    const below = at.bottom + 4;
    const top = below + height < all.bottom ? below : at.top - height - 4;
    words.style.left = `${left - from.left}px`;
    words.style.top = `${top - from.top}px`;
  };
  const stop = () => {
    clearInterval(timer);
    words.hidden = true;
  };
  const say = (node, panel) => {
    stop();
    words.hidden = false;
    place(node, panel);
    sayAloud(WORDS);
    timer = setInterval(() => {
      if (node.getAttribute("aria-busy") !== "true" || !isShown(node)) stop();
      else place(node, panel);
    }, LOOK_MS);
  };
  return { say, stop };
}

// shared/waiting.js
var SAID_AFTER_MS = 1e3;
var FORGOTTEN_AFTER_MS = 6e4;
var WAITS = "dw-waits";
function waitFor(node, forget, { saidMs = SAID_AFTER_MS, forgottenMs = FORGOTTEN_AFTER_MS } = {}) {
  node?.setAttribute("aria-busy", "true");
  const said = setTimeout(() => node?.dispatchEvent(new CustomEvent(WAITS, { bubbles: true })), saidMs);
  const end = () => {
    clearTimeout(said);
    clearTimeout(forgotten);
    node?.removeAttribute("aria-busy");
  };
  const forgotten = setTimeout(() => {
    end();
    forget();
  }, forgottenMs);
  return end;
}
function openPresses(times) {
  const waiting = /* @__PURE__ */ new Map();
  const begin = (key, node) => {
    if (waiting.has(key)) return null;
    const press = Math.random().toString(36).slice(2);
    waiting.set(key, { press, end: waitFor(node, () => waiting.delete(key), times) });
    return press;
  };
  const answered = (press) => {
    for (const [key, found] of [...waiting]) {
      if (found.press !== press) continue;
      found.end();
      waiting.delete(key);
    }
  };
  const stop = () => {
    for (const { end } of waiting.values()) end();
    waiting.clear();
  };
  return { begin, answered, stop };
}

// panel/buttons.js
var CORE = ".widget-button";
function isCore(node) {
  return Boolean(node.closest?.(CORE));
}
function oncePerAnswer(ask, times) {
  const presses = openPresses(times);
  const onClick = (event) => {
    const button = event.target.closest?.(CORE);
    if (!button) return;
    const press = presses.begin(button, button);
    if (press) {
      setTimeout(ask, 0, press);
    } else {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  };
  return { onClick, onAnswer: presses.answered, stop: presses.stop };
}

// panel/clipboard.js
function copyTheOldWay(text) {
  const field = document.createElement("textarea");
  const focused = document.activeElement;
  field.value = text;
  field.style.position = "fixed";
  field.style.opacity = "0";
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  focused?.focus();
  return done;
}
function copyWholeIds(event) {
  const selection = document.getSelection();
  if (!selection?.rangeCount || !selection.toString()) return;
  const { commonAncestorContainer: node } = selection.getRangeAt(0);
  const within = node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
  const inOne = within.closest(".dw-id");
  let text = selection.toString();
  if (inOne) text = text.replaceAll("\n", "");
  for (const id of inOne ? [] : within.querySelectorAll(".dw-id")) {
    const drawn = [...id.children].map((part) => part.textContent).join("\n");
    const parts = id.querySelectorAll(":scope > span:not(.dw-id-start), .dw-id-start > span");
    const inParts = [...parts].map((part) => part.textContent);
    text = text.replaceAll(inParts.join("\n"), id.textContent).replaceAll(drawn, id.textContent);
  }
  event.clipboardData.setData("text/plain", text);
  event.preventDefault();
}
async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyTheOldWay(text);
  }
}

// shared/gestures.js
var SHARED = /* @__PURE__ */ Symbol.for("dispatch-widgets.gestures");
var MODIFIERS = /* @__PURE__ */ new Set(["Alt", "AltGraph", "CapsLock", "Control", "Fn", "Meta", "NumLock", "Shift"]);
function isGesture(event, moving = false) {
  if (event.type === "focusin") return !moving && isField(event.target);
  if (event.type === "keydown" && (event.repeat || MODIFIERS.has(event.key))) return false;
  const presses = event.type === "pointerdown" || event.key === "Enter" || event.key === " ";
  return !presses || !event.target.closest?.("button[aria-busy=true]");
}
function gestures() {
  if (globalThis[SHARED]) return globalThis[SHARED];
  const page = Math.random().toString(36).slice(2);
  const state = { page, count: 0, pressed: "", held: "", moving: false, asked: 0 };
  const onEvent = (event) => {
    if (isGesture(event, state.moving)) state.count += 1;
  };
  for (const name of ["pointerdown", "keydown", "focusin", "input"])
    document.addEventListener(name, onEvent, true);
  globalThis[SHARED] = state;
  return state;
}
function thisPage() {
  return gestures().page;
}
function lastGesture() {
  const { page, count, held } = gestures();
  return held || `${page}:${count}`;
}
function inNameOf(gesture, work) {
  const state = gestures();
  state.held = gesture;
  try {
    work();
  } finally {
    state.held = "";
  }
}
function markPress() {
  gestures().pressed = lastGesture();
}
function lastPress() {
  return gestures().pressed;
}
function mayMove(gesture) {
  if (!gesture) return !isField(document.activeElement);
  return lastGesture() === (gesture === thisPage() ? lastPress() : gesture);
}
function answerWithFocus(gesture, attempt) {
  const state = gestures();
  state.asked += 1;
  const mine = state.asked;
  const work = (tries) => {
    if (state.asked !== mine || !mayMove(gesture)) return;
    state.moving = true;
    const moved = attempt();
    state.moving = false;
    if (!moved && tries > 0) setTimeout(work, 50, tries - 1);
  };
  work(20);
}

// panel/forms.js
var PRIMARY = ".dw-form-foot .mod-primary";
var ANSWERS = 2;
function formKey(event) {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey)
    return null;
  if (event.key === "Escape") return "back";
  const type = (event.target.type ?? "").toLowerCase();
  const isField2 = event.target.tagName === "INPUT" && !["button", "submit", "reset", "file"].includes(type);
  return event.key === "Enter" && !event.shiftKey && isField2 ? "save" : null;
}
function onFormKey(event) {
  const form = event.target.closest(".dw-itemlist") ? null : event.target.closest(".dw-form");
  const meaning = form && formKey(event);
  if (!meaning) return;
  const target = form.querySelector(meaning === "save" ? PRIMARY : ".dw-form-head button");
  if (!target) return;
  event.preventDefault();
  event.stopPropagation();
  if (!event.repeat) target.click();
}
function holdSave(ask) {
  let held = null;
  let answers = 0;
  let released = null;
  let gesture = "";
  let end = null;
  const onClick = (event) => {
    const button = event.target.closest?.(`.dw-form ${PRIMARY}`);
    if (!button || button === released) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (held?.isConnected) return;
    held = button;
    gesture = lastGesture();
    answers = 0;
    end = waitFor(held, () => {
      held = null;
    });
    ask();
  };
  const onAnswer = () => {
    if (!held) return;
    answers += 1;
    if (answers < ANSWERS) {
      ask();
      return;
    }
    released = held;
    held = null;
    end();
    inNameOf(gesture, () => released.click());
    released = null;
  };
  return { onClick, onAnswer };
}

// panel/kernel.js
var NO_KERNEL = "No kernel is behind this panel. Run its cell again.";
var LOOK_MS2 = 500;
function kernelOf(manager) {
  const now = () => manager?.kernel ?? null;
  let first = now()?.id;
  return {
    isGone: () => {
      const kernel = now();
      first ??= kernel?.id;
      if (!first) return false;
      return kernel?.id !== first || Boolean(kernel.isDisposed) || kernel.status === "dead";
    }
  };
}
function watchKernel(manager, changed) {
  const kernel = kernelOf(manager);
  let was = false;
  const timer = setInterval(() => {
    if (kernel.isGone() === was) return;
    was = !was;
    changed(was);
  }, LOOK_MS2);
  return () => clearInterval(timer);
}

// panel/names.js
var FOCUSABLE2 = "a[href], button, input, select, textarea, summary, [tabindex], [contenteditable='true']";
var UNMARKED = `:is(${FOCUSABLE2}):not([${SUPPRESS}="true"])`;
var NAMED = /^(role|title|autocomplete|spellcheck|inputmode|aria-[a-z]+)$/;
function isNamingAttribute(name) {
  return NAMED.test(name);
}
function setAttribute(node, name, value) {
  if (value === null || value === void 0) node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, String(value));
}
function markFocusable(root) {
  for (const node of root.querySelectorAll(UNMARKED)) setAttribute(node, SUPPRESS, "true");
}
function isOwn(record) {
  const node = record.target.nodeType === Node.ELEMENT_NODE ? record.target : record.target.parentElement;
  return Boolean(node?.closest(".dw-itemlist, .dw-secret-host, .dw-root-helper"));
}
function describeFields(root) {
  for (const box of root.querySelectorAll(".dw-fieldbox")) {
    const field = box.querySelector("input, select, textarea");
    if (!field) continue;
    const messages = [...box.querySelectorAll(".dw-msg")].filter((node) => node.style.display !== "none");
    for (const message of messages) if (!message.id) message.id = uniqueId();
    const ids = messages.map((node) => node.id).join(" ");
    setAttribute(field, "aria-describedby", ids || null);
  }
  for (const field of root.querySelectorAll(".dw-field :is(input, select, textarea)")) {
    if (field.closest(".dw-secret")) continue;
    setAttribute(field, "aria-invalid", field.closest(".dw-invalid") ? "true" : null);
    if (field.type === "text" && !field.hasAttribute("autocomplete"))
      field.setAttribute("autocomplete", "off");
  }
  for (const message of root.querySelectorAll(".dw-msg.dw-error")) setAttribute(message, "role", "alert");
}
function nameAll(root, model) {
  const label = model.get("label");
  setAttribute(root, "role", "region");
  setAttribute(root, "aria-label", label);
  for (const list of root.querySelectorAll("[role='tablist']")) setAttribute(list, "aria-label", label);
  for (const tab of root.querySelectorAll(".lm-TabBar-tabLabel"))
    setAttribute(tab, "data-dw-title", tab.textContent);
  for (const [selector, attributes] of Object.entries(model.get("names") ?? {})) {
    for (const node of root.querySelectorAll(selector)) {
      for (const [name, value] of Object.entries(attributes)) {
        if (isNamingAttribute(name)) setAttribute(node, name, value);
      }
    }
  }
}
function findFocusable(root, selector) {
  for (const place of root.querySelectorAll(selector)) {
    const candidates = [place, ...place.querySelectorAll(FOCUSABLE2)];
    const found = candidates.find((node) => node.matches(FOCUSABLE2) && !node.disabled && isShown(node));
    if (found) return found;
  }
  return null;
}

// shared/presses.js
var TO_AND_FRO = "[aria-pressed], [aria-expanded], [role], .widget-toggle-button";
function isSlip(event) {
  return event.type === "click" ? event.detail > 1 : Boolean(event.repeat);
}
function ignoreSlips(root) {
  const onEvent = (event) => {
    if (!isSlip(event) || event.type === "keydown" && event.key !== "Enter" && event.key !== " ") return;
    const pressed = event.target.closest?.("button");
    if (!pressed || pressed.matches(TO_AND_FRO)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  root.addEventListener("click", onEvent, true);
  root.addEventListener("keydown", onEvent, true);
  return () => {
    root.removeEventListener("click", onEvent, true);
    root.removeEventListener("keydown", onEvent, true);
  };
}

// panel_root.js
var OBSERVED = {
  subtree: true,
  childList: true,
  attributes: true,
  attributeFilter: ["class", "tabindex", "href", "style"]
};
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
function openVoice(el) {
  const voice = h("div", { class: "dw-sr", role: "status", "aria-live": "polite" });
  let speaking = 0;
  el.append(voice);
  const say = (text) => {
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
    root.addEventListener(name, callback, true);
    stops.push(() => root.removeEventListener(name, callback, true));
  };
  const onMessage = (message) => {
    if (message?.kind === "say") voice.say(String(message.text ?? ""));
    else if (message?.kind === "focus")
      answerWithFocus(message.gesture, () => focus(String(message.selector)));
    else if (message?.kind === "pong" && message.press) buttons.onAnswer(message.press);
    else if (message?.kind === "pong") save.onAnswer();
    else if (message?.kind === "copy") {
      copyText(String(message.text ?? "")).then(
        (done) => voice.say(done ? message.said : "Copying is not allowed here")
      );
    }
  };
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
      tellPage();
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
      })
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
var panel_root_default = { render };
export {
  panel_root_default as default
};
