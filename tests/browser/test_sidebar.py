"""The panel at the side of a real JupyterLab."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.timeout(300)


@pytest.mark.req("UI")
def test_the_panel_opens_at_the_side_and_works(app: Any) -> None:
    """in_sidebar() shows the living panel in a panel of its own beside the notebook, not in the cell."""
    from playwright.sync_api import expect

    pytest.importorskip("sidecar")
    app.write()
    app.notebook.open(app.cell(), "panel = dw.panel(service)\npanel.in_sidebar(title='My models')")
    expect(app.page.locator(".dw-panel").first).to_be_visible(timeout=30_000)
    expect(app.page.get_by_role("tab", name="My models")).to_be_visible()
    assert app.page.locator(".jp-Notebook .dw-panel").count() == 0
    models = app.page.locator(".dw-panel").get_by_role("tab", name="Models", exact=True)
    models.click()
    expect(models).to_have_attribute("aria-selected", "true")
