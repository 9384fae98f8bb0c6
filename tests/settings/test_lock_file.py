"""What stands in the lock file's place is looked at before it is opened: `filelock` empties what it opens."""

from __future__ import annotations

import os
import socket
import stat
import sys
from typing import TYPE_CHECKING

import pytest
from filelock import BaseFileLock, FileLock, Timeout
from jupyter_core.paths import is_hidden

from dispatch_widgets.errors import LockTimeoutError, SettingsWriteError
from dispatch_widgets.settings.document import set_in
from dispatch_widgets.settings.store import SettingsStore

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.req("ST-3")
posix = pytest.mark.skipif(sys.platform == "win32", reason="links, owners and pipes as POSIX has them")
as_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may give files away"
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    folder = tmp_path / "shared"
    folder.mkdir()
    return folder / "dispatch.settings.json"


@pytest.fixture
def lock(file: Path) -> Path:
    return file.with_name(f".{file.name}.lock")


@pytest.fixture
def precious(tmp_path: Path) -> Path:
    path = tmp_path / "precious.txt"
    path.write_text("not to be lost", encoding="utf-8")
    return path


def save(file: Path) -> None:
    SettingsStore(file, lock_timeout_seconds=2.0).edit(lambda document: set_in(document, ("note",), 1))


def refusal(file: Path, lock: Path) -> str:
    """The message of a save that must be refused; checks the error and the folder."""
    there = sorted(file.parent.iterdir())
    with pytest.raises(SettingsWriteError) as caught:
        save(file)
    assert str(lock) in caught.value.hint
    assert "remove it" in caught.value.hint
    assert caught.value.path == str(file)
    assert sorted(file.parent.iterdir()) == there
    return caught.value.message


@posix
@pytest.mark.parametrize("kind", ["symbolic", "hard"])
def test_a_planted_link_is_refused_and_its_target_stays(
    file: Path, lock: Path, precious: Path, kind: str
) -> None:
    """A link in the lock's place empties nothing: the save is refused in words that name it (ST-3)."""
    if kind == "symbolic":
        lock.symlink_to(precious)
    else:
        lock.hardlink_to(precious)
    assert kind in refusal(file, lock)
    assert precious.read_text(encoding="utf-8") == "not to be lost"
    lock.unlink()
    save(file)


@posix
def test_a_link_to_nothing_makes_no_file_elsewhere(file: Path, lock: Path, tmp_path: Path) -> None:
    """A dangling link is refused too, so that no file is created at its target."""
    lock.symlink_to(tmp_path / "new")
    assert "symbolic" in refusal(file, lock)
    assert not (tmp_path / "new").exists()


@posix
@pytest.mark.parametrize("kind", ["a folder", "a named pipe", "a device or socket"])
def test_what_is_no_file_is_refused(
    file: Path, lock: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder, a pipe and a socket are refused at once, and named."""
    monkeypatch.chdir(lock.parent)  # the name of a socket must be short
    if kind == "a folder":
        lock.mkdir()
    elif kind == "a named pipe":
        os.mkfifo(lock)
    else:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(lock.name)
    assert kind in refusal(file, lock)


@as_root
def test_another_users_file_is_refused(file: Path, lock: Path) -> None:
    """A file that belongs neither to us nor to who owns the folder or the settings is not emptied."""
    lock.write_text("theirs", encoding="utf-8")
    os.chown(lock, 12345, 12345)
    assert "another user's" in refusal(file, lock)
    assert lock.read_text(encoding="utf-8") == "theirs"


@as_root
@pytest.mark.parametrize("shared_by", ["the folder's owner", "the file's owner", "a group"])
def test_in_a_shared_folder_the_lock_may_be_a_colleagues(file: Path, lock: Path, shared_by: str) -> None:
    """A lock file may belong to the owner of the folder or file, or to a group that may write there."""
    lock.touch()
    os.chown(lock, 12345, 12346)
    if shared_by == "the folder's owner":
        os.chown(file.parent, 12345, 0)
    elif shared_by == "the file's owner":
        file.write_text("{}", encoding="utf-8")
        os.chown(file, 12345, 0)
    else:
        os.chown(file.parent, 0, 12346)
        file.parent.chmod(0o2775)
    save(file)


@posix
def test_a_link_that_is_put_there_while_the_lock_is_taken_is_refused(
    file: Path, lock: Path, precious: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lock file is checked again after it was opened."""
    import filelock

    acquire = filelock.FileLock.acquire

    def planted(self: filelock.FileLock, **options: float) -> object:
        taken = acquire(self, **options)
        lock.unlink()
        lock.hardlink_to(precious)
        return taken

    monkeypatch.setattr(filelock.FileLock, "acquire", planted)
    assert "hard" in refusal_after(file)
    assert precious.read_text(encoding="utf-8") == "not to be lost"
    assert not file.exists()


def refusal_after(file: Path) -> str:
    with pytest.raises(SettingsWriteError) as caught:
        save(file)
    return caught.value.message


@posix
def test_the_lock_file_is_private(file: Path, lock: Path) -> None:
    """Other users cannot take the lock and block saves."""
    old = os.umask(0)
    try:
        save(file)
    finally:
        os.umask(old)
    assert stat.S_IMODE(lock.stat().st_mode) == 0o600


def test_a_change_waits_ten_seconds_for_the_lock(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless told otherwise a change waits for 10 s, as docs/settings-file.md says (ST-3)."""
    waited: list[float] = []

    def never(lock: BaseFileLock, *, timeout: float, poll_interval: float) -> None:
        waited.append(timeout)
        raise Timeout(lock.lock_file)

    monkeypatch.setattr(FileLock, "acquire", never)
    with pytest.raises(LockTimeoutError):
        SettingsStore(file).edit(lambda document: set_in(document, ("note",), 1))
    assert waited == [10.0]


def test_a_file_browser_shows_the_settings_file_alone(file: Path) -> None:
    """After a save the folder has nothing else that Jupyter would show; the lock file is hidden."""
    SettingsStore(file).edit(lambda _: {"a": 1})
    assert [path.name for path in file.parent.iterdir() if not is_hidden(str(path), str(file.parent))] == [
        file.name
    ]
