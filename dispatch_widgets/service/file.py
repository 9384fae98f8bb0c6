"""The settings file as a service lives with it: loaded, migrated, followed and edited.

The store knows bytes, locks and backups; the migration knows documents. This is the place where the
two meet: what is shown now, whether it still has to be migrated, and who saved last.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import replace
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Literal

from ..errors import DispatchError, SettingsFileError, SettingsWriteError
from ..settings.backups import BEFORE_CONVERSION, added_since
from ..settings.document import same
from ..settings.migration import convert_entries, migrate, needs_migration
from ..settings.schema import Settings
from ..settings.store import SettingsStore
from ..settings.views import view

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from ..settings.backups import Added
    from ..settings.document import Document
    from ..settings.report import MigrationReport
    from ..settings.store import Backup, Snapshot

_log = logging.getLogger("dispatch_widgets")

SavedBy = Literal["", "this notebook", "another program"]


class AwaitingMigrationError(DispatchError):
    """The file is from before providers and is not to be migrated by itself: nothing is written to it."""

    code = "BAD_REQUEST"

    def __init__(self) -> None:
        super().__init__(
            "This settings file is from before providers; nothing is written to it until it is converted.",
            hint="Convert it in the panel's Settings file tab, or call the service's migrate().",
        )


class NothingToUndoError(DispatchError):
    """There is no change to take back, or the file was changed after it."""

    code = "BAD_REQUEST"

    def __init__(self) -> None:
        super().__init__(
            "There is nothing to undo: the file was changed since.",
            hint="Backups of the file are in the panel's Settings file tab.",
        )


class _MigrateFirstError(Exception):
    """Inside an edit: somebody put a file in the old format there; it has to be migrated before."""


class SettingsFile:
    """One settings file, kept in step with the disk.

    Args:
        path: The file.
        auto_migrate: Whether a file in the old format is migrated by itself (MIG-1).
        clock: Wall clock, in seconds since 1970.
        on_change: Called, from whichever thread, after the settings shown have changed.
    """

    def __init__(
        self,
        path: Path,
        *,
        auto_migrate: bool,
        clock: Callable[[], float],
        on_change: Callable[[Settings], None],
    ) -> None:
        self.store = SettingsStore(path, clock=clock)
        self.report: MigrationReport | None = None
        self.problem: SettingsFileError | None = None
        self.saved_by: SavedBy = ""
        self.awaiting_migration = False
        self._auto_migrate = auto_migrate
        self._unwritable: SettingsWriteError | None = None
        self._restored = False  # an old format that was put back on purpose is not migrated again (MIG-5)
        self._on_change = on_change
        self._lock = threading.RLock()
        self._snapshot: Snapshot | None = None
        self._settings = Settings()
        self._shown: Document = {}
        self._last: tuple[str, Document, Document] | None = None  # what, and the document before and after
        self.reload()

    @property
    def path(self) -> Path:
        """The file."""
        return self.store.path

    @property
    def saved_at(self) -> datetime | None:
        """When the file that is shown was written; None while there is none."""
        with self._lock:
            return self._snapshot.modified_at if self._snapshot else None

    @property
    def settings(self) -> Settings:
        """What the file says now; a change from outside is picked up first.

        Raises:
            SettingsFileError: If the file cannot be read as settings.
        """
        if self.changed_outside():
            self.reload()
        with self._lock:
            if self.problem is not None:
                raise self.problem.with_traceback(None)
            return self._settings

    @property
    def document(self) -> Document:
        """The document behind `settings`, to be read only."""
        _ = self.settings
        with self._lock:
            return self._shown

    def changed_outside(self) -> bool:
        """Whether the file on disk is another one than the one shown."""
        with self._lock:
            if self._snapshot is None:
                return True
            digest = self._snapshot.digest
        return self.store.changed_since(digest)

    def reload(self) -> bool:
        """Read the file again, and migrate it if that is due.

        Returns:
            Whether what is shown has changed.
        """
        try:
            snapshot = self.store.read()
            due = snapshot.exists and needs_migration(snapshot.document)
            if due and self._auto_migrate and not self._restored:
                snapshot = self._migrate_on_disk(snapshot)
                due = False
            return self._adopt(snapshot, awaiting=due)
        except SettingsFileError as error:
            with self._lock:
                news = str(self.problem) != str(error)
                self.problem = error
                # A file that cannot be read is looked at again each time: it may have been mended.
                self._snapshot = None
            if news:
                _log.warning("%s", error)
                self._on_change(self._settings)
            return news

    def _migrate_on_disk(self, snapshot: Snapshot) -> Snapshot:
        """Migrate under the store's lock; in a folder that cannot be written, in memory (MIG-1)."""
        reports: list[MigrationReport] = []

        def change(document: Document) -> Document:
            reports.clear()
            if not needs_migration(document):  # another kernel was quicker
                return document
            migrated, report = migrate(document, path=str(self.path))
            reports.append(report)
            return migrated

        try:
            written = self.store.edit(change, backup_reason=BEFORE_CONVERSION)
        except SettingsWriteError as error:
            self._unwritable = error
            migrated, report = migrate(snapshot.document, path=str(self.path))
            note = f"Nothing was written: {error.message} The conversion is in memory only."
            self.report = report.with_warning(note)
            return replace(snapshot, document=migrated)
        if reports:
            self.report = reports[0].as_written(written.backup)
            self.saved_by = "this notebook"
        return written

    def _adopt(self, snapshot: Snapshot, *, awaiting: bool, ours: bool = False) -> bool:
        shown = snapshot.document
        if awaiting and self._restored:
            # The old format is back on disk; this process goes on with it as it will be (MIG-5).
            if self._snapshot is not None and self._snapshot.digest == snapshot.digest:
                shown = self._shown  # not once more: each conversion gives the providers new ids
            else:
                shown, self.report = migrate(shown, path=str(self.path))
        settings = view(shown, path=str(self.path))
        with self._lock:
            before, had = self._settings, self._snapshot
            news = settings != before or self.problem is not None or awaiting != self.awaiting_migration
            if ours:
                self.saved_by = "this notebook"
            elif had is not None and had.digest != snapshot.digest and had.exists:
                self.saved_by = "another program"
            self._snapshot, self._settings, self._shown = snapshot, settings, shown
            self.problem, self.awaiting_migration = None, awaiting
        if news or ours:
            self._on_change(settings)
        return news

    def edit(
        self, change: Callable[[Document], Document], *, backup_reason: str | None = None, what: str = ""
    ) -> Snapshot:
        """Change the document as it is on disk now, and save it.

        Args:
            change: From a document to a new one; may run more than once.
            backup_reason: If given, a copy of the file is made first, for this reason.
            what: What the change did, in a few words, for `undo`.

        Raises:
            AwaitingMigrationError: If the file is in the old format and not to be migrated by itself.
            SettingsFileError: If the file cannot be read, locked or written; nothing is changed.
        """

        def guarded(document: Document) -> Document:
            if document and needs_migration(document):
                raise _MigrateFirstError
            before[:] = [document]
            return change(document)

        before: list[Document] = []
        _ = self.settings  # raises for a file that cannot be read; migrates one that came from outside
        if self.awaiting_migration:
            raise AwaitingMigrationError
        try:
            snapshot = self.store.edit(guarded, backup_reason=backup_reason)
        except _MigrateFirstError:
            self.reload()
            try:
                snapshot = self.store.edit(guarded, backup_reason=backup_reason)
            except _MigrateFirstError:
                raise self._unwritable or AwaitingMigrationError() from None
        self._adopt(snapshot, awaiting=False, ours=True)
        if snapshot.changed:
            self._last = (what, before[0], snapshot.document)
        return snapshot

    @property
    def undoable(self) -> str:
        """What `undo` would take back, in a few words; empty if there is nothing."""
        with self._lock:
            # An edit from elsewhere since then would be lost with it.
            return self._last[0] if self._last and same(self._last[2], self._shown) else ""

    def undo(self) -> str:
        """Take the last change of this service back, if nothing has changed since.

        Returns:
            What was taken back.

        Raises:
            NothingToUndoError: If there is no such change, or the file was changed after it.
        """
        last = self._last
        if last is None or not last[0]:
            raise NothingToUndoError
        what, before, after = last

        def back(document: Document) -> Document:
            if not same(document, after):
                raise NothingToUndoError
            return before

        self.edit(back)
        self._last = None
        return what

    def preview(self) -> MigrationReport | None:
        """What a migration would do; None if none is due. Nothing is written (MIG-6)."""
        snapshot = self.store.read()
        if not (snapshot.exists and needs_migration(snapshot.document)):
            return None
        stand_ins = (f"new-id-{number}" for number in count(1))  # the same each time it is looked at
        return migrate(snapshot.document, new_id=partial(next, stand_ins), path=str(self.path))[1]

    def migrate_now(self) -> MigrationReport | None:
        """Migrate because the user says so; the report of the last migration if none is due."""
        self._restored = False
        snapshot = self.store.read()
        if snapshot.exists and needs_migration(snapshot.document):
            self._adopt(self._migrate_on_disk(snapshot), awaiting=False, ours=True)
        else:
            self._adopt(snapshot, awaiting=False)
        return self.report

    def convert_entries(self) -> MigrationReport:
        """Convert single entries that still hold credentials of their own (MIG-8), after a backup."""
        reports: list[MigrationReport] = []

        def change(document: Document) -> Document:
            converted, report = convert_entries(document, path=str(self.path))
            reports[:] = [report]
            return converted

        snapshot = self.edit(change, backup_reason=BEFORE_CONVERSION, what="Entries were converted")
        return reports[0].as_written(snapshot.backup)

    def restore(self, backup: Backup | Path) -> None:
        """Go back to a backup; the file of now is kept as a backup itself (MIG-5).

        Args:
            backup: One of the store's backups, or its path.
        """
        snapshot = self.store.restore(backup)
        self._restored = True
        awaiting = needs_migration(snapshot.document)
        if not awaiting:
            self.report = None
        self._adopt(snapshot, awaiting=awaiting, ours=True)

    def added_since(self, backup: Backup | Path) -> Added:
        """What is in the settings now that is not in a backup: it would go with a restore.

        Args:
            backup: One of the store's backups, or its path.
        """
        before, _ = migrate(self.store.read_backup(backup))
        return added_since(self.settings, view(before, path=str(self.path)))

    def move_away(self) -> Path:
        """Move a broken file aside, so that the next save starts a new one (ST-4).

        Returns:
            Where the file is now.
        """
        moved = self.store.move_away()
        self.report = None  # it was about the file that is gone
        self._adopt(self.store.read(), awaiting=False, ours=True)
        return moved
