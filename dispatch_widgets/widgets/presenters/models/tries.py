"""Trying entries of the catalog: any of them, and several side by side."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..router.tries import Tries
from ..shared.views import Action, Note

if TYPE_CHECKING:
    from collections.abc import Iterable
    from concurrent.futures import Future

    from ....errors import DispatchError
    from ....settings.schema import CatalogEntry, Settings
    from ....trying import TryResult

MOST_TOGETHER = 12
"""More entries than these are not tried by one press."""


class EntryTries(Tries):
    """The last try of each catalog entry, as long as the entry is what was tried."""

    def start_several(self, entries: Iterable[CatalogEntry]) -> None:
        """Ask several entries for a few tokens, or one embedding each; one that fails delays no other."""
        for entry in entries:
            self.start_entry(entry)

    def start_entry(self, entry: CatalogEntry) -> None:
        """Ask an entry's model, unless it is being asked."""
        if self.running(entry.id):
            return
        service = self._hub.service
        self._begin(entry.id, _what(entry), lambda: service.start_try_entries([entry.id]))

    def keep(self, settings: Settings) -> None:
        """Put away the tries of entries that are gone, or have another model by now."""
        there = {entry.id: _what(entry) for entry in settings.catalog}
        for entry_id, made in list(self._tries.items()):
            if there.get(entry_id) != made.entry_id:
                self.stop(entry_id)

    def note(self, task: str, entry: CatalogEntry | None) -> Note | None:
        """What is said of an entry's try, with the way to put it away."""
        note = super().note(task, entry)
        if note is None or self.running(task):
            return note
        close = Action("stop_try", "Close", {"row": task}, style="quiet")
        return replace(note, actions=(*note.actions, close))

    def _result(self, request: Future[Any]) -> TryResult | DispatchError:
        (brought,) = request.result().values()
        result: TryResult | DispatchError = brought
        return result


def _what(entry: CatalogEntry) -> str:
    return f"{entry.provider_id}\n{entry.model}"
