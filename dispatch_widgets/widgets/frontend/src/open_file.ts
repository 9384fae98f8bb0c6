/** "Open file": opens a file in JupyterLab's editor, where that can work. */
import type { FileOnDisk } from "./types.ts";

const OPEN = "docmanager:open"; // a command of JupyterLab 4 and Notebook 7; the JSON viewer would not show a mistake
const FACTORY = "Editor";

interface Config {
  readonly baseUrl?: string;
  readonly serverRoot?: string;
}

/** The file's path as the Jupyter server names it; null if it does not lie below the server's root. */
export function pathOnServer(file: string, home: string, root: string | undefined): string | null {
  if (!root) return null;
  const full = root === "~" || root.startsWith("~/") ? home + root.slice(1) : root;
  const top = full.endsWith("/") ? full : `${full}/`;
  return file.startsWith(top) ? file.slice(top.length) : null;
}

/** Where the server tells about a file without sending it. */
export function contentsUrl(base: string, path: string): string {
  const safe = path.split("/").map(encodeURIComponent).join("/");
  return `${base.endsWith("/") ? base : `${base}/`}api/contents/${safe}?content=0`;
}

/** The header by which JupyterHub knows a request of its own page, a GET too; empty without the cookie. */
export function xsrfHeader(cookies: string): Record<string, string> {
  const token = /(?:^|;\s*)_xsrf=([^;]*)/.exec(cookies)?.[1];
  return token ? { "X-XSRFToken": token } : {};
}

/** What JupyterLab says of itself in its page; nothing in other pages. */
function pageConfig(): Config {
  try {
    return JSON.parse(document.getElementById("jupyter-config-data")?.textContent ?? "") ?? {};
  } catch {
    return {};
  }
}

/** Whether a file may be opened here at all: JupyterLab is around. */
export function mayOpenFiles(): boolean {
  return Boolean(pageConfig().serverRoot);
}

/** The file as the server names it, if it has this very one: a kernel may run elsewhere, a folder be hidden. */
export async function findOnServer(file: FileOnDisk): Promise<string | null> {
  const { baseUrl = "/", serverRoot } = pageConfig();
  const path = pathOnServer(file.path, file.home, serverRoot);
  if (path === null) return null;
  try {
    const answer = await fetch(contentsUrl(baseUrl, path), {
      credentials: "same-origin",
      headers: xsrfHeader(document.cookie),
    });
    return answer.ok && (await answer.json()).size === file.size_bytes ? path : null;
  } catch {
    return null;
  }
}

/** Opens it: JupyterLab does what a clicked node names. */
export function openInEditor(path: string, root: HTMLElement): void {
  const node = document.createElement("button");
  node.hidden = true;
  node.dataset.commandlinkerCommand = OPEN;
  node.dataset.commandlinkerArgs = JSON.stringify({ path, factory: FACTORY });
  root.append(node);
  node.click();
  node.remove();
}
