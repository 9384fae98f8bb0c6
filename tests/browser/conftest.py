"""Fixtures of the browser tests: one JupyterLab, one Chromium, one page, a notebook for each test."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import re
import signal
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest
from panel_driver.lab import INSTALL_LINE, Lab, Notebook, Window, find_chromium, launch

from dispatch_widgets.demo import DemoServer

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from contextlib import AbstractContextManager

    from panel_driver.app import App, Document
    from panel_driver.bare_page import BarePanel
    from playwright.sync_api import Browser, Locator

if importlib.util.find_spec("playwright") is None and os.environ.get("DISPATCH_REQUIRE_BROWSER") != "1":
    collect_ignore_glob = ["test_*.py", "*/test_*.py"]

_FAILED = pytest.StashKey[bool]()
_AXE = """async (panel) => {
    const { violations } = await axe.run(panel, { resultTypes: ["violations"] });
    const bad = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    return bad.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${
        node.failureSummary.slice(0, 300)}`));
}"""


def _missing(what: str, install: str) -> NoReturn:
    """Skips, or fails where a browser is required."""
    reason = f"{what} is not here: {install}"
    if os.environ.get("DISPATCH_REQUIRE_BROWSER") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium."""
    for module in ("playwright", "jupyterlab"):
        if importlib.util.find_spec(module) is None:
            _missing(module, "pip install 'dispatch-widgets[test]'")
    path = find_chromium()
    if path is None:
        _missing("Chromium", INSTALL_LINE)
    return path


@pytest.fixture(scope="session")
def lab(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A JupyterLab server on loopback for the whole run."""
    server = Lab(tmp_path_factory.mktemp("lab"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """A headless Chromium for the whole run."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = launch(playwright, chromium)
        yield started
        started.close()


@pytest.fixture(scope="session")
def window(browser: Browser) -> Window:
    """The page that the tests' notebooks are opened in, one after the other."""
    return Window(browser)


@pytest.fixture
def notebook(lab: Lab, window: Window, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Notebook]:
    """A notebook of the test's own; whatever went wrong in its page fails the test."""
    opened = Notebook(lab, window.take(), _file_name(request))
    yield opened
    failed = request.node.stash.get(_FAILED, False)
    if failed and not opened.page.is_closed():
        picture = tmp_path / "failed.png"
        opened.page.screenshot(path=picture)
        print(f"The page as it was: {picture}")  # noqa: T201 - pytest shows it with the failure
    opened.close()
    if failed or opened.errors:
        window.drop()
    assert failed or not opened.errors, opened.errors


@pytest.fixture
def other_notebook(lab: Lab, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Notebook]:
    """A second notebook, with a page and a kernel of its own."""
    window = Window(browser)
    opened = Notebook(lab, window.take(), _file_name(request, "-other"))
    yield opened
    opened.close()
    window.drop()
    assert request.node.stash.get(_FAILED, False) or not opened.errors, opened.errors


@pytest.fixture
def other_window(
    lab: Lab, browser: Browser, notebook: Notebook, request: pytest.FixtureRequest
) -> Iterator[Notebook]:
    """A second window on the test's notebook, with the same kernel."""
    window = Window(browser)
    opened = Notebook(lab, window.take(), notebook.path.name)
    yield opened
    window.drop()  # the kernel is the first window's to end
    assert request.node.stash.get(_FAILED, False) or not opened.errors, opened.errors


def _file_name(request: pytest.FixtureRequest, suffix: str = "") -> str:
    name = re.sub(r"\W+", "-", request.node.name).strip("-")
    return f"{name}{suffix}.ipynb"


@pytest.fixture
def app(notebook: Notebook, tmp_path: Path, canary: str) -> Iterator[App]:
    """The app in that notebook, over a demo server whose key must be seen nowhere."""
    from panel_driver.app import MODELS, App
    from playwright.sync_api import expect

    expect.set_options(timeout=15_000)
    folder = tmp_path / "settings"
    folder.mkdir()
    with DemoServer(models=MODELS, api_key=canary) as server:
        yield App(notebook, folder, server)


@pytest.fixture
def bare(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, canary: str
) -> Iterator[Callable[..., BarePanel]]:
    """Opens the app in a page without Jupyter, over a demo server; every provider's models are there.

    Takes a ``scale`` of the page, more for its ``body``, a ``change`` to the document in the sample file, and
    how to ``rewrite`` its text.
    """
    from panel_driver.bare_page import BarePanel, Kernel

    import dispatch_widgets as dw
    from dispatch_widgets.demo.model_lists import openai_models
    from dispatch_widgets.demo.samples import write_sample

    def show(
        *,
        scale: int = 1,
        body: str = "",
        change: Callable[[Document], object] | None = None,
        rewrite: Callable[[str], str] = str,
    ) -> BarePanel:
        path = write_sample(tmp_path, server, old=False)
        if change is not None:
            document = json.loads(path.read_text("utf-8"))
            change(document)
            path.write_text(json.dumps(document), "utf-8")
        path.write_text(rewrite(path.read_text("utf-8")), "utf-8")
        service = dw.SettingsService(path)
        if service.problem is None:
            service.refresh_all()
        context = browser.new_context(device_scale_factor=scale, viewport={"width": 1000, "height": 768})
        context.set_default_timeout(15_000)
        closing.callback(context.close)
        panel = dw.panel(service)
        closing.callback(panel.close)
        return BarePanel(Kernel(monkeypatch), panel, context.new_page(), body=body)

    with DemoServer(models=24, api_key=canary) as server, contextlib.ExitStack() as closing:
        server.set_models(openai_models(60))
        yield show


@pytest.fixture
def still(app: App) -> Callable[[], AbstractContextManager[None]]:
    """Makes the kernel do nothing for a while: it draws nothing anew, and what is pressed waits."""

    @contextlib.contextmanager
    def stand_still() -> Iterator[None]:
        pid = int(app.notebook.execute("import os; print(os.getpid())"))
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    return stand_still


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, from the package that carries it: the tests need no network."""
    found = importlib.util.find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        reason = "axe-core is not here: pip install 'dispatch-widgets[test]'"
        (pytest.fail if os.environ.get("DISPATCH_REQUIRE_BROWSER") == "1" else pytest.skip)(reason)
    return Path(found.origin).with_name("axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def axe_says() -> Callable[[Locator], list[str]]:
    """What axe-core finds serious or critical in a part of a page that has its source."""

    def find(node: Locator) -> list[str]:
        found: list[str] = node.evaluate(_AXE)
        return found

    return find


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remembers for the fixture above whether the test failed."""
    report = yield
    if report.when == "call":
        item.stash[_FAILED] = report.failed
    return report
