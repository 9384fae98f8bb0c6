"""Reads, changes and writes the settings file without losing anybody's data (ST-2 to ST-5).

A change takes a lock beside the file, reads the file again, applies the change, writes the result to a
temporary file in the same folder, syncs it, and replaces the file atomically. The Dispatch app takes no
lock. So the file is compared with what was read just before it is replaced, and checked again just after; if
another program wrote in between, the change is applied again to its version.
"""

from __future__ import annotations

import atexit
import os
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._hide_frames import hide_frames
from ..errors import (
    NotFoundError,
    NoWorkingFolderError,
    SettingsFileError,
    SettingsWriteError,
    UnreadableSettingsError,
)
from ._disk import (
    LOCK_TIMEOUT_SECONDS,
    Disk,
    Loaded,
    UnsyncedError,
    WriteOutcome,
    read_error,
    unfinished_path,
    write_error,
)
from .backups import BEFORE_RESTORE, Backup, backup_path, is_backup_of
from .document import json_equal, parse, render
from .file_system import LARGEST_FILE_BYTES, Content, Files, digest_of, is_trusted
from .locate import checked_path
from .merging import has_edit, reapply_edit

if TYPE_CHECKING:
    from collections.abc import Callable

    from .document import Document
    from .kept_providers import KeptProviders

__all__ = ["Backup", "SettingsStore", "Snapshot", "UnsyncedSaveError", "unfinished_path"]

_ATTEMPTS = 50  # at a change, as the file can be written meanwhile
_EDIT_MEMORY_SECONDS = 10.0  # an edit is made again if another program overwrote it within this time
_TIME_DOUBT_SECONDS = 0.2  # file systems take their times from a coarser clock
_EXIT_WAIT_SECONDS = 0.05  # how long after a save a process looks once more before it ends
# Within this time after a write, another one may leave the file's size and times the same: file systems
# store times with a resolution of up to 10 ms, or of whole seconds (FAT: two).
_STATUS_DOUBT_SECONDS = 0.05
_COARSE_STATUS_DOUBT_SECONDS = 2.0
# JupyterLite keeps files behind requests of its page, and a panel looks at one a hundred times a click.
_LOOKS_ARE_SLOW = sys.platform == "emscripten"
_SLOW_LOOK_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The content of the file at one moment.

    Attributes:
        document: Its content; empty if there was no file.
        digest: The content's SHA-256, for `SettingsStore.changed_since`; empty if there was no file.
        exists: Whether there was a file.
        modified_at: When it was last written (UTC); None if there was no file.
        changed: Whether this call changed the file.
        backup: The copy of the file as it was, if this call made one.
    """

    document: Document
    digest: str = ""
    exists: bool = False
    modified_at: datetime | None = None
    changed: bool = False
    backup: Path | None = None


class UnsyncedSaveError(UnsyncedError):
    """A change is written, and the disk reports an error all the same.

    Attributes:
        snapshot: The file as written.
    """

    snapshot: Snapshot | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        rebuild, (type_, state) = super().__reduce__()
        return rebuild, (type_, {**state, "snapshot": None})  # a pickle holds no key (SEC-1)


@dataclass(slots=True)
class _Edit:
    """The document before and after an edit, and when it was last saved, in seconds since 1970."""

    before: Document
    after: Document
    saved_at: float = field(default_factory=time.time)


class SettingsStore:
    """The settings file at one path. Threads and processes may share the path.

    Args:
        path: The file; it need not exist. A symbolic link is followed and stays.
        lock_timeout_seconds: How long a change waits for others that are changing the file.
        clock: Gives the time in seconds since 1970, for the names of backups.
        files: How the file system is reached; for tests.
        kept: The copy of the providers to keep up to date; None keeps none.

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
        self._recorded_digest = ""
        self._clock = clock
        self._known_status: tuple[object, ...] = ()
        self._unchanged: str | None = None
        self._next_look = 0.0
        self._reasons: dict[str, str] = {}
        self._recent: list[_Edit] = []
        self._written_digest = ""
        self._listed: dict[tuple[object, ...], Backup] = {}

    def __repr__(self) -> str:
        return f"SettingsStore({str(self.path)!r})"

    # ------------------------------------------------------------------------------------- reading

    @hide_frames
    def read(self) -> Snapshot:
        """Reads the file; an empty document if there is none.

        Raises:
            UnreadableSettingsError: If it cannot be read as settings; it is left as it is (ST-4).
        """
        target = self._disk.target()
        self._disk.sweep(target)
        loaded = self._disk.load(target)
        self._record_foreign_change(loaded)
        mended = self._with_overwritten_edits(loaded)
        if mended is not loaded.document and not json_equal(mended, loaded.document):
            # Where that cannot be saved, the file is shown as it is.
            with suppress(SettingsFileError):
                return self.edit(lambda document: document)
        return self._snapshot(loaded)

    def digest(self) -> str:
        """The SHA-256 of the file as it is now, valid or not; empty without a file."""
        with suppress(OSError, UnreadableSettingsError):
            content = self._disk.files.read(self._disk.target())
            return content.digest if content else ""
        return ""

    def changed_since(self, digest: str) -> bool:
        """Whether the file has changed since a snapshot with this digest (ST-6).

        Reads the file only if its size or times changed, or are too recent to be trusted, so it is cheap to
        call often. In a browser it looks once a second.

        Args:
            digest: The digest of a snapshot.
        """
        if not _LOOKS_ARE_SLOW:
            return self._has_changed_since(digest)
        if digest != self._unchanged or time.monotonic() > self._next_look:
            self._unchanged = None if self._has_changed_since(digest) else digest
            self._next_look = time.monotonic() + _SLOW_LOOK_SECONDS
        return self._unchanged is None

    def _has_changed_since(self, digest: str) -> bool:
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

    def wrote(self, snapshot: Snapshot) -> bool:
        """Whether this store wrote this content last, also while the save is still under way."""
        return bool(snapshot.digest) and snapshot.digest == self._written_digest

    def _record_foreign_change(self, loaded: Loaded) -> None:
        if self.kept and loaded.content and loaded.content.digest != self._recorded_digest:
            self.kept.record_foreign_change(loaded.document)
            self._recorded_digest = loaded.content.digest

    def _record_save(self, before: Document, after: Document) -> None:
        # Called while the lock is held, so that the copy is of the last save.
        if self.kept:
            self.kept.record_save(before, after)

    def _record_restore(self, before: Document, after: Document) -> None:
        if self.kept:
            self.kept.record_restore(before, after)

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

    @hide_frames
    def edit(self, change: Callable[[Document], Document], *, backup_reason: str | None = None) -> Snapshot:
        """Applies a change to what the file holds at that moment, and writes it (ST-3).

        If another program writes the file meanwhile, the change is applied again, and only the last result
        counts. It must neither modify the document that it is given nor use this store.

        Args:
            change: Returns the new document for the current one; its exceptions are passed on, and the file
                stays as it is.
            backup_reason: If given, a copy of the file is made beside it first, for this reason. Without a
                file there is no copy.

        Returns:
            The file's content now. A change that changes nothing does not touch the file (ST-5).

        Raises:
            UnreadableSettingsError: If the file cannot be read as settings; it stays as it is.
            LockTimeoutError: If another process does not release the lock.
            SettingsWriteError: If the disk, the folder or its permissions refuse; the file is unchanged.
            UnsyncedSaveError: If the file is written, and the disk reports an error all the same.
        """
        backup: Path | None = None
        overwritten: _Edit | None = None
        with self._disk.locked() as target:
            try:
                for _ in range(_ATTEMPTS):
                    loaded = self._disk.load_for_writing(target)
                    try:
                        if overwritten and has_edit(overwritten.before, overwritten.after, loaded.document):
                            # The other program had read our version before it wrote, so it has both changes.
                            self._remember_edit(overwritten)
                            self._record_save(overwritten.before, loaded.document)
                            return self._snapshot(loaded, changed=True, backup=backup)
                        before = self._with_overwritten_edits(loaded)
                        document = change(before)
                        if json_equal(document, loaded.document):
                            return self._snapshot(loaded)
                        data = self._render(document)
                        if backup_reason and loaded.content:
                            old = None if overwritten else backup
                            backup = self._replace_backup(old, target, loaded.content.data, backup_reason)
                        self._written_digest = digest_of(data)
                        outcome, unsynced = self._write(target, data, loaded.content)
                        if outcome is WriteOutcome.DONE:
                            self._remember_edit(_Edit(before, document))
                            self._record_save(loaded.document, document)
                            written = self._written_snapshot(target, document, data, backup)
                            return _synced(written, unsynced)
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
                if not overwritten and not isinstance(error, UnsyncedError):
                    self._discard_backup(backup)
                raise

    def _with_overwritten_edits(self, loaded: Loaded) -> Document:
        """Reapplies edits that another program overwrote, having read the file before they were saved.

        What this package took away was taken away on purpose, and what the other program changed to
        something else stays.
        """
        document = loaded.document
        if loaded.content is None:
            self._recent = []  # whatever comes next is another file
            return document
        foreign_write_at = loaded.content.foreign_write_at
        if not self._recent or foreign_write_at is None:
            return document
        recent = [
            edit
            for edit in self._recent
            if -_TIME_DOUBT_SECONDS < foreign_write_at - edit.saved_at < _EDIT_MEMORY_SECONDS
        ]
        # A file that lost its providers must not look as if it had them: not even the first, before whose
        # edit there were none.
        if "providers" not in document and any("providers" in edit.before for edit in recent):
            return document
        for edit in recent:
            mended = reapply_edit(edit.before, edit.after, document, overrule=False)
            if not json_equal(mended, document):
                document = mended
                edit.saved_at = time.time()
        return document

    def _remember_edit(self, edit: _Edit) -> None:
        # What is missing from the newest document was undone by this edit.
        now = edit.after
        recent = [old for old in self._recent if edit.saved_at - old.saved_at < _EDIT_MEMORY_SECONDS]
        self._recent = [old for old in recent if has_edit(old.before, old.after, now)] + [edit]
        _last_to_save[:] = [self]

    def check_last_edit(self) -> None:
        """Makes the last edit again if another program has overwritten it, or does so within 50 ms of it."""
        age_seconds = time.time() - self._recent[-1].saved_at if self._recent else _EDIT_MEMORY_SECONDS
        if 0 <= age_seconds < _EDIT_MEMORY_SECONDS:
            time.sleep(max(0.0, _EXIT_WAIT_SECONDS - age_seconds))
            with suppress(SettingsFileError):
                self.read()

    def _render(self, document: Document) -> bytes:
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

    def _write(
        self, target: Path, data: bytes, old: Content | None, **options: bool
    ) -> tuple[WriteOutcome, UnsyncedError | None]:
        """As `Disk.write`; an error that came after the file was written is returned, not raised."""
        try:
            return self._disk.write(target, data, old, **options), None
        except UnsyncedError as error:
            return WriteOutcome.DONE, error

    def _written_snapshot(
        self, target: Path, document: Document, data: bytes, backup: Path | None
    ) -> Snapshot:
        with suppress(OSError):
            status = target.stat()
            content = Content(data, self._written_digest, status)
            return self._snapshot(Loaded(document, content), changed=True, backup=backup)
        # It was removed since; the write itself succeeded.
        return Snapshot(
            document=document, digest=self._written_digest, exists=True, changed=True, backup=backup
        )

    # ------------------------------------------------------------------------------------- backups

    def backups(self) -> tuple[Backup, ...]:
        """The copies beside the file, the latest first (MIG-5); each is read when it is first needed.

        Links are left out, and so are files of a user who could not have changed the settings file.
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

    @hide_frames
    def restore(self, backup: Backup | Path) -> Snapshot:
        """Restores a copy byte for byte, after copying the current file.

        Args:
            backup: One of `backups`, or its path.

        Raises:
            NotFoundError: If it is no copy of this file, or is gone.
            UnreadableSettingsError: If the copy cannot be read as settings.
            SettingsWriteError: If the file cannot be written; it is unchanged.
            LockTimeoutError: If another process does not release the lock.
        """
        with self._disk.locked() as target:
            return self._put_in_place(target, *self._load_backup(target, backup))

    @hide_frames
    def finish_save(self) -> Snapshot:
        """Restores the complete copy that an interrupted save left beside the file (ST-2).

        There is one only for files that cannot be replaced because they are a mount point. The error for
        reading the file names it (`UnreadableSettingsError.whole_copy`).

        Raises:
            NotFoundError: If there is none, or the file is valid.
            SettingsWriteError: If the file cannot be written.
            LockTimeoutError: If another process does not release the lock.
        """
        with self._disk.locked() as target:
            whole = self._disk.unfinished(target)
            if whole is None:
                raise NotFoundError("No save of this file was broken off.")
            snapshot = self._put_in_place(target, parse(whole.data, path=str(self.path)), whole)
            unfinished_path(target).unlink(missing_ok=True)
            return snapshot

    def _put_in_place(self, target: Path, document: Document, wanted: Content) -> Snapshot:
        kept: Path | None = None
        try:
            for _ in range(_ATTEMPTS):
                current = self._disk.read(target, keep_open=True)
                try:
                    if current and current.data == wanted.data:
                        return self._snapshot(Loaded(document, current))
                    # A truncated version of the same bytes is not worth a backup.
                    if current and not wanted.data.startswith(current.data):
                        kept = self._replace_backup(kept, target, current.data, BEFORE_RESTORE)
                    self._written_digest = wanted.digest
                    outcome, unsynced = self._write(target, wanted.data, current, on_top=False)
                    if outcome is WriteOutcome.DONE:
                        self._recent = []
                        self._record_restore(self._parse(current), document)
                        return _synced(self._written_snapshot(target, document, wanted.data, kept), unsynced)
                finally:
                    if current:
                        current.close()
        except SettingsWriteError as error:
            if not isinstance(error, UnsyncedError):
                self._discard_backup(kept)
            raise
        self._discard_backup(kept)
        raise SettingsWriteError(
            "Not restored: another program writes the settings file again and again.",
            path=str(self.path),
            hint="Close that program, then try again.",
        )

    def _parse(self, content: Content | None) -> Document:
        with suppress(UnreadableSettingsError):
            return parse(content.data, path=str(self.path)) if content else {}
        return {}

    def _replace_backup(self, earlier: Path | None, target: Path, data: bytes, reason: str) -> Path:
        """Makes a backup, and removes the one of the previous attempt."""
        self._discard_backup(earlier)
        return self._make_backup(target, data, reason)

    def _discard_backup(self, backup: Path | None) -> None:
        """Removes the backup of a failed attempt, as the file is unchanged."""
        if backup:
            with suppress(OSError):
                backup.unlink()

    @hide_frames
    def read_backup(self, backup: Backup | Path) -> Document:
        """Reads a copy.

        Args:
            backup: One of `backups`, or its path.

        Raises:
            NotFoundError: If it is no copy of this file, or is gone.
            UnreadableSettingsError: If it cannot be read as settings.
        """
        return self._load_backup(self._disk.target(), backup)[0]

    def _load_backup(self, target: Path, backup: Backup | Path) -> tuple[Document, Content]:
        path = self._own_backup(target, backup)
        found = self._disk.read(path)
        if found is None:
            raise _no_backup(path)
        return parse(found.data, path=str(path)), found

    @hide_frames
    def delete_backup(self, backup: Backup | Path) -> None:
        """Deletes a copy.

        Args:
            backup: One of `backups`, or its path.

        Raises:
            NotFoundError: If it is no copy of this file, or is gone.
            SettingsWriteError: If the folder does not allow it.
        """
        path = self._own_backup(self._disk.target(), backup)
        try:
            path.unlink()
        except FileNotFoundError:
            raise _no_backup(path) from None
        except OSError as error:
            raise write_error(error, path, self.path) from None

    @hide_frames
    def move_away(self) -> Path:
        """Renames the file, so that the next change starts a new one (ST-4).

        Returns:
            Its new path: ``dispatch.settings.moved-<UTC time>.json``.

        Raises:
            NotFoundError: If there is no file.
            SettingsWriteError: If the folder does not allow it.
            LockTimeoutError: If another process does not release the lock.
        """
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
            self._disk.forget()
            self._recent = []
            self._disk.sync_folder(target)
            return new

    def _make_backup(self, target: Path, data: bytes, reason: str) -> Path:
        """Writes a backup atomically."""
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
        # The folder may have been reached by a link; the copy is in the real one.
        path = path.parent.resolve() / path.name
        try:
            if is_backup_of(target, path) is None or not is_trusted(path.lstat(), target):
                raise _no_backup(path)
        except FileNotFoundError:
            raise _no_backup(path) from None
        except OSError as error:
            raise read_error(error, path) from None
        return path


def _synced(written: Snapshot, error: UnsyncedError | None) -> Snapshot:
    """The snapshot of a finished write, unless the disk reported an error after it."""
    if error is None:
        return written
    unsynced = UnsyncedSaveError(error.message, path=error.path, hint=error.hint)
    unsynced.snapshot = written
    raise unsynced


_last_to_save: list[SettingsStore] = []


@atexit.register
def _check_last_edit() -> None:
    """Looks once more before the process ends, as nobody of ours would notice an overwritten edit later."""
    for store in _last_to_save:
        store.check_last_edit()


def _no_backup(path: Path) -> NotFoundError:
    return NotFoundError(f"There is no backup named {path.name} of this file.", hint="List the backups.")
