/** Where a file is on the Jupyter server. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { contentsUrl, findOnServer, pathOnServer, xsrfHeader } from "../src/open_file.ts";
import type { FileOnDisk } from "../src/types.ts";

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

test("the XSRF token is the value of its own cookie, wherever that stands, and the nearest path's comes first", () => {
  const header = { "X-XSRFToken": "2|ab|cd" };
  for (const cookies of ["_xsrf=2|ab|cd", "a=b; _xsrf=2|ab|cd", "x_xsrf=no;_xsrf=2|ab|cd; _xsrf=other"]) {
    assert.deepEqual(xsrfHeader(cookies), header, cookies);
  }
  for (const cookies of ["", "x_xsrf=no", "_xsrf=", "a=_xsrf"])
    assert.deepEqual(xsrfHeader(cookies), {}, cookies);
});

test("the question for a file carries the XSRF token, as JupyterHub wants it of a GET too", async () => {
  const { document, fetch } = globalThis;
  const sent: [string, RequestInit | undefined][] = [];
  const config = { textContent: JSON.stringify({ baseUrl: "/user/me/", serverRoot: "/home/me" }) };
  Object.assign(globalThis, {
    document: { cookie: "_xsrf=2|ab|cd", getElementById: () => config },
    fetch: async (url: string, init?: RequestInit) => {
      sent.push([url, init]);
      return { ok: true, json: async () => ({ size: 2 }) };
    },
  });
  try {
    const file = { path: "/home/me/x.json", home: "/home/me", size_bytes: 2 } as FileOnDisk;
    assert.equal(await findOnServer(file), "x.json");
  } finally {
    Object.assign(globalThis, { document, fetch });
  }
  const init = { credentials: "same-origin", headers: { "X-XSRFToken": "2|ab|cd" } };
  assert.deepEqual(sent, [["/user/me/api/contents/x.json?content=0", init]]);
});
