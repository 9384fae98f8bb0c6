"""The app in Notebook 7, and as a page of its own in Voilà."""

from __future__ import annotations

import importlib.util
import json
import os
import re
from typing import TYPE_CHECKING

import pytest
from panel_driver.lab import NOTEBOOK_7
from playwright.sync_api import expect

if TYPE_CHECKING:
    from panel_driver.app import App
    from panel_driver.browser import Part

pytestmark = pytest.mark.timeout(300)


def _need(module: str) -> None:
    """Skip where a place is not installed; fail where browser tests are required."""
    if importlib.util.find_spec(module) is None:
        reason = f"{module} is not here: pip install 'dispatch-widgets[test]'"
        (pytest.fail if os.environ.get("DISPATCH_REQUIRE_BROWSER") == "1" else pytest.skip)(reason)


def _set_up(app: App, panel: Part, key: str) -> None:
    """The first setup by mouse: a provider, a model, a task."""
    expect(panel.node.get_by_role("heading", name="No providers yet")).to_be_visible(timeout=60_000)
    panel.button("Add provider").first.click()
    panel.choose("Preset", "Custom")
    panel.fill("Name", "My lab")
    panel.fill("Key", key)
    panel.fill("Base URL", app.server.openai_base_url)
    panel.press("Save and fetch models")
    panel.row("My lab", of="Providers").see("embedding")
    panel.tab("Models")
    panel.search("gpt-4o")
    panel.pick(0)
    panel.press("Add 1 to catalog")
    panel.see_rows("Catalog", 1)
    panel.tab("Router")
    panel.choose("Entry for summarize", panel.options("Entry for summarize")[1])
    panel.task("summarize").see("Saved", whole=True)
    document = app.document()
    assert document["providers"][0]["credentials"] == {"apiKey": key, "baseUrl": app.server.openai_base_url}
    (entry,) = document["models"]["catalog"]
    assert document["models"]["assignment"] == [{"task": "summarize", "modelId": entry["id"]}]
    font = panel.node.evaluate("(node) => getComputedStyle(node).fontSize")
    assert font == "13px"


@pytest.mark.req("UI", "SEC-2")
def test_the_first_setup_in_notebook_7(app: App, canary: str) -> None:
    """In Notebook 7 the app works as in JupyterLab, letters are no shortcuts, no key is in the saved file."""
    _need("notebook")
    app.notebook.place = NOTEBOOK_7
    app.open()
    before = app.notebook.cells()
    _set_up(app, app, canary)
    app.tab("Providers")
    app.button("Edit My lab").focus()
    app.key("b", "a", "x", "d", "d")
    assert app.notebook.cells() == before
    saved = json.dumps(app.notebook.save())
    assert "My lab" in saved
    assert canary not in saved


@pytest.mark.req("UI", "SEC-1")
def test_the_first_setup_in_voila(app: App, canary: str) -> None:
    """In Voilà the app is a page of its own: no code is seen, and the first setup works."""
    _need("voila")
    page = app.notebook.present(app.cell() + "\ndw.panel(service)")
    _set_up(app, app.panel_in(page.locator("body")), canary)
    assert page.locator("details:not(.dp-keys)").count() == 0
    assert page.get_by_text(re.compile("SettingsService")).count() == 0
    assert canary not in page.content()
