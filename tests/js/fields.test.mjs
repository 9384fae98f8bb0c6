import assert from "node:assert/strict";
import { test } from "node:test";
import { isWebAddress, tidySecret } from "../../dispatch_widgets/widgets/js/field/key_text.js";
import { formKey } from "../../dispatch_widgets/widgets/js/panel/forms.js";
import { isNamingAttribute } from "../../dispatch_widgets/widgets/js/panel/names.js";

test("blanks around a pasted key go, and that is said (SEC-3)", () => {
  assert.deepEqual(tidySecret("sk-abc"), { value: "sk-abc", problem: "", said: "" });
  const tidy = tidySecret("  sk-abc\n");
  assert.equal(tidy.value, "sk-abc");
  assert.match(tidy.said, /Blanks/);
});

test("a key with a blank or a line break inside is refused and not quoted (SEC-3)", () => {
  for (const text of ["sk-abc def", "sk-abc\ndef", "sk-abc\tdef", "sk-abc\u00a0def"]) {
    const tidy = tidySecret(text);
    assert.equal(tidy.value, "");
    assert.match(tidy.problem, /space or line break/);
    assert.ok(!tidy.problem.includes("abc"));
  }
});

test("only web addresses become links", () => {
  assert.ok(isWebAddress("https://openrouter.ai/keys"));
  for (const address of ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "keys", ""]) {
    assert.ok(!isWebAddress(address), address);
  }
});

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
