"""The list that a provider is chosen from, in a real JupyterLab."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

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
    notebook.output(".dw-rail-item").nth(1).click()
    notebook.until("(log, shown.current)", "([('choose', 'Anthropic', {})], 'Anthropic')")
    notebook.output(".dw-rail-list").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Home")
    notebook.until("log[1:]", "[('choose', 'All providers', {})]")
    page.keyboard.press("o")
    notebook.until("log[2:]", "[('choose', 'OpenAI', {})]")
    notebook.execute("outer.layout.width = '320px'")
    narrow = notebook.output("select.dw-rail-select")
    narrow.wait_for()
    assert not notebook.output(".dw-rail-list").is_visible()
    assert narrow.input_value() == "OpenAI"
    assert narrow.locator("option").all_inner_texts()[1] == "Anthropic · 7"
    narrow.select_option("Anthropic")
    notebook.until("log[3:]", "[('choose', 'Anthropic', {})]")
