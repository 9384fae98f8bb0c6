"""What every part of the service stands on: the file, the lists, and those who listen."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ..errors import FieldProblem, InvalidInputError
from ..settings.locate import locate
from .consent import Consents
from .file import SettingsFile
from .lists import ModelLists

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    import httpx

    from ..errors import SettingsFileError
    from ..settings.backups import Added
    from ..settings.locate import Location
    from ..settings.report import MigrationReport
    from ..settings.schema import Settings
    from ..settings.store import Backup

_log = logging.getLogger("dispatch_widgets")

REQUEST_TIMEOUT_SECONDS = 10.0
_LONGEST_TIMEOUT_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Change:
    """What a subscriber is told.

    Attributes:
        what: ``settings`` (the file's content as shown), ``asking`` (a request began) or
            ``discovery`` (a request ended, or a lock was lifted).
        provider_id: Whose list it is about; empty for ``settings``.
    """

    what: Literal["settings", "asking", "discovery"]
    provider_id: str = ""


def _checked_timeout(seconds: object) -> float:
    if isinstance(seconds, int | float) and 0 < seconds <= _LONGEST_TIMEOUT_SECONDS:
        return float(seconds)
    raise InvalidInputError(
        [FieldProblem("timeout_seconds", "Give a number of seconds above 0, at most those of a day.")]
    )


class ServiceCore:
    """One settings file, kept in step with the disk, and those who listen to it.

    The parameters are those of `SettingsService`.
    """

    def __init__(
        self,
        path: str | Path | None = None,
        *,
        timeout_seconds: float = REQUEST_TIMEOUT_SECONDS,
        auto_migrate: bool = True,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self.location: Location = locate(path)
        timeout_seconds = _checked_timeout(timeout_seconds)
        self._subscribers: list[Callable[[Change], None]] = []
        self._lock = threading.Lock()
        self._transport = transport
        self._consents = Consents()
        self._lists = ModelLists(
            timeout_seconds=timeout_seconds,
            transport=transport,
            clock=clock,
            on_change=self._lists_changed,
            consents=self._consents,
        )
        self._file = SettingsFile(
            self.location.path,
            auto_migrate=auto_migrate,
            clock=clock or time.time,
            on_change=self._settings_changed,
        )

    def __repr__(self) -> str:
        return f"SettingsService({str(self.path)!r})"

    # ---- who listens

    def subscribe(self, callback: Callable[[Change], None]) -> Callable[[], None]:
        """Be told of every change, from whichever thread it happens in.

        Args:
            callback: Called with a `Change`; what it raises is logged and goes no further.

        Returns:
            A function that ends the subscription.
        """
        with self._lock:
            self._subscribers.append(callback)

        def unsubscribe() -> None:
            with self._lock:
                if callback in self._subscribers:
                    self._subscribers.remove(callback)

        return unsubscribe

    def _tell(self, change: Change) -> None:
        with self._lock:
            subscribers = tuple(self._subscribers)
        for callback in subscribers:
            try:
                callback(change)
            except Exception:  # noqa: BLE001 - one listener must not silence the others
                _log.exception("A subscriber failed.")

    def _settings_changed(self, settings: Settings) -> None:
        self._lists.follow(settings.providers)
        self._tell(Change("settings"))

    def _lists_changed(self, what: str, provider_id: str) -> None:
        self._tell(Change("asking" if what == "asking" else "discovery", provider_id))

    # ---- the file

    @property
    def path(self) -> Path:
        """The settings file."""
        return self._file.path

    @property
    def settings(self) -> Settings:
        """The whole file as a validated, read-only view.

        Raises:
            SettingsFileError: If the file cannot be read as settings (ST-4); it is left as it is.
        """
        return self._file.settings

    @property
    def problem(self) -> SettingsFileError | None:
        """Why the file cannot be read; None when it can."""
        if self._file.changed_outside():
            self._file.reload()
        return self._file.problem

    @property
    def saved_at(self) -> datetime | None:
        """When the file was last written (UTC); None while there is none."""
        return self._file.saved_at

    @property
    def saved_by(self) -> str:
        """``this notebook``, ``another program``, or empty if that is not known."""
        return self._file.saved_by

    @property
    def migration_report(self) -> MigrationReport | None:
        """What the migration of this file did; None if this service saw none."""
        return self._file.report

    @property
    def awaiting_migration(self) -> bool:
        """Whether the file is in the old format and waits for `migrate`; nothing is written until then."""
        return self._file.awaiting_migration

    def changed_outside(self) -> bool:
        """Whether another program has changed the file since it was last looked at (ST-6)."""
        return self._file.changed_outside()

    def reload(self) -> bool:
        """Read the file again.

        Returns:
            Whether anything that is shown has changed.
        """
        return self._file.reload()

    @property
    def undoable(self) -> str:
        """What `undo` would take back, in a few words such as ``Lab was deleted``; empty if nothing."""
        return self._file.undoable

    def undo(self) -> str:
        """Take back this service's last change, as long as nobody has changed the file since.

        Returns:
            What was taken back.

        Raises:
            DispatchError: If there is nothing to take back.
        """
        return self._file.undo()

    def preview_migration(self) -> MigrationReport | None:
        """What `migrate` would do, without writing (MIG-6); None if nothing is to be done."""
        return self._file.preview()

    def migrate(self) -> MigrationReport | None:
        """Convert a file from before providers now, after a backup.

        Returns:
            What was done; the report of the last migration, or None, if nothing was to be done.
        """
        return self._file.migrate_now()

    def convert_entries(self) -> MigrationReport:
        """Convert entries that still hold credentials of their own in a file with providers (MIG-8)."""
        return self._file.convert_entries()

    def backups(self) -> tuple[Backup, ...]:
        """The backups beside the file, newest first."""
        return self._file.store.backups()

    def restore(self, backup: Backup | Path) -> None:
        """Put a backup back in the file's place; the file of now becomes a backup itself (MIG-5).

        Args:
            backup: One of `backups`, or its path.
        """
        self._file.restore(backup)

    def added_since(self, backup: Backup | Path) -> Added:
        """The providers and entries that are there now and not in a backup: restoring it drops them.

        Args:
            backup: One of `backups`, or its path.

        Raises:
            NotFoundError: If it is no backup of this file, or is gone.
            UnreadableSettingsError: If it cannot be read as settings.
        """
        return self._file.added_since(backup)

    def delete_backup(self, backup: Backup | Path) -> None:
        """Delete one backup.

        Args:
            backup: One of `backups`, or its path.
        """
        self._file.store.delete_backup(backup)

    def move_away(self) -> Path:
        """Move a broken file aside, so that the next save starts a new one (ST-4).

        Returns:
            Where the file is now.
        """
        return self._file.move_away()
