// The mode "rail": a short list to choose one from; a native select where the panel is narrow.

import { h, icon, marked, TONE_ICONS, uniqueId } from "../shared/elements.js";
import { isShown } from "../shared/focus.js";
import { answerWithFocus } from "../shared/gestures.js";
import { clean } from "../shared/text.js";
import { isChord, moveIndex } from "./keyboard.js";

const REST_MS = 300; // each choice may ask a server: the arrow keys wait until they rest
const TYPING_MS = 600; // letters within this time are one beginning of a name

function railItem(row, id, current) {
  const title = clean(row.title);
  const sign =
    row.badge && icon(row.badge.icon ?? TONE_ICONS[row.badge.tone] ?? "info", `dw-tone-${row.badge.tone}`);
  const said = row.badge ? h("span", { class: "dw-sr" }, clean(row.badge.text)) : null;
  const count = !row.badge && row.count ? h("span", { class: "dw-num" }, clean(row.count)) : null;
  const attributes = {
    class: "dw-rail-item",
    role: "option",
    id,
    "aria-selected": String(row.id === current),
    title: row.badge ? `${title}: ${clean(row.badge.text)}` : title,
  };
  return h("div", attributes, h("span", {}, marked(title)), sign, said, count);
}

function railOption(row, current) {
  const text = [clean(row.title), clean(row.badge?.text ?? row.count)].filter(Boolean).join(" · ");
  return h("option", { value: row.id, selected: row.id === current }, text);
}

/** Draws a list of the mode "rail". */
export function renderRail({ model, el, store }) {
  const id = uniqueId();
  const list = h("div", { class: "dw-rail-list", role: "listbox", tabindex: "0" });
  const select = h("select", { class: "dw-select dw-rail-select" });
  el.append(list, select);
  const typed = { text: "", timer: 0 };
  let timer = 0;
  let optionData = "";

  const update = () => {
    const label = clean(model.get("label"));
    const current = model.get("current");
    list.replaceChildren(...store.rows.map((row, index) => railItem(row, `${id}-${index}`, current)));
    list.setAttribute("aria-label", label);
    select.setAttribute("aria-label", label);
    // An open select is left alone while nothing in it changed.
    const options = store.rows.map((row) => railOption(row, current));
    const data = options.map((option) => option.outerHTML).join("");
    if (data !== optionData) select.replaceChildren(...options);
    optionData = data;
    select.value = current;
    const index = store.rows.findIndex((row) => row.id === current);
    if (index >= 0) list.setAttribute("aria-activedescendant", `${id}-${index}`);
    else list.removeAttribute("aria-activedescendant");
  };
  const choose = (rowId, waitMs = 0) => {
    if (rowId === undefined) return;
    model.set("current", rowId);
    update();
    list.children[store.rows.findIndex((row) => row.id === rowId)]?.scrollIntoView({ block: "nearest" });
    clearTimeout(timer);
    timer = setTimeout(() => store.act("choose", rowId, {}, [list, select].find(isShown)), waitMs);
  };
  const chooseByLetter = (letter) => {
    clearTimeout(typed.timer);
    typed.text += letter.toLowerCase();
    typed.timer = setTimeout(() => {
      typed.text = "";
    }, TYPING_MS);
    choose(store.rows.find((row) => clean(row.title).toLowerCase().startsWith(typed.text))?.id, REST_MS);
  };

  list.addEventListener("click", (event) => {
    const item = event.target.closest(".dw-rail-item");
    if (item) choose(store.rows[[...list.children].indexOf(item)]?.id);
  });
  list.addEventListener("keydown", (event) => {
    if (isChord(event)) return;
    const ids = store.rows.map((row) => row.id);
    const to = moveIndex(event.key, ids.indexOf(model.get("current")), ids.length);
    if (to !== null) choose(ids[to], REST_MS);
    else if (event.key === "Enter" || event.key === " ") choose(model.get("current"));
    else if (event.key.length === 1) chooseByLetter(event.key);
    else return;
    event.preventDefault();
  });
  select.addEventListener("change", () => choose(select.value));
  model.on("change:current", update);

  const receive = (message) =>
    answerWithFocus(message.gesture, () => {
      const shown = [list, select].find(isShown);
      shown?.focus();
      return Boolean(shown);
    });
  const stop = () => {
    clearTimeout(timer);
    clearTimeout(typed.timer);
    model.off("change:current", update);
  };
  return { update, receive, stop };
}
