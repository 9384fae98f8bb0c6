// Generated from dispatch_widgets/widgets/js by build.mjs: do not edit.
// Sources: field/field.js field/frame.js field/key_store.js field/key_text.js secret_input.js shared/elements.js shared/focus.js shared/gestures.js shared/standing_alone.js shared/text.js
// SHA-256 of them and of what follows: 6c606e2da4984b8a6302db4e4939d6584af7fd0d623b35671f273074ec275f4e
// shared/text.js
var TAIL = 24;
var END = 12;
var HEAD = 7;
var SHORT_ID = 14;
var LONGEST_SHOWN = 2e3;
var UNSEEN = (
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g
);
var RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
function clean(text) {
  const shown = String(text ?? "").replace(/[\t\r\n\u2028\u2029]+/g, " ").replace(UNSEEN, "");
  return shown.length > LONGEST_SHOWN ? `${shown.slice(0, LONGEST_SHOWN)}…` : shown;
}
function turns(text) {
  return RIGHT_TO_LEFT.test(text);
}
function splitId(id) {
  if (id.length <= SHORT_ID) return ["", "", id];
  const whole = (cut) => cut + Number(/[\udc00-\udfff]/.test(id[cut] ?? ""));
  const slash = id.lastIndexOf("/");
  const part = slash > 0 ? id.length - slash : 0;
  const tail = part > 1 && part <= TAIL ? slash : id.length - TAIL;
  const head = whole(Math.min(Math.max(tail, HEAD), id.length - 1));
  const end = whole(Math.max(head, id.length - END));
  return [id.slice(0, head), id.slice(head, end), id.slice(end)];
}
function findWords(text, wanted) {
  if (!wanted.length) return [];
  const longestFirst = [...wanted].sort((a, b) => b.length - a.length);
  const pattern = longestFirst.map((word) => word.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&")).join("|");
  const found = [];
  for (const match of text.matchAll(new RegExp(pattern, "gi"))) {
    const last = found.at(-1);
    if (last && last[1] === match.index) last[1] += match[0].length;
    else found.push([match.index, match.index + match[0].length]);
  }
  return found;
}
function marksOfParts(marks, parts) {
  let from = 0;
  return parts.map((part) => {
    const start = from;
    from += part.length;
    const within = (place) => Math.min(Math.max(place - start, 0), part.length);
    return marks.map((mark) => mark.map(within)).filter(([first, last]) => first < last);
  });
}
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
function marked(text, wanted = []) {
  return markedAt(text, findWords(text, wanted));
}
function markedAt(text, marks) {
  const nodes = [];
  let at = 0;
  for (const [start, end] of marks) {
    nodes.push(text.slice(at, start), h("mark", {}, text.slice(start, end)));
    at = end;
  }
  nodes.push(text.slice(at));
  const filled = nodes.filter((node) => node !== "");
  return turns(text) ? [h("bdi", {}, filled)] : filled;
}
function longId(text, wanted = [], classes = "dw-id") {
  const id = clean(text);
  const parts = splitId(id).filter(Boolean);
  const marks = marksOfParts(findWords(id, wanted), parts);
  const spans = parts.map((part, index) => {
    const nodes = markedAt(part, marks[index]);
    return h("span", {}, nodes.length > 1 ? h("span", {}, nodes) : nodes);
  });
  const start = spans.length > 1 ? h("span", { class: "dw-id-start" }, spans.slice(0, -1)) : null;
  return h("span", { class: classes, title: id }, start, spans.at(-1));
}
function run(piece, wanted) {
  if (typeof piece !== "object" || piece === null) return marked(clean(piece), wanted);
  if (piece.id) return [longId(piece.text, wanted)];
  const nodes = marked(clean(piece.text), wanted);
  if (piece.since !== void 0 || piece.until !== void 0) {
    if (nodes.length) nodes.push(" ");
    nodes.push(h("span", { class: "dw-num", "data-since": piece.since, "data-until": piece.until }));
  }
  const classes = [piece.mono && "dw-mono", piece.wide && "dw-wide-only"].filter(Boolean).join(" ");
  let inner = nodes;
  if (piece.bold) inner = [h("b", { class: classes || null }, nodes)];
  else if (classes) inner = [h("span", { class: classes }, nodes)];
  return piece.spin ? [h("span", { class: "dw-spin", "aria-hidden": "true" }), ...inner] : inner;
}
function rich(value, wanted) {
  return (Array.isArray(value) ? value : [value ?? ""]).flatMap((piece) => run(piece, wanted));
}

// shared/focus.js
function isField(node) {
  return Boolean(node?.matches?.("input, select, textarea") || node?.isContentEditable);
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
function lastPress() {
  return gestures().pressed;
}
function isForThisPage(gesture) {
  return !gesture || gesture.split(":")[0] === thisPage();
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

// field/frame.js
var keyField = (id) => h("input", {
  type: "password",
  id: `${id}-key`,
  autocomplete: "new-password",
  autocapitalize: "off",
  spellcheck: "false",
  "data-1p-ignore": "",
  "data-lpignore": "true",
  "data-bwignore": "true",
  "data-form-type": "other",
  "aria-describedby": `${id}-said`
});
var showButton = (id) => h(
  "button",
  { type: "button", class: "dw-btn", "aria-pressed": "false", "aria-controls": `${id}-key` },
  "Show"
);
var otherName = (id) => h("input", {
  type: "text",
  class: "dw-mono",
  "aria-label": "Name of the variable",
  "aria-describedby": `${id}-said`,
  placeholder: "NAME_OF_THE_VARIABLE",
  spellcheck: "false",
  autocomplete: "off"
});
function fieldFrame(id) {
  const radio = () => h("input", { type: "radio", name: `${id}-source` });
  const parts = {
    label: h("label", { class: "dw-label", for: `${id}-key` }),
    typed: radio(),
    fromVariable: radio(),
    key: keyField(id),
    show: showButton(id),
    variables: h("select", { id: `${id}-variable`, "aria-describedby": `${id}-said` }),
    other: otherName(id),
    error: h("div", { class: "dw-msg dw-error dw-i-error", role: "alert" }),
    trimmed: h("div", { class: "dw-msg dw-i-info", role: "status" }),
    hint: h("div", { class: "dw-msg" })
  };
  parts.choice = h(
    "fieldset",
    { class: "dw-seg" },
    h("legend", { class: "dw-sr" }, "Where the key comes from"),
    h("label", {}, parts.typed, "Paste it"),
    h("label", {}, parts.fromVariable, "Environment variable")
  );
  parts.row = h("div", { class: "dw-keyrow" }, parts.key, parts.show, parts.variables, parts.other);
  parts.said = h("div", { id: `${id}-said`, class: "dw-said" }, parts.error, parts.trimmed, parts.hint);
  return parts;
}

// field/key_text.js
function tidySecret(text) {
  const value = text.trim();
  if (/[\s\u0085]/.test(value)) {
    return { value: "", problem: "The key has a space or line break inside. Paste it again.", said: "" };
  }
  const said = value === text ? "" : "Blanks around the key were taken away.";
  return { value, problem: "", said };
}
function isWebAddress(address) {
  try {
    return ["http:", "https:"].includes(new URL(address).protocol);
  } catch {
    return false;
  }
}

// field/field.js
var OTHER = "\0other";
var TRAITS = ["label", "hint", "source", "variables", "variable", "placeholder", "error", "disabled"];
function linked(value) {
  return (Array.isArray(value) ? value : [value ?? ""]).flatMap((piece) => {
    if (!piece?.href || !isWebAddress(piece.href)) return rich([piece]);
    const attributes = { href: piece.href, target: "_blank", rel: "noopener noreferrer" };
    return [h("a", attributes, clean(piece.text)), " (opens a new tab)"];
  });
}
function renderField(model, el, store) {
  const ui = fieldFrame(uniqueId());
  const set = (name, value) => {
    model.set(name, value);
    model.save_changes();
  };
  let said = "";
  let problem = "";
  let shown = false;
  let typingOther = false;
  el.classList.add("dw-field", "dw-secret");
  el.append(ui.label, ui.choice, ui.row, ui.said);
  const say = (tidy) => {
    said = tidy.said;
    problem = tidy.problem;
  };
  const updateWords = (error) => {
    ui.error.textContent = error;
    ui.error.hidden = !error;
    ui.trimmed.textContent = said;
    ui.trimmed.hidden = !said || Boolean(error);
    ui.hint.replaceChildren(h("span", {}, linked(model.get("hint"))));
    ui.hint.hidden = Boolean(error || said) || !ui.hint.textContent;
  };
  const updateVariables = (typed) => {
    const names = (model.get("variables") ?? []).map(([name]) => name);
    const current = model.get("variable");
    const isOther = typingOther || !names.includes(current);
    const options = (model.get("variables") ?? []).map(
      ([value, text]) => h("option", { value }, clean(text))
    );
    ui.variables.replaceChildren(...options, h("option", { value: OTHER }, "Another name…"));
    ui.variables.value = isOther ? OTHER : current;
    ui.variables.hidden = typed;
    ui.other.hidden = typed || !isOther;
    if (document.activeElement !== ui.other) ui.other.value = isOther ? current : "";
  };
  const update = () => {
    const typed = model.get("source") === "typed";
    const disabled = model.get("disabled");
    const error = problem || clean(model.get("error"));
    ui.label.textContent = clean(model.get("label"));
    ui.label.htmlFor = typed ? ui.key.id : ui.variables.id;
    ui.typed.checked = typed;
    ui.fromVariable.checked = !typed;
    for (const field of [ui.typed, ui.fromVariable, ui.key, ui.variables, ui.other])
      field.disabled = disabled;
    if (ui.key.value !== store.value) ui.key.value = store.value;
    ui.key.type = shown ? "text" : "password";
    ui.key.placeholder = clean(model.get("placeholder"));
    ui.show.disabled = disabled || !store.value;
    ui.show.setAttribute("aria-pressed", String(shown));
    ui.show.title = shown ? "Hide the key again" : "Show the key";
    for (const field of [ui.key, ui.variables, ui.other])
      field.setAttribute("aria-invalid", String(Boolean(error)));
    ui.key.hidden = !typed;
    ui.show.hidden = !typed;
    updateVariables(typed);
    updateWords(error);
    el.classList.toggle("dw-invalid", Boolean(error));
  };
  const setSource = (source) => {
    const names = (model.get("variables") ?? []).map(([name]) => name);
    if (source === "variable" && !model.get("variable") && names.length) model.set("variable", names[0]);
    set("source", source);
    update();
  };
  ui.typed.addEventListener("change", () => setSource("typed"));
  ui.fromVariable.addEventListener("change", () => setSource("variable"));
  ui.variables.addEventListener("change", () => {
    typingOther = ui.variables.value === OTHER;
    set("variable", typingOther ? "" : ui.variables.value);
    update();
    if (typingOther) ui.other.focus();
  });
  ui.other.addEventListener("input", () => set("variable", ui.other.value.trim()));
  ui.key.addEventListener("input", () => {
    say({ said: "", problem: "" });
    store.setValue(ui.key.value);
  });
  ui.key.addEventListener("paste", (event) => {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    const tidy = tidySecret(text);
    say(tidy);
    event.preventDefault();
    if (!tidy.problem) ui.key.setRangeText(tidy.value, ui.key.selectionStart, ui.key.selectionEnd, "end");
    store.setValue(ui.key.value);
  });
  ui.key.addEventListener("change", () => {
    const tidy = tidySecret(ui.key.value);
    if (tidy.said) {
      say(tidy);
      store.setValue(tidy.value);
    }
  });
  ui.key.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || el.closest(".dw-form")) return;
    event.preventDefault();
    if (!event.repeat) store.send(0, lastGesture());
  });
  ui.show.addEventListener("click", () => {
    shown = !shown;
    update();
  });
  for (const trait of TRAITS) model.on(`change:${trait}`, update);
  const hide = () => {
    shown = false;
    say({ said: "", problem: "" });
    update();
  };
  const focus = () => {
    const field = model.get("source") === "typed" ? ui.key : ui.variables;
    field.focus();
    return document.activeElement === field;
  };
  const stop = () => {
    for (const trait of TRAITS) model.off(`change:${trait}`, update);
  };
  update();
  return { update, hide, focus, stop };
}

// field/key_store.js
function openKeyStore(model) {
  const store = { value: "", views: /* @__PURE__ */ new Set() };
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
  const onFilled = () => {
    if (store.value && !model.get("filled")) {
      model.set("filled", true);
      model.save_changes();
    }
  };
  model.on("msg:custom", onMessage);
  model.on("change:filled", onFilled);
  if (model.get("filled")) store.setValue("");
  store.close = () => {
    store.value = "";
    model.off("msg:custom", onMessage);
    model.off("change:filled", onFilled);
  };
  return store;
}

// shared/standing_alone.js
var STYLES = "dispatch-widgets-css";
function dress(model, el, root) {
  if (!el.isConnected || el.parentElement.closest(".dw-panel")) return;
  root().classList.add("dw-panel", "dw-alone");
  if (getComputedStyle(el).getPropertyValue("--dw-row-h") || document.getElementById(STYLES)) return;
  const style = h("style", { id: STYLES });
  document.head.append(style);
  const onStyles = (message) => {
    if (message?.kind !== "styles") return;
    style.textContent = message.css;
    model.off("msg:custom", onStyles);
  };
  model.on("msg:custom", onStyles);
  model.send({ kind: "styles" });
}
function standAlone(model, el, root = () => el) {
  const attached = new ResizeObserver(() => dress(model, el, root));
  attached.observe(el);
  return () => attached.disconnect();
}

// secret_input.js
var secret_input_default = () => {
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
      const stopStanding = standAlone(model, inner, () => el);
      return () => {
        stopStanding();
        store.views.delete(view);
        view.stop();
      };
    }
  };
};
export {
  secret_input_default as default
};
