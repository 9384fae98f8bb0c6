"""Limits for a settings file: size, depth, place (ST-2, ST-9)."""

from __future__ import annotations

import errno
import os
import pickle
import stat
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from dispatch_widgets.errors import (
    InvalidInputError,
    NoWorkingFolderError,
    SettingsWriteError,
    UnreadableSettingsError,
)
from dispatch_widgets.settings import locate, migration
from dispatch_widgets.settings import store as store_module
from dispatch_widgets.settings.document import json_equal, masked, parse, render, set_in
from dispatch_widgets.settings.file_system import Content, Files
from dispatch_widgets.settings.store import SettingsStore, UnsyncedSaveError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

posix = pytest.mark.skipif(sys.platform == "win32", reason="a matter of POSIX")
as_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may give files away"
)


def note(value: Any, name: str = "note") -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda document: set_in(document, (name,), value)


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


class Counting(Files):
    """The file system, which counts the bytes that are read."""

    def __init__(self) -> None:
        self.read_bytes = 0

    def read_again(self, handle: int, most_bytes: int = sys.maxsize) -> bytes:
        data = super().read_again(handle, most_bytes)
        self.read_bytes += len(data)
        return data


# ------------------------------------------------------------------------------------------- size


@pytest.mark.req("ST-9")
def test_a_file_that_is_too_large_is_refused_before_it_is_read(file: Path) -> None:
    """A file of more than 64 MiB is refused at once, and left unchanged (ST-9)."""
    with file.open("wb") as handle:
        handle.truncate(64 * 1024 * 1024 + 1)
    files = Counting()
    store = SettingsStore(file, files=files)
    for action in (store.read, lambda: store.edit(note(1))):
        with pytest.raises(UnreadableSettingsError, match="larger than 64 MiB"):
            action()
    assert store.changed_since("another")
    assert files.read_bytes == 0
    assert file.stat().st_size == 64 * 1024 * 1024 + 1
    assert store.move_away().exists()
    assert store.edit(note(1)).changed


@pytest.mark.req("ST-9")
def test_settings_that_are_too_large_are_not_written(
    store: SettingsStore, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that would be too large to read again is not written (ST-9)."""
    monkeypatch.setattr(store_module, "LARGEST_FILE_BYTES", 1000)
    store.edit(note("x" * 900))
    with pytest.raises(SettingsWriteError, match="Not saved: the settings would be larger"):
        store.edit(note("x" * 1000))
    assert file.stat().st_size < 1000


# ------------------------------------------------------------------------------------------ depth


def nested(levels: int) -> bytes:
    """A file in the old format with deeply nested lists in one entry."""
    deep = b"[" * (levels - 4) + b"]" * (levels - 4)
    return (
        b'{"models": {"catalog": [{"id": "a", "model": "m", "providerType": "openai", "x": ' + deep + b"}]}}"
    )


def at_depth(frames: int, action: Callable[[], Any]) -> Any:
    return action() if frames == 0 else at_depth(frames - 1, action)


@pytest.mark.req("ST-4", "MIG-9")
@pytest.mark.parametrize("levels", [201, 300, 490, 700, 990, 5_000])
def test_what_lies_too_deep_is_refused(levels: int) -> None:
    """More than 200 levels are refused with their place, whatever Python's own limit (ST-4)."""
    with pytest.raises(UnreadableSettingsError, match="nested too deeply") as caught:
        parse(nested(levels), path="")
    assert caught.value.column > 80


@pytest.mark.req("MIG-2", "MIG-6", "MIG-7")
def test_what_lies_deep_is_converted_shown_and_written() -> None:
    """All operations on a document work at the deepest level, also with a deep call stack."""
    document = parse(nested(200), path="")

    def everything() -> None:
        converted, report = migration.migrate(document)
        assert report.before
        assert json_equal(converted, converted)
        assert not json_equal(document, parse(nested(199), path=""))
        assert masked(document)
        assert parse(render(converted), path="")

    at_depth(300, everything)


@pytest.mark.req("ST-4")
def test_nothing_is_written_that_lies_too_deep() -> None:
    """The limit of the depth applies to an edit's values too (ST-4)."""
    deep: list[Any] = []
    for _ in range(200):
        deep = [deep]
    with pytest.raises(SettingsWriteError, match="nested too deeply"):
        render({"x": deep})
    assert render({"x": deep[0][0]})


# ------------------------------------------------------------------------------------------ modes


@posix
@pytest.mark.req("ST-9")
@pytest.mark.parametrize("umask", [0o777, 0o000, 0o277])
def test_a_new_file_is_private_whatever_the_umask(store: SettingsStore, file: Path, umask: int) -> None:
    """Only the user can read and write the file, its lock and its backups (ST-9)."""
    old = os.umask(umask)
    try:
        assert store.edit(note(1)).exists
        store.edit(note(2), backup_reason="x")
    finally:
        os.umask(old)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in file.parent.iterdir()}
    assert len(modes) == 3
    assert set(modes.values()) == {0o600}


# -------------------------------------------------------------------------------- after the rename


class FailsAfterwards(Files):
    """A disk that fails once the file is replaced."""

    def __init__(self, *, second_names: bool) -> None:
        self.second_names = second_names
        self.replaced = False

    def keep_aside(self, target: Path) -> Path | None:
        return super().keep_aside(target) if self.second_names else None

    def replace(self, temporary: Path, target: Path) -> None:
        super().replace(temporary, target)
        self.replaced = True

    def _fail(self) -> None:
        if self.replaced:
            raise OSError(errno.EIO, "input/output error")

    def read(self, path: Path, **options: Any) -> Content | None:
        self._fail()
        return super().read(path, **options)

    def read_again(self, handle: int, most_bytes: int = sys.maxsize) -> bytes:
        self._fail()
        return super().read_again(handle, most_bytes)


@posix
@pytest.mark.req("ST-9")
@pytest.mark.parametrize("second_names", [True, False])
def test_an_error_after_the_rename_is_no_failed_save(file: Path, second_names: bool) -> None:
    """If the disk cannot be read after the rename, the save is reported as done (ST-9)."""
    SettingsStore(file).edit(note(0))
    snapshot = SettingsStore(file, files=FailsAfterwards(second_names=second_names)).edit(note(1))
    assert snapshot.changed
    assert snapshot.document == SettingsStore(file).read().document == {"note": 1}


@pytest.mark.req("ST-9")
def test_a_copy_that_may_not_last_is_no_saved_file(file: Path) -> None:
    """If the disk fails after the backup, the save is not reported as done (ST-9)."""

    class NoFolders(Files):
        def sync_folder(self, folder: Path) -> None:
            raise OSError(errno.EIO, "input/output error")

    file.write_text("{}", encoding="utf-8")
    with pytest.raises(SettingsWriteError, match="Not saved") as caught:
        SettingsStore(file, files=NoFolders()).edit(note(1), backup_reason="x")
    assert "Saved, but" not in caught.value.message
    assert file.read_text(encoding="utf-8") == "{}"


class NoFolderSync(Files):
    """A disk that syncs the folder a few times more, and then reports an error."""

    fine = 1

    def sync_folder(self, folder: Path) -> None:
        self.fine -= 1
        if self.fine < 0:
            raise OSError(errno.EIO, "input/output error")


@posix
@pytest.mark.req("ST-9", "SEC-1")
def test_an_error_of_the_disk_after_a_save_says_what_was_saved(file: Path, canary: str) -> None:
    """Edit and restore finish and report the state and the backup; a pickle of the error holds no key."""
    disk = NoFolderSync()
    store = SettingsStore(file, files=disk)
    store.edit(note(1))
    disk.fine = 1
    with pytest.raises(UnsyncedSaveError, match="Saved, but") as caught:
        store.edit(lambda _: {"note": canary}, backup_reason="x")
    written = caught.value.snapshot
    assert written is not None
    assert written.document == SettingsStore(file).read().document == {"note": canary}
    assert written.backup is not None
    assert canary not in str(pickle.loads(pickle.dumps(caught.value)).__dict__)  # noqa: S301 - our own
    disk.fine = 1
    with pytest.raises(UnsyncedSaveError) as caught:
        store.restore(written.backup)
    assert caught.value.snapshot is not None
    assert caught.value.snapshot.document == {"note": 1}
    disk.fine = 0
    with pytest.raises(SettingsWriteError):
        store.move_away()
    assert store.read().document == {}


# ---------------------------------------------------------------------------------------- backups


class Full(Files):
    """A disk that becomes full between the backup and the file."""

    def write_temporary(self, target: Path, data: bytes, like: Any, **options: Any) -> Path:
        if like is not None:
            raise OSError(errno.ENOSPC, "no space")
        return super().write_temporary(target, data, like, **options)


@pytest.mark.req("ST-9", "MIG-5")
@pytest.mark.parametrize("way", ["edit", "restore"])
def test_tries_that_fail_leave_no_backups(file: Path, way: str) -> None:
    """A migration or restore that fails repeatedly on a full disk leaves no copies."""
    file.write_text('{"n": 1}', encoding="utf-8")
    backup = file.with_name("dispatch.settings.backup-20200101T000000Z.json")
    backup.write_text('{"n": 1}', encoding="utf-8")
    file.write_text('{"n": 2}', encoding="utf-8")
    store = SettingsStore(file, files=Full())
    for _ in range(3):
        with pytest.raises(SettingsWriteError, match="the disk is full"):
            store.restore(backup) if way == "restore" else store.edit(note(1), backup_reason="x")
    assert [found.path for found in store.backups()] == [backup]
    assert file.read_text(encoding="utf-8") == '{"n": 2}'


@pytest.mark.req("MIG-5", "ST-9")
def test_listing_backups_reads_none(file: Path) -> None:
    """500 backups are listed by name; each one is read at first use, and once (MIG-5)."""
    file.write_text("{}", encoding="utf-8")
    for number in range(500):
        copy = file.with_name(f"dispatch.settings.backup-20251121T{number // 60:02}{number % 60:02}00Z.json")
        copy.write_text('{"providers": [1], "models": {"catalog": [1, 2]}}', encoding="utf-8")
    files = Counting()
    store = SettingsStore(file, files=files)
    backups = store.backups()
    assert len(backups) == 500
    assert files.read_bytes == 0
    assert not any("_content" in backup.__dict__ for backup in backups)
    assert (backups[0].providers, backups[0].entries, backups[0].reason) == (1, 2, "A copy of the file")
    assert store.backups()[0] is backups[0]
    backups[0].path.write_text('{"providers": []}', encoding="utf-8")
    assert store.backups()[0].providers == 0


@posix
@pytest.mark.req("MIG-5", "ST-9")
def test_a_planted_backup_is_no_backup(file: Path, tmp_path: Path, store: SettingsStore) -> None:
    """A link with a backup's name, or another user's file, is neither listed, restored nor deleted."""
    file.write_text("{}", encoding="utf-8")
    elsewhere = tmp_path / "elsewhere.json"
    elsewhere.write_text('{"providers": []}', encoding="utf-8")
    planted = [file.with_name(f"dispatch.settings.backup-20251121T13024{n}Z.json") for n in range(2)]
    planted[0].symlink_to(elsewhere)
    if os.geteuid() == 0:
        planted[1].write_text('{"providers": []}', encoding="utf-8")
        os.chown(planted[1], 12345, 12345)
    assert store.backups() == ()
    for path in planted:
        for action in (store.restore, store.read_backup, store.delete_backup):
            with pytest.raises(store_module.NotFoundError):
                action(path)
    assert file.read_text(encoding="utf-8") == "{}"
    assert planted[0].is_symlink()


# ----------------------------------------------------------------------------------------- places


@pytest.fixture
def vanished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A working folder that was removed."""
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    try:
        gone.rmdir()
    except OSError:
        pytest.skip("the working folder cannot be removed here")
    yield
    os.chdir(tmp_path)


@pytest.mark.req("ST-1", "ST-9")
@pytest.mark.usefixtures("vanished")
def test_a_missing_working_folder_is_an_error(tmp_path: Path) -> None:
    """If a relative path needs a missing working folder, the error says so; an absolute path works (ST-1)."""
    with pytest.raises(NoWorkingFolderError, match="The working folder does not exist any more"):
        locate.locate()
    with pytest.raises(NoWorkingFolderError):
        locate.locate("x.json")
    with pytest.raises(NoWorkingFolderError):
        SettingsStore("x.json")
    whole = tmp_path / "x.json"
    assert locate.locate(whole).path == whole
    assert locate.locate(environ={"DISPATCH_SETTINGS_PATH": str(whole)}).path == whole
    assert not SettingsStore(whole).read().exists


@pytest.mark.req("ST-1", "ST-9")
def test_a_nul_character_in_a_path_is_an_error() -> None:
    """An invalid path is refused as such, wherever it comes from (ST-1)."""
    for action in (
        lambda: locate.locate("a\0b.json"),
        lambda: locate.locate(environ={"DISPATCH_SETTINGS_PATH": "/a\0b"}),
        lambda: SettingsStore("a\0b.json"),
    ):
        with pytest.raises(InvalidInputError) as caught:
            action()
        assert caught.value.problems[0].field == "path"


# ------------------------------------------------------------------------- a file mounted by itself


class Mounted(Files):
    """A file that cannot be replaced, such as a single file mounted into a container."""

    def __init__(self, error: int = errno.EBUSY) -> None:
        self.error = error
        self.dies_after: int | None = None
        self.fails = 0

    def keep_aside(self, target: Path) -> Path | None:
        return None

    def replace(self, temporary: Path, target: Path) -> None:
        if target.name == "dispatch.settings.json":
            raise OSError(self.error, "busy")
        super().replace(temporary, target)

    def overwrite(self, target: Path, data: bytes) -> None:
        if self.dies_after is not None:
            super().overwrite(target, data[: self.dies_after])
            raise KeyboardInterrupt
        if self.fails:
            self.fails -= 1
            super().overwrite(target, data[:5])
            raise OSError(errno.ENOSPC, "no space")
        super().overwrite(target, data)


@pytest.mark.req("ST-9")
@pytest.mark.parametrize("error", [errno.EBUSY, errno.EXDEV])
def test_a_file_that_cannot_be_replaced_is_written_in_place(file: Path, error: int) -> None:
    """It is overwritten, with nothing left beside it (ST-9)."""
    file.write_text('{"old": "long enough to be cut"}', encoding="utf-8")
    inode = file.stat().st_ino
    store = SettingsStore(file, files=Mounted(error))
    assert store.edit(lambda _: {"n": 1}).document == {"n": 1}
    assert SettingsStore(file).read().document == {"n": 1}
    assert store.edit(note(2), backup_reason="x").backup is not None
    assert file.stat().st_ino == inode
    assert len(names_in(file.parent)) == 3


@pytest.mark.req("ST-2", "ST-9")
@pytest.mark.parametrize("written", [0, 1, 10])
def test_a_broken_off_write_in_place_can_be_finished(file: Path, written: int) -> None:
    """After a crash while overwriting, every load names the complete copy, which can be restored (ST-2)."""
    file.write_text('{"n": 0}', encoding="utf-8")
    files = Mounted()
    files.dies_after = written
    with pytest.raises(KeyboardInterrupt):
        SettingsStore(file, files=files).edit(note("x" * 50))
    whole = file.with_name("dispatch.settings.unfinished.json")
    assert stat.S_IMODE(whole.stat().st_mode) == 0o600 or sys.platform == "win32"
    files.dies_after = None
    store = SettingsStore(file, files=files)
    for action in (store.read, lambda: store.edit(note(1))):
        with pytest.raises(UnreadableSettingsError, match="A save of the settings file was broken") as caught:
            action()
        assert caught.value.whole_copy == str(whole)
        assert whole.name in caught.value.hint
    assert store.finish_save().document == {"n": 0, "note": "x" * 50}
    assert store.read().document == {"n": 0, "note": "x" * 50}
    assert names_in(file.parent) == {file.name, f".{file.name}.lock"}
    with pytest.raises(store_module.NotFoundError):
        store.finish_save()


@pytest.mark.req("ST-9")
def test_a_write_in_place_that_fails_is_taken_back(file: Path) -> None:
    """After a full disk while overwriting, the old bytes are restored, and "Not saved" is true (ST-9)."""
    file.write_text('{"n": 0}', encoding="utf-8")
    files = Mounted()
    files.fails = 1
    store = SettingsStore(file, files=files)
    with pytest.raises(SettingsWriteError, match="Not saved: the disk is full"):
        store.edit(note(1))
    assert file.read_text(encoding="utf-8") == '{"n": 0}'
    assert names_in(file.parent) == {file.name, f".{file.name}.lock"}
    files.fails = 2
    with pytest.raises(SettingsWriteError, match="Only a part was saved") as caught:
        store.edit(note(1))
    assert "dispatch.settings.unfinished.json" in caught.value.hint
    assert store.finish_save().document == {"n": 0, "note": 1}


@pytest.mark.req("ST-9")
def test_a_copy_of_a_file_that_is_whole_is_of_no_use_any_more(store: SettingsStore, file: Path) -> None:
    """A crash before the first byte leaves the old file, and a copy that the next save removes (ST-2)."""
    file.write_text('{"n": 0}', encoding="utf-8")
    whole = file.with_name("dispatch.settings.unfinished.json")
    whole.write_text('{"n": 1}', encoding="utf-8")
    assert store.read().document == {"n": 0}
    store.edit(note(1))
    assert not whole.exists()


@as_root
@pytest.mark.req("ST-9")
def test_what_a_stranger_put_beside_it_is_not_taken_for_the_whole_copy(file: Path) -> None:
    """Another user's file in the copy's place is neither used nor overwritten, and is named (ST-9)."""
    file.write_text('{"n": 0', encoding="utf-8")
    whole = file.with_name("dispatch.settings.unfinished.json")
    whole.write_text('{"n": "theirs"}', encoding="utf-8")
    os.chown(whole, 12345, 12345)
    store = SettingsStore(file, files=Mounted())
    with pytest.raises(UnreadableSettingsError) as caught:
        store.read()
    assert not caught.value.whole_copy
    with pytest.raises(store_module.NotFoundError):
        store.finish_save()
    file.write_text('{"n": 0}', encoding="utf-8")
    with pytest.raises(SettingsWriteError, match="is in the way"):
        store.edit(note(1))
    assert whole.read_text(encoding="utf-8") == '{"n": "theirs"}'


@pytest.mark.req("ST-9")
@pytest.mark.skipif(sys.platform != "linux", reason="mount namespaces are Linux's")
def test_a_real_mount_of_a_single_file(file: Path) -> None:
    """A bind-mounted file, in its own mount namespace, is saved, with nothing left beside it (ST-9)."""
    file.write_text('{"n": 0}', encoding="utf-8")
    program = (
        "import sys\n"
        "from dispatch_widgets.settings.store import SettingsStore\n"
        "store = SettingsStore(sys.argv[1])\n"
        "for n in (1, 2):\n"
        "    assert store.edit(lambda document: {**document, 'n': n}, backup_reason='x').changed\n"
        "assert store.restore(store.backups()[0]).document == {'n': 1}\n"
    )
    script = 'mount --bind "$1" "$1" || exit 77; exec "$2" -c "$3" "$1"'
    try:
        ran = subprocess.run(
            ["unshare", "-m", "sh", "-c", script, "sh", str(file), sys.executable, program],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    except FileNotFoundError:
        pytest.skip("unshare is not installed")
    if ran.returncode == 77 or "unshare" in ran.stderr:
        pytest.skip(f"no mounts may be made here: {ran.stderr.strip()}")
    assert ran.returncode == 0, ran.stderr
    assert file.read_text(encoding="utf-8") == '{\n  "n": 1\n}'
    assert not file.with_name("dispatch.settings.unfinished.json").exists()


@pytest.mark.req("ST-2")
def test_a_system_without_hard_links_saves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Python has no `os.link`, as in a browser, a new file and a changed one are saved all the same."""
    monkeypatch.delattr(os, "link")
    file = tmp_path / "dispatch.settings.json"
    store = SettingsStore(file)
    for value in ("one", "two"):
        store.edit(note(value))
    assert SettingsStore(file).read().document["note"] == "two"
    assert not list(tmp_path.glob("*.tmp"))
