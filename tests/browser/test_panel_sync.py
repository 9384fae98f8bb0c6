"""Several panels, several kernels, other programs: all show the same settings file."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

pytestmark = pytest.mark.timeout(300)


def _rename(name: str) -> Any:
    def change(document: dict[str, Any]) -> None:
        document["providers"][1]["name"] = name

    return change


def _move(document: dict[str, Any]) -> None:
    document["providers"][1]["credentials"]["baseUrl"] += "/elsewhere/v1"


@pytest.mark.req("UI", "ST-3", "ST-6")
def test_panels_and_kernels_stay_in_step(app: Any, other_notebook: Any) -> None:
    """What one panel saves, another of the same kernel and one of a second kernel show by themselves."""
    from playwright.sync_api import expect

    app.write()
    cells = ("panel = dw.panel(service)\npanel", "alone = dw.RouterPanel(service)\nalone")
    panel = app.open(*cells)
    other_notebook.open(app.cell(), "panel = dw.panel(service)\npanel")
    there = other_notebook.output(".dw-panel").first
    expect(there.get_by_text("GPT-4o").first).to_be_attached(timeout=30_000)
    there.get_by_role("tab", name="Router").click()
    expect(there.get_by_role("combobox", name="Entry for grade")).to_have_value("Not set")

    alone = app.notebook.output(".dw-panel").nth(1)
    app.tab("Router")
    panel.get_by_role("combobox", name="Entry for grade").select_option(label="GPT-4o · OpenAI")
    for elsewhere in (alone, there):
        expect(elsewhere.get_by_role("combobox", name="Entry for grade")).to_have_value("GPT-4o · OpenAI")
    expect(there.locator(".dw-saved")).to_have_text(re.compile("^Changed .* by another program$"))
    expect(panel.locator(".dw-saved")).to_have_text(re.compile("^Saved .* by this notebook$"))
    there.get_by_role("combobox", name="Entry for skill").select_option(label="Qwen3 8B · Lab")
    for elsewhere in (panel, alone):
        expect(elsewhere.get_by_role("combobox", name="Entry for skill")).to_have_value("Qwen3 8B · Lab")
    tasks = {found["task"]: found["modelId"] for found in app.document()["models"]["assignment"]}
    assert (tasks["grade"], tasks["skill"]) == ("openai:gpt-4o", "lab:qwen3-8b")

    app.tab("Providers")
    there.get_by_role("tab", name="Providers").click()
    there.get_by_role("button", name="Delete Anthropic").click()
    there.get_by_role("button", name="Delete provider").click()
    expect(app.card("Anthropic")).to_have_count(0)
    expect(app.card("OpenAI")).to_have_count(1)


@pytest.mark.req("UI", "ST-6", "ST-4", "ST-3")
def test_an_outside_change_is_seen(app: Any) -> None:
    """A file changed by another program is shown; an open form stays as it is until Reload (ST-6)."""
    from playwright.sync_api import expect

    app.write()
    panel = app.open()
    bar = panel.locator(".dw-bar")
    app.change(_rename("Renamed outside"))
    expect(app.card("Renamed outside")).to_be_visible()
    expect(panel.locator(".dw-saved")).to_have_text(re.compile("^Changed .* by another program$"))
    expect(bar).not_to_be_visible()

    app.button("Edit Renamed outside").click()
    name = panel.get_by_label("Name", exact=True)
    key, url = panel.locator("input[type=password]"), panel.get_by_label("Base URL")
    name.fill("Typed here")
    key.fill("sk-typed-and-not-saved")
    app.change(_move)
    expect(bar).to_contain_text("Changed outside at")
    expect(bar).to_contain_text("Your open form stays as it is.")
    expect(url).not_to_have_value(re.compile("elsewhere"))
    app.button("Reload").click()
    expect(url).to_have_value(re.compile("elsewhere"))
    expect(panel.locator(".dw-form :focus")).to_have_count(1)  # the pressed button went with its bar
    expect(name).to_have_value("Typed here")
    expect(key).to_have_value("sk-typed-and-not-saved")
    expect(bar).not_to_be_visible()
    key.fill("")
    name.fill("Mine")
    app.change(lambda document: document["ui"].update(verbose=True))
    expect(bar).to_contain_text("Changed outside at")
    app.button("Save").click()
    expect(app.card("Mine")).to_be_visible()
    document = app.document()
    assert (document["providers"][1]["name"], document["ui"]) == ("Mine", {"verbose": True})

    whole = app.path.read_text(encoding="utf-8")
    app.path.write_text(whole.replace('"credentials"', 'credentials"', 1), encoding="utf-8")
    expect(bar).to_contain_text("This file cannot be read.")
    bar.get_by_role("button", name="See the ways out").click()
    line = whole[: whole.index('"credentials"')].count("\n") + 1
    expect(panel.locator(".dw-note").filter(visible=True).first).to_contain_text(f"ine {line}")
    expect(panel.get_by_role("button", name="Copy path").filter(visible=True)).to_have_count(2)
    expect(app.button("Open file")).to_have_count(0)  # it lies outside the folder that the server shows
    shown = panel.inner_text()
    secrets = [each["credentials"]["apiKey"] for each in json.loads(whole)["providers"]]
    assert not [secret for secret in secrets if secret in shown]
    app.path.write_text(whole, encoding="utf-8")
    expect(panel.get_by_text("This file cannot be read.")).not_to_be_visible()
    app.tab("Providers")
    expect(app.card("Mine")).to_be_visible()
    assert app.path.read_text(encoding="utf-8") == whole


@pytest.mark.req("UI", "MIG-5", "MIG-8", "PM-8")
def test_the_settings_file_tab(app: Any) -> None:
    """What was converted is shown with its backup; leftovers convert, duplicates merge, a backup restores."""
    from playwright.sync_api import expect

    app.write(old=True)
    old = app.path.read_bytes()
    panel = app.open()
    app.tab("Settings file")
    expect(panel.get_by_role("heading", name=re.compile("^Converted on"))).to_be_visible()
    expect(panel.locator(".dw-report")).to_contain_text("OPENAI_API_KEY")
    backups = panel.get_by_role("grid", name="Backups").locator(".dw-row")
    expect(backups).to_have_count(1)

    def leave(document: dict[str, Any]) -> None:
        config = {"apiKey": app.server.api_key, "baseUrl": app.server.openai_base_url}
        left = {"id": "openai:late", "providerType": "openai", "model": "late", "providerConfig": config}
        document["models"]["catalog"].append(left)
        document["providers"].append({**document["providers"][0], "id": "twin", "name": "Twin"})

    app.change(leave)
    expect(panel.get_by_role("tab", name="Settings file (2)")).to_be_visible()
    app.button("Convert 1 entry").click()
    expect(panel.get_by_role("tab", name="Settings file (1)")).to_be_visible()
    assert "providerConfig" not in app.path.read_text(encoding="utf-8")
    expect(panel.get_by_role("grid", name="Duplicates").locator(".dw-row")).to_have_count(2)
    app.button("Merge").click()
    expect(panel.get_by_role("tab", name="Settings file", exact=True)).to_be_visible()
    assert "Twin" not in app.path.read_text(encoding="utf-8")

    first = backups.last
    first.get_by_role("button", name="Restore", exact=True).click()
    expect(first.get_by_role("button", name="Keep the file")).to_be_focused()
    first.get_by_role("button", name="Restore this backup").click()
    expect(panel.get_by_role("heading", name="This file is from before providers")).to_be_visible()
    assert app.path.read_bytes() == old
    shown = panel.inner_text()
    assert app.server.api_key not in shown
    assert app.server.second_api_key not in shown
    app.button("Convert").click()
    expect(panel.get_by_role("heading", name=re.compile("^Converted on"))).to_be_visible()
    assert "providers" in app.document()
