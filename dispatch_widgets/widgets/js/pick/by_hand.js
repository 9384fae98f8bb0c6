// The last row: an id that is not listed, typed by hand.
import { h } from "../shared/elements.js";
import { clean } from "../shared/text.js";

const ASK_OWNER = "Which provider serves it?";

/** The by-hand row of a pick list. */
export function openByHand(pick) {
  const { ui } = pick;
  let prefilled = "";
  let ownersDrawn = "";
  // Where the list shows several providers' models the row asks whose this one is.
  const owner = h("select", { class: "dw-select dw-owner", "aria-label": "Provider", hidden: true });
  const question = h("div", { class: "dw-msg dw-error dw-i-error", role: "alert", hidden: true });
  ui.typedKind.after(owner);
  ui.byHand.append(question);

  const ask = (words) => {
    question.textContent = words;
    question.hidden = !words;
    owner.classList.toggle("dw-invalid", Boolean(words));
    if (words) owner.setAttribute("aria-invalid", "true");
    else owner.removeAttribute("aria-invalid");
  };
  const drawOwners = (owners) => {
    const data = JSON.stringify(owners);
    if (data === ownersDrawn) return;
    ownersDrawn = data;
    const chosen = owner.value;
    const options = [["", "Choose a provider"], ...owners];
    owner.replaceChildren(...options.map(([value, name]) => h("option", { value }, clean(name))));
    owner.value = owners.some(([value]) => value === chosen) ? chosen : "";
    owner.hidden = !owners.length;
    ui.byHand.classList.toggle("dw-owned", owners.length > 0);
    if (!owners.length) ask("");
  };
  const draw = (query) => {
    const options = pick.options();
    ui.byHand.hidden = !options.by_hand;
    ui.addTyped.textContent = options.by_hand_label;
    drawOwners(options.owners ?? []);
    // What was searched for in vain is there already, unless something else was typed.
    const offersId = Boolean(pick.store.rows.length && query && !pick.counts.all);
    if (ui.typed.value === prefilled && document.activeElement !== ui.typed) {
      prefilled = offersId ? query : "";
      ui.typed.value = prefilled;
    }
    ui.addTyped.classList.toggle("mod-primary", offersId);
  };
  const empty = () => {
    ui.typed.value = "";
    prefilled = "";
    // A search that found nothing is over when the id was typed instead: the row offers it no more.
    if (pick.state.query.trim() && !pick.counts.all) pick.search("");
  };
  const add = () => {
    const text = ui.typed.value.trim();
    if (!text) return ui.typed.focus();
    if (!owner.hidden && !owner.value) {
      ask(ASK_OWNER);
      return owner.focus();
    }
    const whose = owner.hidden ? {} : { provider: owner.value };
    pick.act("add_by_hand", "", { model: text, kind: ui.typedKind.value, ...whose });
  };
  owner.addEventListener("change", () => ask(""));
  ui.addTyped.addEventListener("click", add);
  ui.typed.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    if (!event.repeat) add();
    event.preventDefault();
    event.stopPropagation();
  });
  return { draw, empty };
}
