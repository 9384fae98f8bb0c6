"""What panels say when another program took the file, or the providers out of it, away."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from dispatch_widgets import (
    ModelsPanel,
    Panel,
    ProvidersPanel,
    RouterPanel,
    SettingsFilePanel,
    SettingsService,
)
from dispatch_widgets.widgets._parts import is_shown

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import ipywidgets as widgets

KEY = "sk-0123456789abcdef-old"


def save_schedules(path: Path) -> None:
    """What the app's "Save schedules" does: the settings without `providers`, rewritten in place."""
    document = json.loads(path.read_text(encoding="utf-8"))
    document.pop("providers")
    document["schedules"] = {"fetch": "0 * * * *"}
    path.write_text(json.dumps(document, indent=2), encoding="utf-8")


def button(panel: Any, label: str) -> widgets.Button:
    """The button of a panel's notice that says this."""
    (found,) = [each for each in panel.file_notice.buttons if each.description == label]
    return found


@pytest.fixture
def used(service: SettingsService, ids: dict[str, str]) -> SettingsService:
    """The service with an entry and a task at Lab."""
    service.add_model(provider_id=ids["Lab"], model="m", tasks=["grade"])
    return service


@pytest.mark.req("ST-8")
def test_removed_providers_are_said_on_every_page_and_brought_back(
    used: SettingsService, page: Any, demo: Any
) -> None:
    """Nobody is shown a first visit or an old file; one press brings them back, and Undo takes that back."""
    panel = Panel(used)
    save_schedules(used.path)
    page.until(lambda: panel.providers.file_notice.words)
    page.wait(panel)
    for each in panel.panels:
        assert "Another program removed your providers." in each.file_notice.words
        assert "Lab and Anthropic are kept" in each.file_notice.words
    assert demo.api_key not in page.states()
    assert not is_shown(panel.providers._empty)
    assert not is_shown(panel.models._empty)
    assert panel.providers.before.words == ""
    assert not is_shown(panel.settings.convert)
    assert panel.titles[-1] == "Settings file (1)"
    button(panel.providers, "Bring them back").click()
    assert "Lab and Anthropic are back." in panel.providers.file_notice.words
    page.wait(panel)
    assert [row["title"] for row in panel.providers.rows] == ["Lab", "Anthropic"]
    assert panel.models.file_notice.words == ""
    document = json.loads(used.path.read_text(encoding="utf-8"))
    assert [provider["name"] for provider in document["providers"]] == ["Lab", "Anthropic"]
    assert "schedules" in document
    button(panel.providers, "Undo").click()
    assert "providers" not in json.loads(used.path.read_text(encoding="utf-8"))
    assert "Another program removed your providers." in panel.providers.file_notice.words


@pytest.mark.req("ST-8")
def test_without_a_copy_the_notice_leads_to_the_backups(used: SettingsService) -> None:
    """Where no copy is kept it is said so, and nothing is offered that cannot be done."""
    save_schedules(used.path)
    used.delete_kept_copy()
    panel = Panel(used)
    assert "No copy of them is kept here" in panel.providers.file_notice.words
    assert [each.description for each in panel.providers.file_notice.buttons] == ["See the backups"]
    button(panel.providers, "See the backups").click()
    assert panel.tabs.selected_index == 3
    assert ProvidersPanel(used).file_notice.buttons == ()


@pytest.mark.req("ST-8")
def test_the_copy_is_listed_with_the_backups_and_deleted_after_a_question(
    used: SettingsService, page: Any
) -> None:
    """One row beside the backups; Delete asks first."""
    panel = SettingsFilePanel(used)
    kept = used.kept_copy
    assert kept is not None
    (row,) = panel.kept.rows
    assert row["meta"][0][0] == "The providers, as last saved here"
    page.press(panel.kept, "Delete the copy", row["title"])
    page.press(panel.kept, "Keep it", row["title"])
    assert kept.path.exists()
    page.press(panel.kept, "Delete the copy of the providers", row["title"])
    (confirm,) = [
        each for each in panel.kept.rows[0]["note"]["actions"] if each["label"] == "Delete the copy"
    ]
    page.answer(panel.kept, confirm["action"], row["id"])
    assert not kept.path.exists()
    assert panel.kept.rows == ()


@pytest.mark.req("ST-10")
@pytest.mark.parametrize("make", [ProvidersPanel, ModelsPanel, RouterPanel, SettingsFilePanel])
def test_a_file_that_is_gone_is_said_and_put_back(
    used: SettingsService, page: Any, make: Callable[[SettingsService], Any]
) -> None:
    """The time is named, no first visit is shown, and Put it back writes what was shown last."""
    panel = make(used)
    text = used.path.read_text(encoding="utf-8")
    used.path.unlink()
    page.until(lambda: panel.file_notice.words)
    assert "dispatch.settings.json was deleted or moved at " in panel.file_notice.words
    assert not hasattr(panel, "_empty") or not is_shown(panel._empty)
    button(panel, "Put it back").click()
    assert used.path.read_text(encoding="utf-8") == text
    assert "The file is back" in panel.file_notice.words
    button(panel, "Dismiss").click()
    assert panel.file_notice.words == ""


@pytest.mark.req("ST-10", "ST-1")
def test_the_apps_header_says_that_the_file_is_gone(used: SettingsService, page: Any) -> None:
    """It does not read as if no file had been made yet."""
    panel = Panel(used)
    used.path.unlink()
    page.until(lambda: panel.providers.file_notice.words)
    page.wait(panel)
    assert "Deleted or moved at " in panel._saved.value
    assert "Not made yet" not in panel._why.value
    assert "Nothing saved yet" not in panel._saved.value


@pytest.mark.req("MIG-5")
def test_a_restore_elsewhere_is_shown_and_not_undone(settings_path: Path, demo: Any, page: Any) -> None:
    """The panel sees the file become old, keeps working in memory, and offers to convert it again."""
    entry = {"id": "e", "providerType": "openai", "model": "m", "providerConfig": {"apiKey": KEY}}
    settings_path.write_text(json.dumps({"models": {"catalog": [entry], "assignment": []}}), encoding="utf-8")
    old = settings_path.read_bytes()
    panel = Panel(SettingsService(settings_path))
    assert settings_path.read_bytes() != old
    other = SettingsService(settings_path, auto_migrate=False)
    other.restore(other.backups()[0])
    page.until(lambda: panel.service.awaiting_migration)
    page.wait(panel)
    assert settings_path.read_bytes() == old
    assert "drops every key" in panel.providers.before.words
    assert [row["title"] for row in panel.providers.rows] == ["OpenAI"]
    panel.providers.before.buttons[0].click()
    assert "providers" in json.loads(settings_path.read_text(encoding="utf-8"))


@pytest.mark.req("MIG-10", "MIG-8")
def test_what_stands_in_the_first_formats_places_is_shown(service: SettingsService, ids: Any) -> None:
    """Beside providers: accounts can be converted, and a place that is not understood is named."""
    document = json.loads(service.path.read_text(encoding="utf-8"))
    document["models"] = {
        "catalog": [],
        "assignment": [],
        "providers": {"anthropic": {"apiKey": KEY}, "elsewhere": {"secret": "x"}},
    }
    service.path.write_text(json.dumps(document), encoding="utf-8")
    panel = SettingsFilePanel(service)
    titles = [row["title"] for row in panel.leftovers.rows]
    assert titles == ["Accounts of the app's first version", "models.providers.elsewhere"]
    assert panel.attention() == 1
    panel.convert_entries.click()
    assert [row["title"] for row in panel.leftovers.rows] == ["models.providers.elsewhere"]
    assert not is_shown(panel.convert_entries)
    assert panel.attention() == 0
    after = json.loads(service.path.read_text(encoding="utf-8"))
    assert [provider["name"] for provider in after["providers"]] == ["Lab", "Anthropic", "Anthropic 1"]


@pytest.mark.req("ST-7")
def test_a_migrated_address_that_the_app_refuses_is_reported_as_that(settings_path: Path, demo: Any) -> None:
    """The report in the panel says that the app will refuse the whole file."""
    config = {"apiKey": KEY, "baseUrl": "http://192.168.1.300/v1"}
    entry = {"id": "e", "providerType": "openai", "model": "m", "providerConfig": config}
    settings_path.write_text(json.dumps({"models": {"catalog": [entry], "assignment": []}}), encoding="utf-8")
    panel = SettingsFilePanel(SettingsService(settings_path))
    assert "The Dispatch app will refuse the whole file" in panel.report


@pytest.mark.req("ST-1")
def test_the_file_tab_says_which_file_the_app_would_take(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A workspace without a file beside a working folder with one."""
    root = tmp_path / "work"
    (root / "turbo.json").write_text("{}", encoding="utf-8")
    inner = root / "inner"
    inner.mkdir()
    (inner / "dispatch.settings.json").write_text('{"providers": []}', encoding="utf-8")
    monkeypatch.chdir(inner)
    panel = SettingsFilePanel(SettingsService())
    assert "The Dispatch app would take" in panel._facts.value


@pytest.mark.req("ST-2", "ST-9")
def test_a_broken_off_save_is_finished_from_the_panel(settings_path: Path) -> None:
    """The whole copy beside the file is the first way out, and one press puts it in place."""
    settings_path.write_text('{"providers": [', encoding="utf-8")
    whole = settings_path.with_name("dispatch.settings.unfinished.json")
    whole.write_text('{"providers": []}', encoding="utf-8")
    whole.chmod(0o600)
    panel = SettingsFilePanel(SettingsService(settings_path))
    assert panel.ways_out is not None
    assert is_shown(panel.ways_out._finish_way)
    panel.ways_out.finish.click()
    assert settings_path.read_text(encoding="utf-8") == '{"providers": []}'
    assert panel.service.problem is None
    assert not whole.exists()


@pytest.mark.req("ST-9")
def test_a_file_that_is_too_large_is_told_as_that(settings_path: Path) -> None:
    """Nobody is told to correct a place in it."""
    with settings_path.open("wb") as large:
        large.truncate(65 << 20)
    panel = Panel(SettingsService(settings_path))
    assert "larger than 64 MiB" in panel.settings.broken
    assert panel.settings.ways_out is not None
    assert "choose another path" in panel.settings.ways_out._mend_words.value
    assert panel.providers._unreadable is not None
    assert "larger than 64 MiB" in panel.providers._unreadable[1].value
    assert not is_shown(panel.settings.ways_out._finish_way)


@pytest.mark.req("ST-10")
def test_putting_back_into_a_folder_that_is_gone_says_so(used: SettingsService, tmp_path: Path) -> None:
    """The press does not fail in silence, and the notice stays."""
    panel = ProvidersPanel(used)
    used.path.parent.rename(tmp_path / "elsewhere")
    used.reload()
    assert panel.hub.settle()
    button(panel, "Put it back").click()
    assert panel.trouble is not None
    assert "its folder does not exist" in panel.trouble.message
    assert "was deleted or moved" in panel.file_notice.words
    (tmp_path / "work").mkdir()
    button(panel, "Put it back").click()
    assert used.path.exists()
