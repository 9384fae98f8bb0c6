"""The settings file of a service: loaded, migrated, followed and edited.

The store handles bytes, locks and backups; the migration handles documents. This module connects them, and
knows the current document, whether it is to be migrated, who saved last, and what other programs removed.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Literal

from .._log import get_logger
from .._text import clean, plural
from ..errors import (
    DispatchError,
    LockTimeoutError,
    NotFoundError,
    SettingsFileError,
    SettingsShapeError,
    SettingsWriteError,
    UnreadableSettingsError,
)
from ..settings.backups import BEFORE_CONVERSION, Backup, added_since
from ..settings.document import json_equal
from ..settings.kept_providers import KeptCopy, KeptProviders
from ..settings.kinds import lost_ids, needs_conversion_first
from ..settings.migration import convert_entries, migrate, needs_migration
from ..settings.older_formats import rewrite
from ..settings.schema import Settings
from ..settings.store import SettingsStore, UnsyncedSaveError
from ..settings.views import view

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ..settings.backups import Added
    from ..settings.document import Document
    from ..settings.report import MigrationReport
    from ..settings.schema import Provider
    from ..settings.store import Snapshot

_log = get_logger("dispatch_widgets")

SavedBy = Literal["", "this notebook", "another program"]


@dataclass(frozen=True, slots=True, eq=False)
class LastChange:
    """The last save of a service, told apart from every other one.

    Attributes:
        words: What it did, as ``Lab was deleted``; empty if it cannot be undone.
    """

    words: str


class AwaitingMigrationError(DispatchError):
    """The file is in the old format, and nothing is written to it before the user migrates it."""

    code = "BAD_REQUEST"

    def __init__(self) -> None:
        super().__init__(
            "This settings file has the old format; nothing is written to it until it is converted.",
            hint="Convert it in the panel's Settings file tab, or call the service's migrate().",
        )


class NothingToUndoError(DispatchError):
    """There is no change to undo, or the file was changed after it."""

    code = "BAD_REQUEST"

    def __init__(self) -> None:
        super().__init__(
            "There is nothing to undo: the file was changed since.",
            hint="Backups of the file are in the panel's Settings file tab.",
        )


class NothingRemovedError(NotFoundError):
    """No providers to bring back: no other program removed any, or there is no copy."""

    def __init__(self, *, lost: bool) -> None:
        if lost:
            super().__init__(
                "Another program removed your providers, and no copy of them is kept here.",
                hint="A backup of the file may have them; else add them anew.",
            )
        else:
            super().__init__("No other program removed your providers.")


class ProvidersRemovedError(NotFoundError):
    """A copy is wanted of a file from which another program removed the providers."""

    def __init__(self) -> None:
        super().__init__(
            "Another program removed your providers, so a copy would have none.",
            hint="Bring them back first: service.bring_back_providers(), or the panel's Settings file tab.",
        )


class NothingGoneError(NotFoundError):
    """No file to put back: it exists, or was never read."""

    def __init__(self) -> None:
        super().__init__(
            "There is no settings file to put back.",
            hint="A backup may be there: see the panel's Settings file tab.",
        )


@dataclass(frozen=True, slots=True)
class Gone:
    """A settings file that has disappeared (ST-10).

    Attributes:
        at: When this was noticed (UTC).
        document: Its last content; None if it could not be read.
    """

    at: datetime
    document: Document | None


class _MigrateFirstError(Exception):
    """Raised within an edit if the file has become one in the old format, which must be migrated first."""


class SettingsFile:
    """The settings file, in step with the disk.

    Args:
        path: The file.
        auto_migrate: Whether a file in the old format is migrated when it is opened (MIG-1).
        keep_providers_copy: Whether a copy of the providers is kept, in case another program removes them
            (ST-8); the environment can turn it off. If not, an existing copy is deleted.
        clock: Gives the time in seconds since 1970.
        on_change: Called, in any thread, after the settings have changed, with a function that returns the
            current ones.
    """

    def __init__(
        self,
        path: Path,
        *,
        auto_migrate: bool,
        keep_providers_copy: bool,
        clock: Callable[[], float],
        on_change: Callable[[Callable[[], Settings]], None],
    ) -> None:
        self._kept = KeptProviders(path, on=None if keep_providers_copy else False, clock=clock)
        self.store = SettingsStore(path, clock=clock, kept=self._kept)
        self.report: MigrationReport | None = None
        self.problem: SettingsFileError | None = None
        self.saved_by: SavedBy = ""
        self.awaiting_migration = False
        self.gone: Gone | None = None
        self._clock = clock
        self._auto_migrate = auto_migrate
        # Only the file found when the service is opened: a later one in the old format was put there on
        # purpose, as by a restore (MIG-5).
        self._by_itself = auto_migrate
        self._unwritable: SettingsWriteError | None = None
        self._restored = False
        self._on_change = on_change
        self._lock = threading.RLock()
        self._snapshot: Snapshot | None = None
        self._settings = Settings()
        self._shown: Document = {}
        self._on_disk: Document | None = None  # when it was last seen
        self._removed: tuple[str, tuple[Document, ...]] | None = None  # by the fingerprint of the content
        self._last: tuple[LastChange, Document, Document] | None = None  # with the document before and after
        self.reload()

    @property
    def path(self) -> Path:
        """The file."""
        return self.store.path

    @property
    def saved_at(self) -> datetime | None:
        """When the current file was written; None if there is none."""
        with self._lock:
            return self._snapshot.modified_at if self._snapshot else None

    def current(self) -> Settings:
        """The settings as last read or saved; does not look at the disk."""
        with self._lock:
            return self._settings

    @property
    def settings(self) -> Settings:
        """The current settings, after reading a change from outside.

        Raises:
            SettingsFileError: If the file cannot be read as settings.
        """
        return self._read()[0]

    @property
    def document(self) -> Document:
        """The document of `settings`, which must not be modified."""
        return self._read()[1]

    def _read(self) -> tuple[Settings, Document]:
        if self.changed_outside():
            self.reload()
        with self._lock:
            if self.problem is not None:
                raise self.problem.with_traceback(None)
            return self._settings, self._shown

    def changed_outside(self) -> bool:
        """Whether the file on disk differs from the current document."""
        with self._lock:
            if self._snapshot is None:
                return True
            digest = self._snapshot.digest
        return self.store.changed_since(digest)

    def reload(self) -> bool:
        """Reads the file again, and migrates it if that is due.

        Returns:
            Whether the settings have changed.
        """
        try:
            snapshot = self.store.read()
            if self._by_itself and snapshot.exists and self._is_due(snapshot.document):
                snapshot = self._migrate_on_disk(snapshot)
                # If it could not be written, the next content is another attempt.
                self._by_itself = self._unwritable is not None
                return self._adopt(snapshot, awaiting=False)[1]
            self._by_itself = False
            return self._adopt(snapshot, awaiting=needs_conversion_first(snapshot.document))[1]
        except SettingsFileError as error:
            with self._lock:
                news = str(self.problem) != str(error)
                self.problem = error
                self._by_itself &= isinstance(error, LockTimeoutError)  # the file itself is valid
                # An unreadable file is read again each time, as it may have been repaired.
                self._snapshot = None
            if news:
                _log.warning("%s", error)
                self._on_change(self.current)
            return news

    def _is_due(self, document: Document) -> bool:
        """Whether a document is to be migrated; an empty one too, unless it has lost its content."""
        return needs_migration(document) and (
            needs_conversion_first(document) or not self._kept.removed(document)
        )

    def _migrate_on_disk(self, snapshot: Snapshot) -> Snapshot:
        """Migrates under the store's lock, or in memory if the folder is read-only (MIG-1)."""
        reports: list[MigrationReport] = []
        self._unwritable = None

        def change(document: Document) -> Document:
            reports.clear()
            if not needs_migration(document):  # another process has migrated it
                return document
            migrated, report = migrate(document, path=str(self.path))
            reports.append(report)
            return migrated

        try:
            written, unsynced = _written_by(partial(self.store.edit, change, backup_reason=BEFORE_CONVERSION))
        except SettingsWriteError as error:
            self._unwritable = error
            migrated, report = migrate(snapshot.document, path=str(self.path))
            note = f"Nothing was written: {error.message} The conversion is in memory only."
            self.report = report.with_warning(note)
            return replace(snapshot, document=migrated)
        if reports:
            report = reports[0].as_written(written.backup)
            self.report = report.with_warning(unsynced.message) if unsynced else report
            self.saved_by = "this notebook"
        return written

    def _adopt(self, snapshot: Snapshot, *, awaiting: bool, ours: bool = False) -> tuple[Settings, bool]:
        """Takes over what was read or written; returns its settings, and whether they have changed."""
        shown = snapshot.document
        if awaiting and (self._auto_migrate or self._restored):
            # The file has become one in the old format; this process uses it as converted (MIG-5).
            if self._snapshot is not None and self._snapshot.digest == snapshot.digest:
                shown = self._shown  # kept, as each conversion gives the providers new ids
            else:
                shown, self.report = migrate(shown, path=str(self.path))
        settings = view(shown, path=str(self.path))
        with self._lock:
            before, had = self._settings, self._snapshot
            # Another thread may have read, and told of, what this one has just saved.
            told = snapshot.changed and had is not None and had.digest == snapshot.digest
            gone = None if ours or snapshot.exists else self._gone_now(had)
            news = (
                settings != before
                or self.problem is not None
                or awaiting != self.awaiting_migration
                or (gone is None) != (self.gone is None)
            )
            if (ours and snapshot.exists) or self.store.wrote(snapshot):
                self.saved_by = "this notebook"
            elif not snapshot.exists:
                self.saved_by = ""
            elif isinstance(self.problem, UnreadableSettingsError | SettingsShapeError) or (
                had is not None and had.digest != snapshot.digest
            ):
                self.saved_by = "another program"
            self._snapshot, self._settings, self._shown = snapshot, settings, shown
            self.problem, self.awaiting_migration, self.gone = None, awaiting, gone
            self._on_disk = snapshot.document if snapshot.exists else None
        if news or (ours and not told):
            self._on_change(self.current)
        return settings, news

    def _gone_now(self, had: Snapshot | None) -> Gone | None:
        """What is known of a missing file; None if there never was one."""
        if self.gone is not None or (self.problem is None and not (had and had.exists)):
            return self.gone
        return Gone(datetime.fromtimestamp(self._clock(), UTC), self._on_disk)

    def edit(self, change: Callable[[Document], Document], *, what: str = "") -> Settings:
        """Changes the document on disk, and returns the settings as saved.

        Args:
            change: Makes a new document from the old one; may run more than once.
            what: The change in a few words, for `undo`.

        Raises:
            AwaitingMigrationError: If the file is in the old format and waits for the user.
            SettingsFileError: If the file cannot be read, locked or written; nothing is changed.
        """
        return self._save(change, what=what)[0]

    def _save(
        self, change: Callable[[Document], Document], *, what: str, backup_reason: str | None = None
    ) -> tuple[Settings, Path | None]:
        """Does what `edit` does, after a backup if there is a reason for one; returns its path too."""

        def guarded(document: Document) -> Document:
            if needs_conversion_first(document):
                raise _MigrateFirstError
            changed = change(document)
            change_made[:] = [document, changed]
            return changed

        change_made: list[Document] = []
        edit = partial(self.store.edit, guarded, backup_reason=backup_reason)
        _ = self.settings  # raises if the file cannot be read, and migrates one from outside
        if self.awaiting_migration:
            raise AwaitingMigrationError
        try:
            snapshot, unsynced = _written_by(edit)
        except _MigrateFirstError:
            self._unwritable = None  # the reload may try again
            self.reload()
            try:
                snapshot, unsynced = _written_by(edit)
            except _MigrateFirstError:
                raise self._unwritable or AwaitingMigrationError() from None
        settings, _ = self._adopt(snapshot, awaiting=False, ours=True)
        if snapshot.changed:
            # Not the snapshot's document: it has a change that another program made just after ours.
            before, after = change_made
            self._last = (LastChange(what), before, after)
        if unsynced:
            raise unsynced
        return settings, snapshot.backup

    @property
    def undoable(self) -> str:
        """What `undo` would undo, in a few words; empty if nothing."""
        with self._lock:
            # Otherwise a later edit by another program would be lost too.
            return self._last[0].words if self._last and json_equal(self._last[2], self._shown) else ""

    @property
    def last_change(self) -> LastChange | None:
        """The last save; None after it was undone, or without one."""
        last = self._last
        return last[0] if last else None

    def undo(self, change: LastChange | None = None) -> str:
        """Undoes the last change of this service, if the file has not changed since.

        Args:
            change: Undone only if it is the last one.

        Returns:
            What was undone.

        Raises:
            NothingToUndoError: If there is no such change, or the file was changed after it.
        """
        if self._last is None:
            raise NothingToUndoError
        last, before, after = self._last
        if not last.words or (change is not None and change is not last):
            raise NothingToUndoError

        def back(document: Document) -> Document:
            if not json_equal(document, after):
                raise NothingToUndoError
            return before

        self.edit(back)
        self._last = None
        return last.words

    def preview(self) -> MigrationReport | None:
        """What a migration would do, without writing; None if none is due (MIG-6)."""
        snapshot = self.store.read()
        if not (snapshot.exists and self._is_due(snapshot.document)):
            return None
        stand_ins = (f"new-id-{number}" for number in count(1))  # so that each look at it shows the same
        return migrate(snapshot.document, new_id=partial(next, stand_ins), path=str(self.path))[1]

    def migrate_now(self) -> MigrationReport | None:
        """Migrates at the user's request; returns the last migration's report if none is due."""
        self._restored = False
        snapshot = self.store.read()
        if snapshot.exists and self._is_due(snapshot.document):
            snapshot = self._migrate_on_disk(snapshot)
            # If it could not be written, the next content is another attempt.
            self._by_itself = self._unwritable is not None
            self._adopt(snapshot, awaiting=False, ours=not self._by_itself)
        else:
            self._adopt(snapshot, awaiting=False)
        return self.report

    @property
    def convertible(self) -> bool:
        """Whether a file with providers has older entries that can be converted (MIG-8)."""
        if self.awaiting_migration:
            return False
        settings, document = self._read()
        return any(entry.unconverted for entry in settings.catalog) or bool(rewrite(document).accounts)

    @property
    def places_left(self) -> tuple[str, ...]:
        """Places in the app's first formats that could not be converted, and may hold keys (MIG-10)."""
        return rewrite(self.document).not_understood

    def convert_entries(self) -> MigrationReport:
        """Converts single entries with credentials of their own (MIG-8), after a backup."""
        reports: list[MigrationReport] = []

        def change(document: Document) -> Document:
            converted, report = convert_entries(document, path=str(self.path))
            reports[:] = [report]
            return converted

        _, backup = self._save(change, what="Entries were converted", backup_reason=BEFORE_CONVERSION)
        return reports[0].as_written(backup)

    def converted(self) -> Document:
        """The document in today's format, as far as it can be converted; nothing is written.

        Raises:
            NotFoundError: If there is no file, or another program removed the providers.
            SettingsFileError: If the file cannot be read as settings.
        """
        document = self.document
        if not document:
            raise NotFoundError("There is no settings file yet, or nothing is in it.")
        if _has_lost_providers(document):
            raise ProvidersRemovedError
        return convert_entries(document, path=str(self.path))[0]

    def restore(self, backup: Backup | Path) -> None:
        """Restores a backup, after a backup of the current file (MIG-5)."""
        self._backup_settings(backup)  # raises before the file is replaced by what cannot be shown
        snapshot, unsynced = _written_by(partial(self.store.restore, backup))
        self._restored = True
        awaiting = needs_conversion_first(snapshot.document)
        if not awaiting:
            self.report = None
        self._adopt(snapshot, awaiting=awaiting, ours=True)
        if unsynced:
            raise unsynced

    def finish_save(self) -> None:
        """Finishes an interrupted save with the complete copy that it left (ST-2)."""
        self._take_over(self.store.finish_save)

    def added_since(self, backup: Backup | Path) -> Added:
        """What the settings have and a backup does not; a restore would lose it."""
        return added_since(self.settings, self._backup_settings(backup))

    def _backup_settings(self, backup: Backup | Path) -> Settings:
        path = str(backup.path if isinstance(backup, Backup) else backup)
        return view(migrate(self.store.read_backup(backup), path=path)[0], path=path)

    def move_away(self) -> Path:
        """Moves a broken file away, so that the next save starts a new one (ST-4).

        Returns:
            Where the file is now.
        """
        moved = self.store.move_away()
        self.report = None  # which was about the file moved away
        self._adopt(self.store.read(), awaiting=False, ours=True)
        return moved

    # ---- what another program removed

    @property
    def lost_providers(self) -> bool:
        """Whether another program has removed the list of providers, and entries refer to some (ST-8)."""
        return _has_lost_providers(self.document)

    @property
    def removed_providers(self) -> tuple[Provider, ...]:
        """The providers that another program has removed, as last saved here (ST-8)."""
        document = self.document
        with self._lock:
            digest = self._snapshot.digest if self._snapshot else ""
            if self.awaiting_migration or not digest:
                return ()
            if self._removed is None or self._removed[0] != digest:
                self._removed = digest, self._kept.removed(document)
            removed = self._removed[1]
        return view({"providers": [*removed]}).providers if removed else ()

    def bring_back_providers(self) -> tuple[Provider, ...]:
        """Appends the removed providers to those in the file (ST-8).

        Returns:
            The providers that were brought back.

        Raises:
            NothingRemovedError: If there is nothing to bring back.
        """
        back = self.removed_providers
        if not back:
            raise NothingRemovedError(lost=self.lost_providers)
        name = clean(back[0].name, 60)
        one = len(back) == 1
        what = f"{name} was brought back" if one else f"{plural(len(back), 'provider')} were brought back"
        saved = self.edit(self._kept.bring_back, what=what)
        return tuple(provider for provider in back if saved.provider(provider.id) is not None)

    @property
    def kept_copy(self) -> KeptCopy | None:
        """The copy of the providers as last saved here, in the user's state folder; None if there is none."""
        return self._kept.read()

    def delete_kept_copy(self) -> None:
        """Deletes that copy; the next save makes a new one, unless that is turned off.

        Raises:
            NotFoundError: If there is none.
        """
        if not self._kept.delete():
            raise NotFoundError("There is no copy of the providers.")
        self._removed = None
        self._on_change(self.current)

    def put_back(self) -> None:
        """Writes a file that has disappeared again, with its last content (ST-10).

        Raises:
            NothingGoneError: If the file exists, or was never read.
            SettingsWriteError: If it cannot be written.
        """
        gone = self.gone
        if gone is None or not gone.document or self.store.read().exists:
            self.reload()
            raise NothingGoneError
        document = gone.document
        self._take_over(partial(self.store.edit, lambda there: there or document))

    def _take_over(self, write: Callable[[], Snapshot]) -> None:
        """Adopts what a write leaves in the file, then raises what the disk reported after it."""
        snapshot, unsynced = _written_by(write)
        self._adopt(snapshot, awaiting=needs_conversion_first(snapshot.document), ours=True)
        if unsynced:
            raise unsynced


def _has_lost_providers(document: Document) -> bool:
    return document.get("providers") is None and bool(lost_ids(document))


def _written_by(write: Callable[[], Snapshot]) -> tuple[Snapshot, UnsyncedSaveError | None]:
    """The file after a write, and the error that the disk reported once it was written."""
    try:
        return write(), None
    except UnsyncedSaveError as error:
        if error.snapshot is None:
            raise
        written, error.snapshot = error.snapshot, None  # an error that is shown holds no keys
        return written, error
