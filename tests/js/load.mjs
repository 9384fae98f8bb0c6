// The widgets' modules end in .js and lie in no package of type "module": read them as what they are.
import { readFile } from "node:fs/promises";

const folder = new URL("../../dispatch_widgets/widgets/static/", import.meta.url);

/** The exports of one of the widgets' modules. */
export async function load(name) {
  const source = await readFile(new URL(name, folder), "utf-8");
  return import(`data:text/javascript;base64,${Buffer.from(source).toString("base64")}`);
}
