// Runs tests/*.test.ts and *.test.tsx in node, after esbuild has compiled them into a temporary folder.
import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { JSX } from "./jsx_options.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const found = (await readdir(join(here, "tests"))).filter((name) => /\.test\.tsx?$/.test(name));
const outdir = await mkdtemp(join(tmpdir(), "page-tests-"));
try {
  await build({
    absWorkingDir: here,
    entryPoints: found.map((name) => `tests/${name}`),
    outdir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    ...JSX,
    platform: "node",
    sourcemap: "inline",
  });
  const files = (await readdir(outdir)).map((name) => join(outdir, name));
  const { status } = spawnSync(process.execPath, ["--enable-source-maps", "--test", ...files], {
    stdio: "inherit",
    env: { ...process.env, SEARCH_CASES: join(here, "../../../tests/data/search_cases.json") },
  });
  process.exitCode = status ?? 1;
} finally {
  await rm(outdir, { recursive: true });
}
