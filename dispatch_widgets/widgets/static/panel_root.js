// What a panel's root needs that core widgets do not give: names, focus, a voice, and that JupyterLab's
// one-key shortcuts stay quiet while anything in the panel has the focus.

const SUPPRESS = "data-lm-suppress-shortcuts";
const FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex], [contenteditable='true']";
const NAMED = /^(role|title|autocomplete|spellcheck|inputmode|aria-[a-z]+)$/;
const FOCUS_TRIES = 20; // times 50 ms: what is to get the focus is often on its way

const PINGS = 2;

/** Whether an attribute is one that `names` may set. */
export function isNamingAttribute(name) {
  return NAMED.test(name);
}

/** What a key does in a form: "save", "back", or nothing. */
export function formKey(event) {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey)
    return null;
  if (event.key === "Escape") return "back";
  const type = (event.target.type ?? "").toLowerCase();
  const isField = event.target.tagName === "INPUT" && !["button", "submit", "reset", "file"].includes(type);
  return event.key === "Enter" && !event.shiftKey && isField ? "save" : null;
}

function setAttribute(node, name, value) {
  // Only real changes, or the observer below would never come to rest.
  if (value === null || value === undefined) node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, String(value));
}

function markFocusable(root) {
  for (const node of root.querySelectorAll(FOCUSABLE)) setAttribute(node, SUPPRESS, "true");
}

/** Ties messages to the field they are about. */
function describeFields(root) {
  for (const box of root.querySelectorAll(".dw-fieldbox")) {
    const field = box.querySelector("input, select, textarea");
    if (!field) continue;
    const messages = [...box.querySelectorAll(".dw-msg")].filter((node) => node.style.display !== "none");
    for (const message of messages)
      if (!message.id) message.id = `dw-said-${Math.random().toString(36).slice(2, 10)}`;
    setAttribute(
      field,
      "aria-describedby",
      messages.length ? messages.map((node) => node.id).join(" ") : null,
    );
  }
  for (const field of root.querySelectorAll(".dw-field :is(input, select, textarea)")) {
    if (field.closest(".dw-secret")) continue; // it sees to itself
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
  for (const [selector, attributes] of Object.entries(model.get("names") ?? {})) {
    for (const node of root.querySelectorAll(selector)) {
      for (const [name, value] of Object.entries(attributes)) {
        if (isNamingAttribute(name)) setAttribute(node, name, value);
      }
    }
  }
}

const isShown = (node) => node.getClientRects().length > 0;

/** The first thing in sight, of what a selector finds or in it, that can have the focus. */
function findFocusable(root, selector) {
  for (const place of root.querySelectorAll(selector)) {
    const candidates = [place, ...place.querySelectorAll(FOCUSABLE)];
    const found = candidates.find((node) => node.matches(FOCUSABLE) && !node.disabled && isShown(node));
    if (found) return found;
  }
  return null;
}

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // No permission, or no secure page: the old way.
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
}

/** Calls back with the panel's root once the view stands in it. */
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

function render({ model, el }) {
  el.classList.add("dw-root-helper");
  const voice = document.createElement("div");
  voice.className = "dw-sr";
  voice.setAttribute("role", "status");
  voice.setAttribute("aria-live", "polite");
  el.append(voice);
  let root = null;
  let speaking = 0;

  const tend = () => {
    if (!root) return;
    markFocusable(root);
    describeFields(root);
    nameAll(root, model);
  };
  const observer = new MutationObserver(tend);
  const onKey = (event) => {
    const form = event.target.closest(".dw-itemlist") ? null : event.target.closest(".dw-form");
    const meaning = form && formKey(event);
    if (!meaning) return;
    const target = form.querySelector(
      meaning === "save" ? ".dw-form-foot .mod-primary" : ".dw-form-head button",
    );
    if (!target) return;
    event.preventDefault();
    event.stopPropagation();
    target.click(); // of a disabled button nothing comes
  };

  // Core fields hold back what is typed until the kernel has taken what was typed before; a press of a
  // button overtakes it, and a busy kernel would save half a name. So the press waits until the kernel
  // has answered twice: after the first answer the rest of what was typed is sent, and the second says
  // that the kernel got beyond it (which may handle messages in one thread at first, in another later).
  let held = null;
  let answers = 0;
  let released = null;
  const onClick = (event) => {
    const button = event.target.closest?.(".dw-form .dw-form-foot .mod-primary");
    if (!button || button === released) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (held?.isConnected) return;
    held = button;
    answers = 0;
    held.setAttribute("aria-busy", "true");
    model.send({ kind: "ping" });
  };
  const onPong = () => {
    if (!held) return;
    answers += 1;
    if (answers < PINGS) {
      model.send({ kind: "ping" });
      return;
    }
    released = held;
    held = null;
    released.removeAttribute("aria-busy");
    released.click();
    released = null;
  };
  const say = (text) => {
    // The same words again are no change: take them away for a moment.
    voice.textContent = "";
    clearTimeout(speaking);
    speaking = setTimeout(() => (voice.textContent = text), 60);
  };
  const focus = (selector, tries = FOCUS_TRIES) => {
    const found = root && findFocusable(root, selector);
    if (found) found.focus();
    else if (tries > 0) setTimeout(focus, 50, selector, tries - 1);
  };
  const onMessage = (message) => {
    if (message?.kind === "say") say(String(message.text ?? ""));
    else if (message?.kind === "focus") focus(String(message.selector));
    else if (message?.kind === "pong") onPong();
    else if (message?.kind === "copy") {
      copyText(String(message.text ?? "")).then((done) =>
        say(done ? message.said : "Copying is not allowed here"),
      );
    }
  };

  const stopLooking = whenInPanel(el, (found) => {
    root = found;
    root.addEventListener("keydown", onKey, true); // core fields let no key bubble
    root.addEventListener("click", onClick, true);
    tend();
    observer.observe(root, {
      subtree: true,
      childList: true,
      attributes: true,
      attributeFilter: ["class", "tabindex", "href", "style"],
    });
  });
  model.on("change:label", tend);
  model.on("change:names", tend);
  model.on("msg:custom", onMessage);
  return () => {
    stopLooking();
    clearTimeout(speaking);
    observer.disconnect();
    root?.removeEventListener("keydown", onKey, true);
    root?.removeEventListener("click", onClick, true);
    model.off("change:label", tend);
    model.off("change:names", tend);
    model.off("msg:custom", onMessage);
  };
}

export default { render };
