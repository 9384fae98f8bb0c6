"""From what went wrong to what the user is told: kinds, messages and hints (MD-8 to MD-11, MD-15).

A `Failure` is what the layers below `discoverer` raise. It knows neither the provider's id nor the
list from before; `Failure.as_error` adds both and completes the hint. Its texts never hold a key:
what a server said goes through `redact` first.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from .._text import clean, plural, printable
from ..errors import DiscoveryError
from ..secrets import redact

if TYPE_CHECKING:
    from ..errors import DiscoveryKind
    from .models import ModelList

LOCK_SECONDS_MIN = 3600.0
"""How long refresh is off after a 429, at least (MD-10)."""
LOCK_SECONDS_MAX = 24 * 3600.0
"""How long refresh is off after a 429, at most, whatever the server asks for (MD-10)."""

_MOST_SERVER_TEXT = 200
_SERVER_ERROR = 500
_FORBIDDEN = 403

# A list is kept in view after these; after any other failure the error is raised (MD-15).
_KEEPS_LIST: frozenset[DiscoveryKind] = frozenset(
    {
        "TIMEOUT",
        "CONNECTION_REFUSED",
        "UNKNOWN_HOST",
        "TLS",
        "PROXY",
        "RATE_LIMITED",
        "QUOTA",
        "MALFORMED",
        "TOO_LARGE",
        "INTERRUPTED",
    }
)
# Whatever words come with them.
_RAISED_ALWAYS = frozenset({401, 403, 404, *range(300, 400)})
# The list may be refused to a key that is good for chat, or to one that a person will replace.
_BY_HAND: frozenset[DiscoveryKind] = frozenset({"INVALID_CREDENTIALS", "FORBIDDEN"})
# Here the design puts the time of the list behind the reason, elsewhere before it.
_LIST_STAYS: frozenset[DiscoveryKind] = frozenset({"QUOTA"})


@dataclass(slots=True, eq=False)
class Failure(Exception):  # noqa: N818 - it never leaves this package; users meet DiscoveryError
    """Why a list could not be had.

    Attributes:
        kind: Which failure it is.
        message: What happened, a sentence without a key.
        hint: What to do next. ``{list}`` in it is where the list from before is spoken of, ``{until}``
            where the end of a rate limit is, ``{again}`` is the word for asking anew.
        status: The HTTP status, where one came; for a 200 whose body states another, that one.
        lock_seconds: How long the provider must not be asked again; 0 for not locked.
        is_answer: Whether the server did answer, but with no model list (MD-11): without a list from
            before that is an empty list with a warning, not an error.
        suggested_base_url: A base URL of the same host that answers with models (MD-14).
    """

    kind: DiscoveryKind
    message: str
    hint: str = ""
    status: int | None = None
    lock_seconds: float = 0.0
    is_answer: bool = False
    suggested_base_url: str | None = None

    def __setattr__(self, name: str, value: object) -> None:
        # Names of providers and hosts come from files and servers.
        object.__setattr__(self, name, printable(value) if isinstance(value, str) else value)

    def __str__(self) -> str:
        return self.message

    @property
    def keeps_list(self) -> bool:
        """Whether a list from before is given back in place of the error (MD-15)."""
        status = self.status or 0
        if status in _RAISED_ALWAYS:
            return False
        return self.kind in _KEEPS_LIST or status >= _SERVER_ERROR

    def suggesting(self, base_url: str, models: int) -> Failure:
        """The same failure, with the base URL that would have worked (MD-14).

        Args:
            base_url: The base URL whose ``/models`` answered.
            models: How many models it listed.
        """
        found = (
            f"{base_url}/models does answer with {plural(models, 'model')}: the base URL seems to miss /v1."
        )
        return replace(self, hint="{list}" + found, suggested_base_url=base_url)

    def as_error(
        self,
        provider_id: str,
        *,
        cached: ModelList | None = None,
        retry_at: datetime | None = None,
        now: datetime | None = None,
    ) -> DiscoveryError:
        """The error for the caller.

        Args:
            provider_id: Who was asked.
            cached: The list from before, if there is one.
            retry_at: When a rate limit ends (UTC).
            now: The present moment (UTC), for saying how old the list is.
        """
        wait = "Wait a little, then {again}. " if self.kind == "RATE_LIMITED" else ""
        until = f"Refresh works again {at_moment(retry_at, now)}. " if retry_at else wait
        hint = self.hint if "{list}" in self.hint else f"{self.hint} {{list}}"
        return DiscoveryError(
            self.message,
            kind=self.kind,
            hint=filled(hint, list=self._words_on_list(cached, now), until=until, again="refresh"),
            provider_id=provider_id,
            status=self.status,
            retry_at=retry_at,
            cached=cached,
            suggested_base_url=self.suggested_base_url,
        )

    def as_error_of_a_try(self, provider_id: str) -> DiscoveryError:
        """The error for who asked a model for an answer, where no list is spoken of.

        Args:
            provider_id: Who was asked.
        """
        return DiscoveryError(
            self.message,
            kind=self.kind,
            hint=filled(self.hint, list="", until="", again="try again"),
            provider_id=provider_id,
            status=self.status,
        )

    def _words_on_list(self, cached: ModelList | None, now: datetime | None) -> str:
        when = moment(cached.fetched_at, now) if cached is not None and cached.fetched_at else ""
        if not self.keeps_list and (self.kind in _BY_HAND or self.status == _FORBIDDEN):
            by_hand = "model id can always be typed by hand."
            return f"The list from {when} stays; a {by_hand}" if when else f"A {by_hand}"
        if not when:
            return ""
        if self.keeps_list and self.kind not in _LIST_STAYS:
            return f"You see the list from {when}. "
        return f"The list from {when} stays. "


def filled(text: str, **parts: str) -> str:
    """A text with its parts in place; what a server said may have braces of its own."""
    for name, words in parts.items():
        text = text.replace(f"{{{name}}}", words)
    return text.strip()


def moment(when: datetime, now: datetime | None = None) -> str:
    """A moment as people say it, in local time: ``10:21 UTC+2``, ``yesterday``, ``21 Nov``.

    Args:
        when: The moment.
        now: The present moment; a moment of the same day is told by the clock.
    """
    local = when.astimezone()
    today = (now.astimezone() if now else datetime.now().astimezone()).date()
    days = (today - local.date()).days
    if days == 0:
        return _clock(local)
    return "yesterday" if days == 1 else f"{local.day} {local:%b}"


def at_moment(when: datetime, now: datetime | None = None) -> str:
    """A moment to come, in local time: ``at 14:05 UTC+2``, ``tomorrow at 09:30 UTC``.

    Args:
        when: The moment, less than two days away.
        now: The present moment.
    """
    local = when.astimezone()
    today = (now.astimezone() if now else datetime.now().astimezone()).date()
    return f"{'' if local.date() == today else 'tomorrow '}at {_clock(local)}"


def _clock(local: datetime) -> str:
    """The time of day with its zone: who reads it over HTTP, or beside a UTC time, need not guess."""
    offset = f"{local:%z}"  # +0530
    hours, minutes = f"{offset[0]}{int(offset[1:3])}", offset[3:5]
    zone = "" if offset[1:5] == "0000" else hours if minutes == "00" else f"{hours}:{minutes}"
    return f"{local:%H:%M} UTC{zone}"


def quoted(text: str, key: str) -> str:
    """What a server said, fit to be shown: on one line, not long, without keys (SEC-1).

    Args:
        text: The server's own words.
        key: The key that was sent, which it may have echoed.
    """
    # Redacted before the marks go that a key may be written with.
    return clean(redact(text[:20_000], [key]), _MOST_SERVER_TEXT)
