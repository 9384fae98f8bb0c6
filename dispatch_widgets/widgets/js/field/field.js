// One view of a key field: a key typed or pasted, or the name of the variable that holds it.

import { h, rich, uniqueId } from "../shared/elements.js";
import { lastGesture } from "../shared/gestures.js";
import { clean } from "../shared/text.js";
import { fieldFrame } from "./frame.js";
import { isWebAddress, tidySecret } from "./key_text.js";

const OTHER = "\u0000other"; // no variable has this name
const TRAITS = ["label", "hint", "source", "variables", "variable", "placeholder", "error", "disabled"];

/** The nodes of a hint: a Rich whose runs may be links. */
function linked(value) {
  return (Array.isArray(value) ? value : [value ?? ""]).flatMap((piece) => {
    if (!piece?.href || !isWebAddress(piece.href)) return rich([piece]);
    const attributes = { href: piece.href, target: "_blank", rel: "noopener noreferrer" };
    return [h("a", attributes, clean(piece.text)), " (opens a new tab)"];
  });
}

/** Draws a key field into a node. */
export function renderField(model, el, store) {
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
    // One line takes the place of the other: a line more would move Save away under a click.
    ui.hint.hidden = Boolean(error || said) || !ui.hint.textContent;
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
