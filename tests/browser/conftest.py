"""Fixtures of the browser tests: one JupyterLab, one Chromium, one page, a notebook for each test."""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

_HERE = Path(__file__).parent
_FAILED = pytest.StashKey[bool]()


def _load(name: str) -> Any:
    # Tests are no package, so the harness beside this file is loaded by its path.
    full_name = f"dispatch_browser_{name}"
    if full_name in sys.modules:
        return sys.modules[full_name]
    spec = importlib.util.spec_from_file_location(full_name, _HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _missing(what: str, install: str) -> None:
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
    harness = _load("lab")
    path = harness.find_chromium()
    if path is None:
        _missing("Chromium", harness.INSTALL_LINE)
    assert isinstance(path, str)
    return path


@pytest.fixture(scope="session")
def lab(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A JupyterLab server on loopback for the whole run."""
    server = _load("lab").Lab(tmp_path_factory.mktemp("lab"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Any]:
    """A headless Chromium for the whole run."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = _load("lab").launch(playwright, chromium)
        yield started
        started.close()


@pytest.fixture(scope="session")
def window(browser: Any) -> Any:
    """The page that the tests' notebooks are opened in, one after the other."""
    return _load("lab").Window(browser)


@pytest.fixture
def notebook(lab: Any, window: Any, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """A notebook of the test's own; whatever went wrong in its page fails the test."""
    opened = _load("lab").Notebook(lab, window.take(), _file_name(request))
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
def other_notebook(lab: Any, browser: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A second notebook, with a page and a kernel of its own."""
    harness = _load("lab")
    window = harness.Window(browser)
    opened = harness.Notebook(lab, window.take(), _file_name(request, "-other"))
    yield opened
    opened.close()
    window.drop()
    assert request.node.stash.get(_FAILED, False) or not opened.errors, opened.errors


@pytest.fixture
def other_window(lab: Any, browser: Any, notebook: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A second window on the test's notebook, with the same kernel."""
    harness = _load("lab")
    window = harness.Window(browser)
    opened = harness.Notebook(lab, window.take(), notebook.path.name)
    yield opened
    window.drop()  # the kernel is the first window's to end
    assert request.node.stash.get(_FAILED, False) or not opened.errors, opened.errors


def _file_name(request: pytest.FixtureRequest, suffix: str = "") -> str:
    name = re.sub(r"\W+", "-", request.node.name).strip("-")
    return f"{name}{suffix}.ipynb"


@pytest.fixture
def app(notebook: Any, tmp_path: Path, canary: str) -> Iterator[Any]:
    """The app in that notebook, over a demo server whose key must be seen nowhere."""
    from playwright.sync_api import expect

    expect.set_options(timeout=15_000)
    folder = tmp_path / "settings"
    folder.mkdir()
    opened = _load("panels").App(notebook, folder, canary)
    with opened.server:
        yield opened


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remembers for the fixture above whether the test failed."""
    report = yield
    if report.when == "call":
        item.stash[_FAILED] = report.failed
    return report
