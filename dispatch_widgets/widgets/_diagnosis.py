"""The note that shows a diagnosis: what was tried, with a tick or a cross each, and what to change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._text import clean
from ..errors import DiscoveryError, DispatchError
from ..secrets import redact
from ._news import News
from ._states import DIAGNOSE, EDIT, TRY_AGAIN, badge_of, message_of, remedies, use_url, with_code, with_keys

if TYPE_CHECKING:
    from concurrent.futures import Future

    from ..discovery.diagnose import Diagnosis
    from ..settings.schema import Provider
    from ._hub import Hub
    from ._rows import Action, Note

_CLOSE: Action = {"action": "close_diagnosis", "label": "Close", "style": "quiet"}
_COPY: Action = {"action": "copy_diagnosis", "label": "Copy report", "icon": "copy"}


class Diagnoses:
    """The diagnoses of a panel's providers, under way or finished.

    Args:
        hub: What panels share.
    """

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._futures: dict[str, Future[Diagnosis]] = {}
        self._diagnosed: dict[str, Provider] = {}

    def start(self, provider_id: str) -> None:
        """Find out step by step; the note shows what comes of it.

        Args:
            provider_id: Whose server to look at.
        """
        if provider_id not in self._futures:
            self._diagnosed[provider_id] = self._hub.service.provider(provider_id)
            future = self._hub.service.start_diagnosis(provider_id)
            self._futures[provider_id] = future
            future.add_done_callback(lambda _done: self._hub.post(News("shared", provider_id)))

    def stop(self, provider_id: str) -> None:
        """Put a diagnosis away."""
        self._diagnosed.pop(provider_id, None)
        running = self._futures.pop(provider_id, None)
        if running is not None:
            running.cancel()

    def note(self, provider: Provider) -> Note | None:
        """What is shown of a provider's diagnosis, if there is one."""
        found = self._futures.get(provider.id)
        if found is None:
            return None
        return diagnosis_note(provider, found, self._hub.service.last_error(provider.id))

    def diagnosed(self, provider_id: str) -> Provider | None:
        """The provider as it was when its diagnosis began; None if there is none."""
        return self._diagnosed.get(provider_id)

    def text(self, provider_id: str) -> str:
        """A diagnosis as text to copy."""
        return diagnosis_text(self._futures[provider_id])

    def url(self, provider_id: str) -> str | None:
        """The base URL that was suggested last, by a diagnosis or by the failure itself."""
        diagnosis, error = self._futures.get(provider_id), self._hub.service.last_error(provider_id)
        url = diagnosed_url(diagnosis) if diagnosis is not None else None
        return error.suggested_base_url if url is None and isinstance(error, DiscoveryError) else url


def diagnosis_note(
    provider: Provider, running: Future[Diagnosis], failure: DispatchError | None = None
) -> Note:
    """What came of a diagnosis, or that it is under way.

    What to change stands above the steps, as in the design's picture: it is what a person needs, and the
    steps are why. The copied report is read from top to bottom and ends with it.

    Args:
        provider: Whose server was looked at.
        running: The diagnosis.
        failure: Why the provider's last request failed, which stays the note's title.
    """
    name = clean(provider.name)
    if not running.done():
        return {
            "tone": "info",
            "title": [{"text": f"Looking at each step on the way to {name}…", "spin": True}],
            "actions": [{"action": "close_diagnosis", "label": "Cancel"}],
        }
    error = _failure(running)
    if error is not None:
        return {
            "tone": "error",
            "title": f"{name} could not be diagnosed.",
            "text": clean(error, 600),
            "actions": [_CLOSE],
        }
    found = running.result()
    note: Note = {
        "tone": "info",
        "title": f"What happened on the way to {name}",
        "items": [{"text": with_code(clean(step.text, 400)), "ok": step.ok} for step in found.steps],
        "text": with_code(clean(found.suggestion, 400)),
        "actions": [*_mending(found, failure), _COPY, _CLOSE],
    }
    if found.ok:
        note["tone"], note["title"] = "ok", f"Everything works on the way to {name} now."
    elif failure is not None:
        badge = badge_of(failure, provider)
        note["tone"], note["icon"] = badge.get("tone", "error"), badge.get("icon", "error")
        note["title"] = with_keys(message_of(failure), provider)
    return note


def _mending(found: Diagnosis, failure: DispatchError | None) -> list[Action]:
    """What the card offers anyhow stays while the steps are shown."""
    if found.ok:
        return [TRY_AGAIN]
    if found.suggested_base_url:
        return [use_url(found.suggested_base_url), {**EDIT, "style": "quiet"}]
    return [action for action in remedies(failure) if action != DIAGNOSE] if failure is not None else [EDIT]


def diagnosis_text(done: Future[Diagnosis]) -> str:
    """A diagnosis as text to copy; no key is in it.

    Args:
        done: The diagnosis, finished.
    """
    return redact(_failure(done) or str(done.result()))


def diagnosed_url(done: Future[Diagnosis]) -> str | None:
    """The base URL that a diagnosis suggests.

    Args:
        done: The diagnosis; nothing is suggested before it is finished.
    """
    return done.result().suggested_base_url if done.done() and _failure(done) is None else None


def _failure(done: Future[Diagnosis]) -> str | None:
    """Why there is no diagnosis; None if there is one."""
    if done.cancelled():
        return "It was cancelled."
    error = done.exception()
    if error is None:
        return None
    return str(error) if isinstance(error, DispatchError) else redact(f"{type(error).__name__}: {error}")
