"""One request to a task's model, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from ...._text import clean
from ....errors import ConsentNeededError, DiscoveryError, DispatchError, MissingVariableError
from ..shared.views import Action, Note
from ..status.words import message_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from ....settings.schema import CatalogEntry, Settings
    from ....settings.tasks import Task
    from ....trying import TryResult
    from ..hub.hub import Hub


@dataclass(slots=True)
class _Try:
    """One try of an entry's model; without a request it was refused."""

    entry_id: str
    request: Future[Any] | None = None
    refused: DispatchError | None = None
    said: bool = False

    @property
    def running(self) -> bool:
        return self.request is not None and not self.request.done()


class Tries:
    """The last try of each task, as long as the task has the entry that was tried.

    Args:
        hub: What tells that an answer came.
    """

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._tries: dict[str, _Try] = {}

    def start(self, task: str) -> None:
        """Ask a task's model for a few tokens, or one embedding, unless it is being asked."""
        service = self._hub.service
        given = service.assignments.get(task)
        if given is None or self.running(task):
            return
        self._begin(task, given.model_id, lambda: service.start_try(cast("Task", task)))

    def _begin(self, key: str, entry_id: str, ask: Callable[[], Future[Any]]) -> None:
        made = self._tries[key] = _Try(entry_id)
        try:
            made.request = ask()
        except DispatchError as error:
            made.refused = error
        else:
            hub = self._hub
            made.request.add_done_callback(lambda _done: hub.post("panels"))

    def stop(self, task: str) -> None:
        """Put a task's try away, and stop asking."""
        stopped = self._tries.pop(task, None)
        if stopped is not None and stopped.request is not None:
            stopped.request.cancel()

    def stop_all(self) -> None:
        """Put all tries away."""
        for task in list(self._tries):
            self.stop(task)

    def running(self, task: str) -> bool:
        """Whether a task's model has not answered yet."""
        return task in self._tries and self._tries[task].running

    def keep(self, settings: Settings) -> None:
        """Put away the tries of what the tasks do not have any more."""
        for task, made in list(self._tries.items()):
            given = settings.assignments.get(task)
            if given is None or given.model_id != made.entry_id:
                self.stop(task)

    def newly_answered(self) -> list[tuple[str, str]]:
        """The tasks whose try has ended since this was asked last, with what came of it."""
        ended = []
        for task, made in self._tries.items():
            if not made.said and not made.running and (note := self._note_of(made, task, "")) is not None:
                made.said = True
                ended.append((task, str(note.title)))
        return ended

    def _result(self, request: Future[Any]) -> TryResult | DispatchError:
        """What a request that is done has brought."""
        brought: TryResult = request.result()
        return brought

    def note(self, task: str, entry: CatalogEntry | None) -> Note | None:
        """What is said of a task's try; None if there is none or it was stopped."""
        made = self._tries.get(task)
        if made is None:
            return None
        return self._note_of(made, task, (entry.provider_id or "") if entry is not None else "")

    def _note_of(self, made: _Try, task: str, provider_id: str) -> Note | None:
        if made.running:
            from ....trying import TRY_TIMEOUT_SECONDS  # loaded by now: it is what asks

            words = f"Asking for a few tokens, {TRY_TIMEOUT_SECONDS:.0f} s at most…"
            return Note("", words, actions=(Action("stop_try", "Cancel", {"row": task}),))
        if made.request is None:
            return None if made.refused is None else _failed(made.refused, provider_id)
        if made.request.cancelled():
            return None
        result = made.request.exception() or self._result(made.request)
        if isinstance(result, BaseException):
            known = result if isinstance(result, DispatchError) else DispatchError(type(result).__name__)
            return _failed(known, provider_id)
        if result.error is not None:
            return _failed(result.error, provider_id, f" ({result.time})")
        return Note("ok", clean(result.summary, 600))


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
