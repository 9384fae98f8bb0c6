"""The app in Notebook 7, and as a page of its own in Voilà."""

from __future__ import annotations

import importlib.util
import json
import os
import re
from typing import Any

import pytest

pytestmark = pytest.mark.timeout(300)


def _need(module: str) -> None:
    """Skip where a place is not installed; fail where browser tests are required."""
    if importlib.util.find_spec(module) is None:
        reason = f"{module} is not here: pip install 'dispatch-widgets[test]'"
        (pytest.fail if os.environ.get("DISPATCH_REQUIRE_BROWSER") == "1" else pytest.skip)(reason)


def _set_up(app: Any, panel: Any, key: str) -> None:
    """The first setup by mouse: a provider, a model, a task."""
    from playwright.sync_api import expect

    expect(panel.get_by_role("heading", name="No providers yet")).to_be_visible(timeout=60_000)
    panel.get_by_role("button", name="Add provider").first.click()
    panel.get_by_label("Preset").select_option(label="Custom")
    panel.get_by_label("Name", exact=True).fill("My lab")
    panel.locator("input[type=password]").fill(key)
    panel.get_by_label("Base URL").fill(app.server.openai_base_url)
    panel.get_by_role("button", name="Save and fetch models").click()
    card = panel.get_by_role("grid", name="Providers").locator(".dw-row")
    expect(card).to_contain_text("embedding")
    panel.get_by_role("tab", name="Models").click()
    panel.get_by_placeholder("Search id, name, owner").fill("gpt-4o")
    panel.locator(".dw-model").first.click()
    panel.get_by_role("button", name="Add 1 to catalog").click()
    expect(panel.get_by_role("grid", name="Catalog").locator(".dw-row")).to_have_count(1)
    panel.get_by_role("tab", name="Router").click()
    panel.get_by_role("combobox", name="Entry for summarize").select_option(index=1)
    expect(app.saved).to_be_visible()
    document = app.document()
    assert document["providers"][0]["credentials"] == {"apiKey": key, "baseUrl": app.server.openai_base_url}
    (entry,) = document["models"]["catalog"]
    assert document["models"]["assignment"] == [{"task": "summarize", "modelId": entry["id"]}]
    font = panel.evaluate("(node) => getComputedStyle(node).fontSize")
    assert font == "13px"


@pytest.mark.req("UI", "SEC-2")
def test_the_first_setup_in_notebook_7(app: Any, canary: str) -> None:
    """In Notebook 7 the app works as in JupyterLab, letters are no shortcuts, no key is in the saved file."""
    _need("notebook")
    app.notebook.place = "notebooks"
    panel = app.open()
    before = app.cells()
    _set_up(app, panel, canary)
    panel.get_by_role("tab", name="Providers").click()
    panel.get_by_role("button", name="Edit My lab").focus()
    app.press("b", "a", "x", "d", "d")
    assert app.cells() == before
    saved = json.dumps(app.notebook.save())
    assert "My lab" in saved
    assert canary not in saved


@pytest.mark.req("UI", "SEC-1")
def test_the_first_setup_in_voila(app: Any, canary: str) -> None:
    """In Voilà the app is a page of its own: no code is seen, and the first setup works."""
    _need("voila")
    page = app.notebook.present(app.cell() + "\ndw.panel(service)")
    panel = page.locator(".dw-panel").first
    _set_up(app, panel, canary)
    assert page.locator("details").count() == 0
    assert page.get_by_text(re.compile("SettingsService")).count() == 0
    assert canary not in page.content()
