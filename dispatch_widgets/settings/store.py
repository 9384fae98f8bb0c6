"""The settings file on disk: read, changed and written so that nothing gets lost (ST-2 to ST-5).

A change is made under a lock beside the file: the file is read again, the change applied to what is
there now, the result written to a temporary file in the same folder, brought to the disk, and put in
the file's place in one step. The Dispatch app knows no lock. So just before that step the file is
compared with what was read, and just after it the file that was replaced is looked at once more: what
another program wrote in between is taken up, and the change applied again.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from .._hide_frames import hide_frames
from ..errors import (
    NotFoundError,
    NoWorkingFolderError,
    SettingsFileError,
    SettingsWriteError,
    UnreadableSettingsError,
)
from ._disk import LOCK_TIMEOUT_SECONDS, Disk, Loaded, WriteOutcome, read_error, unfinished_path, write_error
from ._files import LARGEST_FILE_BYTES, Content, Files, digest_of, is_trusted
from .backups import BEFORE_RESTORE, Backup, backup_path, is_backup_of
from .document import json_equal, parse, render
from .locate import checked_path
from .merging import kept, redone

if TYPE_CHECKING:
    from collections.abc import Callable

    from .document import Document
    from .kept_providers import KeptProviders

__all__ = ["Backup", "SettingsStore", "Snapshot"]

_ATTEMPTS = 50  # how often a change is applied again because the file was written meanwhile
_MEMORY_OF_EDITS_SECONDS = 2.0  # how long an edit is made again that another program wrote away
# Within this time after a write, another one may leave size and times of the file the same: a file
# system keeps times by a clock that moves every 10 ms at the slowest, or in whole seconds (FAT: two).
_STATUS_DOUBT_SECONDS = 0.05
_COARSE_STATUS_DOUBT_SECONDS = 2.0


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
class _Edit:
    """What an edit was given and what it made of it."""

    before: Document
    after: Document
    at: float = field(default_factory=time.monotonic)


class SettingsStore:
    """The settings file at one path. Threads and processes may share the path.

    Args:
        path: The file; it need not exist. A symbolic link is followed and stays.
        lock_timeout_seconds: How long a change waits for others that are changing the file.
        clock: Gives the time in seconds since 1970, for the names of backups.
        files: How the file system is reached; for tests.
        kept: The copy of the providers that is to follow what happens to the file; None keeps none.

    Raises:
        InvalidInputError: If the path has a character that no path can have.
        NoWorkingFolderError: If the path is relative and the working folder is gone.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        lock_timeout_seconds: float = LOCK_TIMEOUT_SECONDS,
        clock: Callable[[], float] = time.time,
        files: Files | None = None,
        kept: KeptProviders | None = None,
    ) -> None:
        try:
            self.path = Path(os.path.abspath(checked_path(path)))  # noqa: PTH100 - resolve() follows links
        except FileNotFoundError:
            raise NoWorkingFolderError(os.fspath(path)) from None
        self._disk = Disk(self.path, lock_timeout_seconds=lock_timeout_seconds, files=files or Files())
        self.kept = kept
        self._observed = ""
        self._clock = clock
        self._known_status: tuple[object, ...] = ()
        self._reasons: dict[str, str] = {}
        self._recent: list[_Edit] = []
        self._listed: dict[tuple[object, ...], Backup] = {}

    def __repr__(self) -> str:
        return f"SettingsStore({str(self.path)!r})"

    # ------------------------------------------------------------------------------------- reading

    def read(self) -> Snapshot:
        """What the file holds now; an empty document if there is none.

        Raises:
            UnreadableSettingsError: If it cannot be read as settings; it is left as it is (ST-4).
        """

        def read() -> Snapshot:
            target = self._disk.target()
            self._disk.sweep(target)
            loaded = self._disk.load(target)
            self._observe(loaded)
            return self._snapshot(loaded)

        return hide_frames(read)()

    def digest(self) -> str:
        """The fingerprint of the file's content as it is now, readable or not; empty without a file."""
        with suppress(OSError, UnreadableSettingsError):
            content = self._disk.files.read(self._disk.target())
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
            fine = status.st_mtime_ns % 1_000_000_000 and status.st_ctime_ns % 1_000_000_000
            doubt_seconds = _STATUS_DOUBT_SECONDS if fine else _COARSE_STATUS_DOUBT_SECONDS
            if time.time() - max(status.st_mtime, status.st_ctime) > doubt_seconds:
                self._known_status = (*mark, now)
            return now != digest
        return bool(known[-1] != digest)

    def _observe(self, loaded: Loaded) -> None:
        if self.kept and loaded.content and loaded.content.digest != self._observed:
            self.kept.observe(loaded.document)
            self._observed = loaded.content.digest

    def _follow(self, before: Document, after: Document) -> None:
        # While the lock is held, so that what was saved last is what is kept.
        if self.kept:
            self.kept.follow(before, after)

    def _snapshot(self, loaded: Loaded, *, changed: bool = False, backup: Path | None = None) -> Snapshot:
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
        return hide_frames(lambda: self._edit(change, backup_reason))()

    def _edit(self, change: Callable[[Document], Document], backup_reason: str | None) -> Snapshot:
        backup: Path | None = None
        overwritten: _Edit | None = None
        with self._disk.locked() as target:
            try:
                for _ in range(_ATTEMPTS):
                    loaded = self._disk.load_for_writing(target)
                    try:
                        if overwritten and kept(overwritten.before, overwritten.after, loaded.document):
                            # The other program had read ours before it wrote: all of both is there.
                            self._remember(overwritten)
                            self._follow(overwritten.before, loaded.document)
                            return self._snapshot(loaded, changed=True, backup=backup)
                        before = self._with_lost_edits(loaded.document)
                        document = change(before)
                        if json_equal(document, loaded.document):
                            return self._snapshot(loaded)
                        data = self._rendered(document)
                        if backup_reason and loaded.content:
                            old = None if overwritten else backup
                            backup = self._kept_copy(old, target, loaded.content.data, backup_reason)
                        outcome = self._disk.write(target, data, loaded.content)
                        if outcome is WriteOutcome.DONE:
                            self._remember(_Edit(before, document))
                            self._follow(loaded.document, document)
                            return self._written(target, document, data, backup)
                        if outcome is WriteOutcome.OVERWRITTEN:
                            overwritten = _Edit(before, document)
                    finally:
                        if loaded.content:
                            loaded.content.close()
                raise SettingsWriteError(
                    "Not saved: another program writes the settings file again and again.",
                    path=str(self.path),
                    hint="Close that program, then try again.",
                )
            except SettingsFileError as error:
                if not overwritten and not error.message.startswith("Saved"):
                    self._drop(backup)
                raise

    def _with_lost_edits(self, document: Document) -> Document:
        """The document with the last edits made here, where another program wrote them away.

        Such a program read the file before an edit and wrote it after it, more slowly than the save watched.
        Only while one is known to be at work: else what is gone was taken away on purpose.
        """
        if not self._disk.has_other_writer():
            return document
        for edit in self._recent:
            # A file that lost its providers is another matter, and is not to look as if it had all of them.
            lost_providers = "providers" in edit.before and "providers" not in document
            if time.monotonic() - edit.at < _MEMORY_OF_EDITS_SECONDS and not lost_providers:
                document = redone(edit.before, edit.after, document)
        return document

    def _remember(self, edit: _Edit) -> None:
        # What is not in the newest document any more was taken back by this very edit.
        now = edit.after
        recent = [old for old in self._recent if edit.at - old.at < _MEMORY_OF_EDITS_SECONDS]
        self._recent = [old for old in recent if kept(old.before, old.after, now)] + [edit]

    def _rendered(self, document: Document) -> bytes:
        try:
            data = render(document)
        except SettingsWriteError as error:
            raise SettingsWriteError(error.message, path=str(self.path), hint=error.hint) from None
        if len(data) > LARGEST_FILE_BYTES:
            raise SettingsWriteError(
                f"Not saved: the settings would be larger than {LARGEST_FILE_BYTES >> 20} MiB.",
                path=str(self.path),
                hint="The file is as it was.",
            )
        return data

    def _written(self, target: Path, document: Document, data: bytes, backup: Path | None) -> Snapshot:
        with suppress(OSError):
            status = target.stat()
            content = Content(data, digest_of(data), status)
            return self._snapshot(Loaded(document, content), changed=True, backup=backup)
        # It was removed again at once; what was written is still what was written.
        return Snapshot(document=document, digest=digest_of(data), exists=True, changed=True, backup=backup)

    # ------------------------------------------------------------------------------------- backups

    def backups(self) -> tuple[Backup, ...]:
        """The copies beside the file, the latest first (MIG-5).

        What is in each is read when it is first asked for. A link, or a file of somebody who could not have
        changed the settings file either, is no copy.
        """
        target = self._disk.target()
        found: list[tuple[tuple[datetime, int], Backup]] = []
        known, self._listed = self._listed, {}
        with suppress(OSError), os.scandir(target.parent) as entries:
            for entry in entries:
                path = target.with_name(entry.name)
                named = is_backup_of(target, path)
                with suppress(OSError):
                    if named and is_trusted(status := entry.stat(follow_symlinks=False), target):
                        mark = (path, status.st_ino, status.st_size, status.st_mtime_ns)
                        backup = known.get(mark) or Backup(
                            path=path,
                            made_at=named[0],
                            size_bytes=status.st_size,
                            _remembered_reason=self._reasons.get(path.name, ""),
                        )
                        self._listed[mark] = backup
                        found.append((named, backup))
        return tuple(backup for _, backup in sorted(found, key=lambda item: item[0], reverse=True))

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
        return hide_frames(lambda: self._restore(backup))()

    def finish_save(self) -> Snapshot:
        """Puts the whole copy in the file's place that a save left which was broken off (ST-2).

        Such a copy is made for files that cannot be replaced only, because they are a mount of their own.
        The error for reading the file names it (`UnreadableSettingsError.whole_copy`).

        Raises:
            NotFoundError: If there is none, or the file is whole.
            SettingsWriteError: If the file cannot be written.
            LockTimeoutError: If another process does not let go of the lock.
        """

        def finish() -> Snapshot:
            with self._disk.locked() as target:
                whole = self._disk.unfinished(target)
                if whole is None:
                    raise NotFoundError("No save of this file was broken off.")
                snapshot = self._put_copy(target, parse(whole.data, path=str(self.path)), whole)
                unfinished_path(target).unlink(missing_ok=True)
                return snapshot

        return hide_frames(finish)()

    def _restore(self, backup: Backup | Path) -> Snapshot:
        with self._disk.locked() as target:
            return self._put_copy(target, *self._load_backup(target, backup))

    def _put_copy(self, target: Path, document: Document, wanted: Content) -> Snapshot:
        kept: Path | None = None
        try:
            for _ in range(_ATTEMPTS):
                current = self._disk.read(target, keep_open=True)
                try:
                    if current and current.data == wanted.data:
                        return self._snapshot(Loaded(document, current))
                    # The beginning of what is put there is no state of its own.
                    if current and not wanted.data.startswith(current.data):
                        kept = self._kept_copy(kept, target, current.data, BEFORE_RESTORE)
                    if self._disk.write(target, wanted.data, current) is WriteOutcome.DONE:
                        self._recent = []
                        self._follow(self._parsed(current), document)
                        return self._written(target, document, wanted.data, kept)
                finally:
                    if current:
                        current.close()
        except SettingsWriteError:
            self._drop(kept)
            raise
        self._drop(kept)
        raise SettingsWriteError(
            "Not restored: another program writes the settings file again and again.",
            path=str(self.path),
            hint="Close that program, then try again.",
        )

    def _parsed(self, content: Content | None) -> Document:
        with suppress(UnreadableSettingsError):
            return parse(content.data, path=str(self.path)) if content else {}
        return {}

    def _kept_copy(self, earlier: Path | None, target: Path, data: bytes, reason: str) -> Path:
        """A backup, in the place of one that was made a moment ago and for which nothing was written."""
        self._drop(earlier)
        return self._copy(target, data, reason)

    def _drop(self, backup: Path | None) -> None:
        """Removes a copy of a file that is as it was, so that tries that fail do not leave one each."""
        if backup:
            with suppress(OSError):
                backup.unlink()

    def read_backup(self, backup: Backup | Path) -> Document:
        """What stands in a copy.

        Args:
            backup: One of `backups`, or its path.

        Raises:
            NotFoundError: If it is no copy of this file, or is gone.
            UnreadableSettingsError: If it cannot be read as settings.
        """
        return hide_frames(lambda: self._load_backup(self._disk.target(), backup)[0])()

    def _load_backup(self, target: Path, backup: Backup | Path) -> tuple[Document, Content]:
        path = self._own_backup(target, backup)
        found = self._disk.read(path)
        if found is None:
            raise _no_backup(path)
        return parse(found.data, path=str(path)), found

    def delete_backup(self, backup: Backup | Path) -> None:
        """Removes a copy.

        Args:
            backup: One of `backups`, or its path.

        Raises:
            NotFoundError: If it is no copy of this file, or is gone.
            SettingsWriteError: If the folder does not allow it.
        """

        def delete() -> None:
            path = self._own_backup(self._disk.target(), backup)
            try:
                path.unlink()
            except FileNotFoundError:
                raise _no_backup(path) from None
            except OSError as error:
                raise write_error(error, path, self.path) from None

        hide_frames(delete)()

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
            with self._disk.locked() as target:
                if not os.path.lexists(target):
                    raise NotFoundError("There is no settings file to move away.")
                number = 1
                while os.path.lexists(new := backup_path(target, self._clock(), number, word="moved")):
                    number += 1
                try:
                    target.rename(new)
                except OSError as error:
                    raise write_error(error, target, self.path) from None
                self._disk.sync_folder(target)
                self._disk.forget()
                self._recent = []
                return new

        return hide_frames(move)()

    def _copy(self, target: Path, data: bytes, reason: str) -> Path:
        """A new backup with these bytes, which is whole or not there at all."""
        try:
            temporary = self._disk.files.write_temporary(target, data, None)
            try:
                number = 1
                while True:
                    path = backup_path(target, self._clock(), number)
                    try:
                        self._disk.files.publish(temporary, path)
                        break
                    except FileExistsError:
                        number += 1
            finally:
                with suppress(OSError):
                    temporary.unlink(missing_ok=True)
            self._disk.sync_copy(target)
        except OSError as error:
            raise write_error(error, target, self.path) from None
        self._reasons[path.name] = reason
        return path

    def _own_backup(self, target: Path, backup: Backup | Path) -> Path:
        path = Path(os.path.abspath(backup.path if isinstance(backup, Backup) else backup))  # noqa: PTH100
        # The folder may have been reached by a link; the copy lies in the real one.
        path = path.parent.resolve() / path.name
        try:
            if is_backup_of(target, path) is None or not is_trusted(path.lstat(), target):
                raise _no_backup(path)
        except FileNotFoundError:
            raise _no_backup(path) from None
        except OSError as error:
            raise read_error(error, path) from None
        return path


def _no_backup(path: Path) -> NotFoundError:
    return NotFoundError(f"There is no backup named {path.name} of this file.", hint="List the backups.")
