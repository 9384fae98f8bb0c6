"""JupyterLab on loopback and Chromium before it: what browser tests drive.

One server, one browser and one loaded JupyterLab serve the whole test run; every test has a notebook of
its own at a path of its own (a path used before brings its old kernel back). The server keeps everything
in folders of its own, so that nothing of the user's is read or written, and saves widget state with each
notebook: what must not be in a saved notebook is looked for in the worst case.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, ConsoleMessage, Error, Locator, Page, Playwright

Theme = Literal["light", "dark", "dark high contrast"]

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
INSTALL_LINE = "apt-get install chromium"
LAB = "doc/tree"
NOTEBOOK_7 = "notebooks"
START_SECONDS = 90
LOADING_MS = 90_000
RUNNING_MS = 60_000

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",  # tests may run as root, in a container
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
]

# Complaints in the console that are JupyterLab's own business or follow from running without a network.
OTHERS_NOISE = (
    "Failed to load resource",
    "nbextensions/",  # nbclassic, which asks for extensions of other programs
    "favicon",
    "Canceled future for",
    "Error fetching news",
    "@jupyterlab",
    "jupyterlab-",
    "Shared module @jupyterlite/",  # JupyterLite's kernel, whose extension a JupyterLab beside it loads too
    "WebSocket connection to",
    "Kernel status is",
    "ResizeObserver loop",
    "Command 'filebrowser:",  # Notebook 7: a notebook's page of its own has no file browser
)

# Errors that are thrown without anything of ours in the page, by their words or by who throws them.
OTHERS_ERRORS = (
    "(reading 'schema')",  # Notebook 7, while it starts
    "(reading 'last_modified')",  # Notebook 7 before 7.3.3, without a checkpoint: jupyter/notebook#7567
    "Command 'filebrowser:",  # Notebook 7: a notebook's page of its own has no file browser
    "Failed to execute 'removeChild' on 'Node'",  # JupyterLab, when one theme follows another in haste
    "_cellToolbarOverlapsContents",  # JupyterLab 4.2, of a cell that is gone: jupyterlab/jupyterlab#16667
    "Canceled future for create_subshell_request",  # JupyterLab, when a kernel ends before it answered that
    "Canceled future for debug_request",  # JupyterLab 4.2, the same
)

_COMPLAINTS = ("application/vnd.jupyter.error", "application/vnd.jupyter.stderr")

_SETTINGS: dict[str, dict[str, Any]] = {
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyter-widgets/jupyterlab-manager/plugin": {"saveState": True},
}

_READY = """() => {
    const panel = window.jupyterapp?.shell?.currentWidget;
    const kernel = panel?.sessionContext?.session?.kernel;
    return panel?.context?.isReady && panel.sessionContext.isReady
        && kernel?.connectionStatus === "connected" && kernel.status === "idle";
}"""

_ALL_RAN = """() => {
    const prompts = [...document.querySelectorAll(".jp-InputArea-prompt")].map((node) => node.textContent);
    return prompts.length > 0 && !prompts.some((text) => text.includes("*"));
}"""

_EXECUTE = """async (code) => {
    const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
    const future = kernel.requestExecute({ code, store_history: false });
    let text = "";
    let error = "";
    future.onIOPub = ({ header, content }) => {
        if (header.msg_type === "stream") text += content.text;
        if (header.msg_type === "error") error = `${content.ename}: ${content.evalue}`;
    };
    await future.done;
    return { text, error };
}"""

_SAVE = """async () => {
    const { context } = window.jupyterapp.shell.currentWidget;
    await window.jupyterapp.commands.execute("docmanager:save");
    return context.model.dirty;
}"""

_HAS_LAB = "() => Boolean(window.jupyterapp?.commands.hasCommand('docmanager:open'))"

_OPEN = """async (path) => {
    const { commands, shell } = window.jupyterapp;
    const before = shell.currentWidget;
    if (before?.context) {
        before.context.model.dirty = false;  // or it asks whether to save
        before.close();
    }
    await commands.execute("docmanager:open", { path, factory: "Notebook", kernel: { name: "python3" } });
}"""

_IS_OPEN = """(path) => {
    const panel = window.jupyterapp.shell.currentWidget;
    return panel?.context?.path === path && panel.isVisible;
}"""

_SHUT_DOWN = """async () => {
    const context = window.jupyterapp?.shell?.currentWidget?.sessionContext;
    if (context?.session) await context.shutdown();
}"""


_RUN_IN_LAST_CELL = """(source) => {
    const { content } = window.jupyterapp.shell.currentWidget;
    content.activeCellIndex = content.widgets.length - 1;
    content.activeCell.model.sharedModel.setSource(source);
    void window.jupyterapp.commands.execute("notebook:run-cell");
}"""

_CELLS = """() => window.jupyterapp.shell.currentWidget.content.widgets.map(
    (cell) => cell.model.sharedModel.getSource())"""

_HAS_CELLS = "(count) => window.jupyterapp.shell.currentWidget.content.widgets.length === count"

_KERNEL_GOES = "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.shutdown()"

# nbclassic's manager of widgets loads what the kernel has, waits four seconds for an answer that is lost
# while a kernel starts, and then renders every output anew: any widget that a cell showed before that is
# gone, or is attached to nothing ("Host is not attached."; jupyter-widgets/ipywidgets#3770). It tells nobody
# when it has done so; asked once more after that time, it answers after its first answer.
_CLASSIC_HAS_KERNEL = """() => {
    const { kernel, kernel_busy } = window.Jupyter?.notebook ?? {};
    return kernel?.is_connected() && kernel.widget_manager && !kernel_busy;
}"""
_CLASSIC_HAS_LOADED = """async () => {
    await new Promise((done) => setTimeout(done, 4500));
    await Jupyter.notebook.kernel.widget_manager._loadFromKernel();
}"""

_RESTART = "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()"


def find_chromium() -> str | None:
    """The path of a Chromium or Chrome on PATH, or None."""
    return next((found for name in CHROMIUM_NAMES if (found := shutil.which(name))), None)


def launch(playwright: Playwright, chromium: str) -> Browser:
    """A headless Chromium that asks nobody anything."""
    return playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS, headless=True)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _environment(folder: Path) -> dict[str, str]:
    """The server's environment: folders of its own, no key and no proxy of the user's."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.upper().endswith(("_API_KEY", "_PROXY"))
        and not name.startswith(("JUPYTER", "DISPATCH_", "VIRTUAL_ENV"))
    }
    own = {
        "HOME": folder / "home",
        "XDG_CONFIG_HOME": folder / "home" / ".config",
        "IPYTHONDIR": folder / "ipython",
        "JUPYTER_CONFIG_DIR": folder / "config",
        "JUPYTER_DATA_DIR": folder / "data",
        "JUPYTER_RUNTIME_DIR": folder / "runtime",
        "JUPYTERLAB_SETTINGS_DIR": folder / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": folder / "workspaces",
    }
    for path in own.values():
        path.mkdir(parents=True, exist_ok=True)
    return {**kept, **{name: str(path) for name, path in own.items()}, "PYTHONDONTWRITEBYTECODE": "1"}


class Lab:
    """A JupyterLab server on loopback.

    Args:
        folder: An empty folder for its notebooks, settings and log.
    """

    def __init__(self, folder: Path) -> None:
        self.root = folder / "notebooks"
        self.root.mkdir()
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        for name, values in _SETTINGS.items():
            path = folder / "settings" / f"{name}.jupyterlab-settings"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(values), encoding="utf-8")
        command = [
            *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
            *("--ServerApp.ip=127.0.0.1", f"--ServerApp.port={self.port}", "--ServerApp.port_retries=0"),
            *("--IdentityProvider.token=", "--ServerApp.password=", "--ServerApp.disable_check_xsrf=True"),
            *(
                f"--ServerApp.root_dir={self.root}",
                "--LabApp.news_url=",
                "--LabApp.extension_manager=readonly",
            ),
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
            *("--LabApp.expose_app_in_browser=True", "--JupyterNotebookApp.expose_app_in_browser=True"),
        ]
        self._log_path = folder / "lab.log"
        with self._log_path.open("wb") as log:
            self._process = subprocess.Popen(
                command,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=_environment(folder),
                cwd=self.root,
                start_new_session=True,
            )
        self._wait_until_it_answers()

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                with urllib.request.urlopen(f"{self.url}/api", timeout=2):  # noqa: S310 - http, our own
                    return
            except (urllib.error.URLError, OSError):
                if self._process.poll() is not None or time.monotonic() > deadline:
                    self.stop()
                    raise RuntimeError(self._log_path.read_text(encoding="utf-8", errors="replace")) from None
                time.sleep(0.1)

    def stop(self) -> None:
        """Stops the server, and its kernels with it."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                if sys.platform == "win32":
                    self._process.kill()
                else:
                    os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait(15)


class Window:
    """A page of the browser, kept from test to test as long as JupyterLab in it is sound.

    Loading JupyterLab anew takes longer than most of the tests.

    Args:
        browser: The browser.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._page: Page | None = None

    def take(self) -> Page:
        """The page; a new one, with storage of its own, if there is none."""
        if self._page is None or self._page.is_closed():
            context = self._browser.new_context()
            context.set_default_timeout(15_000)
            self._page = context.new_page()
        return self._page

    def drop(self) -> None:
        """Let the next test have a new page."""
        if self._page is not None:
            self._page.context.close()
            self._page = None


class Notebook:
    """One notebook in one page of the browser.

    Attributes:
        page: The page, for everything that is not below.
        path: The notebook's file.
        place: Below which path of the server it is opened: ``NOTEBOOK_7`` or ``LAB``.
        errors: What went wrong in the page: uncaught errors, and console errors that are ours.

    Args:
        lab: The server.
        page: The browser's page; with JupyterLab in it or empty.
        name: The file's name, used for no other test.
        url: The server's address, where it is not reached directly.
    """

    def __init__(self, lab: Lab, page: Page, name: str, *, url: str = "") -> None:
        self._url = url or lab.url
        self.path = lab.root / name
        self.place = LAB
        self.errors: list[str] = []
        self.page = page
        self.page.on("pageerror", self._on_error)
        self.page.on("console", self._on_console)

    def _on_error(self, error: Error) -> None:
        # What a widget throws, or makes others throw, has its module among the frames: a blob's.
        told = f"{error}\n{error.stack or ''}"
        if "blob:" in told or not any(own in told for own in OTHERS_ERRORS):
            self.errors.append(str(error))

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not any(noise in message.text for noise in OTHERS_NOISE):
            self.errors.append(message.text)

    def open(self, *cells: str, run: bool = True, width: int = 1200, height: int = 900) -> Page:
        """Writes a notebook with these cells, opens it and runs it from top to bottom.

        Args:
            cells: Source of each code cell.
            run: Whether to run it.
            width: Of the page, in pixels.
            height: Of the page, in pixels.

        Raises:
            AssertionError: If a cell shows an error or something on stderr.
        """
        self._write(cells)
        return self.show(run=run, width=width, height=height)

    def _write(self, cells: tuple[str, ...]) -> None:
        document = {
            "cells": [
                {
                    "cell_type": "code",
                    "id": f"cell-{place}",
                    "source": source,
                    "metadata": {},
                    "outputs": [],
                    "execution_count": None,
                }
                for place, source in enumerate(cells)
            ],
            "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        self.path.write_text(json.dumps(document), encoding="utf-8")

    def present(self, *cells: str, width: int = 1000, height: int = 1200) -> Page:
        """Shows a notebook with these cells in Voilà, as a page of its own."""
        self._write(cells)
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.goto(f"{self._url}/voila/render/{self.path.name}", timeout=LOADING_MS)
        return self.page

    def present_classic(self, *cells: str) -> Page:
        """Opens a notebook with these cells in nbclassic and runs it."""
        self._write(cells)
        self.page.goto(f"{self._url}/nbclassic/notebooks/{self.path.name}", timeout=LOADING_MS)
        self.page.wait_for_function(_CLASSIC_HAS_KERNEL, timeout=LOADING_MS)
        self.page.evaluate(_CLASSIC_HAS_LOADED)
        self.page.evaluate("() => Jupyter.notebook.execute_all_cells()")
        return self.page

    def show(self, *, run: bool = True, width: int = 1200, height: int = 900) -> Page:
        """Opens the notebook's file as it is; for one that a test wrote, or to open it again."""
        self.page.set_viewport_size({"width": width, "height": height})
        if self.place == LAB and f"/{LAB}/" in self.page.url and self.page.evaluate(_HAS_LAB):
            self.page.evaluate(_OPEN, self.path.name)
            self.page.wait_for_function(_IS_OPEN, arg=self.path.name, timeout=LOADING_MS)
        else:  # one document, no side bars; a fresh workspace
            self.page.goto(f"{self._url}/{self.place}/{self.path.name}?reset", timeout=LOADING_MS)
        self.page.locator(".jp-Notebook").wait_for(timeout=LOADING_MS)
        # "Idle" is shown before the kernel's socket is up; what is run then is lost.
        self.page.wait_for_function(_READY, timeout=LOADING_MS)
        if run:
            self.run_all()
        return self.page

    def run_all(self) -> None:
        """Runs all cells and waits until none is running."""
        # The command's promise may never settle: do not wait for it.
        self.page.evaluate("() => { void window.jupyterapp.commands.execute('notebook:run-all-cells'); }")
        self.page.wait_for_function(_ALL_RAN, timeout=RUNNING_MS)
        failed = self.page.locator(
            ":is(" + ", ".join(f"[data-mime-type='{kind}']" for kind in _COMPLAINTS) + ")"
        )
        assert failed.count() == 0, failed.first.inner_text()

    @property
    def outputs(self) -> Locator:
        """The outputs of all cells: not their sources, nor a panel at the side, which may be another's."""
        return self.page.locator(".jp-Notebook .jp-OutputArea-output")

    def output(self, selector: str) -> Locator:
        """Something in a cell's output."""
        return self.outputs.locator(selector)

    def focus_on_cell(self, place: int = 0) -> None:
        """Put the cursor into a cell's source, as a click does."""
        self.page.locator(".jp-Notebook .cm-content").nth(place).click()

    def click_beside_cell(self) -> None:
        """Leave whatever has the focus, with the first cell selected: letters are commands then."""
        self.page.locator(".jp-InputArea-prompt").first.click()

    def run_in_last_cell(self, source: str) -> None:
        """Write a source into the last cell and run it, without waiting for its end."""
        self.page.evaluate(_RUN_IN_LAST_CELL, source)

    def see_cells(self, count: int) -> None:
        """Wait until the notebook has so many cells."""
        self.page.wait_for_function(_HAS_CELLS, arg=count)

    def cells(self) -> list[str]:
        """The sources of the cells."""
        found: list[str] = self.page.evaluate(_CELLS)
        return found

    def restart_kernel(self) -> None:
        """Restart the kernel: nothing of the panels is in it any more."""
        self.page.evaluate(_RESTART)

    def shut_kernel_down(self) -> None:
        """End the kernel behind JupyterLab's back, as a server does that is short of memory."""
        self.page.evaluate(_KERNEL_GOES)

    def end_kernel(self) -> None:
        """End the kernel."""
        self.page.evaluate(_SHUT_DOWN)

    def execute(self, code: str) -> str:
        """Runs code in the notebook's kernel beside its cells, and gives back what it printed.

        Raises:
            AssertionError: If the code raised.
        """
        result = self.page.evaluate(_EXECUTE, code)
        assert not result["error"], result["error"]
        text: str = result["text"]
        return text.rstrip("\n")

    def until(self, expression: str, expected: str) -> None:
        """Waits until an expression in the kernel reads as expected when it is printed.

        Raises:
            AssertionError: If it does not within ten seconds.
        """
        deadline = time.monotonic() + 10
        while (found := self.execute(f"print({expression})")) != expected:
            assert time.monotonic() < deadline, f"{expression} is {found}, not {expected}"
            self.page.wait_for_timeout(50)

    def save(self) -> dict[str, Any]:
        """Saves the notebook, widget state included, and gives back the file's content."""
        self.page.evaluate(_SAVE)
        content: dict[str, Any] = json.loads(self.path.read_text(encoding="utf-8"))
        return content

    def theme(self, name: Theme) -> None:
        """Switches the theme; `close` switches back."""
        title = f"JupyterLab {name.title()}"
        self.page.evaluate(
            "(theme) => window.jupyterapp.commands.execute('apputils:change-theme', { theme })", title
        )
        self.page.locator(f"body[data-jp-theme-name='{title}']").wait_for(state="attached")

    def close(self) -> None:
        """Shuts the kernel down and leaves the page to the next notebook."""
        if not self.page.is_closed():
            if self.page.locator(
                "body[data-jp-theme-name]:not([data-jp-theme-name='JupyterLab Light'])"
            ).count():
                self.theme("light")
            self.page.evaluate(_SHUT_DOWN)
        self.page.remove_listener("pageerror", self._on_error)
        self.page.remove_listener("console", self._on_console)
