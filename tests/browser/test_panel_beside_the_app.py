"""The app in JupyterLab when another program takes the file, or the providers out of it, away."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

pytestmark = pytest.mark.timeout(300)


def save_schedules(document: dict[str, Any]) -> None:
    """What the app's "Save schedules" makes of the settings."""
    document.pop("providers")
    document["schedules"] = {"fetch": "0 * * * *"}


@pytest.mark.req("ST-8")
def test_a_person_brings_removed_providers_back(app: Any) -> None:
    """The notice comes by itself, its button brings the cards back and the focus to Undo."""
    from playwright.sync_api import expect

    app.write()
    mine = "service.update_provider(service.get_providers()[0].id, name='Mine')"
    app.open(f"{mine}\npanel = dw.panel(service)\npanel")  # the copy is of what was saved here
    cards = app.panel.get_by_role("grid", name="Providers").locator(".dw-row")
    expect(cards.first).to_be_visible()
    count = cards.count()
    before = app.document()["providers"]
    app.change(save_schedules)
    notice = app.panel.locator(".dw-file-notice").filter(visible=True)
    expect(notice).to_contain_text("Another program removed your providers.", timeout=15_000)
    expect(app.panel.get_by_text("No providers yet")).to_be_hidden()
    assert app.beyond_the_edge() == []
    app.button("Bring them back").click()
    expect(cards).to_have_count(count)
    assert app.document()["providers"] == before
    app.focus_comes_to("^Undo$")
    app.press("Enter")
    app.focus_comes_to("^Bring them back$")
    assert "providers" not in app.document()


@pytest.mark.req("ST-10")
def test_a_person_puts_a_file_back_that_is_gone(app: Any) -> None:
    """The panel says when it was deleted or moved, and one press writes it again."""
    from playwright.sync_api import expect

    app.write()
    app.open()
    text = app.path.read_text(encoding="utf-8")
    app.path.unlink()
    notice = app.panel.locator(".dw-file-notice").filter(visible=True)
    expect(notice).to_contain_text("was deleted or moved at", timeout=15_000)
    expect(app.panel.locator(".dw-saved")).to_contain_text("Deleted or moved at")
    assert app.beyond_the_edge() == []
    app.button("Put it back").click()
    expect(notice).to_contain_text("The file is back")
    assert app.path.read_text(encoding="utf-8") == text
    app.focus_comes_to("^Dismiss$")
    app.press("Enter")
    app.focus_comes_to("^Providers")


@pytest.mark.req("MIG-5")
def test_a_restore_in_a_terminal_is_not_undone_by_an_open_panel(app: Any) -> None:
    """The panel shows the file of before providers and offers Convert; nothing is written by itself."""
    from playwright.sync_api import expect

    app.write(old=True)
    old = app.path.read_bytes()
    app.open()
    (backup,) = app.folder.glob("dispatch.settings.backup-*.json")
    command = [sys.executable, "-m", "dispatch_widgets", "restore", backup.name]
    subprocess.run(command, cwd=app.folder, check=True, capture_output=True)
    note = app.panel.get_by_text("This file is from before providers.").filter(visible=True)
    expect(note).to_be_visible(timeout=15_000)
    app.page.wait_for_timeout(3_000)
    assert app.path.read_bytes() == old
    app.button("Convert").filter(visible=True).click()
    expect(note).to_be_hidden()
    assert app.document()["providers"]
