"""What a page keeps of panels that were opened and closed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import dispatch_widgets

if TYPE_CHECKING:
    from panel_driver.app import App
    from playwright.sync_api import CDPSession

pytestmark = [pytest.mark.timeout(500), pytest.mark.req("UI")]

SHOW = """
import ipywidgets
box = ipywidgets.VBox()
box
"""
ROUND = """
for old in box.children:
    old.close()
box.children = [dw.panel(service) for _ in range(5)]
"""
STATIC = Path(dispatch_widgets.__file__).parent / "widgets" / "static"
PANELS_A_ROUND = 5
WARM_UP_ROUNDS = 4
ROUNDS = 40
MOST_COPIES = 1
"""Of the script and the styles, for each panel that is gone: a browser keeps the text of a module, which is
two thirds of both; with another copy in the model, which JupyterLab keeps, it would be one and a half."""


def _used_bytes(session: CDPSession) -> int:
    session.send("HeapProfiler.collectGarbage")
    return int(session.send("Runtime.getHeapUsage")["usedSize"])


def test_closed_panels_leave_little_in_the_page(app: App) -> None:
    """Of two hundred apps that were opened and closed the page keeps less than their scripts and styles."""
    app.write()
    app.notebook.open(app.cell(), SHOW, width=1000, height=1400)
    session = app.page.context.new_cdp_session(app.page)
    session.send("HeapProfiler.enable")

    def turn(rounds: int) -> None:
        for _ in range(rounds):
            app.notebook.execute(ROUND)
            app.page.locator(".dp-tabs").nth(PANELS_A_ROUND - 1).wait_for()

    turn(WARM_UP_ROUNDS)
    before = _used_bytes(session)
    turn(ROUNDS)
    app.page.wait_for_timeout(500)
    each = (_used_bytes(session) - before) / (ROUNDS * PANELS_A_ROUND)
    bundle = sum((STATIC / name).stat().st_size for name in ("page.js", "page.css"))
    session.detach()
    assert app.page.locator(".dp-tabs").count() == PANELS_A_ROUND
    print(f"{each / 1000:.0f} kB each, {each / bundle:.2f} of the bundle")  # noqa: T201 - shown if it fails
    assert each < MOST_COPIES * bundle
