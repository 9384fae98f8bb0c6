"""The Settings file tab over the real service."""

from __future__ import annotations

import json
from functools import partial

import pytest

from dispatch_widgets import SettingsFilePanel, SettingsService
from dispatch_widgets.demo.samples import write_sample
from dispatch_widgets.widgets._parts import is_shown
from dispatch_widgets.widgets._source import before_and_after, excerpt, masked_source, open_file_html


@pytest.fixture
def old_file(demo, settings_path):
    """A settings file from before providers."""
    return write_sample(settings_path.parent, demo)


def shown_of(panel) -> str:
    """What a person can read about the conversion."""
    return panel.report


@pytest.mark.req("MIG-5", "SEC-1")
def test_the_report_says_what_was_converted_and_where_the_copy_is(old_file, demo) -> None:
    """After an automatic migration the tab lists providers, warnings and the backup, keys masked."""
    panel = SettingsFilePanel(SettingsService(old_file))
    report = panel.service.migration_report
    assert report.summary in panel.report
    assert report.backup.name in panel.report
    assert "OPENAI_API_KEY" in panel.report
    assert demo.api_key not in panel.report
    assert demo.second_api_key not in panel.report
    assert is_shown(panel.undo_conversion)
    assert not is_shown(panel.convert)


@pytest.mark.req("MIG-6")
def test_the_preview_writes_nothing_and_convert_does(old_file) -> None:
    """Without automatic migration the tab shows what would happen; Convert does it."""
    before = old_file.read_bytes()
    panel = SettingsFilePanel(SettingsService(old_file, auto_migrate=False))
    assert "Nothing has been written yet" in panel.report
    preview = panel.service.preview_migration()
    assert preview == panel.service.preview_migration()  # no random ids that change with each look
    assert preview.providers[0].id in preview.after
    assert "It now reads" not in panel.report
    served = sum(len(made.entries) for made in preview.providers)
    assert f"providers for {served} entries" in panel.report
    assert f"{len(preview.entries) - served} entr" in panel.report.split("No new one")[1]
    assert "would" not in panel._conversion_title.value
    assert panel.attention() == 1
    assert old_file.read_bytes() == before
    panel.convert.click()
    assert "providers" in json.loads(old_file.read_text(encoding="utf-8"))
    assert panel.service.migration_report.summary in panel.report
    assert panel.attention() == 0


@pytest.mark.req("MIG-5")
def test_undo_conversion_brings_the_old_file_back_and_offers_to_convert(old_file) -> None:
    """Undo puts the old bytes back on disk; the panel goes on and offers Convert."""
    before = old_file.read_bytes()
    panel = SettingsFilePanel(SettingsService(old_file))
    assert old_file.read_bytes() != before
    panel.undo_conversion.click()
    assert old_file.read_bytes() == before
    assert is_shown(panel.convert)
    assert panel.attention() == 1
    panel.convert.click()
    assert not is_shown(panel.convert)


@pytest.mark.req("MIG-5")
def test_a_backup_is_restored_after_a_question(old_file, page) -> None:
    """Restore asks first, then puts the backup in the file's place and keeps the file of now."""
    before = old_file.read_bytes()
    panel = SettingsFilePanel(SettingsService(old_file))
    converted = old_file.read_bytes()
    (row,) = panel.backups.rows
    assert row["meta"][0][0] == "Before the conversion"
    page.answer(panel.backups, "restore", row["id"])
    note = panel.backups.rows[0]["note"]
    assert note["title"].startswith("Go back to the file of ")
    assert "No provider and no entry is lost" in note["text"]
    page.answer(panel.backups, "keep", row["id"])
    assert old_file.read_bytes() == converted
    page.answer(panel.backups, "restore", row["id"])
    page.answer(panel.backups, "confirm_restore", row["id"])
    assert old_file.read_bytes() == before
    assert len(panel.backups.rows) == 2


@pytest.mark.req("MIG-5")
def test_the_question_to_restore_says_what_goes(old_file, demo, page) -> None:
    """What was added since the backup is counted; what the conversion itself made is not."""
    panel = SettingsFilePanel(SettingsService(old_file))
    service = panel.service
    (row,) = panel.backups.rows
    ask = partial(page.answer, panel.backups, "restore", row["id"])
    kept, old = "The file of now is kept as a backup.", "Today's Dispatch app drops every key"
    entry = service.add_model(provider_id=service.get_providers()[0].id, model="new-one")
    ask()
    assert panel.backups.rows[0]["note"]["text"].startswith(f"{kept} 1 entry made since then goes. {old}")
    provider = service.add_provider(
        name="New", type="openai-compatible", api_key="sk-another-key-0001", base_url=demo.openai_base_url
    )
    service.update_model(entry.id, label="Changed")
    ask()
    assert panel.backups.rows[0]["note"]["text"].startswith(
        f"{kept} 1 provider and 1 entry made since then go. {old}"
    )
    added = service.added_since(service.backups()[0])
    assert ([found.id for found in added.providers], [found.id for found in added.entries]) == (
        [provider.id],
        [entry.id],
    )
    (old_file.parent / row["id"]).write_text("{", encoding="utf-8")
    ask()
    assert "note" in panel.backups.rows[0]
    assert "made since" not in str(panel.backups.rows[0]["note"])


@pytest.mark.req("MIG-5", "ST-4")
def test_a_backup_can_be_restored_where_there_is_no_file_any_more(old_file, page) -> None:
    """The question does not speak of a file that is gone, and the copy becomes the file."""
    before = old_file.read_bytes()
    panel = SettingsFilePanel(SettingsService(old_file))
    panel.service.move_away()
    (row,) = panel.backups.rows
    page.answer(panel.backups, "restore", row["id"])
    assert panel.backups.rows[0]["note"]["text"].startswith(
        "There is no settings file now: this copy becomes it."
    )
    assert "is kept as a backup" not in panel.backups.rows[0]["note"]["text"]
    page.answer(panel.backups, "confirm_restore", row["id"])
    assert old_file.read_bytes() == before


@pytest.mark.req("MIG-5")
def test_a_backup_is_deleted_after_a_question(old_file, page) -> None:
    """Delete asks, names the backup, and removes its file."""
    panel = SettingsFilePanel(SettingsService(old_file))
    (row,) = panel.backups.rows
    page.answer(panel.backups, "delete", row["id"])
    assert panel.backups.rows[0]["note"]["text"] == "It cannot be brought back."
    page.answer(panel.backups, "confirm_delete", row["id"])
    assert panel.backups.rows == ()
    assert panel.backups.empty["title"] == "No backups yet"
    assert not (old_file.parent / row["id"]).exists()


@pytest.mark.req("MIG-8")
def test_entries_left_from_before_are_shown_and_converted(service, demo, page) -> None:
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
    panel = SettingsFilePanel(service)
    assert [row["title"] for row in panel.leftovers.rows] == ["gpt-4o"]
    assert panel.convert_entries.description == "Convert 1 entry"
    assert panel.attention() == 1
    panel.convert_entries.click()
    assert panel.leftovers.rows == ()
    assert len(service.get_providers()) == 3
    assert not any(found.unconverted for found in service.catalog)
    name = service.get_providers()[2].name
    assert panel.converted.words == f"1 entry converted, {name} made"
    assert not is_shown(panel.convert_entries)
    panel.converted.undo()
    assert [row["title"] for row in panel.leftovers.rows] == ["gpt-4o"]
    assert is_shown(panel.convert_entries)
    panel.convert_entries.click()
    assert demo.second_api_key not in page.states()


@pytest.mark.req("PM-8")
def test_duplicates_are_shown_and_merged(service, demo, ids) -> None:
    """Providers of the same account are listed with what moves, and Merge re-points the entries."""
    twin = service.add_provider(
        name="Lab again", type="openai-compatible", api_key=demo.api_key, base_url=demo.openai_base_url
    )
    entry = service.add_model(provider_id=twin.id, model="m")
    panel = SettingsFilePanel(service)
    assert [row["tag"] for row in panel.duplicates.rows] == ["Kept", "Removed"]
    assert panel.duplicates.rows[1]["line"][0] == "1 entry moves to Lab"
    panel.merge.click()
    assert panel.duplicates.rows == ()
    assert service.entry(entry.id).provider_id == ids["Lab"]
    assert [provider.name for provider in service.get_providers()] == ["Lab", "Anthropic"]
    assert panel.done.words == "Lab merged"
    panel.done.undo()
    assert [row["tag"] for row in panel.duplicates.rows] == ["Kept", "Removed"]
    assert service.entry(entry.id).provider_id == twin.id
    assert panel.done.words == ""


@pytest.mark.req("PM-8", "UI")
def test_several_groups_of_duplicates_are_merged_and_undone_as_one(service, demo) -> None:
    """Merge all is one change: its Undo brings back every group, not the last alone."""
    for name, url in (("Lab", demo.openai_base_url), ("Hub", demo.second_openai_base_url)):
        for number in range(2):
            service.add_provider(
                name=f"{name} {number}", type="openai-compatible", api_key=demo.second_api_key, base_url=url
            )
    before = service.path.read_bytes()
    panel = SettingsFilePanel(service)
    assert panel.merge.description == "Merge all 2"
    assert panel.duplicates.rows[1]["line"][0] == "Nothing to move"
    panel.merge.click()
    assert service.duplicates() == ()
    assert panel.done.words == "2 accounts merged"
    panel.done.undo()
    assert service.path.read_bytes() == before
    assert len(panel.duplicates.rows) == 4


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
def test_a_broken_file_shows_its_line_and_three_ways_out(settings_path, canary, page) -> None:
    """The mistake is named with its line; the lines around it are shown with keys masked."""
    settings_path.write_text(BROKEN % canary, encoding="utf-8")
    before = settings_path.read_bytes()
    panel = SettingsFilePanel(SettingsService(settings_path))
    assert panel.service.problem.message in panel.broken.replace("&quot;", '"').replace("&#x27;", "'")
    assert panel.service.problem.line in {6, 7}
    lines = panel.ways_out._excerpt.value
    assert "&quot;credentials&quot;" in lines
    assert "a1b2" in lines
    assert canary not in page.states()
    assert panel.attention() == 1
    assert settings_path.read_bytes() == before


@pytest.mark.req("ST-4", "ST-6")
def test_a_mended_file_is_taken_up(settings_path, canary) -> None:
    """After the mistake is corrected, Look again shows the tab as usual."""
    settings_path.write_text(BROKEN % canary, encoding="utf-8")
    panel = SettingsFilePanel(SettingsService(settings_path))
    mended = (
        (BROKEN % canary)
        .replace('compatible"\n', 'compatible",\n')
        .replace(f'"{canary}"', f'"{canary}", "baseUrl": "http://127.0.0.1:9/v1"')
    )
    settings_path.write_text(mended, encoding="utf-8")
    panel.ways_out.look_again.click()
    assert panel.broken == ""
    assert panel.attention() == 0
    assert [provider.name for provider in panel.service.get_providers()] == ["OpenRouter"]


@pytest.mark.req("ST-4")
def test_a_broken_file_can_be_moved_away(settings_path, demo) -> None:
    """Move it away says under which name the broken file is kept, and not what was once converted in it."""
    write_sample(settings_path.parent, demo)
    panel = SettingsFilePanel(SettingsService(settings_path))
    assert panel.report
    for backup in panel.service.backups():
        backup.path.unlink()
    settings_path.write_text("{", encoding="utf-8")
    panel.service.reload()
    assert panel.hub.settle()
    panel.ways_out.move_away.click()
    assert panel.broken == ""
    assert not settings_path.exists()
    (moved,) = settings_path.parent.glob("*.json")
    assert moved.read_text(encoding="utf-8") == "{"
    assert moved.name in panel.moved.content
    assert panel.report == ""
    panel.moved.buttons[-1].click()
    assert not is_shown(panel._moved)


@pytest.mark.req("ST-4")
def test_a_broken_file_can_be_replaced_by_the_newest_backup(old_file) -> None:
    """Restore brings the newest backup back and keeps the broken file beside it."""
    SettingsService(old_file)
    old_file.write_text("{", encoding="utf-8")
    panel = SettingsFilePanel(SettingsService(old_file))
    assert panel.ways_out.restore.description.startswith("Restore ")
    panel.ways_out.restore.click()
    assert panel.broken == ""
    assert panel.service.problem is None


@pytest.mark.req("ST-4", "SEC-6")
def test_the_page_is_told_where_the_file_is_so_that_it_can_open_it(service, settings_path) -> None:
    """Path and size of the file that is there stand in the page, escaped; of none, nothing does."""
    panel = SettingsFilePanel(service)
    assert f'data-path="{settings_path.as_posix()}"' in panel._open_file.value
    assert f'data-size="{settings_path.stat().st_size}"' in panel._open_file.value
    settings_path.write_text("{", encoding="utf-8")
    panel.hub.look()
    assert panel.hub.settle()
    assert panel._open_file.value == ""
    assert 'data-size="1"' in panel.ways_out._open.value
    assert open_file_html(settings_path.with_name("none.json")) == ""
    odd = settings_path.with_name('"onload=x<.json')
    odd.write_text("{}", encoding="utf-8")
    assert '"onload' not in open_file_html(odd)


@pytest.mark.req("ST-1")
def test_the_file_says_which_and_why(service) -> None:
    """The tab shows the whole path and why this file is the one."""
    panel = SettingsFilePanel(service)
    assert str(service.path) in panel._facts.value
    assert "Path given in the call" in panel._facts.value


@pytest.mark.req("SEC-1")
@pytest.mark.parametrize(
    "text",
    [
        '{"apiKey": "KEY"}',
        '{"apiKey" "KEY"}',
        '{"apiKey":\n "KEY"}',
        '{"apiKey": "KEY',
        '{"apiKey": KEY}',
        "{apiKey: KEY}",
        '["KEY"]',
        '{"other": "KEY"}',
        '{"botToken": "KEY", "name": "x"',
        '{"api\\u004bey": "KEY"}',
    ],
)
def test_no_broken_file_shows_a_key(text) -> None:
    """However the file is broken, what could be a key is masked in the lines that are shown."""
    for key in ("sk-canary-7Hq2Zx9LmWv4Tb8Rn3Kd6Yp1a1b2", "0123456789abcdef0123456789abcdef"):
        masked = masked_source(text.replace("KEY", key))
        assert key not in masked
        assert masked.count("\n") == text.count("\n")


@pytest.mark.req("SEC-1")
def test_a_short_secret_is_masked_by_its_name() -> None:
    """A secret that looks like an ordinary word is masked because of the field that it stands in."""
    for name in ("apiKey", "botToken", "password", "secret"):
        assert "pass word" not in masked_source(f'{{"{name}": "pass word" "x": 1}}')


@pytest.mark.req("ST-4")
def test_the_mistake_is_in_view_also_in_one_long_line(tmp_path) -> None:
    """In a file of one long line the piece around the mistake is shown, with the mark under it."""
    path = tmp_path / "x.json"
    text = '{"providers": [' + '{"id": "a", "apiKey": "sk-0123456789abcdefghij"}, ' * 50
    path.write_text(text + '"HERE" "x"]}', encoding="utf-8")
    html = excerpt(path, 1, len(text) + 1, "here")
    code, mark = html.split("<code")[1:3]
    assert "HERE" in code
    place = code.split("</i>")[1].replace("&quot;", '"').index('"HERE"')
    assert mark.split("</i>")[1].index("<b") == place


@pytest.mark.req("ST-4")
def test_masking_leaves_the_rest_readable() -> None:
    """Names, ids, addresses and punctuation stay as they are, so that the mistake can be found."""
    text = '{"id": "3f0c6a0e-1111-2222-3333-444455556666", "baseUrl": "https://llm.example.edu/v1", "n": 12}'
    assert masked_source(text) == text


@pytest.mark.req("SEC-6")
def test_source_lines_are_escaped(tmp_path) -> None:
    """Markup in the file is shown as text, in the excerpt and in before and after."""
    path = tmp_path / "x.json"
    path.write_text('{"name": "<img src=x onerror=alert(1)>" "b": 1}', encoding="utf-8")
    assert "<img" not in excerpt(path, 1, 10, "<b>here</b>")
    assert "&lt;b&gt;here" in excerpt(path, 1, 10, "<b>here</b>")
    assert "<img" not in before_and_after("<img>", "<img onerror>")


@pytest.mark.req("MIG-6")
def test_before_and_after_mark_what_differs() -> None:
    """Lines that only one side has are marked, common ones are not, and long texts are cut."""
    html = before_and_after('{\n  "a": 1,\n  "old": 2\n}', '{\n  "a": 1\n}')
    assert html.count("dw-del") == 1
    assert "dw-add" not in html
    assert "more lines" in before_and_after("\n".join(map(str, range(500))), "")


@pytest.mark.req("SEC-1")
def test_what_stands_below_a_secret_name_is_masked_in_a_broken_file(canary) -> None:
    """Short words and numbers too, at any depth; what comes after it is shown again."""
    text = (
        '{"secret": {"a": ["word", {"b": 4711}], "c": "two"}, "name": "seen",\n'
        ' "accessToken": "tiny",\n'
        f' "credentials": {{"baseUrl": "https://h.example/v1?key={canary}", "user": "me"}},\n'
        ' "max_tokens": 4096, "note" "also seen"'
    )
    shown = masked_source(text)
    for secret in ("word", "4711", "two", "tiny", '"me"', canary):
        assert secret not in shown, secret
    for word in ('"seen"', "https://h.example/v1?…", "4096", "also seen"):
        assert word in shown, word
