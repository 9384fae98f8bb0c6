"""A settings file opens in JupyterLab's editor from the panel, where the server can see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from panel_driver.app import App
from playwright.sync_api import expect

if TYPE_CHECKING:
    from panel_driver.lab import Notebook

BROKEN = '{"providers": [}'
CELL = """
import dispatch_widgets as dw
from pathlib import Path
path = Path("course notes") / "dispatch.settings.json"
path.parent.mkdir(exist_ok=True)
path.write_text("{}")
dw.SettingsFilePanel(dw.SettingsService(path))
"""


@pytest.mark.req("ST-4", "UI")
def test_a_broken_file_opens_in_the_editor(other_notebook: Notebook) -> None:
    """Below the server's root Open file opens the text in an editor, in place of Copy path."""
    notebook = other_notebook  # a page of its own: the editor stays open in it
    page = notebook.open(CELL)
    panel = App.panel_in(notebook.outputs)
    panel.can_press("Open file")
    (notebook.path.parent / "course notes" / "dispatch.settings.json").write_text(BROKEN, encoding="utf-8")
    panel.can_press("Move it away")
    expect(panel.button("Open file")).to_have_count(1)
    expect(panel.button("Copy path")).not_to_be_visible()
    panel.button("Open file").press("Enter")
    expect(page.locator(".jp-FileEditor .cm-content").filter(visible=True)).to_have_text(BROKEN)
