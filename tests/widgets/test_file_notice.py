"""What panels say when another program took the file, or the providers out of it, away."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from panel_driver.person import until

from dispatch_widgets import (
    ModelsPanel,
    Panel,
    ProvidersPanel,
    RouterPanel,
    SettingsFilePanel,
    SettingsService,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ipywidgets import Widget
    from panel_driver.person import Person

    from dispatch_widgets.demo import DemoServer

    Come = Callable[[Widget], Person]

KEY = "sk-0123456789abcdef-old"
REMOVED = "Another program removed your providers."
TABS = ("Providers", "Models", "Router", "Settings file")


def save_schedules(path: Path) -> None:
    """What the app's "Save schedules" does: the settings without `providers`, rewritten in place."""
    document = json.loads(path.read_text(encoding="utf-8"))
    document.pop("providers")
    document["schedules"] = {"fetch": "0 * * * *"}
    path.write_text(json.dumps(document, indent=2), encoding="utf-8")


@pytest.fixture
def used(service: SettingsService, ids: dict[str, str]) -> SettingsService:
    """The service with an entry and a task at Lab."""
    service.add_model(provider_id=ids["Lab"], model="m", tasks=["grade"])
    return service


@pytest.mark.req("ST-8")
def test_removed_providers_are_said_on_every_page_and_brought_back(
    used: SettingsService, person: Come, states: Callable[[], str], demo: DemoServer
) -> None:
    """Nobody is shown a first visit or an old file; one press brings them back, and Undo takes that back."""
    me = person(Panel(used))
    save_schedules(used.path)
    me.see(REMOVED)
    me.wait()
    for tab in TABS:
        me.tab(tab)
        assert me.sees(REMOVED)
        assert me.sees("Lab and Anthropic are kept")
        assert not {"No providers yet", "No provider to take models from"} & set(me.headings)
        assert not me.sees("the old format")
        assert "Convert" not in me.buttons
    assert demo.api_key not in states()
    assert me.tabs[-1] == "Settings file (1)"
    me.tab("Providers")
    me.press("Bring them back")
    assert me.sees("Lab and Anthropic are back.")
    assert me.focused() == "Undo"
    me.wait()
    assert me.titles("Providers") == ["Lab", "Anthropic"]
    me.tab("Models")
    assert not me.sees(REMOVED)
    assert not me.sees("are back")
    document = json.loads(used.path.read_text())
    assert [provider["name"] for provider in document["providers"]] == ["Lab", "Anthropic"]
    assert "schedules" in document
    me.tab("Providers")
    me.press("Undo")
    assert "providers" not in json.loads(used.path.read_text())
    assert me.sees(REMOVED)
    assert me.focused() == "Bring them back"


@pytest.mark.req("ST-8")
def test_without_a_copy_the_notice_leads_to_the_backups(used: SettingsService, person: Come) -> None:
    """Where no copy is kept it is said so, and nothing is offered that cannot be done."""
    save_schedules(used.path)
    used.delete_kept_copy()
    me = person(Panel(used))
    assert me.sees("No copy of them is kept here")
    assert "Bring them back" not in me.buttons
    me.press("See the backups")
    assert me.open_tab == "Settings file"
    alone = person(ProvidersPanel(used))
    assert alone.sees("No copy of them is kept here")
    assert "Bring them back" not in alone.buttons


@pytest.mark.req("ST-8")
def test_the_copy_is_listed_with_the_backups_and_deleted_after_a_question(
    used: SettingsService, person: Come
) -> None:
    """One row beside the backups; Delete asks first."""
    me = person(SettingsFilePanel(used))
    kept = used.kept_copy
    assert kept is not None
    (row,) = me.rows("Copy of the providers")
    assert row.facts[0].startswith("The providers, as last saved here · ")
    row.press("Delete the copy of the providers")
    assert row.note.startswith("Delete the copy of the providers?")
    row.press("Keep it")
    assert kept.path.exists()
    row.press("Delete the copy of the providers")
    row.press("Delete the copy")
    assert not kept.path.exists()
    assert me.rows("Copy of the providers") == []


@pytest.mark.req("ST-10")
@pytest.mark.parametrize("make", [ProvidersPanel, ModelsPanel, RouterPanel, SettingsFilePanel])
def test_a_file_that_is_gone_is_said_and_put_back(
    used: SettingsService, person: Come, make: Callable[[SettingsService], Widget]
) -> None:
    """The time is named, no first visit is shown, and Put it back writes what was shown last."""
    me = person(make(used))
    text = used.path.read_text()
    used.path.unlink()
    me.see("dispatch.settings.json was deleted or moved at ")
    first_visits = {"No providers yet", "No provider to take models from", "No entries to choose from"}
    assert not first_visits & set(me.headings)
    me.press("Put it back")
    assert used.path.read_text() == text
    assert me.sees("The file is back")
    me.press("Dismiss")
    assert not me.sees("The file is back")
    assert not me.sees("deleted or moved")


@pytest.mark.req("ST-10", "ST-1")
def test_the_apps_header_says_that_the_file_is_gone(used: SettingsService, person: Come) -> None:
    """It does not read as if no file had been made yet."""
    me = person(Panel(used))
    used.path.unlink()
    me.see("was deleted or moved at ")
    me.wait()
    assert me.sees("Deleted or moved at ")
    assert not me.sees("Not made yet")
    assert not me.sees("Nothing saved yet")


@pytest.mark.req("MIG-5")
def test_a_restore_elsewhere_is_shown_and_not_undone(
    settings_path: Path, demo: DemoServer, person: Come
) -> None:
    """The panel sees the file become old, keeps working in memory, and offers to convert it again."""
    entry = {"id": "e", "providerType": "openai", "model": "m", "providerConfig": {"apiKey": KEY}}
    settings_path.write_text(json.dumps({"models": {"catalog": [entry], "assignment": []}}), encoding="utf-8")
    old = settings_path.read_bytes()
    panel = Panel(SettingsService(settings_path))
    me = person(panel)
    assert settings_path.read_bytes() != old
    other = SettingsService(settings_path, auto_migrate=False)
    other.restore(other.backups()[0])
    until(lambda: panel.service.awaiting_migration)
    me.wait()
    assert settings_path.read_bytes() == old
    assert me.sees("drops every key")
    assert me.titles("Providers") == ["OpenAI"]
    me.press("Convert")
    assert "providers" in json.loads(settings_path.read_text(encoding="utf-8"))


@pytest.mark.req("MIG-10", "MIG-8")
def test_what_stands_in_the_first_formats_places_is_shown(service: SettingsService, person: Come) -> None:
    """Beside providers: accounts can be converted, and a place that is not understood is named."""
    document = json.loads(service.path.read_text(encoding="utf-8"))
    document["models"] = {
        "catalog": [],
        "assignment": [],
        "providers": {"anthropic": {"apiKey": KEY}, "elsewhere": {"secret": "x"}},
    }
    service.path.write_text(json.dumps(document))
    me = person(Panel(service))
    me.tab("Settings file")
    place = "models.providers.elsewhere"
    assert me.titles("Entries in the old format") == ["Accounts of the app's first version", place]
    assert me.tabs[-1] == "Settings file (1)"
    me.press("Convert accounts")
    assert me.titles("Entries in the old format") == [place]
    assert "Convert accounts" not in me.buttons
    me.wait()
    assert me.tabs[-1] == "Settings file"
    after = json.loads(service.path.read_text())
    assert [provider["name"] for provider in after["providers"]] == ["Lab", "Anthropic", "Anthropic 1"]


@pytest.mark.req("ST-7")
def test_a_migrated_address_that_the_app_refuses_is_reported_as_that(
    settings_path: Path, demo: DemoServer, person: Come
) -> None:
    """The report in the panel says that the app will refuse the whole file."""
    config = {"apiKey": KEY, "baseUrl": "http://192.168.1.300/v1"}
    entry = {"id": "e", "providerType": "openai", "model": "m", "providerConfig": config}
    settings_path.write_text(json.dumps({"models": {"catalog": [entry], "assignment": []}}), encoding="utf-8")
    me = person(SettingsFilePanel(SettingsService(settings_path)))
    assert me.sees("The Dispatch app will refuse the whole file")


@pytest.mark.req("ST-1")
def test_the_file_tab_says_which_file_the_app_would_take(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, person: Come
) -> None:
    """A workspace without a file beside a working folder with one."""
    root = tmp_path / "work"
    (root / "turbo.json").write_text("{}", encoding="utf-8")
    inner = root / "inner"
    inner.mkdir()
    (inner / "dispatch.settings.json").write_text('{"providers": []}', encoding="utf-8")
    monkeypatch.chdir(inner)
    me = person(SettingsFilePanel(SettingsService()))
    assert me.sees("The Dispatch app would take")


@pytest.mark.req("ST-2", "ST-9")
def test_a_broken_off_save_is_finished_from_the_panel(settings_path: Path, person: Come) -> None:
    """The whole copy beside the file is the first way out, and one press puts it in place."""
    settings_path.write_text('{"providers": [', encoding="utf-8")
    whole = settings_path.with_name("dispatch.settings.unfinished.json")
    whole.write_text('{"providers": []}', encoding="utf-8")
    whole.chmod(0o600)
    panel = SettingsFilePanel(SettingsService(settings_path))
    me = person(panel)
    assert me.titles("Three ways out")[0] == "Finish the save"
    me.press("Finish the save")
    assert settings_path.read_text(encoding="utf-8") == '{"providers": []}'
    assert panel.service.problem is None
    assert not whole.exists()


@pytest.mark.req("ST-9")
def test_a_file_that_is_too_large_is_told_as_that(settings_path: Path, person: Come) -> None:
    """Nobody is told to correct a place in it."""
    with settings_path.open("wb") as large:
        large.truncate(65 << 20)
    me = person(Panel(SettingsService(settings_path)))
    assert me.open_tab == "Settings file"
    assert me.sees("larger than 64 MiB")
    assert me.sees("choose another path")
    assert "Finish the save" not in me.buttons
    me.tab("Providers")
    assert me.sees("larger than 64 MiB")


@pytest.mark.req("ST-10")
def test_putting_back_into_a_folder_that_is_gone_says_so(
    used: SettingsService, tmp_path: Path, person: Come
) -> None:
    """The press does not fail in silence, and the notice stays."""
    me = person(ProvidersPanel(used))
    used.path.parent.rename(tmp_path / "elsewhere")
    used.reload()
    me.wait()
    me.press("Put it back")
    assert me.sees("its folder does not exist")
    assert me.sees("was deleted or moved")
    (tmp_path / "work").mkdir()
    me.press("Put it back")
    assert used.path.exists()
