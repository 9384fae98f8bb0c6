/** Which colours of a page are dark. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isDark } from "../src/theme.ts";

test("dark pages are told from light ones by their colour, and what cannot be read is light", () => {
  for (const dark of ["rgb(30, 30, 30)", "rgb(0, 0, 0)", "rgba(40, 44, 52, 1)"])
    assert.ok(isDark(dark), dark);
  for (const light of ["rgb(255, 255, 255)", "rgb(253, 246, 227)", "color(srgb 0 0 0)", ""])
    assert.ok(!isDark(light), light);
});
