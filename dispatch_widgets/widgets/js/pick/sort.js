// The orders of a list of models. Pure.

const DESCENDING = { created: true, context: true };
const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

const isKnown = (value) => value !== undefined && value !== null;

/** Rows in an order: name, created (newest first), context (largest first), price (cheapest first). */
export function sortRows(rows, order) {
  const name = (row) => row.sort?.name ?? row.title ?? row.id;
  const keyed = rows.map((row, index) => ({ row, index, name: name(row), value: row.sort?.[order] }));
  const byName = (a, b) => collator.compare(a.name, b.name) || a.index - b.index;
  const sign = DESCENDING[order] ? -1 : 1;
  const byValue = (a, b) => {
    if (a.value === b.value) return byName(a, b);
    if (!isKnown(a.value)) return 1;
    if (!isKnown(b.value)) return -1;
    return sign * (a.value - b.value) || byName(a, b);
  };
  return keyed.sort(order === "name" ? byName : byValue).map((item) => item.row);
}

/** Which of the orders some row has a value for; name is always one. */
export function usableOrders(rows) {
  const known = (key) => rows.some((row) => isKnown(row.sort?.[key]));
  return ["name", ...["created", "context", "price"].filter(known)];
}
