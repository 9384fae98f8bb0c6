"""JupyterLab's one-key shortcuts and the single parts of a panel."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from panel_driver.lab import Notebook

pytestmark = pytest.mark.timeout(300)

SETUP = Path(__file__).with_name("component_cell.py").read_text(encoding="utf-8")


EVERYTHING = """
note = dict(title="x", select=dict(label="c", options=[["a", "A"]]), check=dict(label="t"),
            actions=[dict(action="go", label="Go")])
rows = [provider("One", note=note)]
rail = listening([dict(id="r", title="Rail")], mode="rail", label="r")
core = [widgets.Button(description="Core"), widgets.Checkbox(description="Tick"),
        widgets.Dropdown(options=["x", "y"]), widgets.Text(description="Words"),
        widgets.ToggleButtons(options=["m", "n"])]
later = widgets.VBox()
outer = panel(listening(rows), listening([model(1)], mode="pick", label="p"), rail, *core, later)
outer
"""
PRESS_EVERYWHERE = """async () => {
    const selector = "a[href], button, input, select, textarea, summary, [tabindex]";
    const found = [...document.querySelectorAll(".dw-panel " + selector.split(", ").join(", .dw-panel "))];
    const seen = found.filter((node) => !node.disabled && node.getClientRects().length);
    const unmarked = seen.filter((node) => node.getAttribute("data-lm-suppress-shortcuts") !== "true");
    return { seen: seen.length, unmarked: unmarked.map((node) => node.outerHTML.slice(0, 120)) };
}"""


def test_one_key_shortcuts_do_not_fire(notebook: Notebook) -> None:
    """With the focus on anything in a panel, also on what came later, a letter is no command."""
    page = notebook.open(SETUP, EVERYTHING)
    notebook.output(".dw-model").first.wait_for()
    notebook.execute("later.children = [widgets.Button(description='Later')]")
    page.get_by_role("button", name="Later").wait_for()
    page.wait_for_function("() => document.querySelector('.dw-panel button[data-lm-suppress-shortcuts]')")
    result = page.evaluate(PRESS_EVERYWHERE)
    assert result["unmarked"] == []
    assert result["seen"] > 20
    before = len(notebook.cells())
    places = ["Core", "Later", "m"]
    targets = [page.get_by_role("button", name=name, exact=True).first for name in places]
    targets += [
        notebook.output(css).first for css in (".dw-row", ".dw-acts button", ".dw-view", ".dw-rail-list")
    ]
    targets += [
        notebook.output(css).first
        for css in ("[type=checkbox]:visible", ".widget-dropdown select", ".dw-chip")
    ]
    for target in targets:
        target.focus()
        for key in ("b", "a", "x", "d", "d", "m"):
            page.keyboard.press(key)
    page.wait_for_timeout(200)
    assert len(notebook.cells()) == before


def test_a_letter_outside_is_a_shortcut(notebook: Notebook) -> None:
    """The test above can fail: outside a panel the same letter inserts a cell."""
    page = notebook.open("1")
    notebook.click_beside_cell()
    before = len(notebook.cells())
    page.keyboard.press("b")
    notebook.see_cells(before + 1)
