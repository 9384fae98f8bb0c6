"""What others say is text, and no key is in anything that is kept or shown."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import nbformat
import pytest

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.timeout(300)

EVIL = "<img src=x onerror='window.ranHere = 1'>"


def _poison(document: dict[str, Any]) -> None:
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
def test_names_from_outside_run_nothing(app: Any) -> None:
    """A name with an image that runs a script is shown as it is written, in every tab and form (SEC-6)."""
    from playwright.sync_api import expect

    app.write(change=_poison)
    app.server.play("hostile-names", where="openai")
    panel = app.open(lists=True)
    summary = app.notebook.output("details")

    def look(where: str) -> None:
        app.page.wait_for_timeout(100)  # an image would load, fail and run its script by now
        assert panel.locator("img, script, iframe").count() == 0, where
        assert summary.locator("img, script, iframe").count() == 0, where
        assert app.page.evaluate("() => window.ranHere") is None, where

    expect(panel.locator(".dw-name").get_by_text(f"OpenAI {EVIL}", exact=True).first).to_be_visible()
    summary.locator("summary").click()
    expect(summary).to_contain_text(EVIL)
    look("Providers")
    panel.get_by_role("button", name=re.compile("^Delete OpenAI")).click()
    expect(panel.get_by_text(f"Delete OpenAI {EVIL}?")).to_be_visible()
    look("the question before a deletion")
    panel.get_by_role("button", name=re.compile("^Edit OpenAI")).click()
    expect(panel.get_by_role("heading", name=re.compile("^Edit OpenAI"))).to_contain_text(EVIL)
    look("a provider's form")
    app.press("Escape")
    app.tab("Models")
    panel.locator(".dw-rail-item", has_text="OpenAI").click()
    expect(panel.locator(".dw-model").first).to_be_visible()
    for chip in panel.locator(".dw-chip").all():
        chip.click()
        look("Models")
    panel.get_by_role("button", name=re.compile("^Edit GPT-4o")).click()
    expect(panel.get_by_role("heading", name=re.compile("^Edit GPT-4o"))).to_contain_text(EVIL)
    look("an entry's form")
    app.press("Escape")
    app.tab("Router")
    expect(panel.locator("option", has_text="<img").first).to_be_attached()
    look("Router")
    app.tab("Settings file")
    expect(panel.get_by_role("grid", name="Duplicates")).to_contain_text(EVIL)
    look("Settings file")
    app.server.play("html", where="openai")
    app.path.write_text(app.path.read_text(encoding="utf-8").replace("{", "{" + EVIL, 1), encoding="utf-8")
    expect(panel.locator(".dw-note").filter(visible=True).first).to_contain_text("ine 1")
    look("a file that cannot be read")


@pytest.mark.req("SEC-1", "SEC-2", "UI")
def test_no_key_is_kept_and_the_summary_remains(app: Any, canary: str) -> None:
    """No saved notebook, widget state or export holds a key; without a kernel a summary is left (SEC-1)."""
    from nbconvert import HTMLExporter
    from playwright.sync_api import expect

    app.write()
    panel = app.open(
        "panel = dw.panel(service)\npanel",
        "service.get_providers()",
        "service.settings",
        "service.discover_models(service.get_providers()[0].id)",
        lists=True,
    )
    app.server.play("echo-key", where="openai")
    app.button("Refresh OpenAI").click()
    expect(app.card("OpenAI").locator(".dw-badge")).to_have_text("Key refused")
    app.card("OpenAI").get_by_role("button", name="Replace key").click()
    panel.locator("input[type=password]").fill(canary)
    half = json.dumps(app.notebook.save())
    assert canary not in half
    app.server.play(None)
    app.button("Save").click()
    expect(app.card("OpenAI")).to_contain_text("embedding")
    app.button("Edit Lab").click()
    panel.locator("input[type=password]").fill(app.server.second_api_key + "9")
    app.button("Save").click()
    expect(app.card("Lab").locator(".dw-badge")).to_have_text("Key refused")
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
