"""Facts about lists and entries, computed once for each state of the service."""

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
"""How long lists read from the service are reused; not for longer, as a list gets stale by time alone."""


class ReadCache:
    """Caches answers of the service that a single view needs many times.

    Args:
        service: The service; held weakly.
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
        """Invalidate the cache."""
        self._changes += 1
        self._lists_until = 0.0

    def models(self, provider_id: str) -> ModelList | None:
        """The cached list of a provider, fresh or stale; sends no request."""
        now = time.monotonic()
        if now > self._lists_until:
            self._lists, self._lists_until = {}, now + LISTS_KEPT_SECONDS
        lists = self._lists  # another thread may replace it meanwhile
        if provider_id not in lists:
            service = self._service()
            lists[provider_id] = None if service is None else service.known_models(provider_id)
        return lists[provider_id]

    def kinds(self, catalog: tuple[CatalogEntry, ...]) -> dict[str, EntryKind]:
        """The kind of each entry, by its id."""
        made_for = (catalog, self._changes)  # read first: later changes are not in the result
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
