import assert from "node:assert/strict";
import { test } from "node:test";
import { contentsUrl, pathOnServer } from "../../dispatch_widgets/widgets/js/root/open_file.js";

test("a file below the server's root has a path there, another has none", () => {
  assert.equal(pathOnServer("/home/ada/work/a/x.json", "/home/ada", "/home/ada/work"), "a/x.json");
  assert.equal(pathOnServer("/home/ada/work/x.json", "/home/ada", "~/work"), "x.json");
  assert.equal(pathOnServer("/home/ada/x.json", "/home/ada", "~"), "x.json");
  assert.equal(pathOnServer("/x.json", "/home/ada", "/"), "x.json");
  for (const root of ["/home/ada/work", "~/work", "/home/ad", "", undefined]) {
    assert.equal(pathOnServer("/home/ada/workshop/x.json", "/home/ada", root), null, String(root));
  }
});

test("the server is asked for the file's description alone, whatever its name holds", () => {
  assert.equal(
    contentsUrl("/user/ada/", "a b/x#1.json"),
    "/user/ada/api/contents/a%20b/x%231.json?content=0",
  );
  assert.equal(contentsUrl("/lab", "x.json"), "/lab/api/contents/x.json?content=0");
});
