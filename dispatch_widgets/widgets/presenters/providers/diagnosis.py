"""Diagnoses of providers: each step with a tick or a cross, and what to change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...._text import clean
from ....errors import DispatchError
from ....secrets import redact
from ..shared.views import Action, Note, Run, Step
from ..status.provider_status import badge_of, edit, refresh, remedies, use_url
from ..status.words import message_of, with_code, with_key

if TYPE_CHECKING:
    from concurrent.futures import Future

    from ....discovery.diagnose import Diagnosis
    from ....settings.schema import Provider
    from ..hub.hub import Hub


@dataclass(frozen=True, slots=True)
class _Running:
    """A diagnosis, running or finished, and the provider as it was when it began."""

    future: Future[Diagnosis]
    provider: Provider

    @property
    def failure(self) -> str:
        """The reason why there is no diagnosis; empty if there is one."""
        if self.future.cancelled():
            return "It was cancelled."
        error = self.future.exception()
        if error is None:
            return ""
        known = isinstance(error, DispatchError)
        return str(error) if known else redact(f"{type(error).__name__}: {error}")


class Diagnoses:
    """The diagnoses of a presenter's providers.

    Args:
        hub: The service's hub.
    """

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._running: dict[str, _Running] = {}

    def start(self, provider_id: str) -> None:
        """Start a diagnosis, unless there is one; the note shows the result."""
        if provider_id not in self._running:
            hub = self._hub
            provider = hub.service.provider(provider_id)
            future = hub.service.start_diagnosis(provider_id)
            self._running[provider_id] = _Running(future, provider)
            future.add_done_callback(lambda _done: hub.post("panels", provider_id))

    def stop(self, provider_id: str) -> None:
        """Discard a diagnosis, and cancel it if it is running."""
        stopped = self._running.pop(provider_id, None)
        if stopped is not None:
            stopped.future.cancel()

    def stop_all(self) -> None:
        """Discard all diagnoses."""
        for provider_id in list(self._running):
            self.stop(provider_id)

    def report(self, provider_id: str) -> str:
        """A finished diagnosis as text to copy, without keys; empty if there is none."""
        running = self._running.get(provider_id)
        if running is None or not running.future.done():
            return ""
        return redact(running.failure or str(running.future.result()))

    def note(self, provider: Provider) -> Note | None:
        """The note of a provider's diagnosis; None if there is none.

        The suggestion comes before the steps: it is what people need, and the steps explain it. The copied
        report is read from top to bottom and ends with it.
        """
        running = self._running.get(provider.id)
        if running is None:
            return None
        name, args = clean(provider.name), {"row": provider.id}
        if not running.future.done():
            title = (Run(f"Looking at each step on the way to {name}…", spinner=True),)
            return Note("info", title, actions=(Action("close_diagnosis", "Cancel", {**args}),))
        close = Action("close_diagnosis", "Close", {**args}, style="quiet")
        if running.failure:
            words = clean(running.failure, 600)
            return Note("error", f"{name} could not be diagnosed.", words, (close,))
        found = running.future.result()
        copy = Action("copy_diagnosis", "Copy report", {**args}, icon="copy")
        steps = tuple(Step(with_code(clean(step.text, 400)), step.ok) for step in found.steps)
        text = with_code(clean(found.suggestion, 400))
        failure = self._hub.service.last_error(provider.id)
        actions = (*self._mending(found, failure, running.provider), copy, close)
        if found.ok:
            return Note("ok", f"Everything works on the way to {name} now.", text, actions, steps=steps)
        if failure is None:
            return Note("info", f"What happened on the way to {name}", text, actions, steps=steps)
        badge = badge_of(failure, provider)
        return Note(
            badge.tone or "error",
            with_key(message_of(failure), provider),
            text,
            actions,
            icon=badge.icon or "error",
            steps=steps,
        )

    def _mending(
        self, found: Diagnosis, failure: DispatchError | None, diagnosed: Provider
    ) -> tuple[Action, ...]:
        """The buttons that fix the problem; those that the row offers anyway stay with the steps."""
        if found.ok:
            return (refresh(diagnosed),)
        if found.suggested_base_url:
            return use_url(self._hub, diagnosed, found.suggested_base_url), edit(diagnosed, quiet=True)
        if failure is None:
            return (edit(diagnosed),)
        offered = remedies(self._hub, diagnosed, failure)
        return tuple(action for action in offered if action.name != "diagnose")
