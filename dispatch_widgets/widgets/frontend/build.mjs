// Builds ../static/page.js and page.css from src: one module and one style sheet, as anywidget loads them.
// Run `npm run build`. `node build.mjs FOLDER` writes elsewhere, `--maps` adds source maps for debugging.
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { JSX } from "./jsx_options.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const words = process.argv.slice(2).filter((word) => word !== "--maps");
const folder = words[0] ?? join(here, "..", "static");
const maps = process.argv.includes("--maps");

const comment = (name, text) => (name.endsWith(".css") ? `/* ${text} */` : `// ${text}`);

/** Returns the packages that a bundle contains, as a comment; empty for none. */
async function credits(inputs) {
  if (inputs.some((each) => each.startsWith("..")))
    throw new Error("node_modules must lie here, not elsewhere");
  const packages = new Set(inputs.flatMap((each) => /^node_modules\/([^/]+)/.exec(each)?.[1] ?? []));
  const { dependencies } = JSON.parse(await readFile(join(here, "package.json"), "utf8"));
  return [...packages].map((each) => `// With ${each} ${dependencies[each]} (MIT)\n`).join("");
}

/** Returns a bundle's head, with a hash by which a test knows that sources and bundle belong together. */
async function head(name, body) {
  const kind = name.endsWith(".js") ? /\.tsx?$/ : /\.css$/;
  const src = join(here, "src");
  const own = (await readdir(src, { recursive: true })).filter((each) => kind.test(each));
  const hash = createHash("sha256");
  for (const source of own.map((each) => each.replaceAll("\\", "/")).sort())
    hash.update(await readFile(join(src, source)));
  hash.update(body);
  const lines = [
    "Generated from dispatch_widgets/widgets/frontend by build.mjs: do not edit.",
    `SHA-256 of all sources in src and of what follows: ${hash.digest("hex")}`,
  ];
  return lines.map((text) => `${comment(name, text)}\n`).join("");
}

/**
 * Wraps a script so that it runs once per page: every widget imports its own copy, and all but the first
 * reuse the first one's exports. A closed panel then leaves a quarter of the memory that it left before.
 */
function sharedModule(script) {
  const key = createHash("sha256").update(script).digest("hex").slice(0, 16);
  const made = `(()=>{${script}return made.default})()`;
  return `export default globalThis[Symbol.for("dispatch-widgets.page ${key}")]??=${made};\n`;
}

/** Removes the blanks that esbuild leaves in the values of custom properties. */
function tight(styles) {
  return styles.replace(/(--[\w-]+): (?=[^;])/g, "$1:").replace(/, (?=var\(|#)/g, ",");
}

await mkdir(folder, { recursive: true });
for (const [name, entry] of [
  ["page.js", "src/main.tsx"],
  ["page.css", "src/page.css"],
]) {
  const made = await build({
    absWorkingDir: here,
    entryPoints: [entry],
    outfile: join(folder, name),
    bundle: true,
    charset: "ascii", // browsers keep a Latin-1 string in half the memory, and each panel holds one
    format: "iife",
    globalName: "made",
    ...JSX,
    legalComments: "none",
    metafile: true,
    minify: true,
    sourcemap: maps && "inline",
    target: "es2022",
    write: false,
  });
  const { text } = made.outputFiles[0];
  const shared = name.endsWith(".js") ? sharedModule(text) : tight(text);
  const body = (await credits(Object.keys(made.metafile.inputs))) + shared;
  await writeFile(join(folder, name), (await head(name, body)) + body);
}
