"""A settings file opens in JupyterLab's editor from the panel, where the server can see it."""

from __future__ import annotations

from typing import Any

import pytest

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
def test_a_broken_file_opens_in_the_editor(other_notebook: Any) -> None:
    """Below the server's root Open file opens the text in an editor, in place of Copy path."""
    from playwright.sync_api import expect

    notebook = other_notebook  # a page of its own: the editor stays open in it
    page = notebook.open(CELL)
    panel = notebook.output(".dw-panel")
    expect(panel.get_by_role("button", name="Open file")).to_be_visible()
    (notebook.path.parent / "course notes" / "dispatch.settings.json").write_text(BROKEN, encoding="utf-8")
    expect(panel.get_by_role("button", name="Move it away")).to_be_visible()
    expect(panel.get_by_role("button", name="Open file")).to_have_count(1)
    expect(panel.get_by_role("button", name="Copy path")).not_to_be_visible()
    panel.get_by_role("button", name="Open file").press("Enter")
    expect(page.locator(".jp-FileEditor .cm-content").filter(visible=True)).to_have_text(BROKEN)
