/** Where a file is on the Jupyter server. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { contentsUrl, pathOnServer } from "../src/open_file.ts";

test("a file below the server's root has a path there, another has none", () => {
  assert.equal(pathOnServer("/home/me/course/a/x.json", "/home/me", "/home/me/course"), "a/x.json");
  assert.equal(pathOnServer("/home/me/course/x.json", "/home/me", "~/course"), "x.json");
  assert.equal(pathOnServer("/home/me/x.json", "/home/me", "~"), "x.json");
  assert.equal(pathOnServer("/x.json", "/home/me", "/"), "x.json");
  for (const root of ["/home/me/course", "~/course", "/home/ad", "", undefined]) {
    assert.equal(pathOnServer("/home/me/courseshop/x.json", "/home/me", root), null, String(root));
  }
});

test("the server is asked for the file's description alone, whatever its name holds", () => {
  assert.equal(contentsUrl("/user/me/", "a b/x#1.json"), "/user/me/api/contents/a%20b/x%231.json?content=0");
  assert.equal(contentsUrl("/lab", "x.json"), "/lab/api/contents/x.json?content=0");
});
