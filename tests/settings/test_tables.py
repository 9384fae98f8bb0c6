"""Providers and settings as people see them at the end of a cell."""

from __future__ import annotations

import pytest

from dispatch_widgets import SettingsService
from dispatch_widgets.secrets import NO_KEY_NEEDED
from dispatch_widgets.settings.schema import MOST_ROWS


@pytest.fixture
def service(tmp_path, canary) -> SettingsService:
    """Two providers, one with a name that is HTML, and an entry that does a task."""
    made = SettingsService(tmp_path / "dispatch.settings.json")
    lab = made.add_provider(
        name="<img src=x onerror=alert(1)>",
        type="openai-compatible",
        api_key=canary,
        base_url="https://llm.example.edu/v1",
    )
    made.add_provider(
        name="Local", type="openai-compatible", api_key=NO_KEY_NEEDED, base_url="http://127.0.0.1:9/v1"
    )
    made.add_model(provider_id=lab.id, model="gpt-x", label="X", capabilities=["chat"], tasks=["grade"])
    return made


@pytest.mark.req("UI", "SEC-1", "SEC-6")
def test_providers_read_as_a_table_without_keys(service, canary) -> None:
    """get_providers() is a tuple that shows names, addresses and masked keys, everything escaped."""
    providers = service.get_providers()
    assert isinstance(providers, tuple)
    assert providers == tuple(providers)
    text, html = repr(providers), providers._repr_html_()
    assert text.splitlines()[0].split() == ["Name", "Type", "Base", "URL", "Key", "Id"]
    assert "https://llm.example.edu/v1" in text
    assert "no key needed" in text
    assert providers[0].masked_key in html
    assert canary not in text + html
    assert "<img" not in html
    assert "&lt;img" in html
    service.add_model(provider_id="mock", model="mock")
    assert "Mock" in repr(service.get_providers())


@pytest.mark.req("UI", "SEC-1")
def test_no_providers_says_so(tmp_path) -> None:
    """An empty list shows a sentence, and is an empty tuple."""
    empty = SettingsService(tmp_path / "none.json").get_providers()
    assert empty == ()
    assert repr(empty) == "No providers yet."
    assert "No providers yet." in empty._repr_html_()


@pytest.mark.req("UI", "SEC-1", "PM-4")
def test_settings_read_as_tables_without_keys(service, canary) -> None:
    """The settings show providers, entries and tasks, with what is wrong; long catalogs are cut."""
    text, html = repr(service.settings), service.settings._repr_html_()
    assert "2 providers" in text
    assert "1 catalog entry" in text
    assert "1 task set" in text
    assert ["grade", "X", "gpt-x"] in [line.split() for line in text.splitlines()]
    assert html.count("<table>") == 3
    assert canary not in text + html
    service.delete_provider(service.get_providers()[0].id)
    assert "Its provider was deleted." in repr(service.settings)
    for number in range(MOST_ROWS):
        service.add_model(provider_id="mock", model=f"m{number}")
    assert f"{MOST_ROWS + 1} catalog entries (the first {MOST_ROWS})" in repr(service.settings)
