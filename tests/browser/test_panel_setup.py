"""The first setup in a real JupyterLab, by keyboard alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from panel_driver.app import App

pytestmark = pytest.mark.timeout(300)


def _add_a_provider(app: App, key: str) -> None:
    """From the notebook's cell into the panel, through the form, past its complaints, to the saved card."""
    app.notebook.focus_on_cell(-1)
    app.key("Escape")
    app.key_until("Tab", "^Add provider$", at_most=80)
    app.key("Enter")
    app.focus_comes_to("^Preset$")
    app.key("End")
    app.key_until("Tab", "^Name$")
    app.type("My lab")
    app.key("Enter")
    app.see("2 fields need attention")
    app.focus_comes_to("^Key$")
    assert not app.path.exists()
    app.type(key)
    app.see("1 field needs attention")
    app.key_until("Tab", "^Base URL$")
    app.type(app.server.openai_base_url)
    app.key("Enter")
    app.focus_comes_to("My lab")
    app.card("My lab").see("18 chat · 3 embedding · 3 other")


def _pick_a_model(app: App) -> None:
    """From the card to the tabs, and in Models from the search field alone."""
    app.key_until("Shift+Tab", "^Providers")
    app.key("ArrowRight", "Enter")
    app.see_tab("Models")
    app.key_until("Tab", "Search")
    app.type("gpt-4o")
    app.see_model("gpt-4o")
    app.key("ArrowDown", "Enter")
    app.see_rows("Catalog", 1)
    app.key("Escape")


@pytest.mark.req("UI", "SEC-2", "PM-2", "ST-1")
def test_the_first_setup_by_keyboard(app: App, canary: str) -> None:
    """Without a mouse: from no file to a provider, a model and a task; the focus leads the way (UI)."""
    app.open()
    app.see_heading("No providers yet")
    _add_a_provider(app, canary)
    (provider,) = app.document()["providers"]
    assert (provider["name"], provider["type"]) == ("My lab", "openai-compatible")
    assert provider["credentials"] == {"apiKey": canary, "baseUrl": app.server.openai_base_url}
    _pick_a_model(app)
    (entry,) = app.document()["models"]["catalog"]
    assert (entry["providerId"], entry["model"]) == (provider["id"], "gpt-4o")

    app.key_until("Shift+Tab", "^Models")
    app.key("ArrowRight", "Enter")
    app.key_until("Tab", "^Entry for summarize$")
    app.key("ArrowDown")
    app.see("Saved", whole=True)
    assert app.document()["models"]["assignment"] == [{"task": "summarize", "modelId": entry["id"]}]
    app.key_until("Tab", "^Undo$")
    app.key("Enter")
    app.see_in("Entry for summarize", "Not set")
    assert app.document()["models"]["assignment"] == []
