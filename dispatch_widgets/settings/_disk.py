"""One settings file on disk: patient reading, a lock with an end, and replacing in one step (ST-2, ST-3)."""

from __future__ import annotations

import errno
import logging
import os
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import LockTimeoutError, SettingsFileError, SettingsWriteError, UnreadableSettingsError
from ._files import (
    LARGEST_FILE_BYTES,
    MEMORY_OF_ANOTHER_SECONDS,
    PRIVATE_MODE,
    Content,
    Files,
    NotAFileError,
    digest_of,
    is_trusted,
)
from ._lock_file import wrong_in_its_place
from .document import JsonObject, parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .document import Document

LOCK_TIMEOUT_SECONDS = 10.0
FOREIGN_WRITE_WAIT_SECONDS = 0.5
"""How long a file that is empty, cut off or gone is given to be whole again: another program may be in
the middle of writing it."""
LATE_WRITE_WAIT_SECONDS = 5.0
"""How long a write is waited for that goes on: in the file that was just replaced, which nobody else has,
or in the file that is to be read."""
SETTLE_SECONDS = 0.05
"""How long a save watches what it has put there, while another program is known to write the file: so long
may that program take from reading the file to writing it, and nothing of ours is lost."""

_POLL_SECONDS = 0.01
_MOUNTED = {errno.EBUSY, errno.EXDEV}  # what replacing a file says that is a mount of its own

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

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A document and the bytes that it was read from.

    Attributes:
        document: Empty if there was no file.
        content: None if there was no file.
    """

    document: Document
    content: Content | None


class Put(Enum):
    """How putting bytes in the file's place ended.

    Attributes:
        DONE: They are there.
        NOT_DONE: Somebody else has written meanwhile; what that is, is the file.
        OVERWRITTEN: They were there, and somebody else has written over them since.
    """

    DONE = auto()
    NOT_DONE = auto()
    OVERWRITTEN = auto()


class Disk:
    """The file at one path, and the operations on it that must not be done in another order.

    Args:
        path: The file as the user named it; a symbolic link is followed and stays.
        lock_timeout_seconds: How long to wait for the lock.
        files: How the file system is reached.
    """

    def __init__(self, path: Path, *, lock_timeout_seconds: float, files: Files) -> None:
        self.path = path
        self.files = files
        self._lock_timeout_seconds = lock_timeout_seconds
        self._was_there = False
        self._known_bad: tuple[object, ...] = ()
        self._another_until = 0.0

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
        """The file's document, with patience for somebody who is just writing it.

        Args:
            target: The real file.
            keep_open: Whether the content keeps the file open, so that `put` notices late writes.

        Raises:
            UnreadableSettingsError: If it stays unreadable.
        """
        began = time.monotonic()
        deadline = began + FOREIGN_WRITE_WAIT_SECONDS
        seen: tuple[object, ...] = ()
        while True:
            content = self.read(target, keep_open=keep_open)
            if content is None:
                if not self._was_there or time.monotonic() > deadline:
                    self._was_there = False
                    return Loaded(JsonObject(), None)
            else:
                self._was_there = True
                try:
                    loaded = Loaded(parse(content.data, path=str(self.path)), content)
                except UnreadableSettingsError as error:
                    content.close()
                    mark = (content.digest, content.status.st_ino, content.status.st_mtime_ns)
                    if seen and mark != seen:  # somebody is at it
                        limit = began + LATE_WRITE_WAIT_SECONDS
                        deadline = min(time.monotonic() + FOREIGN_WRITE_WAIT_SECONDS, limit)
                    seen = mark
                    if mark == self._known_bad or time.monotonic() > deadline:
                        self._known_bad = mark
                        raise self._with_way_out(error, target) from None
                else:
                    if seen or content.is_beside_another:
                        self._note_another()
                    return loaded
            time.sleep(_POLL_SECONDS)

    def _with_way_out(self, error: UnreadableSettingsError, target: Path) -> UnreadableSettingsError:
        """The error for a file that cannot be read, with the whole one beside it if there is one."""
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
        """The bytes of a file, whatever they are; None if there is no file.

        Args:
            target: The real file, or a copy of it.
            keep_open: As for `load`.

        Raises:
            UnreadableSettingsError: If the system refuses, or something else stands there.
        """
        try:
            return self.files.read(target, keep_open=keep_open)
        except OSError as error:
            raise read_error(error, self.path) from None

    def load_for_writing(self, target: Path) -> Loaded:
        """As `load`, for a document that is to be changed and put back.

        Args:
            target: The real file.

        Raises:
            UnreadableSettingsError: If it stays unreadable.
            SettingsWriteError: If the file's own mode forbids writing, which replacing it would go round.
        """
        loaded = self.load(target, keep_open=True)
        if loaded.content and not os.access(target, os.W_OK):
            loaded.content.close()
            raise write_error(PermissionError(errno.EACCES, "read-only"), target, self.path)
        return loaded

    def is_beside_another(self) -> bool:
        """Whether another program has written the file in the middle of a save, a moment ago."""
        return time.monotonic() < self._another_until

    def _note_another(self) -> None:
        self._another_until = time.monotonic() + MEMORY_OF_ANOTHER_SECONDS

    def put(self, target: Path, data: bytes, old: Content | None) -> Put:
        """Puts bytes in the place of what was read.

        Args:
            target: The real file; its lock is held.
            data: The new bytes.
            old: What was read; None if there was no file.

        Returns:
            Whether that is done; else the file is to be read and changed again.

        Raises:
            SettingsWriteError: If the system refuses; the file is as it was, unless the words are others.
        """
        made: list[Path] = []  # beside the file, and not to be left there
        try:
            temporary = self.files.write_temporary(target, data, old, beside_another=self.is_beside_another())
            made.append(temporary)
            mark = _mark(temporary.stat())
            if not self._is_still(target, old):
                self._note_another()
                return Put.NOT_DONE
            aside = None
            stays = False
            if old is None:
                self.files.publish(temporary, target)
            else:
                aside = self.files.keep_aside(target)
                if aside:
                    made.append(aside)
                stays = self._is_kept_in_place(temporary, target)
                if stays and not self._written_in_place(temporary, target, data, old):
                    return Put.NOT_DONE
            self._was_there = True
            if stays:
                # The file is the same one as before: what is in it tells whether somebody wrote since.
                mark, old = (0,), None
            outcome = self._watched(target, data, old, aside, mark)
        except FileExistsError:
            return Put.NOT_DONE
        except OSError as error:
            raise write_error(error, target, self.path) from None
        finally:
            for path in made:
                with suppress(OSError):
                    path.unlink(missing_ok=True)
        if outcome is not Put.DONE:
            self._note_another()
        return outcome

    def _is_kept_in_place(self, temporary: Path, target: Path) -> bool:
        """Whether the system would not have the file replaced; else it is."""
        try:
            self.files.replace(temporary, target)
        except OSError as error:
            if error.errno in _MOUNTED:
                return True
            raise
        return False

    def _written_in_place(self, temporary: Path, target: Path, data: bytes, old: Content) -> bool:
        """Writes a file that stays where it is: a mount of its own, as a single file in a container can be.

        Until the new bytes are on the disk, the whole new file lies beside it under a name of its own: the
        way out if this is broken off (`unfinished`).

        Returns:
            Whether that is done; False if somebody else has written meanwhile.
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
        if not self._is_still(target, old):
            whole.unlink()
            return False
        try:
            self.files.overwrite(target, data)
        except OSError as error:
            self._put_back(whole, target, old, error)
            raise
        with suppress(OSError):
            whole.unlink()
        return True

    def _put_back(self, whole: Path, target: Path, old: Content, error: OSError) -> None:
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
        """The whole file that a save in place left beside the file because it was broken off; None if none.

        Args:
            target: The real file.
        """
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
        # A file that is whole is the old one or the new one, and the copy is of no use any more.
        return None if current and _is_document(current.data) else whole

    def _watched(
        self, target: Path, data: bytes, old: Content | None, aside: Path | None, mark: tuple[int, ...]
    ) -> Put:
        """How it ended, after the new name is there: none of this can make it undone."""
        # At once, so that the other program hardly ever finds the file without what it wrote; and
        # again, for a write that began in the same instant.
        outcome = self._looked(target, data, old, aside, mark)
        if outcome is not Put.DONE:
            return outcome
        self.sync_folder(target)
        deadline = time.monotonic() + (SETTLE_SECONDS if self.is_beside_another() else 0.0)
        while True:
            outcome = self._looked(target, data, old, aside, mark)
            if outcome is not Put.DONE or time.monotonic() >= deadline:
                return outcome
            time.sleep(_POLL_SECONDS / 2)

    def _looked(
        self, target: Path, data: bytes, old: Content | None, aside: Path | None, mark: tuple[int, ...]
    ) -> Put:
        try:
            if old is not None and self._gave_back(target, data, old, aside):
                return Put.NOT_DONE
            if _mark(target.stat()) != mark:
                # Somebody who read the file before us may have written it after us.
                found = self.files.read(target)
                return Put.DONE if found is None or found.data == data else Put.OVERWRITTEN
        except FileNotFoundError:
            pass  # removed again at once; what was written is still what was written
        except (OSError, SettingsWriteError) as error:
            _log.warning("%s was saved; looking at it again failed: %s", self.path, error)
        return Put.DONE

    def _is_still(self, target: Path, old: Content | None) -> bool:
        if self.target() != target:
            return False
        current = self.files.read(target)
        return (current.digest if current else None) == (old.digest if old else None)

    def _gave_back(self, target: Path, data: bytes, old: Content, aside: Path | None) -> bool:
        """Whether somebody else wrote the file that was replaced; then that is the file again.

        A program that rewrites in place may have opened the old file just before it was replaced. What it
        writes is the user's latest word: the change is to be applied to it.

        Args:
            target: The real file, which holds `data` since a moment ago.
            data: The bytes that were put there.
            old: What was read before.
            aside: The other name of the file that was replaced; None where it could have none.
        """
        if aside:
            kept = self.files.read(aside)
            late = kept.data if kept and kept.digest != old.digest else None
        else:
            late = self._late_write(old)
        if late is None:
            return False
        _log.info("another program wrote %s during a save; the change is applied to that", self.path)
        current = self.files.read(target)
        if current and current.digest == digest_of(data):
            if aside:
                # The very file, even in the middle of being written: who reads it next has patience.
                self.files.replace(aside, target)
            else:
                self.put(target, late, current)
        return True

    def _late_write(self, old: Content) -> bytes | None:
        """What was written into a file after it was read, once that is whole; None if nothing was.

        For file systems where the file can have no second name: its bytes must be put back.
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
        """Makes a new name last through a power cut.

        Args:
            target: The file whose folder it is.

        Raises:
            SettingsWriteError: If the disk reports an error; the new name is there all the same.
        """
        try:
            self.sync_copy(target)
        except OSError as error:
            raise SettingsWriteError(
                f"Saved, but the disk reports an error: {_reason_of(error)}.",
                path=str(self.path),
                hint="The change may not outlast a power cut. Check the disk.",
            ) from None

    def sync_copy(self, target: Path) -> None:
        """The same for a copy beside the file, without which the file is not to be written.

        Args:
            target: The file.

        Raises:
            OSError: If the disk reports an error.
        """
        try:
            self.files.sync_folder(target.parent)
        except OSError as error:
            # Network file systems that know no such thing, and folders that may not be listed.
            if error.errno not in {errno.EINVAL, errno.ENOTSUP, errno.EACCES, errno.EPERM}:
                raise

    def sweep(self, target: Path) -> None:
        """Removes what killed processes left beside the file, unless somebody is saving at this moment.

        Args:
            target: The real file.
        """
        if self.files.leftovers(target):
            with suppress(SettingsFileError), self.locked(timeout_seconds=0):
                pass  # who has the lock sweeps

    @contextmanager
    def locked(self, *, timeout_seconds: float | None = None) -> Iterator[Path]:
        """Holds the lock of the real file, so that all who reach it by any link wait for each other.

        Args:
            timeout_seconds: How long to wait; as long as the constructor says unless given.

        Raises:
            LockTimeoutError: If another process does not let go of it in time.
            SettingsWriteError: If the lock's file cannot be made, or something else stands in its place.
        """
        from filelock import FileLock, Timeout

        target = self.target()
        timeout_seconds = self._lock_timeout_seconds if timeout_seconds is None else timeout_seconds
        lock_path = f"{target}.lock"
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
            # Once more, for what was put there in between.
            self._check_lock_file(Path(lock_path), target)
            self._sweep(target)
            yield target
        finally:
            # What was saved is saved; a lock that cannot be let go of ends with the process.
            with suppress(OSError):
                lock.release()

    def _check_lock_file(self, lock_path: Path, target: Path) -> None:
        try:
            what = wrong_in_its_place(lock_path, target)
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
        """Takes note that the file is meant to be gone."""
        self._was_there = False


def _reason_of(error: OSError) -> str:
    """Why the system refused, as the part of a sentence.

    Args:
        error: What it raised.
    """
    if error.errno in _REASONS:
        return _REASONS[error.errno]
    return (os.strerror(error.errno) if error.errno else str(error) or type(error).__name__).lower()


def read_error(error: OSError, path: Path) -> UnreadableSettingsError:
    """The error for a file that could not be read.

    Args:
        error: What the system raised.
        path: The settings file as the user named it.
    """
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
    """The error for a file that could not be written.

    Args:
        error: What the system raised.
        target: The real file, links followed.
        path: The settings file as the user named it.
    """
    words = str(error) if isinstance(error, NotAFileError) else ""
    reason = f"there is {words} in the file's place" if words else _reason_of(error)
    hint = _HINTS.get(error.errno or 0, f"Check {target.parent} and what it allows, then try again.")
    return SettingsWriteError(f"Not saved: {reason}.", path=str(path), hint=hint)


def _mark(status: os.stat_result) -> tuple[int, ...]:
    return status.st_ino, status.st_size, status.st_mtime_ns


def unfinished_path(target: Path) -> Path:
    """The whole file beside one that is being written in place: ``dispatch.settings.unfinished.json``.

    Args:
        target: The real file.
    """
    return target.with_name(f"{target.stem}.unfinished{target.suffix}")


def _is_document(data: bytes) -> bool:
    try:
        parse(data, path="")
    except UnreadableSettingsError:
        return False
    return True


def _user_name(user: int) -> str:
    try:
        import pwd

        return pwd.getpwuid(user).pw_name
    except (ImportError, KeyError):
        return f"number {user}"
