"""Rows of providers and of the catalog by keyboard: one stop for Tab, and what keys do in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from panel_driver.browser import Part
from playwright.sync_api import expect

if TYPE_CHECKING:
    from panel_driver.app import App

pytestmark = [pytest.mark.timeout(300), pytest.mark.req("UI")]


def test_providers_are_one_stop_and_keys_move_in_them(app: App) -> None:
    """Arrows, Home and End move by rows; → goes into the actions and ← back; Tab leaves the list."""
    app.write()
    app.open()
    rows = app.rows("Providers")
    names = [row.get_attribute("aria-label") for row in rows.all()]
    assert len(names) == 3
    first, last = names[0], names[-1]
    app.button("Add provider").focus()
    app.key_until("Tab", f"^{first}$", at_most=2)
    app.key("ArrowDown")
    app.focus_comes_to(f"^{names[1]}$")
    app.key("End")
    app.focus_comes_to(f"^{last}$")
    app.key("ArrowDown")
    app.focus_comes_to(f"^{last}$")
    app.key("Home")
    app.focus_comes_to(f"^{first}$")
    app.key("ArrowUp")
    app.focus_comes_to(f"^{first}$")
    app.key("ArrowRight", "ArrowRight", "ArrowRight")  # to its models, Refresh, Edit
    app.focus_comes_to(f"^Edit {first}$")
    app.key("ArrowLeft", "ArrowLeft", "ArrowLeft")
    app.focus_comes_to(f"^{first}$")
    app.key("End")
    app.key("Tab")
    assert not any(str(name) in app.focused() for name in names)
    app.key("Shift+Tab")
    app.focus_comes_to(f"^{last}$")


def test_keys_do_what_the_icons_of_a_row_do(app: App) -> None:
    """Enter edits, R refreshes, Delete asks, and Escape keeps it, in the row that has the focus."""
    app.write()
    app.open()
    row = app.card("OpenAI")
    row.node.focus()
    app.key("r")
    row.see("fetched just now")
    app.focus_comes_to("^OpenAI$")
    app.key("Delete")
    app.see("Delete OpenAI?")
    app.focus_comes_to("^Keep it$")
    app.key("Escape")
    app.not_see("Delete OpenAI?")
    app.focus_comes_to("^Delete OpenAI$")
    row.node.focus()
    app.key("Enter")
    app.focus_comes_to("^Name$")
    app.see_in("Name", "OpenAI")


def test_the_catalogs_rows_have_the_same_keys(app: App) -> None:
    """In the catalog, too, arrows move, Enter edits, and Delete asks."""
    app.write()
    app.open()
    app.tab("Models")
    rows = app.rows("Catalog")
    names = [row.get_attribute("aria-label") for row in rows.all()]
    rows.first.focus()
    app.key("ArrowDown")
    app.focus_comes_to(f"^{names[1]}$")
    app.key("Delete")
    app.focus_comes_to("^Keep it$")
    app.key("Enter")
    Part(rows.nth(1)).not_see("Keep it")
    rows.nth(1).focus()
    app.key("Enter")
    expect(app.field("Label")).to_be_focused()
