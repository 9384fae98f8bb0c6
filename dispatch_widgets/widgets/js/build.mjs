// Makes ../static/ of the sources beside this file: one file for each widget, since anywidget loads one
// ES module and one style sheet. `npm run build`; `node build.mjs FOLDER` writes elsewhere.
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const folder = process.argv[2] ?? join(here, "..", "static");
const ENTRIES = ["panel_root.js", "panel.css"];

const comment = (name, text) => (name.endsWith(".css") ? `/* ${text} */` : `// ${text}`);

/** A bundle's head: from which sources it is, and a sum over them and itself. */
async function head(name, body, sources) {
  const hash = createHash("sha256");
  for (const source of sources) hash.update(await readFile(join(here, source)));
  hash.update(body);
  const lines = [
    "Generated from dispatch_widgets/widgets/js by build.mjs: do not edit.",
    `Sources: ${sources.join(" ")}`,
    `SHA-256 of them and of what follows: ${hash.digest("hex")}`,
  ];
  return lines.map((text) => `${comment(name, text)}\n`).join("");
}

await mkdir(folder, { recursive: true });
for (const name of ENTRIES) {
  const made = await build({
    absWorkingDir: here,
    entryPoints: [name],
    bundle: true,
    charset: "utf8",
    format: "esm",
    metafile: true,
    target: "esnext",
    write: false,
  });
  const body = made.outputFiles[0].text;
  const sources = Object.keys(made.metafile.inputs).sort();
  await writeFile(join(folder, name), (await head(name, body, sources)) + body);
}
