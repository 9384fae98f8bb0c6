"""The quickstart in a real JupyterLab, clicked through: from an old file to a task with a picked model."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.timeout(300)

QUICKSTART = Path(__file__).parents[2] / "notebooks" / "01_quickstart.ipynb"


def _on_disk(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def _add_by_the_form(panel: Any, url: str, key: str) -> None:
    panel.get_by_role("button", name="Add provider").click()
    panel.get_by_label("Preset").select_option(label="Custom")
    panel.get_by_label("Name", exact=True).fill("My lab")
    panel.get_by_label("Base URL").fill(url)
    panel.locator("input[type=password]").fill(f"  {key}\t")
    panel.get_by_role("button", name=re.compile("^Save")).click()


def _pick(panel: Any, model: str) -> None:
    from playwright.sync_api import expect

    panel.get_by_role("tab", name="Models").click()
    panel.locator(".dw-rail-item", has_text="My lab").click()
    models = panel.locator(".dw-model")
    expect(models.first).to_be_visible()
    panel.get_by_placeholder("Search id, name, owner").fill(model)
    expect(models).to_have_count(1)
    models.first.click()
    panel.get_by_role("button", name="Add 1 to catalog").click()
    expect(panel.locator(".dw-entries .dw-row", has_text="My lab")).to_have_count(1)


def _let_it_summarize(panel: Any) -> None:
    from playwright.sync_api import expect

    panel.get_by_role("tab", name="Router").click()
    choices = panel.get_by_role("combobox", name=re.compile("summarize"))
    expect(choices).to_be_visible()
    offered = choices.locator("option", has_text="My lab")
    expect(offered).to_have_count(1)
    choices.select_option(label=offered.text_content())
    expect(panel.get_by_text("Saved").first).to_be_visible()


@pytest.mark.req("UI", "SEC-2", "MIG-1", "API-1")
def test_the_first_setup_by_mouse(notebook: Any) -> None:
    """Run the quickstart, add a provider by the form, refresh, pick, assign: it is in the file.

    And no key is in the notebook, saved with its widgets' state (UI, SEC-2).
    """
    from playwright.sync_api import expect

    shutil.copy(QUICKSTART, notebook.path)
    notebook.show(height=1400)
    panel = notebook.output(".dw-panel").first
    cards = panel.get_by_role("grid", name="Providers").locator(".dw-row")
    expect(cards).to_have_count(5)
    path = Path(notebook.execute("print(demo.settings_path)"))
    key, url = (
        notebook.execute(f"print(demo.server.second_{part})") for part in ("api_key", "openai_base_url")
    )
    assert [provider["name"] for provider in _on_disk(path)["providers"]][:2] == ["Anthropic", "OpenAI 1"]

    _add_by_the_form(panel, url, key)
    card = cards.filter(has_text="My lab")
    expect(card).to_contain_text("15 chat · 3 embedding · 2 other")
    saved = next(provider for provider in _on_disk(path)["providers"] if provider["name"] == "My lab")
    assert saved["credentials"] == {"apiKey": key, "baseUrl": url}
    assert saved["type"] == "openai-compatible"
    card.get_by_role("button", name=re.compile("Refresh")).click()
    expect(card).to_contain_text("No change")

    _pick(panel, "qwen3-8b")
    _let_it_summarize(panel)
    document = _on_disk(path)
    assigned = next(task for task in document["models"]["assignment"] if task["task"] == "summarize")
    kept = next(entry for entry in document["models"]["catalog"] if entry["id"] == assigned["modelId"])
    assert (kept["providerId"], kept["model"]) == (saved["id"], "qwen3-8b")
    assert notebook.execute("print(dw.resolve('summarize').base_url)") == url

    text = json.dumps(notebook.save())
    assert "application/vnd.jupyter.widget-state+json" in text
    assert "My lab" in text
    keys = {provider["credentials"]["apiKey"] for provider in document["providers"]} - {"${OPENAI_API_KEY}"}
    assert key in keys
    assert not [secret for secret in keys if secret in text]
