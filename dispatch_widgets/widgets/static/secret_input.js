// The field for a key. What is typed stays in this module until Python asks for it, leaves once as a
// message of its own, and is never part of the model's state.

/** What a paste or a typed text becomes: trimmed, with what there is to say about it. */
export function tidySecret(text) {
  const value = text.trim();
  if (/[\s\u0085]/.test(value)) {
    return { value: "", problem: "The key has a space or line break inside. Paste it again.", said: "" };
  }
  const said = value === text ? "" : "Blanks around the key were taken away.";
  return { value, problem: "", said };
}

/** Whether an address may be a link here. */
export function isWebAddress(address) {
  try {
    return ["http:", "https:"].includes(new URL(address).protocol);
  } catch {
    return false;
  }
}

// Control characters, marks that turn the reading direction, characters without a width.
const UNSEEN =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** A text as it may be shown: nothing invisible. */
export function clean(text) {
  return String(text ?? "").replace(UNSEEN, "");
}

const OTHER = "\u0000other"; // no variable has this name
const STYLES = "dispatch-widgets-css";
const uniqueId = () => `dw-secret-${Math.random().toString(36).slice(2, 10)}`;

function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  if (["button", "input", "select", "a"].includes(tag))
    node.setAttribute("data-lm-suppress-shortcuts", "true");
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

function run(piece) {
  if (typeof piece !== "object" || piece === null) return [clean(piece)];
  const text = clean(piece.text);
  if (piece.href && isWebAddress(piece.href)) {
    return [
      h("a", { href: piece.href, target: "_blank", rel: "noopener noreferrer" }, text),
      " (opens a new tab)",
    ];
  }
  return [h(piece.bold ? "b" : "span", { class: piece.mono ? "dw-mono" : null }, text)];
}

const rich = (value) => (Array.isArray(value) ? value : [value ?? ""]).flatMap(run);

/** What one model holds in this page, shared by its views. */
function openStore(model) {
  const store = { value: "", views: new Set() };
  store.setValue = (value) => {
    store.value = value;
    if (model.get("filled") !== (value !== "")) {
      model.set("filled", value !== "");
      model.save_changes();
    }
    for (const view of store.views) view.update();
  };
  store.send = (asked) => {
    const typed = model.get("source") === "typed";
    const value = typed ? store.value : model.get("variable");
    store.setValue("");
    for (const view of store.views) view.hide();
    model.send({ kind: "secret", source: typed ? "typed" : "variable", value, asked });
  };
  const onMessage = (message) => {
    if (message?.kind === "collect" && store.views.size) store.send(message.asked);
    else if (message?.kind === "clear") store.setValue("");
    else if (message?.kind === "focus") [...store.views].at(-1)?.focus();
  };
  model.on("msg:custom", onMessage);
  // A state that was kept from another page says nothing about this one, whose field is empty.
  if (model.get("filled")) store.setValue("");
  store.close = () => {
    store.value = "";
    model.off("msg:custom", onMessage);
  };
  return store;
}

/** The parts of the field, made once. */
function frame(id) {
  const radio = () => h("input", { type: "radio", name: `${id}-source` });
  const parts = {
    label: h("label", { class: "dw-label", for: `${id}-key` }),
    typed: radio(),
    fromVariable: radio(),
    key: h("input", {
      type: "password",
      id: `${id}-key`,
      autocomplete: "new-password",
      autocapitalize: "off",
      spellcheck: "false",
      "data-1p-ignore": "",
      "data-lpignore": "true",
      "data-bwignore": "true",
      "data-form-type": "other",
      "aria-describedby": `${id}-said`,
    }),
    show: h(
      "button",
      { type: "button", class: "dw-btn", "aria-pressed": "false", "aria-controls": `${id}-key` },
      "Show",
    ),
    variables: h("select", { id: `${id}-variable`, "aria-describedby": `${id}-said` }),
    other: h("input", {
      type: "text",
      class: "dw-mono",
      "aria-label": "Name of the variable",
      placeholder: "NAME_OF_THE_VARIABLE",
      spellcheck: "false",
      autocomplete: "off",
    }),
    error: h("div", { class: "dw-msg dw-error dw-i-error", role: "alert" }),
    trimmed: h("div", { class: "dw-msg dw-i-info", role: "status" }),
    hint: h("div", { class: "dw-msg" }),
  };
  parts.choice = h(
    "fieldset",
    { class: "dw-seg" },
    h("legend", { class: "dw-sr" }, "Where the key comes from"),
    h("label", {}, parts.typed, "Paste it"),
    h("label", {}, parts.fromVariable, "Environment variable"),
  );
  parts.row = h("div", { class: "dw-keyrow" }, parts.key, parts.show, parts.variables, parts.other);
  parts.said = h("div", { id: `${id}-said`, class: "dw-said" }, parts.error, parts.trimmed, parts.hint);
  return parts;
}

function renderField(model, el, store) {
  const id = uniqueId();
  const ui = frame(id);
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
    for (const field of [ui.key, ui.variables, ui.other])
      field.setAttribute("aria-invalid", String(Boolean(error)));
    ui.key.hidden = ui.show.hidden = !typed;
    updateVariables(typed);
    ui.error.textContent = error;
    ui.error.hidden = !error;
    ui.trimmed.textContent = said;
    ui.trimmed.hidden = !said || Boolean(error);
    ui.hint.replaceChildren(h("span", {}, rich(model.get("hint"))));
    // One line takes the place of the other: a line more would move Save away under a click.
    ui.hint.hidden = Boolean(error || said) || !ui.hint.textContent;
    el.classList.toggle("dw-invalid", Boolean(error));
  };

  const updateVariables = (typed) => {
    const names = (model.get("variables") ?? []).map(([name]) => name);
    const current = model.get("variable");
    const isOther = typingOther || !names.includes(current);
    const options = (model.get("variables") ?? []).map(([value, text]) =>
      h("option", { value }, clean(text)),
    );
    ui.variables.replaceChildren(...options, h("option", { value: OTHER }, "Another name…"));
    ui.variables.value = isOther ? OTHER : current;
    ui.variables.hidden = typed;
    ui.other.hidden = typed || !isOther;
    if (document.activeElement !== ui.other) ui.other.value = isOther ? current : "";
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
  // The browser itself joins the lines of a pasted text: look at it before it does.
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
    if (event.key !== "Enter" || el.closest(".dw-form")) return; // in a form Enter is the form's
    event.preventDefault();
    store.send(0);
  });
  ui.show.addEventListener("click", () => {
    shown = !shown;
    update();
  });

  const traits = ["label", "hint", "source", "variables", "variable", "placeholder", "error", "disabled"];
  for (const trait of traits) model.on(`change:${trait}`, update);
  const view = {
    update,
    hide: () => {
      shown = false;
      say({ said: "", problem: "" });
      update();
    },
    focus: () => (model.get("source") === "typed" ? ui.key : ui.variables).focus(),
    stop: () => {
      for (const trait of traits) model.off(`change:${trait}`, update);
    },
  };
  update();
  return view;
}

/** Standing alone, outside a panel: brings the panel's tokens and, if no panel did, its style sheet. */
function standAlone(model, el) {
  if (!el.isConnected || el.parentElement.closest(".dw-panel")) return;
  // The field's rules look for a panel around it.
  el.parentElement.classList.add("dw-panel", "dw-alone");
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

export default () => {
  let store = null;
  return {
    initialize({ model }) {
      store = openStore(model);
      return () => store.close();
    },
    render({ model, el }) {
      const inner = h("div");
      el.classList.add("dw-secret-host");
      el.append(inner);
      const view = renderField(model, inner, store);
      store.views.add(view);
      const attached = new ResizeObserver(() => standAlone(model, inner));
      attached.observe(inner);
      return () => {
        attached.disconnect();
        store.views.delete(view);
        view.stop();
      };
    },
  };
};
