"""What others say is text, and no key is in anything that is kept or shown."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import nbformat
import pytest
from panel_driver.markup import HEAVY_PARTS
from playwright.sync_api import expect

if TYPE_CHECKING:
    from pathlib import Path

    from panel_driver.app import App, Document

pytestmark = pytest.mark.timeout(300)

EVIL = "<img src=x onerror='window.ranHere = 1'>"


def _poison(document: Document) -> None:
    for provider in document["providers"]:
        provider["name"] = f"{provider['name']} {EVIL}"
    document["providers"].append({**document["providers"][0], "id": "twin", "name": f"Twin {EVIL}"})
    unknown = {"id": EVIL, "name": EVIL, "type": EVIL, "credentials": {"apiKey": EVIL, "baseUrl": EVIL}}
    document["providers"].append(unknown)
    models = document["models"]
    for entry in models["catalog"]:
        entry["label"] = f"{entry['label']} {EVIL}"
    models["catalog"].append({"id": f"{EVIL}1", "providerId": EVIL, "model": EVIL})
    left = {"id": EVIL, "providerType": "openai", "model": EVIL, "providerConfig": {"apiKey": EVIL}}
    models["catalog"].append(left)
    models["assignment"] += [{"task": EVIL, "modelId": EVIL}, {"task": "grade", "modelId": EVIL}]


@pytest.mark.req("SEC-6")
def test_names_from_outside_run_nothing(app: App) -> None:
    """A name with an image that runs a script is shown as it is written, in every tab and form (SEC-6)."""
    app.write(change=_poison)
    app.server.play("hostile-names", where="openai")
    app.open(lists=True)
    summary = app.notebook.output("details:not(.dp-keys)")

    def look(where: str) -> None:
        app.page.wait_for_timeout(100)  # an image would load, fail and run its script by now
        assert app.node.locator(HEAVY_PARTS).count() == 0, where
        assert summary.locator(HEAVY_PARTS).count() == 0, where
        assert app.page.evaluate("() => window.ranHere") is None, where

    app.card(f"OpenAI {EVIL}").see(f"OpenAI {EVIL}", whole=True)
    summary.locator("summary").click()
    expect(summary).to_contain_text(EVIL)
    look("Providers")
    app.press(re.compile("^Delete OpenAI"))
    app.see(f"Delete OpenAI {EVIL}?")
    look("the question before a deletion")
    app.press(re.compile("^Edit OpenAI"))
    app.see_heading(f"Edit OpenAI {EVIL}")
    look("a provider's form")
    app.key("Escape")
    app.tab("Models")
    app.choose("Provider", "OpenAI")
    expect(app.models.first).to_be_visible()
    for kind in app.node.get_by_role("radio").all():
        kind.click()
        look("Models")
    app.press(re.compile("^Edit GPT-4o"))
    app.see_heading(f"Edit GPT-4o {EVIL}")
    look("an entry's form")
    app.key("Escape")
    app.tab("Router")
    expect(app.node.locator("option", has_text="<img").first).to_be_attached()
    look("Router")
    app.tab("Settings file")
    expect(app.rows("Providers that are the same").filter(has_text=EVIL).first).to_be_visible()
    look("Settings file")
    app.server.play("html", where="openai")
    app.path.write_text(app.path.read_text(encoding="utf-8").replace("{", "{" + EVIL, 1), encoding="utf-8")
    app.see("ine 1")
    look("a file that cannot be read")


@pytest.mark.req("SEC-1", "SEC-2", "UI")
def test_no_key_is_kept_and_the_summary_remains(app: App, canary: str) -> None:
    """No saved notebook, widget state or export holds a key; without a kernel a summary is left (SEC-1)."""
    from nbconvert import HTMLExporter

    app.write()
    app.open(
        "panel = dw.panel(service)\npanel",
        "service.get_providers()",
        "service.settings",
        "service.discover_models(service.get_providers()[0].id)",
        lists=True,
    )
    app.server.play("echo-key", where="openai")
    app.press("Refresh OpenAI")
    app.card("OpenAI").see("Key refused", whole=True)
    app.card("OpenAI").press("Replace key")
    app.fill("Key", canary)
    half = json.dumps(app.notebook.save())
    assert canary not in half
    app.server.play(None)
    app.press("Save")
    app.card("OpenAI").see("embedding")
    app.press("Edit Lab")
    app.fill("Key", app.server.second_api_key + "9")
    app.press("Save")
    app.card("Lab").see("Key refused", whole=True)
    app.tab("Models")
    app.tab("Settings file")

    saved = app.notebook.save()
    secrets = [canary, app.server.second_api_key, canary[6:24], app.server.second_api_key[6:24]]
    state = json.dumps(saved["metadata"]["widgets"])
    assert "OpenAI" in state
    text = json.dumps(saved)
    exported, _ = HTMLExporter(exclude_input_prompt=True).from_filename(str(app.notebook.path))
    assert "Dispatch models: 3 providers" in exported
    everywhere = {"notebook": text, "export": exported, "page": app.page.content()}
    for where, content in everywhere.items():
        assert not [secret for secret in secrets if secret in content], where
    kept = app.page.evaluate("() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }])")
    assert not [secret for secret in secrets if secret in kept]

    _without_widgets(app.notebook.path)
    app.reopen()
    summary = app.notebook.output("details").first
    expect(summary.locator("summary")).to_have_text(
        "Dispatch models: 3 providers, 4 entries, 2 of 6 tasks set"
    )
    expect(summary.get_by_role("row", name=re.compile("^classify"))).not_to_be_visible()
    summary.locator("summary").click()
    expect(summary.get_by_role("row", name=re.compile("^classify"))).to_contain_text("Qwen3 8B")
    expect(summary).to_contain_text("Run the cell to change anything.")


def _without_widgets(path: Path) -> None:
    """As notebooks are saved where widget state is not kept, which is the default."""
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.pop("widgets", None)
    nbformat.write(notebook, path)
