"""The note that shows a diagnosis: what was tried, with a tick or a cross each, and what to change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._text import clean
from ..errors import DispatchError
from ..secrets import redact
from ._states import badge_of, message_of, with_code, with_keys

if TYPE_CHECKING:
    from concurrent.futures import Future

    from ..discovery.diagnose import Diagnosis
    from ..settings.schema import Provider
    from ._rows import Action, Note

_CLOSE: Action = {"action": "close_diagnosis", "label": "Close", "style": "quiet"}
_COPY: Action = {"action": "copy_diagnosis", "label": "Copy report", "icon": "copy"}


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
    actions: list[Action] = [_COPY, _CLOSE]
    if found.suggested_base_url:
        tail = clean(found.suggested_base_url.rstrip("/").rsplit("/", 1)[-1], 20)
        actions.insert(0, {"action": "use_url", "label": f"Use …/{tail}"})
    note: Note = {
        "tone": "info",
        "title": f"What happened on the way to {name}",
        "items": [{"text": with_code(clean(step.text, 400)), "ok": step.ok} for step in found.steps],
        "text": with_code(clean(found.suggestion, 400)),
        "actions": actions,
    }
    if found.ok:
        actions.insert(0, {"action": "refresh", "label": "Try again"})
        note["tone"], note["title"] = "ok", f"Everything works on the way to {name} now."
    elif failure is not None:
        badge = badge_of(failure, provider)
        note["tone"], note["icon"] = badge.get("tone", "error"), badge.get("icon", "error")
        note["title"] = with_keys(message_of(failure), provider)
    return note


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
