"""The Settings file tab over the real service."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from dispatch_widgets import Panel, SettingsFilePanel, SettingsService
from dispatch_widgets.demo.samples import write_sample
from dispatch_widgets.widgets._format import shown_path

if TYPE_CHECKING:
    from pathlib import Path

    from panel_driver.person import Person, SeenRow

TAB = "Settings file"
UNDO_CONVERSION = "Undo conversion"


@pytest.fixture
def old_file(demo, settings_path) -> Path:
    """A settings file in the old format."""
    path: Path = write_sample(settings_path.parent, demo)
    return path


def only_backup(me: Person) -> SeenRow:
    """The one backup that there is."""
    (row,) = me.rows("Backups")
    return row


@pytest.mark.req("MIG-5", "SEC-1")
def test_the_report_says_what_was_converted_and_where_the_copy_is(old_file, demo, person) -> None:
    """After an automatic migration the tab lists providers, warnings and the backup, keys masked."""
    panel = SettingsFilePanel(SettingsService(old_file))
    me = person(panel)
    report = panel.service.migration_report
    assert me.sees(report.summary)
    assert me.sees(report.backup.name)
    assert me.sees("OPENAI_API_KEY")
    assert not me.sees(demo.api_key)
    assert not me.sees(demo.second_api_key)
    assert me.can_press(UNDO_CONVERSION)
    assert "Convert" not in me.buttons


@pytest.mark.req("MIG-6")
def test_the_preview_writes_nothing_and_convert_does(old_file, person) -> None:
    """Without automatic migration the tab shows what would happen; Convert does it."""
    before = old_file.read_bytes()
    panel = Panel(SettingsService(old_file, auto_migrate=False))
    me = person(panel)
    me.tab(TAB)
    assert me.sees("Nothing has been written yet")
    preview = panel.service.preview_migration()
    assert preview == panel.service.preview_migration()  # no random ids that change with each look
    assert preview.providers[0].id in preview.after
    assert not me.sees("It now reads")
    served = sum(len(made.entries) for made in preview.providers)
    assert me.sees(f"providers for {served} entries")
    assert me.text.split("No new one")[1].lstrip().startswith(f"{len(preview.entries) - served} entr")
    assert "This file has the old format" in me.headings
    assert "Settings file (1)" in me.tabs
    assert old_file.read_bytes() == before
    me.press("Convert")
    assert "providers" in json.loads(old_file.read_text(encoding="utf-8"))
    assert me.sees(panel.service.migration_report.summary)
    me.wait()
    assert TAB in me.tabs
    assert me.focused() == UNDO_CONVERSION


@pytest.mark.req("MIG-5")
def test_undo_conversion_brings_the_old_file_back_and_offers_to_convert(old_file, person) -> None:
    """Undo puts the old bytes back on disk; the panel goes on and offers Convert."""
    before = old_file.read_bytes()
    me = person(Panel(SettingsService(old_file)))
    me.tab(TAB)
    assert old_file.read_bytes() != before
    me.press(UNDO_CONVERSION)
    me.press("Bring the old file back")
    assert old_file.read_bytes() == before
    me.wait()
    assert "Settings file (1)" in me.tabs
    assert me.focused() == "Convert"
    me.press("Convert")
    assert "Convert" not in me.buttons


@pytest.mark.req("MIG-5")
def test_a_backup_is_restored_after_a_question(old_file, person) -> None:
    """Restore asks first, then puts the backup in the file's place and keeps the file of now."""
    before = old_file.read_bytes()
    me = person(SettingsFilePanel(SettingsService(old_file)))
    converted = old_file.read_bytes()
    row = only_backup(me)
    assert row.facts[0].startswith("Before the conversion · ")
    row.press("Restore")
    title, words = row.note.splitlines()
    assert title.startswith("Go back to the file of ")
    assert "No provider and no entry is lost" in words
    row.press("Keep the file")
    assert old_file.read_bytes() == converted
    row.press("Restore")
    row.press("Restore this backup")
    assert old_file.read_bytes() == before
    assert len(me.rows("Backups")) == 2


@pytest.mark.req("MIG-5")
def test_the_question_to_restore_says_what_goes(old_file, demo, person) -> None:
    """What was added since the backup is counted; what the conversion itself made is not."""
    panel = SettingsFilePanel(SettingsService(old_file))
    service = panel.service
    me = person(panel)
    row = only_backup(me)
    kept, old = "The file of now is kept as a backup.", "Today's Dispatch app drops every key"
    entry = service.add_model(provider_id=service.get_providers()[0].id, model="new-one")
    row.press("Restore")
    assert row.note.splitlines()[1].startswith(f"{kept} 1 entry made since then goes. {old}")
    provider = service.add_provider(
        name="New", type="openai-compatible", api_key="sk-another-key-0001", base_url=demo.openai_base_url
    )
    service.update_model(entry.id, label="Changed")
    row.press("Restore")
    assert row.note.splitlines()[1].startswith(f"{kept} 1 provider and 1 entry made since then go. {old}")
    added = service.added_since(service.backups()[0])
    assert ([found.id for found in added.providers], [found.id for found in added.entries]) == (
        [provider.id],
        [entry.id],
    )
    service.backups()[0].path.write_text("{", encoding="utf-8")
    row.press("Restore")
    assert row.note
    assert "made since" not in row.note


@pytest.mark.req("MIG-5", "ST-4")
def test_a_backup_can_be_restored_where_there_is_no_file_any_more(old_file, person) -> None:
    """The question does not speak of a file that is gone, and the copy becomes the file."""
    before = old_file.read_bytes()
    panel = SettingsFilePanel(SettingsService(old_file))
    panel.service.move_away()
    me = person(panel)
    row = only_backup(me)
    row.press("Restore")
    assert row.note.splitlines()[1].startswith("There is no settings file now: this copy becomes it.")
    assert "is kept as a backup" not in row.note
    row.press("Restore this backup")
    assert old_file.read_bytes() == before


@pytest.mark.req("MIG-5")
def test_a_backup_is_deleted_after_a_question(old_file, person) -> None:
    """Delete asks, names the backup, and removes its file."""
    panel = SettingsFilePanel(SettingsService(old_file))
    me = person(panel)
    (backup,) = panel.service.backups()
    row = only_backup(me)
    row.press(f"Delete the backup of {row.name}")
    assert row.note.splitlines()[1] == "It cannot be brought back."
    row.press("Delete backup")
    assert me.rows("Backups") == []
    assert "No backups yet" in me.headings
    assert not backup.path.exists()


@pytest.mark.req("MIG-8")
def test_entries_left_from_before_are_shown_and_converted(service, demo, person, states) -> None:
    """Entries that another program added in the old form are listed, and one press converts them."""
    document = json.loads(service.path.read_text(encoding="utf-8"))
    entry = {
        "id": "openai:gpt-4o",
        "providerType": "openai",
        "model": "gpt-4o",
        "providerConfig": {"apiKey": demo.second_api_key, "baseUrl": demo.second_openai_base_url},
    }
    document["models"] = {"catalog": [entry], "assignment": []}
    service.path.write_text(json.dumps(document), encoding="utf-8")
    me = person(Panel(service))
    me.tab(TAB)
    assert me.titles("Entries in the old format") == ["gpt-4o"]
    assert "Settings file (1)" in me.tabs
    me.press("Convert 1 entry")
    assert me.titles("Entries in the old format") == []
    assert len(service.get_providers()) == 3
    assert not any(found.unconverted for found in service.catalog)
    name = service.get_providers()[2].name
    assert me.sees(f"1 entry converted, {name} made")
    assert "Convert 1 entry" not in me.buttons
    me.press("Undo")
    assert me.titles("Entries in the old format") == ["gpt-4o"]
    me.press("Convert 1 entry")
    assert demo.second_api_key not in states()


@pytest.mark.req("PM-8")
def test_duplicates_are_shown_and_merged(service, demo, ids, person) -> None:
    """Providers of the same account are listed with what moves, and Merge re-points the entries."""
    twin = service.add_provider(
        name="Lab again", type="openai-compatible", api_key=demo.api_key, base_url=demo.openai_base_url
    )
    entry = service.add_model(provider_id=twin.id, model="m")
    me = person(SettingsFilePanel(service))
    assert [row.tag for row in me.rows("Providers that are the same")] == ["Merge keeps this one", ""]
    assert me.row("Lab again").lines[0] == "1 entry moves to Lab"
    me.press("Merge")
    assert me.titles("Providers that are the same") == []
    assert service.entry(entry.id).provider_id == ids["Lab"]
    assert [provider.name for provider in service.get_providers()] == ["Lab", "Anthropic"]
    assert me.sees("Lab merged")
    me.press("Undo")
    assert [row.tag for row in me.rows("Providers that are the same")] == ["Merge keeps this one", ""]
    assert service.entry(entry.id).provider_id == twin.id
    assert not me.sees("Lab merged")


@pytest.mark.req("PM-8", "UI")
def test_several_groups_of_duplicates_are_merged_and_undone_as_one(service, demo, person) -> None:
    """Merge all is one change: its Undo brings back every group, not the last alone."""
    for name, url in (("Lab", demo.openai_base_url), ("Hub", demo.second_openai_base_url)):
        for number in range(2):
            service.add_provider(
                name=f"{name} {number}", type="openai-compatible", api_key=demo.second_api_key, base_url=url
            )
    before = service.path.read_bytes()
    me = person(SettingsFilePanel(service))
    assert me.rows("Providers that are the same")[1].lines[0] == "Nothing to move"
    me.press("Merge all 2")
    assert service.duplicates() == ()
    assert me.sees("2 accounts merged")
    me.press("Undo")
    assert service.path.read_bytes() == before
    assert len(me.rows("Providers that are the same")) == 4


BROKEN = """{
  "providers": [
    {
      "id": "p",
      "name": "OpenRouter",
      "type": "openai-compatible"
      "credentials": {
        "apiKey": "%s"
      }
    }
  ]
}
"""


@pytest.mark.req("ST-4", "SEC-1")
def test_a_broken_file_shows_its_line_and_three_ways_out(settings_path, canary, person, states) -> None:
    """The mistake is named with its line; the lines around it are shown with keys masked."""
    settings_path.write_text(BROKEN % canary, encoding="utf-8")
    before = settings_path.read_bytes()
    panel = Panel(SettingsService(settings_path))
    me = person(panel)
    assert me.open_tab == TAB
    assert me.sees(panel.service.problem.message)
    assert panel.service.problem.line in {6, 7}
    assert me.sees('"credentials"')
    assert me.sees("a1b2")
    assert canary not in states()
    assert "Settings file (1)" in me.tabs
    assert settings_path.read_bytes() == before


@pytest.mark.req("ST-4", "ST-6")
def test_a_mended_file_is_taken_up(settings_path, canary, person) -> None:
    """After the mistake is corrected, Look again shows the tab as usual."""
    settings_path.write_text(BROKEN % canary, encoding="utf-8")
    panel = Panel(SettingsService(settings_path))
    me = person(panel)
    mended = (
        (BROKEN % canary)
        .replace('compatible"\n', 'compatible",\n')
        .replace(f'"{canary}"', f'"{canary}", "baseUrl": "http://127.0.0.1:9/v1"')
    )
    look_again = me.as_seen("Look again")
    settings_path.write_text(mended, encoding="utf-8")
    look_again.press()
    me.wait()
    assert "Look again" not in me.buttons
    assert TAB in me.tabs
    assert [provider.name for provider in panel.service.get_providers()] == ["OpenRouter"]


@pytest.mark.req("ST-4")
def test_a_broken_file_can_be_moved_away(settings_path, demo, person) -> None:
    """Move it away says under which name the broken file is kept, and not what was once converted in it."""
    write_sample(settings_path.parent, demo)
    panel = SettingsFilePanel(SettingsService(settings_path))
    me = person(panel)
    assert me.can_press(UNDO_CONVERSION)
    for backup in panel.service.backups():
        backup.path.unlink()
    settings_path.write_text("{", encoding="utf-8")
    panel.service.reload()
    me.wait()
    me.press("Move it away")
    assert "Move it away" not in me.buttons
    assert not settings_path.exists()
    (moved,) = settings_path.parent.glob("*.json")
    assert moved.read_text(encoding="utf-8") == "{"
    assert me.sees(f"The broken file is now {moved.name}")
    assert me.focused() == "Dismiss"
    assert UNDO_CONVERSION not in me.buttons
    assert not me.sees("Converted")
    me.press("Dismiss")
    assert not me.sees("The broken file is now")


@pytest.mark.req("ST-4")
def test_a_broken_file_can_be_replaced_by_the_newest_backup(old_file, person) -> None:
    """Restore brings the newest backup back and keeps the broken file beside it."""
    SettingsService(old_file)
    old_file.write_text("{", encoding="utf-8")
    panel = SettingsFilePanel(SettingsService(old_file))
    me = person(panel)
    (restore,) = [name for name in me.buttons if name.startswith("Restore ")]
    me.press(restore)
    assert "ways out" not in " ".join(me.headings)
    assert panel.service.problem is None


@pytest.mark.req("ST-1")
def test_the_file_says_which_and_why(service, person) -> None:
    """The tab shows the file with its folder and why it is this one; the full path can be copied."""
    panel = SettingsFilePanel(service)
    me = person(panel)
    assert me.sees(shown_path(service.path))
    assert not me.sees(str(service.path))
    assert "Copy path" in me.buttons
    assert me.sees("Path given in the call")
