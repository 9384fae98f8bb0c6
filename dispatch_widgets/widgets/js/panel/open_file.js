// "Open file": a button that opens a file in JupyterLab's editor, where that can work, and nothing elsewhere.
import { h } from "../shared/elements.js";

const PLACE = ".dw-open-file:not([data-asked])";
const OPEN = "docmanager:open"; // a command of JupyterLab 4 and Notebook 7; the JSON viewer would not show a mistake
const FACTORY = "Editor";

/** The file's path as the Jupyter server names it; null if it does not lie below the server's root. */
export function pathOnServer(file, home, root) {
  if (!root) return null;
  const full = root === "~" || root.startsWith("~/") ? home + root.slice(1) : root;
  const top = full.endsWith("/") ? full : `${full}/`;
  return file.startsWith(top) ? file.slice(top.length) : null;
}

/** Where the server tells about a file without sending it. */
export function contentsUrl(base, path) {
  const safe = path.split("/").map(encodeURIComponent).join("/");
  return `${base.endsWith("/") ? base : `${base}/`}api/contents/${safe}?content=0`;
}

/** What JupyterLab says of itself in its page; nothing in other pages. */
function pageConfig() {
  try {
    return JSON.parse(document.getElementById("jupyter-config-data").textContent) ?? {};
  } catch {
    return {};
  }
}

/** Whether the server has this very file: a kernel may run on another machine, a folder may be hidden. */
async function serverHas(base, path, size) {
  try {
    const answer = await fetch(contentsUrl(base, path), { credentials: "same-origin" });
    return answer.ok && (await answer.json()).size === size;
  } catch {
    return false;
  }
}

/** Puts the button wherever the panel has a place for one and it would work. */
export async function offerFiles(root) {
  for (const place of root.querySelectorAll(PLACE)) {
    place.setAttribute("data-asked", "");
    const { path: file, home, size } = place.dataset;
    const { baseUrl = "/", serverRoot } = pageConfig();
    const path = pathOnServer(file, home, serverRoot);
    if (path === null || !(await serverHas(baseUrl, path, Number(size)))) continue;
    const given = { path, factory: FACTORY };
    place.replaceChildren(
      h(
        "button",
        {
          type: "button",
          class: "dw-btn dw-i-file",
          "data-commandlinker-command": OPEN,
          "data-commandlinker-args": JSON.stringify(given),
        },
        "Open file",
      ),
    );
  }
}
