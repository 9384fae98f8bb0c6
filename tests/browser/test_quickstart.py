"""The quickstart in a real JupyterLab, clicked through: one more provider, added by the form."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from panel_driver.app import App
from playwright.sync_api import expect

if TYPE_CHECKING:
    from panel_driver.browser import Part
    from panel_driver.lab import Notebook

pytestmark = pytest.mark.timeout(300)

QUICKSTART = Path(__file__).parents[2] / "notebooks" / "01_quickstart.ipynb"


def _on_disk(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def _add_by_the_form(panel: Part, url: str, key: str) -> None:
    panel.press("Add provider")
    panel.choose("Preset", "Custom")
    panel.fill("Name", "My lab")
    panel.fill("Base URL", url)
    panel.fill("Key", f"  {key}\t")
    panel.press(re.compile("^Save"))


def _pick(panel: Part, model: str) -> None:
    panel.tab("Models")
    panel.choose("Provider", "My lab")
    expect(panel.models.first).to_be_visible()
    panel.search(model)
    expect(panel.models).to_have_count(1)
    panel.pick(0)
    panel.press("Add 1 to catalog")
    expect(panel.rows("Catalog").filter(has_text="My lab")).to_have_count(1)


def _let_it_summarize(panel: Part) -> None:
    panel.tab("Router")
    (offered,) = [name for name in panel.options("Entry for summarize") if "My lab" in name]
    panel.choose("Entry for summarize", offered)
    panel.task("summarize").see("Saved", whole=True)


@pytest.mark.req("UI", "SEC-2", "API-1")
def test_the_first_setup_by_mouse(notebook: Notebook) -> None:
    """Run the quickstart, add a provider by the form, refresh, pick, assign: it is in the file.

    And no key is in the notebook, saved with its widgets' state (UI, SEC-2).
    """
    shutil.copy(QUICKSTART, notebook.path)
    notebook.show(height=1400)
    panel = App.panel_in(notebook.outputs)
    panel.see_rows("Providers", 4)
    path = Path(notebook.execute("print(demo.settings_path)"))
    key, url = (
        notebook.execute(f"print(demo.server.second_{part})") for part in ("api_key", "openai_base_url")
    )
    assert [provider["name"] for provider in _on_disk(path)["providers"]][-1:] == ["My provider"]

    _add_by_the_form(panel, url, key)
    card = panel.row("My lab", of="Providers")
    card.see("15 chat · 3 embedding · 2 other")
    saved = next(provider for provider in _on_disk(path)["providers"] if provider["name"] == "My lab")
    assert saved["credentials"] == {"apiKey": key, "baseUrl": url}
    assert saved["type"] == "openai-compatible"
    card.press(re.compile("Refresh"))
    card.see("No change")

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
