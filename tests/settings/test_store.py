"""The settings file on disk, in one process."""

from __future__ import annotations

import codecs
import json
import os
import stat
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dispatch_widgets.errors import (
    InvalidInputError,
    SettingsFileError,
    SettingsWriteError,
    UnreadableSettingsError,
)
from dispatch_widgets.settings import file_system, registry
from dispatch_widgets.settings.document import render, set_in
from dispatch_widgets.settings.file_system import Content, Files
from dispatch_widgets.settings.store import SettingsStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

posix = pytest.mark.skipif(sys.platform == "win32", reason="modes, owners and pipes as POSIX has them")


def note(value: Any, name: str = "note") -> Callable[[dict[str, Any]], dict[str, Any]]:
    """A change that sets one field of the document."""
    return lambda document: set_in(document, (name,), value)


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


# ------------------------------------------------------------------------------------------ reading


@pytest.mark.req("MIG-1")
def test_a_missing_file_reads_as_empty_and_is_not_made(store: SettingsStore, file: Path) -> None:
    """Nothing is written before the first real change (MIG-1)."""
    snapshot = store.read()
    assert (snapshot.document, snapshot.exists, snapshot.digest, snapshot.modified_at) == (
        {},
        False,
        "",
        None,
    )
    assert not store.edit(lambda document: document).changed
    assert not file.exists()


def test_a_snapshot_describes_the_file(store: SettingsStore, file: Path) -> None:
    """A snapshot has the document, its time, and whether this call has written it (ST-6)."""
    written = store.edit(note(1))
    assert (written.changed, written.exists, written.document) == (True, True, {"note": 1})
    read = store.read()
    assert (read.changed, read.digest, read.document) == (False, written.digest, {"note": 1})
    assert read.modified_at == written.modified_at == datetime.fromtimestamp(file.stat().st_mtime, UTC)


@pytest.mark.req("ST-4")
@pytest.mark.parametrize(
    "content", [b"", b"  \n", b'{"providers": [', b"not json", b"[]", b'{"a": 1, "a": 2}', b"\xff\xfe{}"]
)
def test_a_file_that_cannot_be_read_is_never_overwritten(
    store: SettingsStore, file: Path, content: bytes
) -> None:
    """Reading and writing an invalid file fail with the place, and the bytes stay (ST-4)."""
    file.write_bytes(content)
    for action in (store.read, lambda: store.edit(note(1)), lambda: store.edit(note(1), backup_reason="x")):
        with pytest.raises(UnreadableSettingsError) as caught:
            action()
        assert caught.value.line >= 1
        assert caught.value.path == str(file)
        assert "until it is mended" in caught.value.hint
    assert file.read_bytes() == content
    assert names_in(file.parent) <= {file.name, f".{file.name}.lock"}


@pytest.mark.req("ST-4")
@pytest.mark.parametrize("start", [b"", b'{"note": "half'])
def test_a_rewrite_in_progress_is_waited_for(store: SettingsStore, file: Path, start: bytes) -> None:
    """Reading an empty or truncated file is retried for a moment (issue: foreign rewrite)."""
    file.write_bytes(start)
    finish = threading.Timer(0.15, file.write_bytes, [b'{"note": "whole"}'])
    finish.start()
    try:
        assert store.read().document == {"note": "whole"}
    finally:
        finish.join()


def test_a_file_known_to_be_broken_is_not_waited_for_again(file: Path) -> None:
    """Reading the same invalid bytes again fails without another wait (ST-6)."""
    reads = []

    class Counting(Files):
        def read(self, path: Path, **options: Any) -> Content | None:
            reads.append(path)
            return super().read(path, **options)

    store = SettingsStore(file, files=Counting())
    file.write_bytes(b"{")
    with pytest.raises(UnreadableSettingsError):
        store.read()
    assert reads.count(file) > 1
    reads.clear()
    with pytest.raises(UnreadableSettingsError):
        store.read()
    assert reads.count(file) == 1


def test_a_file_that_is_replaced_by_removing_it_is_waited_for(store: SettingsStore, file: Path) -> None:
    """A file that is missing for a moment is not taken for empty (issue: never treated as empty)."""
    store.edit(note(1))
    file.unlink()
    back = threading.Timer(0.1, file.write_bytes, [b'{"theirs": true}'])
    back.start()
    try:
        assert store.edit(note(2)).document == {"theirs": True, "note": 2}
    finally:
        back.join()


@pytest.mark.req("ST-6")
def test_a_change_from_outside_is_noticed(store: SettingsStore, file: Path) -> None:
    """A change is noticed by content, also with the same size and times, and a touch is no change (ST-6)."""
    digest = store.edit(note("aa")).digest
    assert not store.changed_since(digest)
    before = file.stat()
    file.write_bytes(file.read_bytes().replace(b"aa", b"bb"))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert store.changed_since(digest)
    file.write_bytes(file.read_bytes().replace(b"bb", b"aa"))
    assert not store.changed_since(digest)
    long_ago = time.time() - 1000
    os.utime(file, (long_ago, long_ago))
    assert not store.changed_since(digest)
    file.unlink()
    assert store.changed_since(digest)
    assert not store.changed_since("")
    assert store.digest() == ""


# ------------------------------------------------------------------------------------------ writing


@pytest.mark.req("ST-5")
def test_a_save_that_changes_nothing_does_not_touch_the_file(
    store: SettingsStore, file: Path, new_document: dict[str, Any]
) -> None:
    """Whatever the file's formatting, a change to the same values keeps its bytes and inode (ST-5)."""
    file.write_text("\ufeff" + json.dumps(new_document).replace(",", ",\r\n"), encoding="utf-8")
    before, status = file.read_bytes(), file.stat()
    for change in (
        lambda document: document,
        lambda document: registry.update_provider(document, "p-uni", name="Uni", api_key=""),
        lambda document: json.loads(json.dumps(document)),
    ):
        assert not store.edit(change, backup_reason="x").changed
    assert file.read_bytes() == before
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (status.st_ino, status.st_mtime_ns)
    assert store.backups() == ()


@pytest.mark.req("MIG-7", "ST-5")
def test_an_edit_leaves_the_rest_byte_for_byte(
    store: SettingsStore, file: Path, new_document: dict[str, Any], app_sections: dict[str, Any]
) -> None:
    """In a file formatted by the app, a new name changes only its line (MIG-7)."""
    file.write_bytes(render(new_document))
    store.edit(lambda document: registry.update_provider(document, "p-uni", name="University"))
    old, new = render(new_document).splitlines(), file.read_bytes().splitlines()
    assert [pair for pair in zip(old, new, strict=True) if pair[0] != pair[1]] == [
        (b'      "name": "Uni",', b'      "name": "University",')
    ]
    assert {name: store.read().document[name] for name in app_sections} == app_sections


@pytest.mark.req("API-2")
def test_a_refused_change_leaves_the_file(store: SettingsStore, file: Path) -> None:
    """An exception of the change itself is passed on, and nothing is written (API-1)."""
    with pytest.raises(InvalidInputError):
        store.edit(lambda document: registry.add_provider(document, name="", type="x", api_key="")[0])
    with pytest.raises(ZeroDivisionError):
        store.edit(lambda document: {"x": 1 / 0, **document})
    assert not file.exists()
    store.edit(note(1))  # the lock was let go


@posix
@pytest.mark.req("ST-2")
def test_a_new_file_is_private(store: SettingsStore, file: Path) -> None:
    """A new file, its lock and its backups have mode 0600 whatever the umask (ST-2)."""
    old = os.umask(0)
    try:
        store.edit(note(1))
        backup = store.edit(note(2), backup_reason="x").backup
    finally:
        os.umask(old)
    assert backup is not None
    for path in (file, file.with_name(f".{file.name}.lock"), backup):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@posix
@pytest.mark.req("ST-2")
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o777])
def test_the_mode_is_kept(store: SettingsStore, file: Path, mode: int) -> None:
    """A file keeps its mode across saves, whatever the umask; its backups are private (ST-2)."""
    file.write_text("{}", encoding="utf-8")
    file.chmod(mode)
    old = os.umask(0o077)
    try:
        snapshot = store.edit(note(1), backup_reason="x")
    finally:
        os.umask(old)
    assert stat.S_IMODE(file.stat().st_mode) == mode
    assert snapshot.backup is not None
    assert stat.S_IMODE(snapshot.backup.stat().st_mode) == 0o600


@posix
@pytest.mark.req("ST-2")
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may give files away")
def test_the_owner_is_kept(store: SettingsStore, file: Path) -> None:
    """A file keeps its owner and group when somebody else saves it (ST-2)."""
    file.write_text("{}", encoding="utf-8")
    os.chown(file, 12345, 23456)
    store.edit(note(1))
    assert (file.stat().st_uid, file.stat().st_gid) == (12345, 23456)


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="extended attributes as Linux has them")
def test_extended_attributes_are_kept(store: SettingsStore, file: Path) -> None:
    """Access control lists and labels (extended attributes) are kept (ST-2)."""
    file.write_text("{}", encoding="utf-8")
    try:
        os.setxattr(file, "user.label", b"private")
    except OSError:
        pytest.skip("this file system has no extended attributes")
    store.edit(note(1))
    assert os.getxattr(file, "user.label") == b"private"


@posix
@pytest.mark.req("ST-2")
@pytest.mark.parametrize("made", [True, False])
def test_a_symbolic_link_stays_and_its_target_is_written(tmp_path: Path, file: Path, made: bool) -> None:
    """Through a chain of symlinks, dangling or not, the real file is written and the links stay (ST-2)."""
    real = tmp_path / "elsewhere" / "real.json"
    real.parent.mkdir()
    if made:
        real.write_text('{"a": 1}', encoding="utf-8")
    middle = tmp_path / "middle.json"
    middle.symlink_to("elsewhere/real.json")
    file.symlink_to(middle)
    store = SettingsStore(file)
    snapshot = store.edit(note(1), backup_reason="x")
    assert file.is_symlink()
    assert middle.is_symlink()
    assert (
        json.loads(real.read_text(encoding="utf-8"))
        == snapshot.document
        == ({"a": 1, "note": 1} if made else {"note": 1})
    )
    assert names_in(file.parent) == {file.name}
    assert len(store.backups()) == int(made)
    assert (real.parent / ".real.json.lock").exists()


@posix
def test_a_link_that_leads_round_is_an_error(tmp_path: Path) -> None:
    """A symbolic link in a circle has its own error and does not hang (issue: also a loop)."""
    (tmp_path / "a.json").symlink_to("b.json")
    (tmp_path / "b.json").symlink_to("a.json")
    store = SettingsStore(tmp_path / "a.json")
    for action in (store.read, lambda: store.edit(note(1)), store.backups):
        with pytest.raises(SettingsFileError, match="round in a circle"):
            action()


@posix
@pytest.mark.parametrize("kind", ["folder", "pipe", "device", "socket"])
def test_something_else_in_the_files_place_is_an_error(store: SettingsStore, file: Path, kind: str) -> None:
    """A folder, pipe, device or socket in the file's place is refused at once (ST-4)."""
    if kind == "folder":
        file.mkdir()
    elif kind == "pipe":
        os.mkfifo(file)
    elif kind == "device":
        file.symlink_to("/dev/null")
    else:
        import socket

        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(os.path.relpath(file))
    for action in (store.read, lambda: store.edit(note(1))):
        with pytest.raises(SettingsFileError, match=f"a {kind}|a named pipe|a device or socket|read-only"):
            action()


@posix
def test_a_folder_in_the_files_place_can_be_moved_away(store: SettingsStore, file: Path) -> None:
    """Whatever is in the file's place can be moved away (ST-4)."""
    file.mkdir()
    (file / "x").touch()
    moved = store.move_away()
    assert (moved / "x").exists()
    assert store.edit(note(1)).changed


@pytest.mark.req("ST-2")
def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    """A path in a missing folder is read as empty, and cannot be written (ST-2)."""
    store = SettingsStore(tmp_path / "missing" / "dispatch.settings.json")
    assert not store.read().exists
    with pytest.raises(SettingsWriteError, match="its folder does not exist"):
        store.edit(note(1))
    assert not (tmp_path / "missing").exists()


@pytest.fixture
def shared(tmp_path: Path) -> Iterator[Path]:
    """A folder that other users can access, unlike a test's own folder."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        yield folder


NOBODY = 23456
"""A user who owns no file of the tests."""


def refusal_as_nobody(path: Path) -> str:
    """Saves as an unprivileged user, as tests often run as root; returns the error."""
    import filelock  # noqa: F401 - nobody may not be able to import it later

    for encoding in ("ascii", "utf-8-sig"):  # nor these
        codecs.lookup(encoding)
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        message = "saved"
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            SettingsStore(path).edit(note(1))
        except Exception as error:  # noqa: BLE001 - whatever it is, the parent judges it
            message = f"{type(error).__name__}: {error}"
        os.write(writing, message.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        text = answer.read()
    os.waitpid(child, 0)
    return text


@posix
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # Python 3.12 warns of forking threads
@pytest.mark.parametrize("what", ["folder", "file", "lock", "unreadable"])
def test_what_is_read_only_is_not_written(shared: Path, what: str) -> None:
    """A folder, file or lock without write permission is an error, and nothing changes (issue: EACCES)."""
    file = shared / "dispatch.settings.json"
    lock = shared / ".dispatch.settings.json.lock"
    file.write_text("{}", encoding="utf-8")
    file.chmod({"file": 0o444, "unreadable": 0o200}.get(what, 0o666))
    if what == "lock":
        lock.touch(0o400)
    if what == "folder":
        shared.chmod(0o555)
    try:
        told = refusal_as_nobody(file)
    finally:
        shared.chmod(0o777)
    kind = "UnreadableSettingsError" if what == "unreadable" else "SettingsWriteError"
    assert told.startswith(kind)
    theirs = what == "lock" and os.geteuid() == 0  # else it is nobody's own
    assert ("belongs to another user (root)" if theirs else "read-only") in told
    assert not theirs or str(lock) in told
    assert file.read_text(encoding="utf-8") == "{}"
    assert names_in(shared) <= {file.name, lock.name}


@posix
@pytest.mark.req("ST-9")
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may give files away")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # Python 3.12 warns of forking threads
def test_in_a_sticky_folder_no_second_name_stays(shared: Path) -> None:
    """Another user's file in a folder like /tmp cannot be replaced, and no second name is left (ST-9)."""
    shared.chmod(0o1777)
    file = shared / "dispatch.settings.json"
    file.write_text("{}", encoding="utf-8")
    file.chmod(0o666)
    os.chown(file, 12345, 12345)
    assert "Not saved: the file or its folder is read-only for you" in refusal_as_nobody(file)
    assert names_in(shared) == {file.name, f".{file.name}.lock"}
    assert file.stat().st_nlink == 1


@pytest.mark.req("ST-2")
def test_leftover_temporary_files_are_swept(store: SettingsStore, file: Path) -> None:
    """The next save removes leftovers of dead processes, not those of running ones or others (ST-2)."""
    dead = file.with_name(f".{file.name}.999999999-0123abcd.tmp")
    alive = file.with_name(f".{file.name}.{os.getppid()}-0123abcd.tmp")
    other = file.with_name(".other.json.999999999-0123abcd.tmp")
    for path in (dead, alive, other):
        path.write_text("x", encoding="utf-8")
    store.edit(note(1))
    assert not dead.exists()
    assert alive.exists() or sys.platform == "win32"
    assert other.exists()


@pytest.mark.req("ST-2")
@pytest.mark.parametrize("action", ["load", "save"])
def test_leftovers_go_while_a_service_lives(store: SettingsStore, file: Path, action: str) -> None:
    """Leftovers of a process killed later are removed too, by any store's next load or save (ST-2)."""
    store.edit(note(1))
    dead = file.with_name(f".{file.name}.999999999-0123abcd.tmp")
    dead.write_text("x", encoding="utf-8")
    if action == "load":
        store.read()
    else:
        store.edit(note(2))
    assert names_in(file.parent) == {file.name, f".{file.name}.lock"}


@pytest.mark.req("ST-2")
def test_a_load_sweeps_nothing_while_somebody_saves(store: SettingsStore, file: Path) -> None:
    """A process of another container looks dead here, so while the lock is held, its file stays (ST-2)."""
    file.write_text("{}", encoding="utf-8")
    theirs = file.with_name(f".{file.name}.999999999-0123abcd.tmp")

    def change(document: dict[str, Any]) -> dict[str, Any]:
        theirs.write_text("x", encoding="utf-8")
        SettingsStore(file).read()
        assert theirs.exists()
        return document

    store.edit(change)


@posix
@pytest.mark.req("ST-2")
def test_the_leftover_of_a_number_that_was_given_again_goes_after_an_hour(
    store: SettingsStore, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A running process with the id of a dead one does not keep its file for ever (ST-2)."""
    left = file.with_name(f".{file.name}.{os.getppid()}-0123abcd.tmp")
    left.write_text("x", encoding="utf-8")
    monkeypatch.setattr(file_system, "_OLD_SECONDS", -1.0)
    store.read()
    assert not left.exists()


# ------------------------------------------------------------------------------------------ secrecy


@pytest.mark.req("SEC-1")
def test_errors_bring_no_frames_that_hold_the_document(store: SettingsStore, file: Path, canary: str) -> None:
    """A traceback with local variables shows no key of an invalid file or copy, or a refused edit (SEC-1)."""
    import traceback

    def local_texts(action: Callable[[], object]) -> str:
        try:
            action()
        except SettingsFileError as error:
            caught: Exception = error
        except InvalidInputError as error:
            caught = error
        shown = traceback.TracebackException.from_exception(caught, capture_locals=True)
        return "".join(shown.format())

    good = render(
        {"providers": [{"id": "a", "name": "n", "type": "anthropic", "credentials": {"apiKey": canary}}]}
    )
    file.write_bytes(good[:-4])
    backup = file.with_name("dispatch.settings.backup-20251121T130241Z.json")
    backup.write_bytes(good[:-4])
    assert canary not in local_texts(lambda: store.read_backup(backup))
    assert canary not in local_texts(lambda: store.restore(backup))
    assert canary not in local_texts(store.read)
    assert canary not in local_texts(lambda: store.edit(note(1)))
    file.write_bytes(good)
    assert canary not in local_texts(
        lambda: store.edit(lambda document: registry.update_provider(document, "a", name=" "))
    )
    assert canary not in repr(store.read()) + repr(store) + repr(store.edit(note(1), backup_reason="x"))
