"""A copy of the settings file for others, made in a real JupyterLab: no key, a list of variables."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from panel_driver.app import App

pytestmark = [pytest.mark.timeout(300), pytest.mark.req("UI", "SEC-1")]


def test_a_copy_without_keys_is_written_and_says_what_to_set(app: App) -> None:
    """The copy holds references, which the panel lists; another file is replaced after a question only."""
    app.write()
    app.open()
    app.tab("Settings file")
    app.press("Share without keys")
    app.see_in("File name", "dispatch.settings.shared.json")
    app.focus_in("File name")
    app.fill("File name", "elsewhere/copy.json")
    app.press("Write the copy")
    app.see("Type a file name, without a folder.")
    app.fill("File name", "for the course.json")
    app.key("Enter")
    app.see("for the course.json has no key in it. It needs 3 variables.")
    app.focus_on("Share without keys")
    copy = app.folder / "for the course.json"
    providers = json.loads(copy.read_text(encoding="utf-8"))["providers"]
    for provider in providers:
        reference = provider["credentials"]["apiKey"]
        assert reference.startswith("${")
        app.see(reference[2:-1], provider["name"])
    keys = [provider["credentials"]["apiKey"] for provider in app.document()["providers"]]
    assert not [key for key in keys if key in copy.read_text(encoding="utf-8") + app.text]

    copy.write_text("mine", encoding="utf-8")
    app.press("Share without keys")
    app.fill("File name", "for the course.json")
    app.press("Write the copy")
    app.see("for the course.json is there already.")
    assert copy.read_text(encoding="utf-8") == "mine"
    app.press("Replace it")
    app.see("It needs 3 variables.")
    assert json.loads(copy.read_text(encoding="utf-8"))["providers"] == providers
    app.press("Dismiss")
    app.not_see("It needs 3 variables.")
