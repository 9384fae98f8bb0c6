"""What is known of lists and entries, worked out once for a state of the service."""

from __future__ import annotations

import time
import weakref
from typing import TYPE_CHECKING

from ....service import entry_kind

if TYPE_CHECKING:
    from ....discovery.models import ModelList
    from ....service import EntryKind, SettingsService
    from ....settings.schema import CatalogEntry

LISTS_KEPT_SECONDS = 1.0
"""How long a look at the service's lists is good for: time alone makes a list stale."""


class ReadCache:
    """Answers of the service that one view asks for many times.

    Args:
        service: The service.
    """

    def __init__(self, service: SettingsService) -> None:
        self._service = weakref.ref(service)
        self._changes = 0
        self._lists: dict[str, ModelList | None] = {}
        self._lists_until = 0.0
        self._kinds: dict[str, EntryKind] = {}
        self._kinds_of: tuple[tuple[CatalogEntry, ...] | None, int] = (None, -1)
        self._duplicates: tuple[tuple[str, ...], ...] = ()
        self._duplicates_of: object = None

    def forget(self) -> None:
        """Something has changed."""
        self._changes += 1
        self._lists_until = 0.0

    def models(self, provider_id: str) -> ModelList | None:
        """The list that is held of a provider, fresh or old, without a request."""
        now = time.monotonic()
        if now > self._lists_until:
            self._lists, self._lists_until = {}, now + LISTS_KEPT_SECONDS
        lists = self._lists  # another thread may begin anew meanwhile
        if provider_id not in lists:
            service = self._service()
            lists[provider_id] = None if service is None else service.known_models(provider_id)
        return lists[provider_id]

    def kinds(self, catalog: tuple[CatalogEntry, ...]) -> dict[str, EntryKind]:
        """What each entry can do."""
        made_for = (catalog, self._changes)  # what changes meanwhile is not in it
        if self._kinds_of[0] is not catalog or self._kinds_of[1] != made_for[1]:
            self._kinds = {
                entry.id: entry_kind(entry, self.models(entry.provider_id or "")) for entry in catalog
            }
            self._kinds_of = made_for
        return self._kinds

    def duplicates(self) -> tuple[tuple[str, ...], ...]:
        """Groups of ids of providers that are the same."""
        service = self._service()
        if service is not None and self._duplicates_of is not service.settings:
            self._duplicates, self._duplicates_of = service.duplicates(), service.settings
        return self._duplicates
