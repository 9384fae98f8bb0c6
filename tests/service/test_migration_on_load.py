"""The service and a file in the old format: migrated on load, undone, awaited."""

from __future__ import annotations

import errno
import itertools
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dispatch_widgets import DispatchError, SettingsFileError, SettingsService, preview_migration
from dispatch_widgets.demo.samples import write_sample
from dispatch_widgets.settings.file_system import Files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dispatch_widgets.demo import DemoServer
    from dispatch_widgets.settings.report import MigrationReport


@pytest.fixture
def old_file(tmp_path: Path, server: DemoServer) -> Path:
    """A file in the old format, with every kind of entry."""
    folder = tmp_path / "old"
    folder.mkdir()
    return write_sample(folder, server)


def _providers(path: Path) -> list[dict[str, Any]]:
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document["providers"]  # type: ignore[no-any-return]


def _written_report(service: SettingsService, before: bytes) -> MigrationReport:
    """The report of a migration that was written, with a backup of the file as it was."""
    report = service.migration_report
    assert report is not None
    assert report.written
    assert report.backup is not None
    assert report.backup.read_bytes() == before
    return report


@pytest.mark.req("MIG-1", "MIG-2", "MIG-3", "MIG-4", "MIG-5")
def test_an_old_file_is_migrated_when_it_is_opened(old_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Providers once each with names, entries that refer to them, a backup beside the file, a report."""
    before = old_file.read_bytes()
    service = SettingsService(old_file)
    report = _written_report(service, before)
    assert [p["name"] for p in _providers(old_file)] == ["Anthropic", "OpenAI 1", "OpenAI 2", "OpenAI 3"]
    assert _providers(old_file)[3]["credentials"]["apiKey"] == "${OPENAI_API_KEY}"
    catalog = json.loads(old_file.read_text(encoding="utf-8"))["models"]["catalog"]
    assert all("providerConfig" not in entry and "providerType" not in entry for entry in catalog)
    assert {entry["providerId"] for entry in catalog} == {p["id"] for p in _providers(old_file)} | {"mock"}
    assert any("OPENAI_API_KEY" in warning for warning in report.warnings)


@pytest.mark.req("MIG-1")
def test_migrating_twice_changes_nothing(old_file: Path) -> None:
    """The second opening finds providers and leaves the file alone."""
    SettingsService(old_file)
    once = old_file.read_bytes()
    again = SettingsService(old_file)
    assert old_file.read_bytes() == once
    assert again.migration_report is None
    assert len(again.backups()) == 1


@pytest.mark.req("MIG-6")
def test_a_preview_says_the_same_and_writes_nothing(old_file: Path) -> None:
    """The preview's providers and entries are those of the migration after it."""
    before = old_file.read_bytes()
    preview = preview_migration(old_file)
    assert preview is not None
    assert not preview.written
    assert old_file.read_bytes() == before
    assert [path.name for path in old_file.parent.iterdir()] == [old_file.name]
    report = SettingsService(old_file).migration_report
    assert report is not None
    assert [made.name for made in preview.providers] == [made.name for made in report.providers]
    assert preview.entries == report.entries


@pytest.mark.req("MIG-1")
def test_without_auto_migrate_the_file_waits_and_nothing_is_written(old_file: Path) -> None:
    """auto_migrate=False shows the old entries, refuses edits with the way on, and migrate() goes it."""
    before = old_file.read_bytes()
    service = SettingsService(old_file, auto_migrate=False)
    assert service.awaiting_migration
    assert service.get_providers() == ()
    assert all(entry.unconverted for entry in service.catalog)
    with pytest.raises(DispatchError, match="old format") as caught:
        service.add_provider(name="N", type="anthropic", api_key="sk-0123456789")
    assert caught.value.code == "BAD_REQUEST"
    assert old_file.read_bytes() == before
    report = service.migrate()
    assert report is not None
    assert report.written
    assert not service.awaiting_migration
    assert len(service.get_providers()) == 5  # four of the file, and mock


@pytest.mark.req("MIG-5")
def test_restoring_undoes_the_migration_until_the_next_process(old_file: Path) -> None:
    """The old bytes are back; this service goes on in memory and writes nothing; the next one migrates."""
    before = old_file.read_bytes()
    service = SettingsService(old_file)
    names = [provider.name for provider in service.get_providers()]
    (backup,) = service.backups()
    service.restore(backup)
    assert old_file.read_bytes() == before
    assert service.awaiting_migration
    assert [provider.name for provider in service.get_providers()] == names
    with pytest.raises(DispatchError, match="old format"):
        service.unassign("grade")
    assert not service.reload()
    assert old_file.read_bytes() == before
    assert len(service.backups()) == 2
    SettingsService(old_file)
    assert len(_providers(old_file)) == 4
    assert service.reload() or not service.awaiting_migration


@pytest.fixture
def read_only_file(old_file: Path) -> Iterator[Path]:
    """The old file in a folder that this process cannot write in, also when root runs the tests."""
    if sys.platform == "win32":
        pytest.skip("folders have no mode there")
    folder = Path(tempfile.mkdtemp())
    path = Path(shutil.copy(old_file, folder))
    path.chmod(0o444)
    folder.chmod(0o555)
    was_root = os.geteuid() == 0
    if was_root:
        os.seteuid(65534)
    try:
        yield path
    finally:
        if was_root:
            os.seteuid(0)
        folder.chmod(0o700)
        shutil.rmtree(folder)


@pytest.mark.req("MIG-1")
def test_in_a_read_only_folder_the_migration_is_in_memory(read_only_file: Path) -> None:
    """The providers are there to be used, the file is as it was, the report says so."""
    before = read_only_file.read_bytes()
    service = SettingsService(read_only_file)
    names = [provider.name for provider in service.get_providers()]
    assert names == ["Anthropic", "OpenAI 1", "OpenAI 2", "OpenAI 3", "Mock"]
    assert service.migration_report is not None
    assert not service.migration_report.written
    assert any("memory" in warning for warning in service.migration_report.warnings)
    with pytest.raises(SettingsFileError):
        service.unassign("grade")
    assert [provider.name for provider in service.get_providers()] == names
    assert read_only_file.read_bytes() == before


@pytest.mark.req("MIG-8")
def test_left_over_entries_are_converted_on_request(old_file: Path, server: DemoServer) -> None:
    """An entry in the old form that another program added stays as it is until it is converted."""
    service = SettingsService(old_file)
    document = json.loads(old_file.read_text(encoding="utf-8"))
    document["models"]["catalog"].append(
        {
            "id": "openai:late",
            "providerType": "openai",
            "model": "late",
            "providerConfig": {"apiKey": server.api_key, "baseUrl": server.openai_base_url},
        }
    )
    old_file.write_text(json.dumps(document), encoding="utf-8")
    assert service.catalog[-1].unconverted
    report = service.convert_entries()
    assert report.entries == ("openai:late",)
    assert service.catalog[-1].provider_id == _providers(old_file)[1]["id"]
    assert len(_providers(old_file)) == 4


class _FailingDisk:
    """Lets the folder's sync fail from the second time on: after the backup, the file is not synced."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, fine: int) -> None:
        sync_folder = Files.sync_folder
        times = itertools.count(1)

        def failing(files: Files, folder: Path) -> None:
            if next(times) > fine:
                raise OSError(errno.EIO, "input/output error")
            sync_folder(files, folder)

        monkeypatch.setattr(Files, "sync_folder", failing)


@pytest.mark.req("ST-9", "MIG-5")
def test_a_migration_that_was_written_is_not_reported_as_in_memory(
    old_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If only the sync after the rename fails, the report names the backup and warns of the disk."""
    before = old_file.read_bytes()
    _FailingDisk(monkeypatch, fine=1)
    service = SettingsService(old_file)
    report = _written_report(service, before)
    assert not any("Nothing was written" in warning for warning in report.warnings)
    assert any("the disk reports an error" in warning for warning in report.warnings)
    assert service.saved_by == "this notebook"
    assert len(_providers(old_file)) == 4


@pytest.mark.req("ST-9", "ST-8")
def test_a_save_that_may_not_outlast_a_power_cut_is_shown_and_undone(
    path: Path, add: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error says that it is saved; the service and the copy of the providers follow, and undo works."""
    service = SettingsService(path)
    provider_id = add(service)
    with monkeypatch.context() as patch:
        _FailingDisk(patch, fine=0)
        with pytest.raises(SettingsFileError, match="Saved, but"):
            service.delete_provider(provider_id)
    assert service.get_providers() == ()
    assert service.saved_by == "this notebook"
    assert service.kept_copy is None
    assert service.undo() == "Demo was deleted"
    assert service.get_providers()[0].name == "Demo"


@pytest.mark.req("MIG-1", "ST-9")
def test_a_migration_that_failed_is_made_with_the_next_edit(
    old_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a full disk has room again, an edit migrates the file first and is saved."""
    service = SettingsService(old_file, auto_migrate=False)
    write_new = Files.write_new

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(Files, "write_new", full)
    report = service.migrate()
    assert report is not None
    assert not report.written
    assert service.saved_by != "this notebook"
    with pytest.raises(SettingsFileError, match="the disk is full"):
        service.unassign("grade")
    monkeypatch.setattr(Files, "write_new", write_new)
    service.unassign("grade")
    assert service.saved_by == "this notebook"
    assert "grade" not in service.assignments
    assert len(_providers(old_file)) == 4


@pytest.mark.req("MIG-5", "MIG-9")
def test_a_backup_that_cannot_be_shown_does_not_replace_the_file(service: SettingsService, add: Any) -> None:
    """A backup whose content has an invalid shape is refused before the file changes, with its own path."""
    add(service)
    before = service.path.read_bytes()
    backup = service.path.with_name("dispatch.settings.backup-20250101T000000Z.json")
    backup.write_text('{"providers": [{"id": 5}]}', encoding="utf-8")
    for use in (service.restore, service.added_since):
        with pytest.raises(SettingsFileError) as caught:
            use(backup)
        assert caught.value.path == str(backup)
    assert service.path.read_bytes() == before
    assert service.problem is None
