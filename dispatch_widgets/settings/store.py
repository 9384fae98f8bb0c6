"""The settings file on disk: read, changed and written so that nothing gets lost (ST-2 to ST-5).

A change is made under a lock beside the file: the file is read again, the change applied to what is
there now, the result written to a temporary file in the same folder, brought to the disk, and put in
the file's place in one step. The Dispatch app knows no lock. So just before that step the file is
compared with what was read, and just after it the file that was replaced is looked at once more: what
another program wrote in between is taken up, and the change applied again.
"""

from __future__ import annotations

import errno
import logging
import os
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from ..errors import (
    DispatchError,
    LockTimeoutError,
    NotFoundError,
    SettingsWriteError,
    UnreadableSettingsError,
)
from ._backups import BEFORE_RESTORE, Backup, backup_path, describe, is_backup_of
from ._files import Content, Files, NotAFileError, digest_of
from .document import JsonObject, parse, render, same

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .document import Document

__all__ = ["Backup", "SettingsStore", "Snapshot"]

LOCK_TIMEOUT_SECONDS = 10.0
FOREIGN_WRITE_WAIT_SECONDS = 0.5
"""How long a file that is empty, cut off or gone is given to be whole again: another program may be in
the middle of writing it."""

_POLL_SECONDS = 0.01
_ATTEMPTS = 50  # how often a change is applied again because the file was written meanwhile
# Within this time after a write, another one may leave size and times of the file the same.
_STATUS_DOUBT_SECONDS = 2.0

_log = logging.getLogger(__name__)
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What the file held at one moment.

    Attributes:
        document: Its content; empty if there was no file.
        digest: The content's fingerprint, for `SettingsStore.changed_since`; empty if there was no file.
        exists: Whether there was a file.
        modified_at: When it was last written (UTC); None if there was no file.
        changed: Whether this very call has changed the file.
        backup: The copy of the file as it was, if this call made one.
    """

    document: Document
    digest: str = ""
    exists: bool = False
    modified_at: datetime | None = None
    changed: bool = False
    backup: Path | None = None


@dataclass(frozen=True, slots=True)
class _Loaded:
    document: Document
    content: Content | None


class SettingsStore:
    """The settings file at one path. Threads and processes may share the path.

    Args:
        path: The file; it need not exist. A symbolic link is followed and stays.
        lock_timeout_seconds: How long a change waits for others that are changing the file.
        clock: Gives the time in seconds since 1970, for the names of backups.
        files: How the file system is reached; for tests.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        lock_timeout_seconds: float = LOCK_TIMEOUT_SECONDS,
        clock: Callable[[], float] = time.time,
        files: Files | None = None,
    ) -> None:
        self.path = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow the link now
        self._lock_timeout_seconds = lock_timeout_seconds
        self._clock = clock
        self._files = files or Files()
        self._was_there = False
        self._known_bad: tuple[object, ...] = ()
        self._known_status: tuple[object, ...] = ()
        self._reasons: dict[str, str] = {}
        self._swept = False

    def __repr__(self) -> str:
        return f"SettingsStore({str(self.path)!r})"

    # ------------------------------------------------------------------------------------- reading

    def read(self) -> Snapshot:
        """What the file holds now; an empty document if there is none.

        Raises:
            UnreadableSettingsError: If it cannot be read as settings; it is left as it is (ST-4).
        """
        return _quietly(lambda: self._snapshot(self._load(self._target())))

    def digest(self) -> str:
        """The fingerprint of the file's content as it is now, readable or not; empty without a file."""
        with suppress(OSError, UnreadableSettingsError):
            content = self._files.read(self._target())
            return content.digest if content else ""
        return ""

    def changed_since(self, digest: str) -> bool:
        """Whether the file's content is another than the one of this fingerprint (ST-6).

        Asks for size and times first, and reads the file only if they moved or are too fresh to be
        trusted, so that it can be asked often.

        Args:
            digest: The fingerprint from a snapshot.
        """
        try:
            status = self.path.stat()
            mark: tuple[object, ...] = (
                status.st_dev,
                status.st_ino,
                status.st_size,
                status.st_mtime_ns,
                status.st_ctime_ns,
            )
        except OSError:
            return bool(digest)
        known = self._known_status
        if known[:-1] != mark:
            now = self.digest()
            if time.time() - max(status.st_mtime, status.st_ctime) > _STATUS_DOUBT_SECONDS:
                self._known_status = (*mark, now)
            return now != digest
        return bool(known[-1] != digest)

    def _target(self) -> Path:
        """The real file, symbolic links followed; it need not exist."""
        target = Path(os.path.realpath(self.path))
        if target.is_symlink():  # what is left of a link that leads round in a circle
            raise UnreadableSettingsError(
                "This symbolic link leads round in a circle.",
                path=str(self.path),
                hint="Remove the link, or point it to a file.",
            )
        return target

    def _load(self, target: Path, *, keep_open: bool = False) -> _Loaded:
        """The file's document, with patience for somebody who is just writing it."""
        deadline = time.monotonic() + FOREIGN_WRITE_WAIT_SECONDS
        while True:
            content = self._read(target, keep_open=keep_open)
            if content is None:
                if not self._was_there or time.monotonic() > deadline:
                    self._was_there = False
                    return _Loaded(JsonObject(), None)
            else:
                self._was_there = True
                try:
                    return _Loaded(parse(content.data, path=str(self.path)), content)
                except UnreadableSettingsError:
                    content.close()
                    mark = (content.digest, content.status.st_ino, content.status.st_mtime_ns)
                    if mark == self._known_bad or time.monotonic() > deadline:
                        self._known_bad = mark
                        raise
            time.sleep(_POLL_SECONDS)

    def _read(self, target: Path, *, keep_open: bool = False) -> Content | None:
        try:
            return self._files.read(target, keep_open=keep_open)
        except NotAFileError as error:
            raise UnreadableSettingsError(
                f"There is {error} in the settings file's place.",
                path=str(self.path),
                hint="Move it away, or choose another path.",
            ) from None
        except OSError as error:
            raise UnreadableSettingsError(
                f"The settings file cannot be read: {_reason(error)}.",
                path=str(self.path),
                hint="Check who owns the file and what its mode allows.",
            ) from None

    def _snapshot(self, loaded: _Loaded, *, changed: bool = False, backup: Path | None = None) -> Snapshot:
        content = loaded.content
        if content is None:
            return Snapshot(document=loaded.document)
        return Snapshot(
            document=loaded.document,
            digest=content.digest,
            exists=True,
            modified_at=datetime.fromtimestamp(content.status.st_mtime, UTC),
            changed=changed,
            backup=backup,
        )

    # ------------------------------------------------------------------------------------- writing

    def edit(self, change: Callable[[Document], Document], *, backup_reason: str | None = None) -> Snapshot:
        """Applies a change to what the file holds at that moment, and writes it (ST-3).

        The change may be applied more than once, because another program wrote the file meanwhile; only
        the last time counts. It must not change the document that it is given, nor use this store.

        Args:
            change: Makes the new document of the present one; an exception of its own comes through, and
                the file stays as it is.
            backup_reason: If given, a copy of the file as it was is put beside it before the first changed
                byte, for this reason. Without a file there is nothing to copy.

        Returns:
            What the file holds now. A change that changes nothing does not touch the file (ST-5).

        Raises:
            UnreadableSettingsError: If the file cannot be read as settings; it is left as it is.
            LockTimeoutError: If another process does not let go of the lock.
            SettingsWriteError: If the disk, the folder or its rights refuse; the file is as it was.
        """
        return _quietly(lambda: self._edit(change, backup_reason))

    def _edit(self, change: Callable[[Document], Document], backup_reason: str | None) -> Snapshot:
        with self._locked() as target:
            backup: Path | None = None
            for _ in range(_ATTEMPTS):
                loaded = self._load_for_writing(target)
                try:
                    document = change(loaded.document)
                    if same(document, loaded.document):
                        return self._snapshot(loaded)
                    data = self._rendered(document)
                    if backup_reason and loaded.content:
                        backup = self._copy(target, loaded.content.data, backup_reason)
                    if self._put(target, data, loaded.content):
                        return self._written(target, document, data, backup)
                finally:
                    if loaded.content:
                        loaded.content.close()
            raise SettingsWriteError(
                "Not saved: another program writes the settings file again and again.",
                path=str(self.path),
                hint="Close that program, then try again.",
            )

    def _load_for_writing(self, target: Path) -> _Loaded:
        loaded = self._load(target, keep_open=True)
        if loaded.content and not os.access(target, os.W_OK):
            loaded.content.close()
            raise _write_error(PermissionError(errno.EACCES, "read-only"), target, self.path)
        return loaded

    def _rendered(self, document: Document) -> bytes:
        try:
            return render(document)
        except SettingsWriteError as error:
            raise SettingsWriteError(error.message, path=str(self.path), hint=error.hint) from None

    def _written(self, target: Path, document: Document, data: bytes, backup: Path | None) -> Snapshot:
        self._was_there = True
        with suppress(OSError):
            status = target.stat()
            content = Content(data, digest_of(data), status)
            return self._snapshot(_Loaded(document, content), changed=True, backup=backup)
        # It was removed again at once; what was written is still what was written.
        return Snapshot(document=document, digest=digest_of(data), exists=True, changed=True, backup=backup)

    def _put(self, target: Path, data: bytes, old: Content | None) -> bool:
        """Puts bytes in the place of what was read; False if somebody else has written meanwhile."""
        try:
            temporary = self._files.write_temporary(target, data, old)
            try:
                if not self._is_still(target, old):
                    return False
                if old is None:
                    self._files.publish(temporary, target)
                else:
                    self._files.replace(temporary, target)
            except FileExistsError:
                return False
            finally:
                with suppress(OSError):
                    temporary.unlink(missing_ok=True)
            self._sync_folder(target)
        except OSError as error:
            raise _write_error(error, target, self.path) from None
        late = self._late_write(old) if old else None
        if late is None:
            return True
        # Somebody opened the old file before it was replaced and wrote into it afterwards. That is the
        # user's latest word: it becomes the file, and the change is applied to it.
        _log.info("another program wrote %s during a save; the change is applied to that", self.path)
        current = self._files.read(target)
        if current and current.digest == digest_of(data):
            self._put(target, late, current)
        return False

    def _is_still(self, target: Path, old: Content | None) -> bool:
        if self._target() != target:
            return False
        current = self._files.read(target)
        return (current.digest if current else None) == (old.digest if old else None)

    def _late_write(self, old: Content) -> bytes | None:
        """What was written into a file after it was read, once that is whole; None if nothing was."""
        deadline = time.monotonic() + FOREIGN_WRITE_WAIT_SECONDS
        while old.handle >= 0:
            data = self._files.read_again(old.handle)
            if data == old.data:
                return None
            with suppress(UnreadableSettingsError):
                parse(data, path=str(self.path))
                return data
            if time.monotonic() > deadline:
                return None
            time.sleep(_POLL_SECONDS)
        return None

    def _sync_folder(self, target: Path) -> None:
        try:
            self._files.sync_folder(target.parent)
        except OSError as error:
            if error.errno in {errno.EINVAL, errno.ENOTSUP, errno.EACCES, errno.EPERM}:
                return  # network file systems that know no such thing, folders that may not be listed
            raise SettingsWriteError(
                f"Saved, but the disk reports an error: {_reason(error)}.",
                path=str(self.path),
                hint="The change may not outlast a power cut. Check the disk.",
            ) from None

    @contextmanager
    def _locked(self) -> Iterator[Path]:
        """Holds the lock of the real file, so that all who reach it by any link wait for each other."""
        from filelock import FileLock, Timeout

        target = self._target()
        lock_path = f"{target}.lock"
        lock = FileLock(lock_path, mode=0o600)
        try:
            lock.acquire(timeout=self._lock_timeout_seconds, poll_interval=_POLL_SECONDS)
        except Timeout:
            raise LockTimeoutError(
                f"Not saved: another program holds {Path(lock_path).name}.",
                path=str(self.path),
                lock_path=lock_path,
                hint=(
                    f"Try again. If it stays so, find the program that hangs with {lock_path} open and "
                    "end it; a program that has ended holds no lock."
                ),
            ) from None
        except OSError as error:
            raise _write_error(error, target, self.path) from None
        try:
            if not self._swept:
                self._files.sweep(target)
                self._swept = True
            yield target
        finally:
            lock.release()

    # ------------------------------------------------------------------------------------- backups

    def backups(self) -> tuple[Backup, ...]:
        """The copies beside the file, the latest first (MIG-5)."""
        target = self._target()
        found = []
        with suppress(OSError):
            for path in target.parent.iterdir():
                named = is_backup_of(target, path)
                with suppress(OSError):
                    content = self._files.read(path) if named else None
                    if named and content:
                        reason = self._reasons.get(path.name, "")
                        found.append((named, describe(path, named[0], content.data, reason)))
        return tuple(backup for _, backup in sorted(found, key=lambda item: item[0], reverse=True))

    def make_backup(self, reason: str) -> Path | None:
        """Puts a copy of the file beside it, readable or not.

        Args:
            reason: Why, in a few words; this process remembers it, others tell it by the content.

        Returns:
            The copy; None if there is no file.

        Raises:
            SettingsWriteError: If it cannot be written.
            LockTimeoutError: If another process does not let go of the lock.
        """

        def copy() -> Path | None:
            with self._locked() as target:
                content = self._read(target)
                return self._copy(target, content.data, reason) if content else None

        return _quietly(copy)

    def restore(self, backup: Backup | Path) -> Snapshot:
        """Puts a copy in the file's place, byte for byte; the file as it is now is copied first.

        Args:
            backup: One of `backups`, or its path.

        Raises:
            NotFoundError: If it is no copy of this file, or is gone.
            UnreadableSettingsError: If the copy itself cannot be read as settings.
            SettingsWriteError: If the file cannot be written; it is as it was.
            LockTimeoutError: If another process does not let go of the lock.
        """
        return _quietly(lambda: self._restore(backup))

    def _restore(self, backup: Backup | Path) -> Snapshot:
        with self._locked() as target:
            path = self._own_backup(target, backup)
            wanted = self._read(path)
            if wanted is None:
                raise _no_backup(path)
            document = parse(wanted.data, path=str(path))
            for _ in range(_ATTEMPTS):
                current = self._read(target, keep_open=True)
                try:
                    if current and current.data == wanted.data:
                        return self._snapshot(_Loaded(document, current))
                    kept = self._copy(target, current.data, BEFORE_RESTORE) if current else None
                    if self._put(target, wanted.data, current):
                        return self._written(target, document, wanted.data, kept)
                finally:
                    if current:
                        current.close()
            raise SettingsWriteError(
                "Not restored: another program writes the settings file again and again.",
                path=str(self.path),
                hint="Close that program, then try again.",
            )

    def delete_backup(self, backup: Backup | Path) -> None:
        """Removes a copy.

        Args:
            backup: One of `backups`, or its path.

        Raises:
            NotFoundError: If it is no copy of this file, or is gone.
            SettingsWriteError: If the folder does not allow it.
        """

        def delete() -> None:
            path = self._own_backup(self._target(), backup)
            try:
                path.unlink()
            except FileNotFoundError:
                raise _no_backup(path) from None
            except OSError as error:
                raise _write_error(error, path, self.path) from None

        _quietly(delete)

    def move_away(self) -> Path:
        """Gives the file another name beside it, so that the next change starts a new one (ST-4).

        Returns:
            Where it lies now: ``dispatch.settings.moved-<UTC time>.json``.

        Raises:
            NotFoundError: If there is no file.
            SettingsWriteError: If the folder does not allow it.
            LockTimeoutError: If another process does not let go of the lock.
        """

        def move() -> Path:
            with self._locked() as target:
                if not os.path.lexists(target):
                    raise NotFoundError("There is no settings file to move away.")
                number = 1
                while os.path.lexists(new := backup_path(target, self._clock(), number, word="moved")):
                    number += 1
                try:
                    target.rename(new)
                except OSError as error:
                    raise _write_error(error, target, self.path) from None
                self._sync_folder(target)
                self._was_there = False
                return new

        return _quietly(move)

    def _copy(self, target: Path, data: bytes, reason: str) -> Path:
        """A new backup with these bytes; one that is just like it and was made for the same is reused."""
        try:
            temporary = self._files.write_temporary(target, data, None)
            try:
                number = 1
                while True:
                    path = backup_path(target, self._clock(), number)
                    try:
                        self._files.publish(temporary, path)
                        break
                    except FileExistsError:
                        number += 1
            finally:
                with suppress(OSError):
                    temporary.unlink(missing_ok=True)
            self._sync_folder(target)
        except OSError as error:
            raise _write_error(error, target, self.path) from None
        self._reasons[path.name] = reason
        return path

    def _own_backup(self, target: Path, backup: Backup | Path) -> Path:
        path = Path(os.path.abspath(backup.path if isinstance(backup, Backup) else backup))  # noqa: PTH100
        # The folder may have been reached by a link; the copy lies in the real one.
        path = path.parent.resolve() / path.name
        if is_backup_of(target, path) is None:
            raise _no_backup(path)
        return path


def _no_backup(path: Path) -> NotFoundError:
    return NotFoundError(f"There is no backup named {path.name} of this file.", hint="List the backups.")


def _quietly(action: Callable[[], _Result]) -> _Result:
    """Runs an action; an error of ours comes out without the frames within, which hold the document.

    Tracebacks that print local variables would show keys otherwise (SEC-1).
    """
    try:
        return action()
    except DispatchError as error:
        failure = error
    failure.__context__ = None
    raise failure.with_traceback(None)


_REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "your share of the disk is used up",
    errno.EROFS: "the disk is read-only",
    errno.EACCES: "the file or its folder is read-only for you",
    errno.EPERM: "the file or its folder is read-only for you",
    errno.ENOENT: "its folder does not exist",
    errno.ENOTDIR: "its folder does not exist",
    errno.EIO: "the disk reports an error",
    errno.ENAMETOOLONG: "its name is too long",
}
_HINTS = {
    errno.ENOSPC: "Make room, then try again.",
    errno.EDQUOT: "Make room, then try again.",
    errno.ENOENT: "Make the folder first.",
    errno.ENOTDIR: "Make the folder first.",
}


def _reason(error: OSError) -> str:
    if error.errno in _REASONS:
        return _REASONS[error.errno]
    return (os.strerror(error.errno) if error.errno else str(error) or type(error).__name__).lower()


def _write_error(error: OSError, target: Path, path: Path) -> SettingsWriteError:
    words = str(error) if isinstance(error, NotAFileError) else ""
    reason = f"there is {words} in the file's place" if words else _reason(error)
    hint = _HINTS.get(error.errno or 0, f"Check {target.parent} and what it allows, then try again.")
    return SettingsWriteError(f"Not saved: {reason}.", path=str(path), hint=hint)
