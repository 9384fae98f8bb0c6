"""The list that a provider is chosen from, in a real JupyterLab."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from panel_driver.app import App
from playwright.sync_api import expect

if TYPE_CHECKING:
    from panel_driver.lab import Notebook

pytestmark = pytest.mark.timeout(300)

SETUP = Path(__file__).with_name("component_cell.py").read_text(encoding="utf-8")


def test_one_of_a_rail_is_chosen(notebook: Notebook) -> None:
    """By click, by arrow keys when they rest, and by a native select where it is narrow."""
    page = notebook.open(
        SETUP,
        """
rows = [dict(id=name, title=name, count="7") for name in ("All providers", "Anthropic", "OpenAI")]
shown = listening(rows, mode="rail", label="Provider")
outer = panel(shown)
outer
""",
    )
    panel = App.panel_in(notebook.outputs)
    panel.choose("Provider", "Anthropic")
    notebook.until("(log, shown.current)", "([('choose', 'Anthropic', {})], 'Anthropic')")
    rail = panel.node.get_by_role("listbox", name="Provider")
    rail.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Home")
    notebook.until("log[1:]", "[('choose', 'All providers', {})]")
    page.keyboard.press("o")
    notebook.until("log[2:]", "[('choose', 'OpenAI', {})]")
    notebook.execute("outer.layout.width = '320px'")
    expect(panel.node.get_by_role("combobox", name="Provider")).to_be_visible()
    assert not rail.is_visible()
    panel.see_in("Provider", re.compile("^OpenAI"))
    assert panel.options("Provider")[1] == "Anthropic · 7"
    panel.choose("Provider", "Anthropic")
    notebook.until("log[3:]", "[('choose', 'Anthropic', {})]")
