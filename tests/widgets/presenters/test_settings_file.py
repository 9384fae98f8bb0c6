"""The Settings file tab, as somebody uses it."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest
from presenter_person import Person, until

from dispatch_widgets import SettingsService
from dispatch_widgets.demo.samples import write_sample
from dispatch_widgets.settings.backups import OLD_FORMAT_WARNING
from dispatch_widgets.widgets.presenters.settings_file.presenter import SettingsFilePresenter
from dispatch_widgets.widgets.presenters.settings_file.source import compared, excerpt
from dispatch_widgets.widgets.presenters.shared.encode import to_json
from dispatch_widgets.widgets.presenters.shared.views import Focus, plain

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def old_file(demo, settings_path) -> Path:
    """A settings file in the old format."""
    return write_sample(settings_path.parent, demo)


@pytest.fixture
def sitting(at):
    """Puts somebody at the Settings file tab of a service."""

    def sit(service: SettingsService) -> Person:
        return at(SettingsFilePresenter, service)

    return sit


@pytest.mark.req("MIG-5", "SEC-1")
def test_the_report_says_what_was_converted_and_where_the_copy_is(old_file, demo, sitting) -> None:
    """After an automatic migration the tab lists providers, warnings and the backup, keys masked."""
    person = sitting(SettingsService(old_file))
    report = person.presenter.service.migration_report
    assert person.section("conversion").title.startswith("Converted on ")
    assert person.sees(report.summary)
    assert person.sees(f"A copy of the file as it was: {report.backup.name}")
    assert person.sees("OPENAI_API_KEY")
    assert demo.api_key not in person.encoded
    assert demo.second_api_key not in person.encoded
    assert person.offers("Undo conversion")
    assert not person.offers("Convert")


@pytest.mark.req("MIG-6")
def test_the_preview_writes_nothing_and_convert_does(old_file, sitting) -> None:
    """Without automatic migration the tab shows what would happen; Convert does it."""
    before = old_file.read_bytes()
    person = sitting(SettingsService(old_file, auto_migrate=False))
    service = person.presenter.service
    preview = service.preview_migration()
    served = sum(len(made.entries) for made in preview.providers)
    assert person.sees("This file has the old format")
    assert person.sees(f"providers for {served} entries, keeps everything else")
    assert person.sees("Nothing has been written yet.")
    assert person.sees(f"No new one {len(preview.entries) - served} entr")
    assert not person.sees("It now reads")
    assert person.section("conversion").comparison.open
    assert person.sees(preview.providers[0].id)
    assert person.view.title == "Settings file (1)"
    assert old_file.read_bytes() == before
    person.press("Convert")
    assert person.focus == Focus(section="conversion", action="ask_undo_conversion")
    assert "providers" in json.loads(old_file.read_text(encoding="utf-8"))
    assert person.sees(service.migration_report.summary)
    assert person.view.title == "Settings file"


@pytest.mark.req("MIG-5")
def test_undo_conversion_brings_the_old_file_back_and_offers_to_convert(old_file, sitting) -> None:
    """Undo asks, as any restore does, then puts the old bytes back; the tab goes on and offers Convert."""
    before = old_file.read_bytes()
    person = sitting(SettingsService(old_file))
    converted = old_file.read_bytes()
    assert converted != before
    person.press("Undo conversion")
    assert old_file.read_bytes() == converted
    assert person.focus == Focus(section="conversion", action="keep")
    assert person.sees("Undo the conversion?")
    assert person.sees("The file of now is kept as a backup.")
    assert person.sees(OLD_FORMAT_WARNING)
    person.press("Bring the old file back")
    assert old_file.read_bytes() == before
    assert person.heard == ["The file is as it was before the conversion"]
    assert person.focus == Focus(section="conversion", action="convert")
    assert person.view.attention == 1
    person.press("Convert")
    assert not person.offers("Convert")


@pytest.mark.req("MIG-5")
def test_a_backup_is_restored_after_a_question(old_file, sitting) -> None:
    """Restore asks first, then puts the backup in the file's place and keeps the file of now."""
    before = old_file.read_bytes()
    person = sitting(SettingsService(old_file))
    converted = old_file.read_bytes()
    person.look_at("backups")
    (name,) = person.rows("backups")
    assert person.sees("Before the conversion", row=name)
    person.press("Restore", row=name)
    assert person.sees("Go back to the file of ", row=name)
    assert person.sees("No provider and no entry is lost", row=name)
    assert person.focus.action == "keep"
    person.press("Keep the file", row=name)
    assert not person.sees("Go back to the file of ")
    assert old_file.read_bytes() == converted
    person.press("Restore", row=name)
    person.press("Restore this backup", row=name)
    assert old_file.read_bytes() == before
    assert len(person.rows("backups")) == 2
    assert person.heard == ["Restored"]


@pytest.mark.req("MIG-5")
def test_the_question_to_restore_says_what_goes(old_file, demo, sitting) -> None:
    """What was added since the backup is counted; what the conversion itself made is not."""
    person = sitting(SettingsService(old_file))
    service = person.presenter.service
    person.look_at("backups")
    (name,) = person.rows("backups")
    kept, old = "The file of now is kept as a backup.", "Today's Dispatch app drops every key"
    entry = service.add_model(provider_id=service.get_providers()[0].id, model="new-one")
    person.settled().press("Restore", row=name)
    assert person.sees(f"{kept} 1 entry made since then goes. {old}", row=name)
    service.add_provider(
        name="New", type="openai-compatible", api_key="sk-another-key-0001", base_url=demo.openai_base_url
    )
    service.update_model(entry.id, label="Changed")
    person.settled().press("Restore", row=name)
    assert person.sees(f"{kept} 1 provider and 1 entry made since then go. {old}", row=name)
    backup = service.backups()[0].path
    backup.write_text("{", encoding="utf-8")
    person.press("Restore", row=name)
    assert person.row(name).note.tone == "error"
    assert not person.sees("made since")
    backup.unlink()
    assert not person.presenter.act("restore", {"row": backup.name}).ok


@pytest.mark.req("ST-4", "MIG-5")
def test_any_backup_can_take_the_place_of_a_broken_file(old_file, sitting) -> None:
    """What a broken file has that the backup lacks is not known; the question says that it is kept."""
    before = old_file.read_bytes()
    service = SettingsService(old_file)
    old_file.write_text('{"a" 1', encoding="utf-8")
    service.reload()
    person = sitting(service)
    person.look_at("backups")
    (name,) = person.rows("backups")
    person.press("Restore", row=name)
    assert person.sees("The broken file is kept beside it.", row=name)
    person.press("Restore this backup", row=name)
    assert service.problem is None
    assert old_file.read_bytes() == before
    assert '{"a" 1' in [path.read_text(encoding="utf-8") for path in old_file.parent.iterdir()]


@pytest.mark.req("MIG-5", "UI")
def test_panels_of_one_service_agree_about_its_backups(old_file, sitting) -> None:
    """A backup that is deleted in one panel, or by code, goes from the others too."""
    service = SettingsService(old_file)
    one, two = sitting(service), sitting(service)
    one.look_at("backups")
    (name,) = two.rows("backups")
    one.press("Delete the backup of ", row=name)
    one.press("Delete backup", row=name)
    assert two.settled().rows("backups") == []


@pytest.mark.req("MIG-5", "ST-4")
def test_a_backup_can_be_restored_where_there_is_no_file_any_more(old_file, sitting) -> None:
    """The question does not speak of a file that is gone, and the copy becomes the file."""
    before = old_file.read_bytes()
    person = sitting(SettingsService(old_file))
    person.presenter.service.move_away()
    person.look_at("backups")
    (name,) = person.settled().rows("backups")
    person.press("Restore", row=name)
    assert person.sees("There is no settings file now: this copy becomes it.", row=name)
    assert not person.sees("is kept as a backup")
    person.press("Restore this backup", row=name)
    assert old_file.read_bytes() == before


@pytest.mark.req("MIG-5")
def test_a_backup_is_deleted_after_a_question(old_file, sitting) -> None:
    """Delete asks, names the backup, and removes its file."""
    person = sitting(SettingsService(old_file))
    (backup,) = person.presenter.service.backups()
    person.look_at("backups")
    (name,) = person.rows("backups")
    person.press("Delete the backup of ", row=name)
    assert person.sees("It cannot be brought back.", row=name)
    person.press("Delete backup", row=name)
    assert person.rows("backups") == []
    assert person.sees("No backups yet")
    assert not backup.path.exists()


@pytest.mark.req("ST-8")
def test_the_copy_of_the_providers_is_deleted_after_a_question(service, sitting) -> None:
    """One row beside the backups; Delete says what is lost with it."""
    person = sitting(service)
    (name,) = person.rows("kept")
    assert person.sees("In your own state folder, to bring them back", row=name)
    person.press("Delete the copy of the providers", row=name)
    assert person.sees("Without it, providers that another program removes cannot be brought back.", row=name)
    person.press("Delete the copy", row=name)
    assert service.kept_copy is None
    assert "kept" not in [section.id for section in person.view.sections]
    assert person.focus == Focus(section="backups")


@pytest.mark.req("ST-3", "UI")
def test_what_failed_in_a_row_stands_there_and_is_tried_again(old_file, sitting, hold_lock) -> None:
    """A restore that meets a lock is said in the backup's row, and one press does it again."""
    before = old_file.read_bytes()
    service = SettingsService(old_file)
    person = sitting(service)
    person.look_at("backups")
    (name,) = person.rows("backups")
    person.press("Restore", row=name)
    with hold_lock(service):
        person.press("Restore this backup", row=name)
    assert person.buttons(name) == ["Try again", "Dismiss"]
    person.press("Try again", row=name)
    assert old_file.read_bytes() == before
    assert person.heard == ["Restored"]


@pytest.fixture
def left_over(service, demo) -> SettingsService:
    """A service whose file has an entry that another program added in the old form."""
    document = json.loads(service.path.read_text(encoding="utf-8"))
    entry = {
        "id": "openai:gpt-4o",
        "providerType": "openai",
        "model": "gpt-4o",
        "providerConfig": {"apiKey": demo.second_api_key, "baseUrl": demo.second_openai_base_url},
    }
    document["models"] = {"catalog": [entry], "assignment": []}
    service.path.write_text(json.dumps(document), encoding="utf-8")
    service.reload()
    return service


@pytest.mark.req("MIG-8")
def test_entries_left_from_before_are_shown_and_converted(left_over, demo, sitting) -> None:
    """Entries that another program added in the old form are listed, and one press converts them."""
    person = sitting(left_over)
    assert person.rows("leftovers") == ["gpt-4o"]
    assert person.sees("Until they are converted, tasks cannot use them.")
    assert person.view.attention == 1
    person.press("Convert 1 entry")
    assert person.rows("leftovers") == []
    assert not any(found.unconverted for found in left_over.catalog)
    assert person.sees(f"1 entry converted, {left_over.get_providers()[2].name} made")
    assert not person.offers("Convert")
    assert person.focus == Focus(section="leftovers", action="undo")
    person.press("Undo")
    assert person.rows("leftovers") == ["gpt-4o"]
    assert person.focus == Focus(section="leftovers", action="convert_entries")
    person.press("Convert 1 entry")
    assert demo.second_api_key not in person.encoded


@pytest.mark.req("MIG-10")
def test_what_stands_in_the_first_formats_places_is_shown(service, canary, sitting) -> None:
    """Beside providers: accounts can be converted, and a place that is not understood is named."""
    document = json.loads(service.path.read_text(encoding="utf-8"))
    places = {"anthropic": {"apiKey": canary}, "elsewhere": {"secret": "x"}}
    document["models"] = {"catalog": [], "assignment": [], "providers": places}
    service.path.write_text(json.dumps(document), encoding="utf-8")
    service.reload()
    person = sitting(service)
    assert person.rows("leftovers") == ["Accounts of the app's first version", "models.providers.elsewhere"]
    assert person.sees("Keys may stand there", row="models.providers.elsewhere")
    assert canary not in person.encoded
    person.press("Convert accounts")
    assert person.rows("leftovers") == ["models.providers.elsewhere"]
    assert not person.offers("Convert")
    assert person.view.attention == 0
    assert [provider.name for provider in service.get_providers()] == ["Lab", "Anthropic", "Anthropic 1"]


@pytest.mark.req("PM-8")
def test_duplicates_are_shown_and_merged(service, demo, ids, sitting) -> None:
    """Providers of the same account are listed with what moves, and Merge re-points the entries."""
    twin = service.add_provider(
        name="Lab again", type="openai-compatible", api_key=demo.api_key, base_url=demo.openai_base_url
    )
    entry = service.add_model(provider_id=twin.id, model="m")
    person = sitting(service)
    assert [row.tag for row in person.section("duplicates").rows] == ["Merge keeps this one", ""]
    assert person.sees("1 entry moves to Lab", row="Lab again")
    assert demo.api_key not in person.encoded
    person.press("Merge")
    assert person.rows("duplicates") == []
    assert service.entry(entry.id).provider_id == ids["Lab"]
    assert [provider.name for provider in service.get_providers()] == ["Lab", "Anthropic"]
    assert person.sees("Lab merged")
    person.press("Undo")
    assert [row.tag for row in person.section("duplicates").rows] == ["Merge keeps this one", ""]
    assert service.entry(entry.id).provider_id == twin.id


@pytest.mark.req("PM-8", "UI")
def test_several_groups_of_duplicates_are_merged_and_undone_as_one(service, demo, sitting) -> None:
    """Merge all is one change: its Undo brings back every group, not the last alone."""
    for name, url in (("Lab", demo.openai_base_url), ("Hub", demo.second_openai_base_url)):
        for number in range(2):
            service.add_provider(
                name=f"{name} {number}", type="openai-compatible", api_key=demo.second_api_key, base_url=url
            )
    before = service.path.read_bytes()
    person = sitting(service)
    assert person.sees("Nothing to move", row="Lab 1")
    person.press("Merge all 2")
    assert service.duplicates() == ()
    assert person.sees("2 accounts merged")
    person.press("Undo")
    assert service.path.read_bytes() == before
    assert len(person.rows("duplicates")) == 4


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
def test_a_broken_file_shows_its_line_and_its_ways_out(settings_path, canary, sitting) -> None:
    """The mistake is named with its line; the lines around it are shown with keys masked."""
    settings_path.write_text(BROKEN % canary, encoding="utf-8")
    before = settings_path.read_bytes()
    person = sitting(SettingsService(settings_path))
    problem = person.presenter.service.problem
    assert person.sees(problem.message)
    assert person.sees("Providers, Models and Router wait until it can be read.")
    assert person.section("ways").title == "Two ways out"
    assert person.rows("ways") == ["Mend it yourself", "Start with an empty file"]
    assert person.sees(f"correct line {problem.line}, save.")
    code = person.section("mistake").code
    assert any("credentials" in line.text for line in code.lines)
    (here,) = [line for line in code.lines if line.mark == "here"]
    assert here.number == problem.line
    assert here.pointer >= 0
    assert person.sees("a1b2")
    assert canary not in person.encoded
    assert person.view.title == "Settings file (1)"
    assert settings_path.read_bytes() == before


@pytest.mark.req("ST-4", "ST-6")
def test_a_mended_file_is_taken_up(settings_path, canary, sitting) -> None:
    """After the mistake is corrected, Look again shows the tab as usual; before, it changes nothing."""
    settings_path.write_text(BROKEN % canary, encoding="utf-8")
    person = sitting(SettingsService(settings_path))
    person.press("Look again")
    assert person.heard == []
    mended = (
        (BROKEN % canary)
        .replace('compatible"\n', 'compatible",\n')
        .replace(f'"{canary}"', f'"{canary}", "baseUrl": "http://127.0.0.1:9/v1"')
    )
    with person.presenter.hub.lock:  # it is pressed before the panel has looked by itself
        settings_path.write_text(mended, encoding="utf-8")
        person.press("Look again")
    assert person.heard == ["The file can be read"]
    assert person.view.attention == 0
    assert not person.sees("ways out")


@pytest.mark.req("ST-4")
def test_a_broken_file_can_be_moved_away(settings_path, demo, sitting) -> None:
    """Move it away says under which name the broken file is kept, and not what was once converted in it."""
    write_sample(settings_path.parent, demo)
    person = sitting(SettingsService(settings_path))
    service = person.presenter.service
    assert person.sees("Converted on ")
    for backup in service.backups():
        backup.path.unlink()
    settings_path.write_text("{", encoding="utf-8")
    service.reload()
    person.settled().press("Move it away")
    assert not settings_path.exists()
    (moved,) = settings_path.parent.glob("*.json")
    assert moved.read_text(encoding="utf-8") == "{"
    assert person.sees(f"The broken file is now {moved.name}, in the same folder.")
    assert not person.sees("Converted on ")
    person.press("Add provider")
    assert person.went == ("providers", {"form": "provider"})
    person.press("Dismiss")
    assert not person.sees("The broken file is now")


@pytest.mark.req("ST-4")
def test_the_note_on_a_file_that_was_moved_away_goes_with_the_first_save(settings_path, sitting) -> None:
    """It says that there is no file, which any save changes, also one without a provider in it."""
    settings_path.write_text("{", encoding="utf-8")
    person = sitting(SettingsService(settings_path))
    person.press("Move it away")
    assert person.sees("There is no settings file now.")
    person.presenter.service.add_model(provider_id="mock", model="mock")
    assert not person.settled().sees("There is no settings file now.")


@pytest.mark.req("ST-4")
def test_a_broken_file_can_be_replaced_by_the_backup_that_was_named(old_file, sitting) -> None:
    """Restore brings the backup back that its button named, and keeps the broken file beside it."""
    SettingsService(old_file)
    old_file.write_text("{", encoding="utf-8")
    person = sitting(SettingsService(old_file))
    assert person.section("ways").title == "Three ways out"
    assert not person.presenter.act("restore_newest", {"backup": "another"}).ok
    assert person.sees("This backup is gone.")
    person.press("Restore ", row="Go back to a backup")
    assert person.presenter.service.problem is None
    assert person.heard == ["Restored"]
    assert person.focus == Focus(section="backups")


@pytest.mark.req("ST-2", "ST-4")
def test_a_broken_off_save_is_finished(settings_path, sitting) -> None:
    """The whole copy beside the file is the first way out, and one press puts it in place."""
    settings_path.write_text('{"providers": [', encoding="utf-8")
    whole = settings_path.with_name("dispatch.settings.unfinished.json")
    whole.write_text('{"providers": []}', encoding="utf-8")
    whole.chmod(0o600)
    person = sitting(SettingsService(settings_path))
    assert person.rows("ways")[0] == "Finish the save"
    assert person.section("ways").title == "Three ways out"
    person.press("Finish the save")
    assert settings_path.read_text(encoding="utf-8") == '{"providers": []}'
    assert person.heard == ["The save is finished"]
    assert not whole.exists()


@pytest.mark.req("ST-9")
def test_a_file_that_is_too_large_is_told_as_that(settings_path, sitting) -> None:
    """Nobody is told to correct a place in it."""
    with settings_path.open("wb") as large:
        large.truncate(65 << 20)
    person = sitting(SettingsService(settings_path))
    assert person.sees("larger than 64 MiB")
    assert person.sees("choose another path", row="Mend it yourself")
    assert not person.sees("Finish the save")


@pytest.mark.req("ST-1", "SEC-2")
def test_the_file_says_which_and_why_without_its_whole_path(
    service, settings_path, monkeypatch, sitting
) -> None:
    """The home folder is ``~`` in the view; the whole path comes as the answer to a press only."""
    monkeypatch.setenv("HOME", str(settings_path.parent.parent))
    person = sitting(service)
    assert person.sees("Path ~/work/dispatch.settings.json")
    assert person.sees("Why this one Path given in the call")
    assert str(settings_path.parent) not in person.encoded
    person.press("Copy path")
    assert person.clipboard == str(settings_path)
    answer = person.press("Open file")
    assert answer.file.path == settings_path.as_posix()
    assert answer.file.size_bytes == settings_path.stat().st_size
    settings_path.unlink()
    until(lambda: not person.offers("Open file"))
    assert not person.presenter.act("locate_file").ok


@pytest.mark.req("SEC-1", "UI")
def test_a_file_that_git_would_take_is_warned_of(service, settings_path, sitting) -> None:
    """In a repository that does not ignore the file its section says so, once git was asked."""
    subprocess.run(["git", "init", "-q"], cwd=settings_path.parent, check=True)
    person = sitting(service)
    until(lambda: [note.tone for note in person.section("file").notes] == ["warn"])
    assert person.sees(service.location.git_warning)


@pytest.mark.req("SEC-6")
def test_source_lines_are_text(tmp_path) -> None:
    """Markup in a file is text like any other, direction marks are removed, blanks at a line's start stay."""
    path = tmp_path / "x.json"
    path.write_text('{\n  "name": "<img src=x>\u202e" "b": 1}', encoding="utf-8")
    lines = [line.text for line in excerpt(path, 2, 10).lines]
    assert lines == ["{", '  "name": "<img src=x>" "b": 1}']
    assert excerpt(tmp_path / "none.json", 1, 1) is None
    assert excerpt(path, 0, 0) is None


@pytest.mark.req("ST-4")
def test_the_mistake_is_in_view_also_in_one_long_line(tmp_path) -> None:
    """In a file of one long line the piece around the mistake is shown, with the mark under it."""
    path = tmp_path / "x.json"
    text = '{"providers": [' + '{"id": "a", "apiKey": "sk-0123456789abcdefghij"}, ' * 50
    path.write_text(text + '"HERE" "x"]}', encoding="utf-8")
    (line,) = excerpt(path, 1, len(text) + 1).lines
    assert line.text[line.pointer :].startswith('"HERE"')
    assert len(line.text) <= 160


@pytest.mark.req("ST-4")
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_signs_that_only_look_like_line_ends_move_no_mark(tmp_path, ends) -> None:
    """Lines are counted as the error counts them, whatever separators stand in the texts."""
    path = tmp_path / "x.json"
    lines = ['{"a": "x\u2028y",', '"b": "z\u0085w",', '"c": 1,', '"d" 2', "}", ""]
    path.write_bytes(ends.join(lines).encode())
    problem = SettingsService(path).problem
    shown = excerpt(path, problem.line, problem.column).lines
    assert [(line.number, line.text) for line in shown if line.mark == "here"] == [(4, '"d" 2')]
    assert shown[-1].text == "}"


@pytest.mark.req("MIG-6")
def test_before_and_after_mark_what_differs() -> None:
    """Lines that only one side has are marked, common ones are not, and long texts are cut."""
    shown = compared('{\n  "a": 1,\n  "old": 2\n}', '{\n  "a": 1\n}', is_open=True)
    assert [line.mark for line in shown.before.lines] == ["", "", "removed", ""]
    assert all(not line.mark for line in shown.after.lines)
    assert compared("\n".join(map(str, range(500))), "", is_open=False).before.left_out == 420


@pytest.mark.req("UI")
def test_only_what_changed_is_told(service, ids, sitting) -> None:
    """A refresh of a provider changes nothing in this tab."""
    person = sitting(service)
    assert person.settled().view
    told: list[None] = []
    person.presenter.on_change(lambda: told.append(None))
    person.presenter.hub.ask(ids["Lab"], force=True)
    person.settled()
    assert told == []
    assert to_json(person.view)
    assert plain(person.section("file").facts[0].value).endswith("dispatch.settings.json")


@pytest.mark.req("PM-8", "UI")
def test_which_of_the_same_providers_stays_can_be_chosen(service, demo, ids, sitting) -> None:
    """Merge into this one keeps that one, and moves the entries of the first to it; Undo brings both back."""
    twin = service.add_provider(
        name="Lab again", type="openai-compatible", api_key=demo.api_key, base_url=demo.openai_base_url
    )
    entry = service.add_model(provider_id=ids["Lab"], model="m")
    person = sitting(service)
    assert not person.offers("Merge into this one", "Lab")
    person.press("Merge into this one", "Lab again")
    assert [provider.name for provider in service.get_providers()] == ["Anthropic", "Lab again"]
    assert service.entry(entry.id).provider_id == twin.id
    assert person.sees("Lab again merged")
    person.press("Undo")
    assert service.entry(entry.id).provider_id == ids["Lab"]


@pytest.mark.req("UI", "SEC-1")
def test_a_copy_without_keys_is_written_beside_the_file(service, demo, sitting) -> None:
    """Its name is asked for, what it needs is listed; a file that is there is replaced after a question."""
    person = sitting(service)
    person.press("Share without keys")
    assert person.value("File name") == "dispatch.settings.shared.json"
    person.save()
    copy = service.path.with_name("dispatch.settings.shared.json")
    assert "${" in copy.read_text(encoding="utf-8")
    assert demo.api_key not in copy.read_text(encoding="utf-8")
    (note,) = person.section("share").notes
    assert plain(note.title) == "dispatch.settings.shared.json has no key in it. It needs 2 variables."
    assert sorted(plain(fact.value) for fact in note.facts) == ["Anthropic", "Lab"]
    assert str(service.path.parent) not in repr(note)

    copy.write_text("mine", encoding="utf-8")
    person.press("Share without keys")
    answer = person.save()
    assert copy.read_text(encoding="utf-8") == "mine"
    assert answer.note is not None
    assert answer.note.title == "dispatch.settings.shared.json is there already."
    (replace,) = answer.note.actions
    person.save(**replace.args)
    assert "${" in copy.read_text(encoding="utf-8")
    person.press("Dismiss")
    assert person.section("share").notes == ()


@pytest.mark.req("ST-6", "UI")
def test_the_form_to_share_says_which_version_it_is_of(service, ids, sitting) -> None:
    """A change outside is told above it until it is reloaded, as above any form."""
    person = sitting(service)
    person.press("Share without keys")
    before = person.form.form.get("revision", 0)
    SettingsService(service.path).update_provider(ids["Lab"], name="Theirs")
    until(lambda: person.presenter.hub.revision > before)
    assert person.presenter.form("share", person.form.args()).revision == before
    person.reload()
    assert person.form.form["revision"] == person.presenter.hub.revision
    assert person.save().ok


@pytest.mark.req("UI")
def test_a_copys_name_that_is_too_long_is_told_as_that(service, sitting) -> None:
    """A name that the system takes no file under is no mistake of the package."""
    person = sitting(service)
    person.press("Share without keys")
    person.fill("File name", "n" * 300)
    answer = person.save()
    assert answer.note is not None
    assert "name too long" in plain(answer.note.title) + plain(answer.note.text)


@pytest.mark.req("UI", "SEC-1")
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "Type a file name, without a folder."),
        ("../x.json", "Type a file name, without a folder."),
        ("dispatch.settings.json", "is the settings file itself"),
        ("{key}", "looks like a key"),
    ],
)
def test_a_name_that_cannot_be_the_copys_is_refused(service, demo, sitting, name, words) -> None:
    """No file name, the settings file itself, a key: it is said at the field, and nothing is written."""
    person = sitting(service)
    before = sorted(service.path.parent.iterdir())
    person.press("Share without keys")
    person.fill("File name", name.format(key="sk-proj-1234567890abcdefghijklmnopqrstuvwxyz"))
    answer = person.save()
    assert words in answer.problems["name"]
    assert sorted(service.path.parent.iterdir()) == before


@pytest.mark.req("UI", "SEC-1")
def test_a_refused_copy_says_where_the_key_is(service, demo, sitting) -> None:
    """A key where no reference can take its place ends it, with the place and without the key."""
    document = json.loads(service.path.read_text(encoding="utf-8"))
    document["providers"][0]["name"] = f"Lab {demo.api_key}"
    service.path.write_text(json.dumps(document), encoding="utf-8")
    service.reload()
    person = sitting(service)
    person.press("Share without keys")
    answer = person.save()
    assert answer.note is not None
    assert "providers[0].name" in plain(answer.note.title)
    assert demo.api_key not in repr(answer)
    assert not service.path.with_name("dispatch.settings.shared.json").exists()
