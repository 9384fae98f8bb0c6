"""The first setup in a real JupyterLab, by keyboard alone."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.timeout(300)


def _add_a_provider(app: Any, key: str) -> None:
    """From the notebook's cell into the panel, through the form, past its complaints, to the saved card."""
    from playwright.sync_api import expect

    app.page.locator(".jp-Notebook .cm-content").last.focus()
    app.press("Escape")
    app.press_until("Tab", "^Add provider$", at_most=80)
    app.press("Enter")
    app.focus_comes_to("^Preset$")
    app.press("End")
    app.press_until("Tab", "^Name$")
    app.page.keyboard.type("My lab")
    app.press("Enter")
    expect(app.panel.get_by_text("2 fields need attention")).to_be_visible()
    app.focus_comes_to("^Key$")
    assert not app.path.exists()
    app.page.keyboard.type(key)
    expect(app.panel.get_by_text("1 field needs attention")).to_be_visible()
    app.press_until("Tab", "^Base URL$")
    app.page.keyboard.type(app.server.openai_base_url)
    app.press("Enter")
    app.focus_comes_to("My lab")
    expect(app.card("My lab")).to_contain_text("18 chat · 3 embedding · 3 other")


def _pick_a_model(app: Any) -> None:
    """From the card to the tabs, and in Models from the search field alone."""
    from playwright.sync_api import expect

    app.press_until("Shift+Tab", "^Providers")
    app.press("ArrowRight", "Enter")
    expect(app.panel.get_by_role("tab", name="Models")).to_have_attribute("aria-selected", "true")
    app.press_until("Tab", "Search")
    app.page.keyboard.type("gpt-4o")
    app.press("ArrowDown", "Enter")
    expect(app.panel.get_by_role("grid", name="Catalog").locator(".dw-row")).to_have_count(1)
    app.press("Escape")


@pytest.mark.req("UI", "SEC-2", "PM-2", "ST-1")
def test_the_first_setup_by_keyboard(app: Any, canary: str) -> None:
    """Without a mouse: from no file to a provider, a model and a task; the focus leads the way (UI)."""
    from playwright.sync_api import expect

    panel = app.open()
    expect(panel.get_by_role("heading", name="No providers yet")).to_be_visible()
    _add_a_provider(app, canary)
    (provider,) = app.document()["providers"]
    assert (provider["name"], provider["type"]) == ("My lab", "openai-compatible")
    assert provider["credentials"] == {"apiKey": canary, "baseUrl": app.server.openai_base_url}
    _pick_a_model(app)
    (entry,) = app.document()["models"]["catalog"]
    assert (entry["providerId"], entry["model"]) == (provider["id"], "gpt-4o")

    app.press_until("Shift+Tab", "^Models")
    app.press("ArrowRight", "Enter")
    app.press_until("Tab", "^Entry for summarize$")
    app.press("ArrowDown")
    expect(app.saved).to_be_visible()
    assert app.document()["models"]["assignment"] == [{"task": "summarize", "modelId": entry["id"]}]
    app.press_until("Tab", "^Undo$")
    app.press("Enter")
    expect(panel.get_by_role("combobox", name="Entry for summarize")).to_have_value("Not set")
    assert app.document()["models"]["assignment"] == []
