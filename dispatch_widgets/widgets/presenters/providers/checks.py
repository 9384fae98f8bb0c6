"""Tests of unsaved form values: the server is asked once, and nothing is saved."""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...._text import clean, plural
from ....errors import DiscoveryError, DispatchError
from ....secrets import redact
from ..._format import counts
from ..shared.views import Action, Note, Run
from ..status.provider_status import TYPE_LABELS
from ..status.words import message_of, with_code

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from ....discovery.diagnose import Diagnosis
    from ....discovery.models import ModelList
    from ....service import SettingsService

_MOST_KEPT = 20  # the oldest goes, as windows do not say when their form is changed or closed
_LONGEST_CHARACTERS = 600
_NO_TYPE_KINDS = frozenset({"TIMEOUT", "CONNECTION_REFUSED", "UNKNOWN_HOST", "TLS", "PROXY", "RATE_LIMITED"})


@dataclass(frozen=True, slots=True, repr=False)
class Candidate:
    """A provider that is not in the file, with its key."""

    type: str
    api_key: str
    base_url: str
    host: str
    is_preset: bool

    @property
    def given(self) -> dict[str, str | None]:
        """The arguments of the service's check."""
        return {"type": self.type, "api_key": self.api_key, "base_url": self.base_url or None}


@dataclass(slots=True)
class _Check:
    """A test, running or finished; only the note of a finished one is kept."""

    host: str
    since: float
    filled: object
    future: Future[ModelList] | Future[Diagnosis] | None = None
    result: Note | None = None


class Checks:
    """The tests of a presenter's forms, each under a token that is among the form's arguments.

    Args:
        service: Sends the requests.
        changed: Called from any thread when a test has ended.
    """

    def __init__(self, service: SettingsService, changed: Callable[[], None]) -> None:
        self._service = service
        self._changed = changed
        self._checks: OrderedDict[str, _Check] = OrderedDict()

    def start(self, candidate: Candidate, filled: object) -> str:
        """Starts a test; returns its token.

        Args:
            candidate: The provider to test.
            filled: The values of the form's fields, except the key.

        Raises:
            InvalidInputError: If a field is invalid.
        """
        future = self._service.start_check(**candidate.given)  # type: ignore[arg-type]
        token = secrets.token_hex(8)
        self._checks[token] = _Check(candidate.host, time.time(), filled, future)
        while len(self._checks) > _MOST_KEPT:
            self.stop(next(iter(self._checks)))
        future.add_done_callback(lambda done: self._answered(token, candidate, done))
        return token

    def filled(self, token: str) -> object:
        """The values of the fields that were tested; None if there is no such test."""
        check = self._checks.get(token)
        return None if check is None else check.filled

    def stop(self, token: str) -> None:
        """Forgets a test, and cancels it if it is running."""
        check = self._checks.pop(token, None)
        if check is not None and check.future is not None:
            check.future.cancel()

    def stop_all(self) -> None:
        """Forgets all tests."""
        for token in list(self._checks):
            self.stop(token)

    def note(self, token: str) -> Note | None:
        """The note of a test; None if there is no such test."""
        check = self._checks.get(token)
        if check is None or check.result is not None:
            return None if check is None else check.result
        cancel = Action("stop_test", "Cancel", {"stop_test": True}, kind="fill", style="quiet")
        asking = (Run(f"Asking {check.host} for its models… ", spinner=True, since=check.since),)
        return Note("info", asking, actions=(cancel,))

    # The methods below run in the network's thread.

    def _answered(self, token: str, candidate: Candidate, done: Future[ModelList]) -> None:
        check = self._checks.get(token)
        if check is None or done.cancelled():
            return
        error = done.exception()
        if error is None:
            self._end(check, _works(done.result(), candidate.host))
        elif isinstance(error, DiscoveryError) and _other_type_may_work(error, candidate):
            diagnosis = self._service.start_check_diagnosis(**candidate.given)  # type: ignore[arg-type]
            check.future = diagnosis
            diagnosis.add_done_callback(lambda found: self._diagnosed(check, error, found))
        else:
            self._end(check, _fails(error))

    def _diagnosed(self, check: _Check, error: DiscoveryError, done: Future[Diagnosis]) -> None:
        if not done.cancelled():
            self._end(check, _fails(error, done.result() if done.exception() is None else None))

    def _end(self, check: _Check, note: Note) -> None:
        check.future, check.result = None, note
        self._changed()


def _other_type_may_work(error: DiscoveryError, candidate: Candidate) -> bool:
    """Whether a diagnosis is worth its requests: the server responds, and no preset determines its type."""
    return not (candidate.is_preset or error.suggested_base_url or error.kind in _NO_TYPE_KINDS)


def _works(models: ModelList, host: str) -> Note:
    words = plural(len(models), "model", zero="No")
    parts = counts(models) if len(models) else ""
    text = f"{host} lists {parts}. " if parts else f"{host} answers, and lists none. "
    return Note("ok", words, f"{text}Nothing is saved yet.", alert=True)


def _fails(error: BaseException, diagnosis: Diagnosis | None = None) -> Note:
    if not isinstance(error, DispatchError):
        return Note("error", redact(f"This did not work: {type(error).__name__}: {error}"), alert=True)
    hint, url, type_ = error.hint, None, None
    if isinstance(error, DiscoveryError):
        url = error.suggested_base_url
    if diagnosis is not None and (diagnosis.suggested_base_url or diagnosis.suggested_type):
        hint, url, type_ = diagnosis.suggestion, diagnosis.suggested_base_url, diagnosis.suggested_type
    actions: tuple[Action, ...] = ()
    if url:
        tail = clean(url.rstrip("/").rsplit("/", 1)[-1], 20)
        actions = (Action("suggestion", f"Use …/{tail}", {"use_url": url}, kind="fill"),)
    elif type_:
        label = f"Use type {TYPE_LABELS.get(type_, type_)}"
        actions = (Action("suggestion", label, {"use_type": type_}, kind="fill"),)
    return Note(
        "error",
        clean(message_of(error), _LONGEST_CHARACTERS),
        with_code(clean(hint, _LONGEST_CHARACTERS)),
        actions,
        alert=True,
    )
