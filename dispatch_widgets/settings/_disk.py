"""One settings file on disk: reads with retries, a lock with a time-out, atomic replacement (ST-2, ST-3)."""

from __future__ import annotations

import errno
import os
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING

from .._log import get_logger
from ..errors import LockTimeoutError, SettingsFileError, SettingsWriteError, UnreadableSettingsError
from .document import JsonObject, parse
from .file_system import (
    LARGEST_FILE_BYTES,
    PRIVATE_MODE,
    Content,
    Files,
    NotAFileError,
    digest_of,
    is_trusted,
)
from .lock_file import lock_file_problem, lock_path_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .document import Document

LOCK_TIMEOUT_SECONDS = 10.0
FOREIGN_WRITE_WAIT_SECONDS = 0.5
"""How long a read is retried while the file is empty, cut off or gone: another program may be writing it."""
LATE_WRITE_WAIT_SECONDS = 5.0
"""How long to wait for another program's write, to the file being read or to the one just replaced."""
_POLL_SECONDS = 0.01
_NOT_REPLACEABLE = {errno.EBUSY, errno.EXDEV}  # errors on replacing a file that is its own mount point

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
    errno.EBUSY: "the system keeps it in its place",
}
_HINTS = {
    errno.ENOSPC: "Make room, then try again.",
    errno.EDQUOT: "Make room, then try again.",
    errno.ENOENT: "Make the folder first.",
    errno.ENOTDIR: "Make the folder first.",
}

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A document and the bytes that it was read from.

    Attributes:
        document: Empty if there was no file.
        content: None if there was no file.
    """

    document: Document
    content: Content | None


class UnsyncedError(SettingsWriteError):
    """The file is written, and the disk reports an error all the same."""


class WriteOutcome(Enum):
    """How a write ended.

    Attributes:
        DONE: The bytes are in the file.
        NOT_DONE: Another program wrote the file meanwhile; its version is in the file.
        OVERWRITTEN: The bytes were in the file, and another program has overwritten them since.
    """

    DONE = auto()
    NOT_DONE = auto()
    OVERWRITTEN = auto()


class Disk:
    """The file at one path, and the steps on it whose order matters.

    Args:
        path: The file as the user named it; a symbolic link is followed and stays.
        lock_timeout_seconds: How long to wait for the lock.
        files: How the file system is reached.
    """

    def __init__(self, path: Path, *, lock_timeout_seconds: float, files: Files) -> None:
        self.path = path
        self.files = files
        self._lock_timeout_seconds = lock_timeout_seconds
        self._existed = False
        self._known_unreadable: tuple[object, ...] = ()

    def target(self) -> Path:
        """The real file, symbolic links followed; it need not exist.

        Raises:
            UnreadableSettingsError: If the links lead round in a circle.
        """
        target = Path(os.path.realpath(self.path))
        # What is still a link leads round in a circle. A disk that fails here is told by the next call.
        if os.path.islink(target):  # noqa: PTH114 - Path.is_symlink lets errors of the disk through
            raise UnreadableSettingsError(
                "This symbolic link leads round in a circle.",
                path=str(self.path),
                hint="Remove the link, or point it to a file.",
            )
        return target

    def load(self, target: Path, *, keep_open: bool = False) -> Loaded:
        """Reads the file, and retries while another program is writing it.

        With `keep_open` the content keeps the file open, so that `write` can notice late writes.

        Raises:
            UnreadableSettingsError: If it stays unreadable.
        """
        began = time.monotonic()
        deadline = began + FOREIGN_WRITE_WAIT_SECONDS
        seen: tuple[object, ...] = ()
        while True:
            content = self.read(target, keep_open=keep_open)
            if content is None:
                if not self._existed or time.monotonic() > deadline:
                    self._existed = False
                    return Loaded(JsonObject(), None)
            else:
                self._existed = True
                try:
                    loaded = Loaded(parse(content.data, path=str(self.path)), content)
                except UnreadableSettingsError as error:
                    content.close()
                    stamp = (content.digest, content.status.st_ino, content.status.st_mtime_ns)
                    if seen and stamp != seen:  # it is being written
                        limit = began + LATE_WRITE_WAIT_SECONDS
                        deadline = min(time.monotonic() + FOREIGN_WRITE_WAIT_SECONDS, limit)
                    seen = stamp
                    if stamp == self._known_unreadable or time.monotonic() > deadline:
                        self._known_unreadable = stamp
                        raise self._with_whole_copy(error, target) from None
                else:
                    return loaded
            time.sleep(_POLL_SECONDS)

    def _with_whole_copy(self, error: UnreadableSettingsError, target: Path) -> UnreadableSettingsError:
        """The error, which names the whole copy beside the file if there is one."""
        if self.unfinished(target) is None:
            return error
        whole = unfinished_path(target)
        return UnreadableSettingsError(
            f"A save of the settings file was broken off. {error.message}",
            path=error.path,
            line=error.line,
            column=error.column,
            hint=f"The whole file lies beside it: {whole.name}. Finish the save with it.",
            whole_copy=str(whole),
        )

    def read(self, target: Path, *, keep_open: bool = False) -> Content | None:
        """The bytes of the file or of a copy, valid or not; None if there is no file.

        Raises:
            UnreadableSettingsError: If the system refuses, or the path is no file.
        """
        try:
            return self.files.read(target, keep_open=keep_open)
        except OSError as error:
            raise read_error(error, self.path) from None

    def load_for_writing(self, target: Path) -> Loaded:
        """As `load`, for a document that will be changed and written back.

        Raises:
            UnreadableSettingsError: If it stays unreadable.
            SettingsWriteError: If the file's mode forbids writing, which a replacement would bypass.
        """
        loaded = self.load(target, keep_open=True)
        if loaded.content and not os.access(target, os.W_OK):
            loaded.content.close()
            raise write_error(PermissionError(errno.EACCES, "read-only"), target, self.path)
        return loaded

    def write(self, target: Path, data: bytes, old: Content | None, *, on_top: bool = True) -> WriteOutcome:
        """Writes bytes in the place of `old`, under the lock; None if there was no file.

        Unless it is done, the caller reads the file and applies its change again. `on_top` says that the
        bytes are those of `old` with a change, so that edits that `old` lacks are still missing.

        Raises:
            SettingsWriteError: If the system refuses; the file is unchanged unless the message says so.
        """
        made: list[Path] = []  # files beside the target, removed at the end
        try:
            foreign_write_at = old.foreign_write_at if old and on_top else None
            temporary = self.files.write_temporary(target, data, old, foreign_write_at=foreign_write_at)
            made.append(temporary)
            stamp = _stamp(temporary.stat())
            if not self._is_unchanged(target, old):
                return WriteOutcome.NOT_DONE
            aside = None
            stays = False
            if old is None:
                self.files.publish(temporary, target)
            else:
                aside = self.files.keep_aside(target)
                if aside:
                    made.append(aside)
                stays = self._replace_refused(temporary, target)
                if stays and not self._write_in_place(temporary, target, data, old):
                    return WriteOutcome.NOT_DONE
            self._existed = True
            if stays:
                # The inode is the same as before, so only the content tells whether somebody wrote since.
                stamp, old = (0,), None
            return self._watch(target, data, old, aside, stamp)
        except FileExistsError:
            return WriteOutcome.NOT_DONE
        except OSError as error:
            raise write_error(error, target, self.path) from None
        finally:
            for path in made:
                with suppress(OSError):
                    path.unlink(missing_ok=True)

    def _replace_refused(self, temporary: Path, target: Path) -> bool:
        """Replaces the file; True if the system refuses because the file is its own mount point."""
        try:
            self.files.replace(temporary, target)
        except OSError as error:
            if error.errno in _NOT_REPLACEABLE:
                return True
            raise
        return False

    def _write_in_place(self, temporary: Path, target: Path, data: bytes, old: Content) -> bool:
        """Overwrites a file that cannot be replaced, such as a single file mounted into a container.

        A complete copy lies beside it until the new bytes are on the disk (`unfinished`).

        Returns:
            False if another program has written the file meanwhile.
        """
        whole = unfinished_path(target)
        if os.path.lexists(whole) and not is_trusted(whole.lstat(), target):
            raise SettingsWriteError(
                f"Not saved: {whole.name} is in the way.",
                path=str(self.path),
                hint=f"See what {whole} is and who put it there; remove it, then try again.",
            )
        temporary.chmod(PRIVATE_MODE)
        self.files.replace(temporary, whole)
        self.sync_copy(target)
        if not self._is_unchanged(target, old):
            whole.unlink()
            return False
        try:
            self.files.overwrite(target, data)
        except OSError as error:
            self._restore_old_bytes(whole, target, old, error)
            raise
        with suppress(OSError):
            whole.unlink()
        return True

    def _restore_old_bytes(self, whole: Path, target: Path, old: Content, error: OSError) -> None:
        try:
            self.files.overwrite(target, old.data)
        except OSError:
            raise SettingsWriteError(
                f"Only a part was saved: {_reason_of(error)}.",
                path=str(self.path),
                hint=f"The whole file lies beside it: {whole.name}. Finish the save with it.",
            ) from None
        whole.unlink()

    def unfinished(self, target: Path) -> Content | None:
        """The complete copy that an interrupted overwrite left beside the file, or None."""
        path = unfinished_path(target)
        try:
            if not is_trusted(path.lstat(), target):
                return None
            whole = self.files.read(path)
            current = self.files.read(target)
            if whole is None or not _is_document(whole.data):
                return None
        except OSError:
            return None
        # A valid file is the old or the new version; then the copy is not needed.
        return None if current and _is_document(current.data) else whole

    def _watch(
        self, target: Path, data: bytes, old: Content | None, aside: Path | None, stamp: tuple[int, ...]
    ) -> WriteOutcome:
        """Watches a file that was just replaced, and says how the write ended."""
        # Checked at once, so that the other program's data is missing only briefly, and again for a write
        # that began at the same moment.
        outcome = self._outcome_now(target, data, old, aside, stamp)
        if outcome is not WriteOutcome.DONE:
            return outcome
        self.sync_folder(target)
        return self._outcome_now(target, data, old, aside, stamp)

    def _outcome_now(
        self, target: Path, data: bytes, old: Content | None, aside: Path | None, stamp: tuple[int, ...]
    ) -> WriteOutcome:
        try:
            if old is not None and self._restore_late_write(target, data, old, aside):
                return WriteOutcome.NOT_DONE
            if _stamp(target.stat()) != stamp:
                # Somebody who read the file before us may have written it after us.
                found = self.files.read(target)
                return WriteOutcome.DONE if found is None or found.data == data else WriteOutcome.OVERWRITTEN
        except FileNotFoundError:
            pass  # removed since; the write itself succeeded
        except (OSError, SettingsWriteError) as error:
            _log.warning("%s was saved; checking it afterwards failed: %s", self.path, error)
        return WriteOutcome.DONE

    def _is_unchanged(self, target: Path, old: Content | None) -> bool:
        if self.target() != target:
            return False
        current = self.files.read(target)
        return (current.digest if current else None) == (old.digest if old else None)

    def _restore_late_write(self, target: Path, data: bytes, old: Content, aside: Path | None) -> bool:
        """Restores a file that was written during the save; whether there was one.

        A program that writes in place may have opened the old file just before it was replaced. Its data is
        the user's latest, so the change is applied to that. `aside` is the replaced file's second name.
        """
        if aside:
            kept = self.files.read(aside)
            late = kept.data if kept and kept.digest != old.digest else None
        else:
            late = self._late_write(old)
        if late is None:
            return False
        _log.info("another program wrote %s during a save; the change is applied to its version", self.path)
        current = self.files.read(target)
        if current and current.digest == digest_of(data):
            if aside:
                # The file itself, even if the write goes on: the next read retries.
                self.files.replace(aside, target)
            else:
                self.write(target, late, current)
        return True

    def _late_write(self, old: Content) -> bytes | None:
        """The complete bytes written to a file since it was read, or None.

        For file systems without hard links, where only the bytes can be restored.
        """
        deadline = time.monotonic() + LATE_WRITE_WAIT_SECONDS
        while old.handle >= 0:
            data = self.files.read_again(old.handle, LARGEST_FILE_BYTES + 1)
            if data == old.data:
                return None
            with suppress(UnreadableSettingsError):
                parse(data, path=str(self.path))
                return data
            if time.monotonic() > deadline:
                return None
            time.sleep(_POLL_SECONDS)
        return None

    def sync_folder(self, target: Path) -> None:
        """Syncs the file's folder, so that the new name survives a power cut.

        Raises:
            UnsyncedError: If the disk reports an error; the new name exists all the same.
        """
        try:
            self.sync_copy(target)
        except OSError as error:
            raise UnsyncedError(
                f"Saved, but the disk reports an error: {_reason_of(error)}.",
                path=str(self.path),
                hint="The change may not outlast a power cut. Check the disk.",
            ) from None

    def sync_copy(self, target: Path) -> None:
        """Syncs the folder for a copy that must exist before the file is written.

        Raises:
            OSError: If the disk reports an error.
        """
        try:
            self.files.sync_folder(target.parent)
        except OSError as error:
            # Some network file systems do not support it, and some folders may not be listed.
            if error.errno not in {errno.EINVAL, errno.ENOTSUP, errno.EACCES, errno.EPERM}:
                raise

    def sweep(self, target: Path) -> None:
        """Removes what killed processes left beside the file, unless a save is running."""
        if self.files.leftovers(target):
            with suppress(SettingsFileError), self.locked(timeout_seconds=0):
                pass  # taking the lock sweeps

    @contextmanager
    def locked(self, *, timeout_seconds: float | None = None) -> Iterator[Path]:
        """Holds the lock of the real file, whichever link led there; waits as long as the constructor says.

        Raises:
            LockTimeoutError: If another process does not release it in time.
            SettingsWriteError: If the lock file cannot be created, or its path is taken by something else.
        """
        target = self.target()
        if sys.platform == "emscripten":
            # A page is one process without threads; its system has no locks, and filelock's makeshift is a
            # file that JupyterLite's drive does not let go.
            self._sweep(target)
            yield target
            return
        from filelock import FileLock, Timeout

        timeout_seconds = self._lock_timeout_seconds if timeout_seconds is None else timeout_seconds
        lock_path = os.fspath(lock_path_of(target))
        lock = FileLock(lock_path, mode=PRIVATE_MODE)
        try:
            if not target.parent.is_dir():  # some versions of filelock would make it
                raise FileNotFoundError(errno.ENOENT, "no folder")
            self._check_lock_file(Path(lock_path), target)
            lock.acquire(timeout=timeout_seconds, poll_interval=_POLL_SECONDS)
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
            raise self._lock_error(error, target, Path(lock_path)) from None
        try:
            # Again, for what was put there in between.
            self._check_lock_file(Path(lock_path), target)
            self._sweep(target)
            yield target
        finally:
            # The save is complete; a lock that cannot be released ends with the process.
            with suppress(OSError):
                lock.release()

    def _check_lock_file(self, lock_path: Path, target: Path) -> None:
        try:
            what = lock_file_problem(lock_path, target)
        except OSError as error:
            raise write_error(error, target, self.path) from None
        if what:
            raise SettingsWriteError(
                f"Not saved: the lock file {lock_path.name} is {what}.",
                path=str(self.path),
                hint=f"See what {lock_path} is and who put it there; remove it, then try again.",
            )

    def _lock_error(self, error: OSError, target: Path, lock_path: Path) -> SettingsWriteError:
        if error.errno in {errno.EACCES, errno.EPERM} and hasattr(os, "geteuid"):
            with suppress(OSError):
                if (owner := lock_path.lstat().st_uid) != os.geteuid():
                    return SettingsWriteError(
                        f"Not saved: the lock file {lock_path.name} belongs to another user "
                        f"({_user_name(owner)}) and may not be opened.",
                        path=str(self.path),
                        hint=f"Ask that user to remove {lock_path}, or to let you write to it.",
                    )
        return write_error(error, target, self.path)

    def _sweep(self, target: Path) -> None:
        self.files.sweep(target)
        whole = unfinished_path(target)
        with suppress(OSError):
            if is_trusted(whole.lstat(), target) and self.unfinished(target) is None:
                whole.unlink()

    def forget(self) -> None:
        """Notes that the file is gone on purpose."""
        self._existed = False


def _reason_of(error: OSError) -> str:
    """The system's error as part of a sentence."""
    if error.errno in _REASONS:
        return _REASONS[error.errno]
    return (os.strerror(error.errno) if error.errno else str(error) or type(error).__name__).lower()


def read_error(error: OSError, path: Path) -> UnreadableSettingsError:
    """The error for a file that could not be read; `path` as the user named it."""
    if isinstance(error, NotAFileError):
        return UnreadableSettingsError(
            f"There is {error} in the settings file's place.",
            path=str(path),
            hint="Move it away, or choose another path.",
        )
    if error.errno == errno.EFBIG:
        return UnreadableSettingsError(
            f"The settings file is larger than {LARGEST_FILE_BYTES >> 20} MiB, so it was not read.",
            path=str(path),
            hint="It is hardly settings. Look what it is; move it away, or choose another path.",
        )
    return UnreadableSettingsError(
        f"The settings file cannot be read: {_reason_of(error)}.",
        path=str(path),
        hint="Check who owns the file and what its mode allows.",
    )


def write_error(error: OSError, target: Path, path: Path) -> SettingsWriteError:
    """The error for a file that could not be written; `path` as the user named it."""
    words = str(error) if isinstance(error, NotAFileError) else ""
    reason = f"there is {words} in the file's place" if words else _reason_of(error)
    hint = _HINTS.get(error.errno or 0, f"Check {target.parent} and what it allows, then try again.")
    return SettingsWriteError(f"Not saved: {reason}.", path=str(path), hint=hint)


def _stamp(status: os.stat_result) -> tuple[int, ...]:
    return status.st_ino, status.st_size, status.st_mtime_ns


def unfinished_path(target: Path) -> Path:
    """The complete copy beside a file that is being overwritten: ``dispatch.settings.unfinished.json``."""
    return target.with_name(f"{target.stem}.unfinished{target.suffix}")


def _is_document(data: bytes) -> bool:
    try:
        parse(data, path="")
    except UnreadableSettingsError:
        return False
    return True


def _user_name(user: int) -> str:
    if sys.platform != "win32":
        import pwd

        with suppress(KeyError):
            return pwd.getpwuid(user).pw_name
    return f"number {user}"
