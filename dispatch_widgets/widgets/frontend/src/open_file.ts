/** "Open file": opens a file in JupyterLab's editor, where JupyterLab can reach it. */
import type { FileOnDisk } from "./types.ts";

const OPEN = "docmanager:open"; // a command of JupyterLab 4 and Notebook 7
const FACTORY = "Editor"; // the JSON viewer would not show a syntax error

interface Config {
  readonly baseUrl?: string;
  readonly serverRoot?: string;
}

/** Returns a file's path relative to the Jupyter server's root; null if it is not below the root. */
export function pathOnServer(file: string, home: string, root: string | undefined): string | null {
  if (!root) return null;
  const full = root === "~" || root.startsWith("~/") ? home + root.slice(1) : root;
  const top = full.endsWith("/") ? full : `${full}/`;
  return file.startsWith(top) ? file.slice(top.length) : null;
}

/** Returns the URL of a file's metadata in the Jupyter contents API. */
export function contentsUrl(base: string, path: string): string {
  const safe = path.split("/").map(encodeURIComponent).join("/");
  return `${base.endsWith("/") ? base : `${base}/`}api/contents/${safe}?content=0`;
}

/** Returns the XSRF header, which JupyterHub requires even for a GET; empty without the cookie. */
export function xsrfHeader(cookies: string): Record<string, string> {
  const token = /(?:^|;\s*)_xsrf=([^;]*)/.exec(cookies)?.[1];
  return token ? { "X-XSRFToken": token } : {};
}

/** Returns JupyterLab's configuration from its page; empty in other pages. */
function pageConfig(): Config {
  try {
    return JSON.parse(document.getElementById("jupyter-config-data")?.textContent ?? "") ?? {};
  } catch {
    return {};
  }
}

/** Whether files can be opened here at all, which is so only in JupyterLab. */
export function mayOpenFiles(): boolean {
  return Boolean(pageConfig().serverRoot);
}

/**
 * Returns a file's path on the server, or null if the server does not have this very file: the kernel may run
 * elsewhere, or a folder may be hidden.
 */
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

/** Opens a file by a click on a node with JupyterLab's command attributes. */
export function openInEditor(path: string, root: HTMLElement): void {
  const node = document.createElement("button");
  node.hidden = true;
  node.dataset.commandlinkerCommand = OPEN;
  node.dataset.commandlinkerArgs = JSON.stringify({ path, factory: FACTORY });
  root.append(node);
  node.click();
  node.remove();
}
