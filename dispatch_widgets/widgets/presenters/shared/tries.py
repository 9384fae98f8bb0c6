"""Tries of models: one small request for each row, and its result."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ...._text import clean
from ....errors import ConsentNeededError, DiscoveryError, DispatchError, MissingVariableError
from ..status.words import message_of
from .views import Action, Note

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Future

    from ....settings.schema import CatalogEntry
    from ....trying import TryResult
    from ..hub.hub import Hub


@dataclass(slots=True)
class _Try:
    """A try of a model; one without a request was refused."""

    model: str
    request: Future[Any] | None = None
    refused: DispatchError | None = None
    said: bool = False

    @property
    def running(self) -> bool:
        return self.request is not None and not self.request.done()


class Tries:
    """The last try of each row, kept while the row has the model that was tried.

    Args:
        hub: Notified when a response arrives.
    """

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._tries: dict[str, _Try] = {}

    def start(self, row: str, model: str, ask: Callable[[], Future[Any]]) -> None:
        """Ask a row's model for a few tokens, or one embedding, unless it is already being asked.

        Args:
            row: The row's id.
            model: What the try is about; compared by `keep`.
            ask: Sends the request.
        """
        if self.running(row):
            return
        made = self._tries[row] = _Try(model)
        try:
            made.request = ask()
        except DispatchError as error:
            made.refused = error
        else:
            hub = self._hub
            made.request.add_done_callback(lambda _done: hub.post("panels"))

    def stop(self, row: str) -> None:
        """Discard a row's try, and cancel its request."""
        stopped = self._tries.pop(row, None)
        if stopped is not None and stopped.request is not None:
            stopped.request.cancel()

    def stop_all(self) -> None:
        """Discard all tries."""
        for row in list(self._tries):
            self.stop(row)

    def running(self, row: str) -> bool:
        """Whether a row's request is in flight."""
        return row in self._tries and self._tries[row].running

    def keep(self, models: Mapping[str, str]) -> None:
        """Discard the tries of rows that have another model now.

        Args:
            models: What a try of each row would be about now.
        """
        for row, made in list(self._tries.items()):
            if models.get(row) != made.model:
                self.stop(row)

    def newly_answered(self) -> list[tuple[str, str]]:
        """The rows whose try has ended since the last call, each with the result in words."""
        ended = []
        for row, made in self._tries.items():
            if not made.said and not made.running and (note := _note_of(made, row, "")) is not None:
                made.said = True
                ended.append((row, str(note.title)))
        return ended

    def note(self, row: str, entry: CatalogEntry | None, *, can_close: bool = False) -> Note | None:
        """The note of a row's try; None if there is none or it was cancelled.

        Args:
            row: The row's id.
            entry: The entry that was tried; a failure leads to its provider.
            can_close: Whether the note of a result has a Close button.
        """
        made = self._tries.get(row)
        if made is None:
            return None
        note = _note_of(made, row, (entry.provider_id or "") if entry is not None else "")
        if note is None or made.running or not can_close:
            return note
        close = Action("stop_try", "Close", {"row": row}, style="quiet")
        return replace(note, actions=(*note.actions, close))


def tried(entry: CatalogEntry | None) -> str:
    """Identifies what a try is about, so that the result goes when the entry gets another model."""
    return "" if entry is None else f"{entry.provider_id}\n{entry.model}"


def _note_of(made: _Try, row: str, provider_id: str) -> Note | None:
    if made.running:
        from ....trying import TRY_TIMEOUT_SECONDS  # already loaded, as it sends the request

        words = f"Asking for a few tokens, {TRY_TIMEOUT_SECONDS:.0f} s at most…"
        return Note("", words, actions=(Action("stop_try", "Cancel", {"row": row}),))
    if made.request is None:
        return None if made.refused is None else _failed(made.refused, provider_id)
    if made.request.cancelled():
        return None
    result = made.request.exception() or _result(made.request)
    if isinstance(result, BaseException):
        known = result if isinstance(result, DispatchError) else DispatchError(type(result).__name__)
        return _failed(known, provider_id)
    if result.error is not None:
        return _failed(result.error, provider_id, f" ({result.time})")
    return Note("ok", clean(result.summary, 600))


def _result(request: Future[Any]) -> TryResult | DispatchError:
    """The result of a finished request; one for a catalog entry has it under the entry's id."""
    brought = request.result()
    result: TryResult | DispatchError = next(iter(brought.values())) if isinstance(brought, dict) else brought
    return result


def _failed(error: DispatchError, provider_id: str, after: str = "") -> Note:
    words = f"{clean(message_of(error), 600)} {clean(error.hint, 400)}".strip() + after
    mended_there = isinstance(error, ConsentNeededError | MissingVariableError | DiscoveryError)
    if not provider_id or not mended_there:
        return Note("error", words)
    if isinstance(error, DiscoveryError) and error.kind == "INVALID_CREDENTIALS":
        where = {"form": "provider", "row": provider_id, "field": "key"}
        return Note("error", words, actions=(Action("providers", "Replace key", {**where}, kind="go"),))
    lead = Action("providers", "Go to provider", {"row": provider_id}, kind="go")
    return Note("error", words, actions=(lead,))
