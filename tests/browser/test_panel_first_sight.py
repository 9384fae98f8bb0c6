"""From a first look to the next step, and finding one of many providers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from panel_driver.app import App

pytestmark = pytest.mark.timeout(300)

MANY = """for n in range(14):
    service.add_provider(
        name=f"Gateway {n:02}", type="openai-compatible", api_key=f"sk-0123456789abcdef{n:04}",
        base_url="http://127.0.0.1:9/v1",
    )
"""


@pytest.mark.req("UI")
def test_one_of_many_is_added_in_view_found_and_leads_on(app: App) -> None:
    """Among more than a dozen a new row comes into view, is found loosely, and leads to its models."""
    app.open(MANY, "panel = dw.panel(service)\npanel")
    app.fill("Search providers", "GATEWAY-03")
    app.see_titles("Providers", ["Gateway 03"])
    app.press("Add provider")
    app.choose("Preset", "Custom")
    app.fill("Base URL", app.server.openai_base_url)
    app.choose("Preset", "Mistral")
    app.see_in("Base URL", re.compile("mistral"))
    app.choose("Preset", "Custom")
    app.see_in("Base URL", app.server.openai_base_url)
    app.fill("Name", "Zeta lab")
    app.fill("Key", app.server.api_key)
    app.press("Save and fetch models")
    row = app.card("Zeta lab")
    row.see("Next: choose models")
    expect(row.node).to_be_in_viewport()
    app.see_in("Search providers", "")
    app.fill("Search providers", "zetalab")
    app.see_titles("Providers", ["Zeta lab"])
    app.choose("Order", "By name")
    app.fill("Search providers", "nobody")
    app.see("No provider matches.")
    app.fill("Search providers", "")
    app.see_titles("Providers", [f"Gateway {number:02}" for number in range(10)])
    app.press("Next page")
    app.press("Next: choose models")
    app.see_tab(re.compile("^Models"))
    app.see("at Zeta lab")
    app.tab("Providers")
    app.card("Zeta lab").button(re.compile("18 chat")).click()
    app.see_tab(re.compile("^Models"))
    app.tab("Providers")
    app.card("Zeta lab").button("Zeta lab").click()
    app.see_heading("Edit Zeta lab")


@pytest.mark.req("UI", "MIG-1")
def test_a_converted_file_is_said_first(app: App) -> None:
    """The first page says that the file was converted, shows what changed, and takes it back."""
    app.write(old=True)
    app.open()
    app.see("Your file was converted.")
    app.press("See what changed")
    app.see_tab(re.compile("^Settings file"))
    app.tab("Providers")
    app.press("Undo")
    app.see("Undo the conversion?", "drops every key")
    app.focus_on("Keep the file")
    app.key("Enter")
    app.focus_on("Undo")
    app.press("Undo")
    app.press("Bring the old file back")
    app.see("This file has the old format.")
    app.not_see("Your file was converted.")
