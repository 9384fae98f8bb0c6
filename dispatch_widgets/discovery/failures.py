"""Failures and their errors: kinds, messages and hints (MD-8 to MD-11, MD-15).

The layers below `discoverer` raise a `Failure`, which has neither the provider's id nor the previous list;
`Failure.as_error` adds both and completes the hint. Its texts never contain a key, as a server's words go
through `redact`.
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
"""The least time for which refresh is off after a 429 (MD-10)."""
LOCK_SECONDS_MAX = 24 * 3600.0
"""The most time for which refresh is off after a 429, whatever the server asks for (MD-10)."""

_MOST_SERVER_TEXT = 200
_SERVER_ERROR = 500
_FORBIDDEN = 403

# After these the previous list is returned as stale; after the others the error is raised (MD-15).
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
# Statuses that raise whatever the kind.
_RAISED_ALWAYS = frozenset({401, 403, 404, *range(300, 400)})
# A key that may not list models may still be valid for chat, so the hint says that ids can be typed.
_BY_HAND: frozenset[DiscoveryKind] = frozenset({"INVALID_CREDENTIALS", "FORBIDDEN"})
# "The list from 10:21 stays." instead of "You see the list from 10:21."
_LIST_STAYS: frozenset[DiscoveryKind] = frozenset({"QUOTA"})


@dataclass(slots=True, eq=False)
class Failure(Exception):  # noqa: N818 - it never leaves this package; users meet DiscoveryError
    """A failed request.

    Attributes:
        kind: The kind of failure.
        message: What happened, in a sentence without a key.
        hint: What to do next, with the placeholders ``{list}`` (a sentence on the previous list), ``{until}``
            (the end of a rate limit) and ``{again}`` ("refresh" or "try again").
        status: The HTTP status, or the one that the body of a 200 states; None if there was no response.
        lock_seconds: How long to send no further request; 0 for no lock.
        is_answer: Whether the server answered, but not with a list (MD-11): without a previous list, the
            result is an empty list with a warning, not an error.
        suggested_base_url: A base URL of the same host that lists models (MD-14).
    """

    kind: DiscoveryKind
    message: str
    hint: str = ""
    status: int | None = None
    lock_seconds: float = 0.0
    is_answer: bool = False
    suggested_base_url: str | None = None

    def __setattr__(self, name: str, value: object) -> None:
        # Names and hosts come from files and servers.
        object.__setattr__(self, name, printable(value) if isinstance(value, str) else value)

    def __str__(self) -> str:
        return self.message

    @property
    def keeps_list(self) -> bool:
        """Whether the previous list is returned instead of raising the error (MD-15)."""
        status = self.status or 0
        if status in _RAISED_ALWAYS:
            return False
        return self.kind in _KEEPS_LIST or status >= _SERVER_ERROR

    def suggesting(self, base_url: str, models: int) -> Failure:
        """Returns this failure with the suggestion of a base URL and how many models it lists (MD-14)."""
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
        """Returns the error for the caller.

        Args:
            provider_id: The provider's id.
            cached: The previous list, if there is one.
            retry_at: When a rate limit ends (UTC).
            now: The current time (UTC), to say how old the list is.
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
        """Returns the error for a try, which does not mention lists."""
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
    """Replaces placeholders; unlike `str.format` it accepts other braces, as in a server's message."""
    for name, words in parts.items():
        text = text.replace(f"{{{name}}}", words)
    return text.strip()


def moment(when: datetime, now: datetime | None = None) -> str:
    """A past time in words, in local time: ``10:21 UTC+2`` (today), ``yesterday``, ``21 Nov``."""
    local = when.astimezone()
    today = (now.astimezone() if now else datetime.now().astimezone()).date()
    days = (today - local.date()).days
    if days == 0:
        return _clock(local)
    return "yesterday" if days == 1 else f"{local.day} {local:%b}"


def at_moment(when: datetime, now: datetime | None = None) -> str:
    """A time today or tomorrow in words, in local time: ``at 14:05 UTC+2``, ``tomorrow at 09:30 UTC``."""
    local = when.astimezone()
    today = (now.astimezone() if now else datetime.now().astimezone()).date()
    return f"{'' if local.date() == today else 'tomorrow '}at {_clock(local)}"


def _clock(local: datetime) -> str:
    """The time of day with its zone, as it may be read elsewhere, over HTTP or beside UTC times."""
    offset = f"{local:%z}"  # +0530
    hours, minutes = f"{offset[0]}{int(offset[1:3])}", offset[3:5]
    zone = "" if offset[1:5] == "0000" else hours if minutes == "00" else f"{hours}:{minutes}"
    return f"{local:%H:%M} UTC{zone}"


def quoted(text: str, key: str) -> str:
    """Returns a server's text on one line, shortened, with keys masked (SEC-1).

    Args:
        text: The text.
        key: The key that was sent, which the server may echo.
    """
    # Redact first: `clean` cuts the text and turns invisible characters into blanks, also inside a key.
    return clean(redact(text[:20_000], [key]), _MOST_SERVER_TEXT)
