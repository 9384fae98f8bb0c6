"""Hosts that are not JupyterLab: marimo, HoloViz Panel, Solara, nbclassic, and a frame as VS Code has it."""

from __future__ import annotations

import importlib.util
import os
import re
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from panel_driver.app import App
from panel_driver.bare_page import Kernel
from panel_driver.browser import Part
from panel_driver.markup import BEYOND_THE_EDGE
from playwright.sync_api import expect

import dispatch_widgets as dw
from dispatch_widgets.demo import DemoServer
from dispatch_widgets.demo.samples import write_sample

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from panel_driver.lab import Notebook
    from playwright.sync_api import Browser, Locator, Page

pytestmark = [pytest.mark.timeout(300), pytest.mark.req("UI")]

CHAT = "GPT-4o · OpenAI"
START_SECONDS = 60
NARROWEST = 240  # pixels: css/root.css

MARIMO = """
import marimo
app = marimo.App()

@app.cell
def _():
    import marimo as mo
    import dispatch_widgets as dw
    service = dw.SettingsService({file!r})
    panel = mo.ui.anywidget(dw.panel(service))
    picker = mo.ui.anywidget(dw.ModelPicker(provider="OpenAI", service=service))
    mo.vstack([panel, picker])
    return mo, picker

@app.cell
def _(mo, picker):
    mo.md(f"Picked: {{picker.widget.value}}")
    return

if __name__ == "__main__":
    app.run()
"""

HOLOVIZ = """
import panel as pn
import dispatch_widgets as dw

pn.extension("ipywidgets")
service = dw.SettingsService({file!r})
pn.Column(
    pn.pane.IPyWidget(dw.panel(service), sizing_mode="stretch_width"),
    pn.pane.IPyWidget(dw.panel(service)),
).servable()
"""

SOLARA = """
import solara
import dispatch_widgets as dw

service = dw.SettingsService({file!r})

@solara.component
def Page():
    panel = solara.use_memo(lambda: dw.panel(service), [])
    solara.display(panel)
"""

# A frame of a theme whose body says nothing of it.
FRAME = """<!doctype html><html><style>:root {{
    --vscode-editor-background: {background}; --vscode-foreground: {text};
    --vscode-textLink-foreground: {link}; --vscode-button-background: {button};
    --vscode-font-family: sans-serif; --vscode-font-size: 13px;
}}</style><body style="background: {background}"></body></html>"""
THEMES = {
    "dark": {"background": "#1e1e1e", "text": "#cccccc", "link": "#3794ff", "button": "#0e639c"},
    "light": {"background": "#ffffff", "text": "#3b3b3b", "link": "#005fb8", "button": "#005fb8"},
    "dark high contrast": {
        "background": "#000000",
        "text": "#ffffff",
        "link": "#21a6ff",
        "button": "#0e639c",
    },
    "light high contrast": {
        "background": "#ffffff",
        "text": "#292929",
        "link": "#0f4a85",
        "button": "#0f4a85",
    },
}


def _need(module: str) -> None:
    """Skip where a host is not installed; fail where all of them are required."""
    if importlib.util.find_spec(module) is None:
        reason = f"{module} is not here: pip install 'dispatch-widgets[test-hosts]'"
        (pytest.fail if os.environ.get("DISPATCH_REQUIRE_HOSTS") == "1" else pytest.skip)(reason)


@pytest.fixture
def demo(canary: str) -> Iterator[DemoServer]:
    """A demo server whose key must be seen nowhere."""
    with DemoServer(models=24, api_key=canary) as server:
        yield server


@pytest.fixture
def file(tmp_path: Path, demo: DemoServer) -> Path:
    """A sample settings file that leads to the server."""
    return write_sample(tmp_path, demo, old=False)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page with storage of its own."""
    context = browser.new_context(viewport={"width": 1000, "height": 1400})
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def _use(panel: Part) -> None:
    """What is pressed is answered, in a list, a tab and a form."""
    expect(panel.node).to_be_visible(timeout=60_000)
    panel.press("Refresh OpenAI")
    card = panel.node.get_by_role("row", name="OpenAI", exact=True)
    expect(card).to_contain_text("fetched just now")
    panel.tab("Router")
    panel.choose("Entry for grade", CHAT)
    panel.task("grade").see("Saved", whole=True)
    panel.tab("Models")
    panel.choose("Provider", "OpenAI")
    expect(panel.models.first).to_be_visible()
    panel.tab("Providers")
    panel.press("Edit OpenAI")
    panel.fill("Name", "Renamed")
    panel.press("Save")
    expect(panel.node.get_by_role("row", name="Renamed", exact=True)).to_contain_text("chat")


@contextmanager
def _serving(command: list[str], address: str, folder: Path) -> Iterator[None]:
    """Run a server until it is not needed any more."""
    log = folder / "server.log"
    with log.open("wb") as out:
        server = subprocess.Popen(
            command, stdout=out, stderr=out, stdin=subprocess.DEVNULL, env={**os.environ, "HOME": str(folder)}
        )
    try:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                urllib.request.urlopen(address, timeout=1).close()  # noqa: S310 - http, our own
                break
            except (urllib.error.URLError, OSError):
                assert server.poll() is None, log.read_text(errors="replace")
                assert time.monotonic() < deadline, log.read_text(errors="replace")
                time.sleep(0.1)
        yield
    finally:
        server.terminate()
        server.wait(20)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@pytest.mark.req("SEC-1")
def test_the_app_works_in_marimo(page: Page, file: Path, tmp_path: Path, canary: str) -> None:
    """`mo.ui.anywidget` draws the app and the picker, and cells that depend on what is picked run again."""
    _need("marimo")
    source = tmp_path / "app.py"
    source.write_text(MARIMO.format(file=str(file)), encoding="utf-8")
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "marimo", "run", str(source), "--headless", "--no-token"]
    with _serving([*command, "--host", "127.0.0.1", "-p", str(port)], f"{address}/health", tmp_path):
        page.goto(address)
        panel = App.panel_in(page.locator("body"))
        _use(Part(panel.node.first))
        assert canary not in page.content()
        picker = Part(panel.node.nth(1))
        expect(picker.models.first).to_be_visible()
        picker.pick(0)
        shown = page.get_by_text(re.compile(r"^Picked: \S"))
        expect(shown).to_be_visible()
        expect(picker.models.first).to_contain_text(shown.inner_text().removeprefix("Picked: "))
        picker.press("Clear")
        expect(page.get_by_text("Picked:", exact=True)).to_be_visible()


@pytest.mark.req("SEC-1")
def test_the_app_works_in_holoviz_panel(page: Page, file: Path, tmp_path: Path, canary: str) -> None:
    """`pn.pane.IPyWidget` draws the app: as wide as the page if it is stretched, and never as a line."""
    _need("panel")
    _need("ipywidgets_bokeh")
    source = tmp_path / "app.py"
    source.write_text(HOLOVIZ.format(file=str(file)), encoding="utf-8")
    port = _free_port()
    address = f"http://127.0.0.1:{port}/app"
    command = [sys.executable, "-m", "panel", "serve", str(source), "--port", str(port)]
    # HoloViz Panel loads anywidget's script from a CDN; here it is the one that is installed.
    script = sysconfig.get_path("data") + "/share/jupyter/nbextensions/anywidget/index.js"
    anyone = {"access-control-allow-origin": "*", "content-type": "text/javascript"}
    page.route(
        re.compile("^https://unpkg.com/anywidget@"), lambda route: route.fulfill(path=script, headers=anyone)
    )
    with _serving(command, address, tmp_path):
        page.goto(address)
        panels = App.panel_in(page.locator("body")).node
        expect(panels).to_have_count(2, timeout=60_000)
        _use(Part(panels.first))
        assert canary not in page.content()
        widths = [node.bounding_box()["width"] for node in panels.all()]
        assert widths[0] > 0.9 * min(page.viewport_size["width"], 1040)
        assert widths[1] >= NARROWEST


@pytest.mark.req("SEC-1")
def test_the_app_works_in_solara(page: Page, file: Path, tmp_path: Path, canary: str) -> None:
    """A Solara component draws the app, and what is pressed is answered."""
    _need("solara")
    source = tmp_path / "app.py"
    source.write_text(SOLARA.format(file=str(file)), encoding="utf-8")
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "solara", "run", str(source), "--no-open", "--production"]
    with _serving([*command, "--port", str(port)], address, tmp_path):
        page.goto(address)
        _use(App.panel_in(page.locator("body")))
        assert canary not in page.content()


def test_the_app_works_in_nbclassic(notebook: Notebook, file: Path) -> None:
    """In the classic notebook the app is drawn, and what is pressed is answered."""
    _need("nbclassic")
    cells = f"import dispatch_widgets as dw\npanel = dw.panel(dw.SettingsService({str(file)!r}))", "panel"
    page = notebook.present_classic(*cells)
    _use(App.panel_in(page.locator(".output")))


@pytest.mark.parametrize("theme", THEMES)
def test_the_app_works_in_an_inner_frame(
    page: Page,
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
    axe: str,
    axe_says: Callable[[Locator], list[str]],
    *,
    theme: str,
) -> None:
    """Without a theme's classes around it the colours are the host's, and what is written can be read."""
    kernel = Kernel(monkeypatch)
    page.set_content("<!doctype html><iframe style='width: 960px; height: 1300px'></iframe>")
    frame = page.frames[1]
    frame.set_content(FRAME.format(**THEMES[theme]))
    frame.evaluate(axe)
    panel = dw.panel(dw.SettingsService(file))
    try:
        kernel.show(panel, page, frame)
        shown = App.panel_in(frame.locator("body"))
        _use(shown)
        own = shown.node.evaluate("(node) => getComputedStyle(node).backgroundColor")
        assert own == frame.evaluate("() => getComputedStyle(document.body).backgroundColor")
        for tab in ("Providers", "Models", "Router", "Settings file"):
            shown.tab(tab)
            assert shown.node.evaluate(BEYOND_THE_EDGE) == [], tab
            assert axe_says(shown.node) == [], tab
    finally:
        panel.close()
