"""The panel at the side of a real JupyterLab."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from panel_driver.app import App
    from panel_driver.lab import Window

pytestmark = pytest.mark.timeout(300)


@pytest.mark.req("UI")
def test_the_panel_opens_at_the_side_and_works(app: App, window: Window) -> None:
    """in_sidebar() shows the living panel in a panel of its own beside the notebook, not in the cell."""
    pytest.importorskip("sidecar")
    app.write()
    app.notebook.open(app.cell(), "panel = dw.panel(service)\npanel.in_sidebar(title='My models')")
    panel = app.panel_in(app.page.locator("body"))
    expect(panel.node).to_be_visible(timeout=30_000)
    expect(app.page.get_by_role("tab", name="My models")).to_be_visible()
    assert app.panel_in(app.notebook.outputs).node.count() == 0
    panel.tab("Models")
    app.notebook.end_kernel()
    window.drop()  # the panel at the side would stay there and make the next test's notebook narrow
