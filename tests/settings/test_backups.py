"""Copies of the settings file, and the ways out of a broken one."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dispatch_widgets.errors import NotFoundError, UnreadableSettingsError
from dispatch_widgets.settings.document import render, set_in
from dispatch_widgets.settings.migration import migrate, needs_migration
from dispatch_widgets.settings.store import SettingsStore

if TYPE_CHECKING:
    from dispatch_widgets.settings.store import Snapshot


def migrated(store: SettingsStore) -> Snapshot:
    return store.edit(lambda document: migrate(document)[0], backup_reason="Before the conversion")


@pytest.mark.req("MIG-5")
def test_a_copy_is_made_before_the_first_changed_byte(
    store: SettingsStore, file: Path, old_document: dict[str, Any]
) -> None:
    """The backup has the exact bytes, the UTC time in its name, and tells what is in it (MIG-5)."""
    original = b"\xef\xbb\xbf" + json.dumps(old_document).encode()
    file.write_bytes(original)
    snapshot = migrated(store)
    assert snapshot.backup == file.with_name("dispatch.settings.backup-20251121T130241Z.json")
    assert snapshot.backup.read_bytes() == original
    (backup,) = store.backups()
    assert backup.path == snapshot.backup
    assert backup.made_at == datetime(2025, 11, 21, 13, 2, 41, tzinfo=UTC)
    assert (backup.reason, backup.size_bytes) == ("Before the conversion", len(original))
    assert (backup.providers, backup.entries) == (0, 6)
    assert SettingsStore(file).backups() == (backup,)


@pytest.mark.req("MIG-5")
def test_a_backup_is_never_overwritten(store: SettingsStore, file: Path) -> None:
    """Copies made in one second get a number each; a file of that name is left alone (MIG-5)."""
    taken = file.with_name("dispatch.settings.backup-20251121T130241Z.json")
    taken.write_text("mine", encoding="utf-8")
    for number in range(4):
        store.edit(lambda document, number=number: set_in(document, ("n",), number), backup_reason="x")
    assert taken.read_text(encoding="utf-8") == "mine"
    assert [backup.path.name.split("Z")[1] for backup in store.backups()] == [
        "-4.json",
        "-3.json",
        "-2.json",
        ".json",
    ]
    assert json.loads(store.backups()[0].path.read_text(encoding="utf-8")) == {"n": 2}
    assert store.backups()[-1].reason == "A file that cannot be read"


@pytest.mark.req("MIG-5", "MIG-1")
def test_a_restored_backup_is_the_old_file_again(
    store: SettingsStore, file: Path, old_document: dict[str, Any]
) -> None:
    """Restoring puts the exact bytes back, keeps the present file, and undoes the migration (MIG-5)."""
    original = json.dumps(old_document).encode()
    file.write_bytes(original)
    migrated(store)
    now = file.read_bytes()
    snapshot = store.restore(store.backups()[0])
    assert file.read_bytes() == original
    assert needs_migration(snapshot.document)
    assert snapshot.changed
    assert snapshot.backup is not None
    assert snapshot.backup.read_bytes() == now
    assert store.backups()[0].reason == "Before restoring a backup"
    assert SettingsStore(file).backups()[0].reason == "A copy of the file"
    again = store.restore(store.backups()[1].path)
    assert not again.changed
    assert len(store.backups()) == 2


@pytest.mark.req("ST-4")
def test_a_broken_file_is_replaced_by_a_backup(store: SettingsStore, file: Path) -> None:
    """Restoring is a way out of a file that cannot be read; its bytes are kept (ST-4)."""
    file.write_bytes(b'{"n": 1}')
    backup = store.edit(lambda document: set_in(document, ("n",), 2), backup_reason="x").backup
    assert backup is not None
    file.write_bytes(b'{"n": 1,,}')
    snapshot = store.restore(backup)
    assert snapshot.document == {"n": 1}
    assert snapshot.backup is not None
    assert snapshot.backup.read_bytes() == b'{"n": 1,,}'


@pytest.mark.req("ST-4")
def test_a_broken_file_is_moved_away_on_request(store: SettingsStore, file: Path) -> None:
    """Moving away keeps the bytes under another name, and the next change starts a new file (ST-4)."""
    with pytest.raises(NotFoundError):
        store.move_away()
    for content in (b"broken", b"broken again"):
        file.write_bytes(content)
        assert store.move_away().read_bytes() == content
        assert store.read().document == {}
    assert store.edit(lambda document: set_in(document, ("n",), 1)).document == {"n": 1}
    assert store.backups() == ()
    assert sorted(path.name for path in file.parent.glob("*.moved-*")) == [
        "dispatch.settings.moved-20251121T130241Z-2.json",
        "dispatch.settings.moved-20251121T130241Z.json",
    ]


@pytest.mark.req("MIG-5")
def test_backups_can_be_deleted(store: SettingsStore, file: Path) -> None:
    """A backup goes on request, once; nothing else can be deleted or restored through it (MIG-5)."""
    file.write_text("{}", encoding="utf-8")
    backup = store.edit(lambda document: set_in(document, ("n",), 1), backup_reason="x").backup
    assert backup is not None
    outside = file.parent.parent / backup.name
    outside.write_text("{}", encoding="utf-8")
    (file.parent / "dispatch.settings.backup-20259999T130241Z.json").write_text("{}", encoding="utf-8")
    assert len(store.backups()) == 1
    for wrong in (file, outside, file.parent / "dispatch.settings.backup-20259999T130241Z.json", Path("x")):
        for action in (store.delete_backup, store.restore):
            with pytest.raises(NotFoundError):
                action(wrong)
    store.delete_backup(store.backups()[0])
    assert not backup.exists()
    for action in (store.delete_backup, store.restore):
        with pytest.raises(NotFoundError):
            action(backup)
    assert file.exists()


def test_a_broken_backup_is_not_restored(store: SettingsStore, file: Path) -> None:
    """A copy that cannot be read as settings is refused and the file stays (ST-4)."""
    file.write_bytes(b"{}")
    good = store.edit(lambda document: set_in(document, ("n",), 1), backup_reason="x").backup
    assert good is not None
    file.write_bytes(b"broken")
    backup = store.restore(good).backup
    assert backup is not None
    with pytest.raises(UnreadableSettingsError) as caught:
        store.restore(backup)
    assert caught.value.path == str(backup)
    assert file.read_bytes() == b"{}"
    broken = next(copy for copy in store.backups() if copy.path == backup)
    assert (broken.providers, broken.entries, broken.is_old) == (0, 0, False)


def test_without_a_file_there_is_nothing_to_copy(store: SettingsStore, file: Path) -> None:
    """The first save makes no backup (MIG-5)."""
    assert store.edit(lambda document: set_in(document, ("n",), 1), backup_reason="x").backup is None
    assert store.backups() == ()
    assert file.exists()


@pytest.mark.req("MIG-7")
def test_the_apps_sections_go_through_everything(
    store: SettingsStore, file: Path, old_document: dict[str, Any], app_sections: dict[str, Any]
) -> None:
    """Migration, edit, restore and migration again leave every other section as it was (MIG-7)."""
    file.write_bytes(render({**app_sections, **{k: v for k, v in old_document.items() if k != "ui"}}))
    migrated(store)
    store.edit(lambda document: set_in(document, ("providers", 0, "name"), "x"))
    store.restore(store.backups()[-1])
    migrated(store)
    document = store.read().document
    assert {name: document[name] for name in app_sections} == app_sections
    assert render({name: document[name] for name in app_sections}) == render(app_sections)


@pytest.mark.req("MIG-5")
def test_a_backup_of_a_file_that_lost_its_providers_is_no_conversion(
    store: SettingsStore, file: Path
) -> None:
    """Another process calls it a copy, as no conversion was due; one of an old file it names as that."""
    entry = {"id": "e", "providerId": "p", "model": "m"}
    for document in ({"models": {"catalog": [entry]}}, {"llm": {"providers": {}}}):
        file.write_text(json.dumps(document), encoding="utf-8")
        store.edit(lambda now: {**now, "ui": {}}, backup_reason="x")
    made = SettingsStore(file).backups()
    assert [each.reason for each in reversed(made)] == ["A copy of the file", "Before the conversion"]
