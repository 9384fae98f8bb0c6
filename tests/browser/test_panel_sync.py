"""Several panels, several kernels, other programs: all show the same settings file."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from panel_driver.browser import Part
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from panel_driver.app import App, Document
    from panel_driver.lab import Notebook

pytestmark = pytest.mark.timeout(300)

CHANGED_ELSEWHERE = re.compile("^Changed .* by another program$")


def _rename(name: str) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        document["providers"][1]["name"] = name

    return change


def _move(document: Document) -> None:
    document["providers"][1]["credentials"]["baseUrl"] += "/elsewhere/v1"


def _rename_another_and_set_verbose(document: Document) -> None:
    document["providers"][0]["name"] = "Elsewhere"
    document["ui"].update(verbose=True)


@pytest.mark.req("UI", "ST-3", "ST-6")
def test_panels_and_kernels_stay_in_step(app: App, other_notebook: Notebook) -> None:
    """What one panel saves, another of the same kernel and one of a second kernel show by themselves."""
    app.write()
    app.open("panel = dw.panel(service)\npanel", "alone = dw.RouterPanel(service)\nalone")
    other_notebook.open(app.cell(), "panel = dw.panel(service)\npanel")
    there = app.panel_in(other_notebook.outputs)
    expect(there.node).to_be_visible(timeout=30_000)
    there.tab("Router")
    there.see_in("Entry for grade", "Not set")

    alone = Part(app.panel_in(app.notebook.outputs).node.nth(1))
    app.tab("Router")
    app.choose("Entry for grade", "GPT-4o · OpenAI")
    for elsewhere in (alone, there):
        elsewhere.see_in("Entry for grade", "GPT-4o · OpenAI")
    there.see(CHANGED_ELSEWHERE)
    app.see(re.compile("^Saved .* by this notebook$"))
    there.choose("Entry for skill", "Qwen3 8B · Lab")
    for elsewhere in (app, alone):
        elsewhere.see_in("Entry for skill", "Qwen3 8B · Lab")
    tasks = {found["task"]: found["modelId"] for found in app.document()["models"]["assignment"]}
    assert (tasks["grade"], tasks["skill"]) == ("openai:gpt-4o", "lab:qwen3-8b")

    app.tab("Providers")
    there.tab("Providers")
    there.press("Delete Anthropic")
    there.press("Delete provider")
    app.card("Anthropic").gone()
    expect(app.card("OpenAI").node).to_have_count(1)


@pytest.mark.req("UI", "ST-6", "ST-4", "ST-3")
def test_an_outside_change_is_seen(app: App) -> None:
    """A file changed by another program is shown; an open form stays as it is until Reload (ST-6)."""
    app.write()
    app.open()
    app.change(_rename("Renamed outside"))
    expect(app.card("Renamed outside").node).to_be_visible()
    app.see(CHANGED_ELSEWHERE)
    app.not_see("Changed outside at")

    app.press("Edit Renamed outside")
    app.fill("Name", "Typed here")
    app.fill("Key", "sk-typed-and-not-saved")
    app.change(_move)
    app.see("Changed outside at", "Your open form stays as it is.")
    expect(app.field("Base URL")).not_to_have_value(re.compile("elsewhere"))
    app.press("Reload")
    app.see_in("Base URL", re.compile("elsewhere"))
    app.focus_comes_to("^Name$")  # the pressed button went with its bar
    app.see_in("Name", "Typed here")
    app.see_in("Key", "sk-typed-and-not-saved")
    app.not_see("Changed outside at")
    app.fill("Key", "")
    app.fill("Name", "Mine")
    app.change(_rename_another_and_set_verbose)
    app.see("Changed outside at")
    app.press("Save")
    expect(app.card("Mine").node).to_be_visible()
    document = app.document()
    assert [each["name"] for each in document["providers"]][:2] == ["Elsewhere", "Mine"]
    assert document["ui"] == {"verbose": True}

    whole = app.path.read_text(encoding="utf-8")
    app.path.write_text(whole.replace('"credentials"', 'credentials"', 1), encoding="utf-8")
    app.see("This file cannot be read.")
    app.press("See the ways out")
    line = whole[: whole.index('"credentials"')].count("\n") + 1
    app.see(f"ine {line}")
    expect(app.button("Copy path").filter(visible=True)).to_have_count(2)
    expect(app.button("Open file")).to_have_count(0)  # it lies outside the folder that the server shows
    secrets = [each["credentials"]["apiKey"] for each in json.loads(whole)["providers"]]
    assert not [secret for secret in secrets if secret in app.text]
    app.path.write_text(whole, encoding="utf-8")
    app.not_see("This file cannot be read.")
    app.tab("Providers")
    expect(app.card("Mine").node).to_be_visible()
    assert app.path.read_text(encoding="utf-8") == whole


@pytest.mark.req("UI", "MIG-5", "MIG-8", "PM-8")
def test_the_settings_file_tab(app: App) -> None:
    """What was converted is shown with its backup; leftovers convert, duplicates merge, a backup restores."""
    app.write(old=True)
    old = app.path.read_bytes()
    app.open()
    app.tab("Settings file")
    app.see_heading(re.compile("^Converted on"))
    app.see("OPENAI_API_KEY")
    app.see_rows("Backups", 1)

    def leave(document: Document) -> None:
        config = {"apiKey": app.server.api_key, "baseUrl": app.server.openai_base_url}
        left = {"id": "openai:late", "providerType": "openai", "model": "late", "providerConfig": config}
        document["models"]["catalog"].append(left)
        document["providers"].append({**document["providers"][0], "id": "twin", "name": "Twin"})

    app.change(leave)
    app.see_tab_named("Settings file (2)")
    app.press("Convert 1 entry")
    app.see_tab_named("Settings file (1)")
    assert "providerConfig" not in app.path.read_text(encoding="utf-8")
    app.see_rows("Providers that are the same", 2)
    app.press("Merge")
    app.see_tab_named("Settings file")
    assert "Twin" not in app.path.read_text(encoding="utf-8")

    first = Part(app.rows("Backups").last)
    first.press("Restore")
    first.focus_on("Keep the file")
    first.press("Restore this backup")
    app.see_heading("This file has the old format")
    assert app.path.read_bytes() == old
    assert app.server.api_key not in app.text
    assert app.server.second_api_key not in app.text
    app.press("Convert")
    app.see_heading(re.compile("^Converted on"))
    assert "providers" in app.document()
