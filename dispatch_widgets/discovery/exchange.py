"""What goes out and what comes back: whom a request asks, and the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_OK_MIN, _OK_MAX = 200, 299


@dataclass(frozen=True, slots=True)
class RequestContext:
    """Whom a request asks, as messages speak of it.

    Attributes:
        name: The provider's name.
        host: Host, with the port where it is not the scheme's own.
        url: The whole address that is asked.
        base_url: The base URL the user gave.
        key: The key that is sent.
        timeout_seconds: How long the request may take by the wall, as the user knows it.
        model: The model that is asked for an answer; empty where a list is asked for.
    """

    name: str
    host: str
    url: str
    base_url: str
    key: str
    timeout_seconds: float
    model: str = ""

    @property
    def shown_url(self) -> str:
        """The address as messages name it: which page of the list was asked for says nobody anything."""
        return self.url.partition("?")[0]

    def __repr__(self) -> str:
        return f"RequestContext({self.name!r}, {self.url!r})"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered.

    Attributes:
        status: The HTTP status.
        headers: The headers, their names in any case.
        body: The body, decompressed; cut off for an answer that is no success.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_success(self) -> bool:
        """Whether the status is a 2xx."""
        return _OK_MIN <= self.status <= _OK_MAX

    def __repr__(self) -> str:
        return f"Answer({self.status}, {len(self.body)} bytes)"
