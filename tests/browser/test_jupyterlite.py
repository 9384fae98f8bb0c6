"""The panel in a real JupyterLite: the kernel runs in the page, and the browser makes its requests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from lite import notebook_of, open_to_pages, serving
from live_demo import build, missing
from panel_driver.app import App
from panel_driver.lab import LOADING_MS
from playwright.sync_api import expect

from dispatch_widgets.demo import DemoServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Locator, Page

NOTEBOOK = "start.ipynb"
CELL = """
import dispatch_widgets as dw
service = dw.SettingsService()
provider = service.add_provider(
    name="My lab", type="openai-compatible", base_url={base_url!r}, api_key={key!r}
)
print(len(service.discover_models(provider.id)), "models at once,", end=" ")
print(len(await service.discover_models_async(provider.id, force_refresh=True)), "when awaited")
"""
PANEL = "dw.panel(service)"
LAST = """
print([entry.model for entry in service.catalog], service.try_task("summarize").answer)
chosen = service.resolve("summarize")
question = [{"role": "user", "content": "Are you there?"}]
answer = chosen.client().chat.completions.create(model=chosen.model, messages=question)
print("The client:", answer.choices[0].message.content)
dw.ModelPicker(provider="My lab", service=service)
"""
CONFIG = Path(__file__).parents[2] / "docs" / "_site" / "mkdocs.yml"
IDLE = """() => {
    const panel = window.jupyterapp?.shell?.currentWidget;
    return panel?.sessionContext?.session?.kernel?.status === "idle";
}"""
RUN = """async (place) => {
    const { content } = window.jupyterapp.shell.currentWidget;
    content.activeCellIndex = place;
    await window.jupyterapp.commands.execute("notebook:run-cell");
}"""

RUN_ALL = "() => void window.jupyterapp.commands.execute('notebook:run-all-cells')"

pytestmark = [
    pytest.mark.timeout(400),
    pytest.mark.req("UI"),
]


@pytest.fixture(autouse=True)
def needs() -> None:
    """Skip where JupyterLite is not here; fail where all hosts are required."""
    if reason := missing():
        (pytest.fail if os.environ.get("DISPATCH_REQUIRE_HOSTS") == "1" else pytest.skip)(reason)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page with storage of its own."""
    context = browser.new_context(viewport={"width": 1000, "height": 1600})
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


def _open(page: Page, address: str) -> Locator:
    """Opens a notebook, waits for its kernel and returns the cells' outputs."""
    page.goto(address, timeout=LOADING_MS)
    page.wait_for_function(IDLE, timeout=LOADING_MS)
    return page.locator(".jp-Cell-outputArea")


def test_a_provider_is_used_in_jupyterlite(page: Page, canary: str, tmp_path: Path) -> None:
    """Files are saved, lists fetched, models picked and tried in a browser's Python, synchronously too."""
    with DemoServer(models=24, api_key=canary) as demo, open_to_pages(demo.url) as origin:
        base_url = demo.openai_base_url.replace(demo.url, origin)
        cells = CELL.format(base_url=base_url, key=canary), PANEL, LAST
        build(tmp_path / "site", notebooks={NOTEBOOK: notebook_of(cells)})
        with serving(tmp_path / "site") as site:
            outputs = _open(page, f"{site}/notebooks/index.html?path={NOTEBOOK}")
            page.evaluate(RUN, 0)
            expect(outputs.nth(0)).to_have_text("24 models at once, 24 when awaited", timeout=60_000)
            page.evaluate(RUN, 1)
            panel = App.panel_in(outputs.nth(1))
            expect(panel.node).to_be_visible(timeout=60_000)
            panel.press("Refresh My lab")
            panel.row("My lab", of="Providers").see("fetched just now")
            panel.tab("Models")
            panel.choose("Provider", "My lab")
            panel.search("gpt-4o")
            panel.pick(0)
            panel.press("Add 1 to catalog")
            panel.see_rows("Catalog", 1)
            panel.tab("Router")
            panel.choose("Entry for summarize", panel.options("Entry for summarize")[1])
            panel.task("summarize").see("Saved", whole=True)
            page.evaluate(RUN, 2)
            expect(outputs.nth(2)).to_contain_text("['gpt-4o'] This is a canned answer", timeout=60_000)
            expect(outputs.nth(2)).to_contain_text("The client: This is a canned answer")
            expect(outputs.nth(2).get_by_role("combobox").first).to_be_visible()
            assert canary not in "".join(outputs.all_inner_texts())


def test_the_live_demo_of_the_docs_runs_in_the_browser(page: Page, tmp_path: Path) -> None:
    """The built pages lead to the quickstart, whose cells and panel work without asking another host."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", CONFIG, "-d", tmp_path / "site"]
    environment = {**os.environ, "DISPATCH_LIVE_DEMO": "1", "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    asked: set[str] = set()
    page.context.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    with serving(tmp_path / "site") as site:
        page.goto(f"{site}/live-demo.html")
        address = page.get_by_role("link", name="Open the live demo").evaluate("(link) => link.href")
        outputs = _open(page, address)
        page.evaluate(RUN_ALL)
        expect(outputs.last).to_contain_text("This is a canned answer of the demo server", timeout=90_000)
        panel = App.panel_in(page.locator("body"))
        panel.press("Refresh My provider")
        panel.row("My provider", of="Providers").see("fetched just now")
        panel.tab("Router")
        panel.task("summarize").see("gpt-4o")
        assert page.locator(".jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
        assert asked - {"", urlsplit(site).netloc} == set()
