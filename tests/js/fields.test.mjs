import assert from "node:assert/strict";
import { test } from "node:test";
import { formKey } from "../../dispatch_widgets/widgets/js/panel/forms.js";
import { isNamingAttribute } from "../../dispatch_widgets/widgets/js/panel/names.js";

test("names set what helps people, never what runs", () => {
  for (const name of ["role", "aria-label", "aria-expanded", "title"])
    assert.ok(isNamingAttribute(name), name);
  for (const name of ["onclick", "style", "href", "src", "data-x", "aria-", "xaria-label"]) {
    assert.ok(!isNamingAttribute(name), name);
  }
});

test("Enter in a field saves and Escape goes back, nothing else does", () => {
  const press = (key, target = { tagName: "INPUT", type: "text" }, more = {}) =>
    formKey({ key, target, ...more });
  assert.equal(press("Enter"), "save");
  assert.equal(press("Enter", { tagName: "INPUT", type: "password" }), "save");
  assert.equal(press("Escape", { tagName: "SELECT", type: "select-one" }), "back");
  assert.equal(press("Enter", { tagName: "BUTTON", type: "button" }), null);
  assert.equal(press("Enter", { tagName: "TEXTAREA", type: "textarea" }), null);
  assert.equal(press("Enter", undefined, { isComposing: true }), null);
  assert.equal(press("Enter", undefined, { ctrlKey: true }), null);
  assert.equal(press("Escape", undefined, { defaultPrevented: true }), null);
  assert.equal(press("s"), null);
});
