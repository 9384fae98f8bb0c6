"""Backups of the settings file: their names, their content, and what has been added since (MIG-5)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from ..errors import UnreadableSettingsError
from .document import parse
from .schema import account_of_provider

if TYPE_CHECKING:
    from pathlib import Path

    from .schema import CatalogEntry, Provider, Settings

BEFORE_CONVERSION = "Before the conversion"
OLD_FORMAT_WARNING = "Today's Dispatch app drops every key of a file in the old format at its first save."
"""The warning before a file in the old format is restored (MIG-5)."""

BEFORE_RESTORE = "Before restoring a backup"
_COPY = "A copy of the file"
_UNREADABLE = "A file that cannot be read"
_TIME = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, kw_only=True)
class Backup:
    """A copy of the settings file; its content is read on first use.

    Attributes:
        path: Its path.
        made_at: When it was made (UTC).
        size_bytes: Its size.
    """

    path: Path
    made_at: datetime
    size_bytes: int
    _remembered_reason: str = field(default="", repr=False, compare=False)

    @property
    def reason(self) -> str:
        """Why it was made, in a few words.

        A copy does not contain the reason, so that of one made by another process depends on its content:
        ``Before the conversion`` for a file in the old format.
        """
        return self._remembered_reason or self._content[0]

    @property
    def providers(self) -> int:
        """How many providers it has; 0 if it cannot be read."""
        return self._content[1]

    @property
    def entries(self) -> int:
        """How many catalog entries it has; 0 if it cannot be read."""
        return self._content[2]

    @property
    def is_old(self) -> bool:
        """Whether it is in the old format."""
        return self._content[3]

    @cached_property
    def _content(self) -> tuple[str, int, int, bool]:
        from .file_system import Files
        from .kinds import needs_conversion_first, needs_migration

        try:
            content = Files().read(self.path)
            document = parse(content.data if content else b"", path=str(self.path))
        except (OSError, UnreadableSettingsError):
            return _UNREADABLE, 0, 0, False
        models = document.get("models")
        catalog = models.get("catalog") if isinstance(models, dict) else None
        providers = document.get("providers")
        return (
            BEFORE_CONVERSION if needs_migration(document) else _COPY,
            len(providers) if isinstance(providers, list) else 0,
            len(catalog) if isinstance(catalog, list) else 0,
            needs_conversion_first(document),
        )


def backup_path(file: Path, moment: float, number: int, *, word: str = "backup") -> Path:
    """The name of a copy: ``dispatch.settings.backup-20251121T130241Z.json``.

    Args:
        file: The settings file.
        moment: The time in seconds since 1970.
        number: Appended to the time if it is not 1.
        word: The word before the time.
    """
    made = datetime.fromtimestamp(moment, UTC).strftime(_TIME)
    again = f"-{number}" if number > 1 else ""
    return file.with_name(f"{file.stem}.{word}-{made}{again}{file.suffix}")


def is_backup_of(file: Path, path: Path) -> tuple[datetime, int] | None:
    """The time and number in the name of a copy of a file; None if it is no such name."""
    form = re.escape(f"{file.stem}.backup-") + r"(\d{8}T\d{6}Z)(?:-(\d+))?" + re.escape(file.suffix)
    found = re.fullmatch(form, path.name)
    if found is None or path.parent != file.parent:
        return None
    try:
        made = datetime.strptime(found.group(1), _TIME).replace(tzinfo=UTC)
    except ValueError:
        return None
    return made, int(found.group(2) or 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What has been added since a backup.

    Attributes:
        providers: The providers that the backup does not have.
        entries: The catalog entries that it does not have.
    """

    providers: tuple[Provider, ...] = ()
    entries: tuple[CatalogEntry, ...] = ()


def added_since(now: Settings, before: Settings) -> Added:
    """Compares two states of the same file.

    Entries are matched by id, providers by id or, as a conversion gives new ids, by type, key and base URL.

    Args:
        now: The later state.
        before: The earlier state, converted if it was in the old format.
    """
    ids = {provider.id for provider in before.providers}
    accounts = {account_of_provider(provider) for provider in before.providers}
    entries = {entry.id for entry in before.catalog}
    return Added(
        providers=tuple(
            provider
            for provider in now.providers
            if provider.id not in ids and account_of_provider(provider) not in accounts
        ),
        entries=tuple(entry for entry in now.catalog if entry.id not in entries),
    )
