// One row of a list of models.
import { h, icon, isTitledById, longId, marked, rich, title } from "../shared/elements.js";
import { clean, plain } from "../shared/text.js";

/** The row as an option of the listbox; wanted are the words that were searched for. */
export function modelRow(row, columns, wanted, options) {
  const mixed = Boolean(row.from);
  // Not a real box: the row itself is the option, and nothing in it can have the focus.
  const sign = options.multiple ? "dw-box" : "dw-box dw-round";
  const box = row.have ? icon("check") : h("span", { class: sign, "aria-hidden": "true" });
  const name = h("span", { class: "dw-name" }, title(row, wanted));
  const have = row.have ? h("span", { class: "dw-have" }, h("span", {}, "in catalog")) : null;
  const parts = (row.line ?? []).slice(0, 1).map((part) => {
    if (part?.mono || part?.id) return longId(part.text, wanted);
    return h("span", { class: mixed ? "dw-since" : null }, rich(part, wanted));
  });
  const from = mixed ? h("span", { class: "dw-from" }, marked(clean(row.from), wanted)) : null;
  const second = h("div", { class: "dw-line dw-flexline" }, from, parts);
  const cells = columns.slice(1).map(([key]) => {
    const given = row.cells?.[key] ?? (key === "kind" ? (row.kind ?? "other") : "");
    return h("span", { class: `dw-cell dw-${key}` }, clean(plain(given)) || "–");
  });
  const main = h("div", { class: "dw-main" }, h("div", { class: "dw-title" }, name, have), second);
  const attributes = {
    class: ["dw-model", mixed && "dw-mixed", isTitledById(row) && "dw-by-id"].filter(Boolean).join(" "),
    role: "option",
    "aria-disabled": row.have ? "true" : null,
  };
  return h("div", attributes, box, main, cells);
}
