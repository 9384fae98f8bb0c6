"""The panel at the side of a real JupyterLab."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from panel_driver.app import App
    from panel_driver.lab import Window

pytestmark = pytest.mark.timeout(300)

SIDE = "#jp-right-stack"
USEFUL_PX = 340


@pytest.mark.req("UI")
def test_the_panel_opens_at_the_side_and_works(app: App, window: Window) -> None:
    """in_sidebar() shows the living panel beside the notebook; asked again, it shows no second one."""
    pytest.importorskip("sidecar")
    app.write()
    app.notebook.open(app.cell(), "panel = dw.panel(service)\npanel.in_sidebar(title='My models')")
    panel = app.panel_in(app.page.locator("body"))
    expect(panel.node).to_be_visible(timeout=30_000)
    expect(app.page.get_by_role("tab", name="My models")).to_be_visible()
    assert app.panel_in(app.notebook.outputs).node.count() == 0
    app.page.wait_for_function(
        "([node, least]) => node.getBoundingClientRect().width >= least",
        arg=[panel.node.element_handle(), USEFUL_PX],
    )
    panel.tab("Models")
    app.notebook.execute("panel.in_sidebar(title='My models')")
    side = app.page.get_by_role("tab", name="My models")
    expect(side).to_have_count(1)
    expect(panel.node).to_have_count(1)
    panel.see_tab("Models")  # what was open there before
    app.notebook.execute("dw.panel(service).in_sidebar(title='My models')")  # as the cell does each time
    expect(side).to_have_count(1)
    expect(panel.node).to_have_count(1)
    panel.see_tab("Models")
    panel.choose("Provider", "OpenAI")
    expect(panel.models.first).to_be_visible()
    rows = panel.models.count()
    heights = [node.bounding_box() for node in (panel.node.locator(".dp-pick-list"), app.page.locator(SIDE))]
    assert (
        heights[0]["height"] <= heights[1]["height"]
    )  # from the search to the field below, in view together
    app.page.set_viewport_size({"width": 1200, "height": 600})
    expect(panel.models).not_to_have_count(rows)
    assert 0 < panel.models.count() < rows  # as many as the side is high for
    app.notebook.end_kernel()
    window.drop()  # the panel at the side would stay there and make the next test's notebook narrow
