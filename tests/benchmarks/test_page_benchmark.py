"""The app over much (P-7) as a person meets it: in a real JupyterLab, in Chromium, on loopback.

What is measured ends with a frame that is painted: the second of two animation frames after the change,
so each figure holds up to one frame (17 ms) of waiting that is nobody's work.
"""

from __future__ import annotations

import statistics
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from panel_driver.lab import INSTALL_LINE, Lab, Notebook, find_chromium, launch
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

MODELS = 5000
WORD = "p31-model-7"
ROUNDS = 3
PAUSE_MS = 120
VISIBLE_GOAL_MS = 1000
KEY_GOAL_MS = 50
GENEROUS = 3.0
"""P-7 is judged generously: machines differ."""

MAKE = """
import sys
from pathlib import Path
sys.path.insert(0, {folder!r})
from test_panel_benchmark import big_service
import dispatch_widgets as dw
service = big_service(Path({path!r}))
"""

# Runs a cell; gives back the milliseconds until a number of things of a kind are painted in its output.
SHOW = """([cell, selector, number]) => new Promise((resolve) => {
    const { content } = window.jupyterapp.shell.currentWidget;
    content.activeCellIndex = cell;
    const start = performance.now();
    void window.jupyterapp.commands.execute("notebook:run-cell");
    const look = () => {
        const seen = content.widgets[cell].node.querySelectorAll(selector).length >= number;
        const over = performance.now() - start > 60000;
        requestAnimationFrame(seen || over ? () => resolve(performance.now() - start) : look);
    };
    requestAnimationFrame(look);
})"""

CLEAR = "() => { void window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs'); }"

# Notes for each key in the search field the time from the key to the painted frame.
WATCH = """() => {
    window.dwKeys = [];
    const field = document.querySelector(".dw-panel input[type=search]");
    let pressed = 0;
    field.addEventListener("keydown", (event) => { pressed = event.timeStamp; }, true);
    field.addEventListener("input", () => {
        const start = pressed;
        const painted = () => window.dwKeys.push(performance.now() - start);
        requestAnimationFrame(() => requestAnimationFrame(painted));
    }, true);
}"""


@pytest.fixture
def notebook(tmp_path: Path) -> Iterator[Notebook]:
    """A notebook in a JupyterLab and a Chromium of the benchmark's own."""
    from playwright.sync_api import sync_playwright

    chromium = find_chromium()
    if chromium is None:
        pytest.skip(f"Chromium is not here: {INSTALL_LINE}")
    (tmp_path / "lab").mkdir()
    lab = Lab(tmp_path / "lab")
    with sync_playwright() as playwright:
        browser = launch(playwright, chromium)
        opened = Notebook(lab, browser.new_page(), "p7.ipynb")
        yield opened
        opened.close()
        browser.close()
    lab.stop()


def _type(page: Page, keys: list[str]) -> list[float]:
    """Milliseconds from each key to the frame that shows what it changed."""
    before = page.evaluate("() => window.dwKeys.length")
    for key in keys:
        page.keyboard.press(key)
        page.wait_for_timeout(PAUSE_MS)
    page.wait_for_function("(n) => window.dwKeys.length === n", arg=before + len(keys))
    found: list[float] = page.evaluate("(n) => window.dwKeys.slice(n)", before)
    return found


def _show(page: Page, cell: int, selector: str, number: int = 1) -> float:
    """Milliseconds from running a cell whose output is empty until it shows these things."""
    page.evaluate(CLEAR)
    page.locator(f".jp-OutputArea-output {selector}").first.wait_for(state="detached")
    found: float = page.evaluate(SHOW, [cell, selector, number])
    return found


def _figure(name: str, values: list[float], goal: int) -> str:
    median, worst = statistics.median(values), max(values)
    return f"P-7 {name}: median {median:.0f} ms, worst {worst:.0f} ms of {len(values)} (goal {goal} ms)"


@pytest.mark.req("P-7")
@pytest.mark.timeout(300)
def test_the_app_is_seen_and_searched_quickly(notebook: Notebook, tmp_path: Path) -> None:
    """Over 50 providers, 1,000 entries and 5,000 models the app shows, and a key in the search answers."""
    make = MAKE.format(folder=str(Path(__file__).parent), path=str(tmp_path / "big.json"))
    label = "import ipywidgets\nipywidgets.Label('floor')"
    page = notebook.open(label, "panel = dw.Panel(service)\npanel", run=False)
    notebook.execute(make)
    floor = min(_show(page, 0, ".widget-label") for _ in range(ROUNDS))
    shown = [_show(page, 1, ".dp-row", 50) for _ in range(ROUNDS)]

    page.get_by_role("tab", name="Models").click()
    page.get_by_role("combobox", name="Provider", exact=True).select_option(index=0)
    count = page.locator(".dp-filter > .dp-sub")
    expect(count).to_have_text(f"{MODELS:,} models", timeout=30_000)
    page.evaluate(WATCH)
    page.locator(".dw-panel input[type=search]").first.focus()
    typed, deleted = [], []
    for _ in range(ROUNDS):
        typed += _type(page, list(WORD))
        assert count.inner_text() == f"11 of {MODELS:,} models"
        deleted += _type(page, ["Backspace"] * len(WORD))
        assert count.inner_text() == f"{MODELS:,} models"

    seen = f"first {shown[0]:.0f} ms, later {min(shown[1:]):.0f} ms (goal {VISIBLE_GOAL_MS} ms)"
    print(f"\nP-7 visible: {seen}; a Label alone {floor:.0f} ms")  # noqa: T201 - the figure is the point
    print(_figure("a letter", typed, KEY_GOAL_MS))  # noqa: T201
    print(_figure("a backspace", deleted, KEY_GOAL_MS))  # noqa: T201
    assert min(shown) < GENEROUS * VISIBLE_GOAL_MS
    assert statistics.median(typed + deleted) < GENEROUS * KEY_GOAL_MS
