"""The app in JupyterLab when another program takes the file, or the providers out of it, away."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from panel_driver.app import App, Document

pytestmark = pytest.mark.timeout(300)


def save_schedules(document: Document) -> None:
    """What the app's "Save schedules" makes of the settings."""
    document.pop("providers")
    document["schedules"] = {"fetch": "0 * * * *"}


@pytest.mark.req("ST-8")
def test_a_person_brings_removed_providers_back(app: App) -> None:
    """The notice comes by itself, its button brings the cards back and the focus to Undo."""
    app.write()
    mine = "service.update_provider(service.get_providers()[0].id, name='Mine')"
    app.open(f"{mine}\npanel = dw.panel(service)\npanel")  # the copy is of what was saved here
    app.card("Mine").see("Mine")
    count = app.rows("Providers").count()
    before = app.document()["providers"]
    app.change(save_schedules)
    app.see("Another program removed your providers.")
    app.not_see("No providers yet")
    assert app.beyond_the_edge() == []
    app.press("Bring them back")
    app.see_rows("Providers", count)
    assert app.document()["providers"] == before
    app.focus_comes_to("^Undo$")
    app.key("Enter")
    app.focus_comes_to("^Bring them back$")
    assert "providers" not in app.document()


@pytest.mark.req("ST-10")
def test_a_person_puts_a_file_back_that_is_gone(app: App) -> None:
    """The panel says when it was deleted or moved, and one press writes it again."""
    app.write()
    app.open()
    text = app.path.read_text(encoding="utf-8")
    app.path.unlink()
    app.see("dispatch.settings.json was deleted or moved at")
    app.see(re.compile("^Deleted or moved at"))
    assert app.beyond_the_edge() == []
    app.press("Put it back")
    app.see("The file is back")
    assert app.path.read_text(encoding="utf-8") == text
    app.focus_comes_to("^Dismiss$")
    app.key("Enter")
    app.focus_comes_to("^Providers")


@pytest.mark.req("MIG-5")
def test_a_restore_in_a_terminal_is_not_undone_by_an_open_panel(app: App) -> None:
    """The panel shows the file in the old format and offers Convert; nothing is written by itself."""
    app.write(old=True)
    old = app.path.read_bytes()
    app.open()
    (backup,) = app.folder.glob("dispatch.settings.backup-*.json")
    command = [sys.executable, "-m", "dispatch_widgets", "restore", backup.name]
    subprocess.run(command, cwd=app.folder, check=True, capture_output=True)
    app.see("This file has the old format.")
    app.page.wait_for_timeout(3_000)
    assert app.path.read_bytes() == old
    app.press("Convert")
    app.not_see("This file has the old format.")
    assert app.document()["providers"]
