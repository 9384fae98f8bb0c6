/** What anywidget calls: a panel that is closed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import page from "../src/main.tsx";
import { FakeModel } from "./fake_model.ts";

test("the model of a closed panel, which JupyterLab keeps, holds neither script nor styles", () => {
  const model = new FakeModel({ _esm: "export default {}", _css: ".dp {}", window: "w" });
  page().initialize({ model });
  assert.equal(model.get("_esm"), "export default {}");
  model.tell(undefined, "destroy");
  assert.deepEqual([model.get("_esm"), model.get("_css")], ["", ""]);
  assert.deepEqual(model.sent, []);
});
