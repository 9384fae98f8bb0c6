import assert from "node:assert/strict";
import { test } from "node:test";
import { countdown, withCountdown } from "../../dispatch_widgets/widgets/js/list/countdown.js";
import { moveIndex } from "../../dispatch_widgets/widgets/js/list/keyboard.js";
import { iconPlaces, rowKeys } from "../../dispatch_widgets/widgets/js/list/manage_row.js";
import { noteChanges } from "../../dispatch_widgets/widgets/js/list/notes.js";
import { applyPatch } from "../../dispatch_widgets/widgets/js/list/store.js";

const row = (id, more = {}) => ({ id, title: id, ...more });
const ids = (rows) => rows.map((item) => item.id);

test("a countdown reads as a clock and stops at zero", () => {
  assert.equal(countdown(2458), "40:58");
  assert.equal(countdown(3723), "1:02:03");
  assert.equal(countdown(0.2), "0:01");
  assert.equal(countdown(-5), "0:00");
});

test("a countdown stands where the hint has a place for it, or behind it", () => {
  assert.deepEqual(withCountdown("in {until}.", 9), ["in ", { until: 9, bold: true }, "."]);
  assert.deepEqual(withCountdown("Wait", 9), ["Wait", " ", { until: 9, bold: true }]);
  assert.equal(withCountdown("Wait", undefined), "Wait");
});

test("arrow, page and end keys stay inside the list", () => {
  assert.equal(moveIndex("ArrowDown", -1, 5), 0);
  assert.equal(moveIndex("ArrowDown", 4, 5), 4);
  assert.equal(moveIndex("ArrowUp", 0, 5), 0);
  assert.equal(moveIndex("PageDown", 1, 50, 6), 7);
  assert.equal(moveIndex("PageUp", 3, 50, 6), 0);
  assert.equal(moveIndex("End", 0, 50), 49);
  assert.equal(moveIndex("x", 0, 50), null);
  assert.equal(moveIndex("ArrowDown", 0, 0), null);
});

test("a patch changes its rows and leaves the others as they are", () => {
  const rows = [row("a"), row("b"), row("c")];
  const after = applyPatch(rows, [row("b", { title: "new" })]);
  assert.deepEqual(ids(after), ["a", "b", "c"]);
  assert.equal(after[1].title, "new");
  assert.ok(after[0] === rows[0] && after[2] === rows[2]);
});

test("rows keep the place of the fullest row's icon buttons", () => {
  const icons = (count) => Array.from({ length: count }, (_, i) => ({ action: `a${i}`, only: true }));
  assert.equal(iconPlaces([row("a", { actions: icons(3) }), row("b"), row("c", { actions: icons(2) })]), 3);
  assert.equal(iconPlaces([row("a", { actions: [{ action: "x" }] }), row("b", { actions: [] })]), 0);
  assert.equal(iconPlaces([]), 0);
});

test("a row names the keys of the actions that it has and that can be pressed", () => {
  const actions = [{ action: "refresh", disabled: true }, { action: "delete" }, { action: "edit" }];
  assert.equal(rowKeys(row("a", { actions })), "Enter Delete");
  assert.equal(rowKeys(row("a", { actions: [{ action: "refresh" }] })), "R");
  assert.equal(rowKeys(row("a")), "");
});

test("of a note only what somebody changed is kept, not what it proposed", () => {
  const noteWith = (select, check) => ({
    querySelector: (selector) => (selector.includes("select") ? select : check),
  });
  const selectOf = (value, defaultSelected) => ({ value, selectedOptions: [{ defaultSelected }] });
  const boxOf = (checked, defaultChecked) => ({ checked, defaultChecked });
  assert.deepEqual(noteChanges(noteWith(selectOf("", true), boxOf(true, true))), {});
  assert.deepEqual(noteChanges(noteWith(selectOf("lab", false), boxOf(false, true))), {
    select: "lab",
    check: false,
  });
  assert.deepEqual(noteChanges(noteWith(null, null)), {});
  assert.deepEqual(noteChanges(undefined), {});
});
