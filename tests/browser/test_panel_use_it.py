"""The code for the next cell, in a real JupyterLab and a real Notebook 7."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

import pytest
from panel_driver.lab import LAB, NOTEBOOK_7
from playwright.sync_api import expect

if TYPE_CHECKING:
    from panel_driver.app import App

pytestmark = [pytest.mark.timeout(300), pytest.mark.req("UI", "API-5")]

ALONE = "alone = dw.RouterPanel(service)\nalone"
CELL = 'model = service.resolve("grade")\nclient = model.client()\n'


@pytest.mark.parametrize("place", [LAB, NOTEBOOK_7])
def test_the_code_is_inserted_below_the_panel_and_runs(app: App, place: str) -> None:
    """Insert below makes a cell after the panel's with the code that is shown, and says so."""
    if place == NOTEBOOK_7 and importlib.util.find_spec("notebook") is None:
        pytest.skip("notebook is not here")
    app.notebook.place = place
    app.write()
    app.open(ALONE, "after = 1")
    before = app.notebook.cells()
    app.choose("Entry for grade", "GPT-4o")
    app.see('model = service.resolve("grade")')
    app.press("Insert below")
    app.see("Inserted", whole=True)
    app.notebook.see_cells(len(before) + 1)
    cells = app.notebook.cells()
    assert [*cells[:2], *cells[3:]] == before
    assert cells[2].startswith(CELL)
    app.choose("Library", "LiteLLM")
    app.press("Insert below")
    app.notebook.see_cells(len(before) + 2)
    assert "litellm.completion(" in app.notebook.cells()[2]
    app.notebook.execute(cells[2])


def test_copied_is_said_beside_the_button(app: App) -> None:
    """Who presses Copy reads there that it is done; for a while, and nowhere else."""
    app.write()
    app.open(ALONE)
    app.choose("Entry for grade", "GPT-4o")
    app.see('model = service.resolve("grade")')
    app.press("Copy")
    seen = app.page.locator(":not([role=status])")
    told = app.node.get_by_text("Copied", exact=True).and_(seen)
    expect(told).to_be_visible()
    button, words = app.button("Copy").bounding_box(), told.bounding_box()
    assert button is not None
    assert words is not None
    assert abs(button["y"] + button["height"] / 2 - words["y"] - words["height"] / 2) < button["height"]
    app.key("Shift+Tab", "Shift+Tab")
    app.focus_in("Task")
    app.choose("Task", "grade")
    expect(told).to_be_hidden()
