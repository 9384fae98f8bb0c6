"""A request's context, and its response."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_OK_MIN, _OK_MAX = 200, 299


@dataclass(frozen=True, slots=True)
class RequestContext:
    """The facts about a request that messages need.

    Attributes:
        name: The provider's name.
        host: The host, with the port if it is not the scheme's default.
        url: The requested URL.
        base_url: The provider's base URL.
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
        """The URL without its query, which only selects a page of the list."""
        return self.url.partition("?")[0]

    def __repr__(self) -> str:
        return f"RequestContext({self.name!r}, {self.url!r})"


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP response.

    Attributes:
        status: The HTTP status.
        headers: The headers; names are case-insensitive.
        body: The decompressed body; truncated if the status is not 2xx.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_success(self) -> bool:
        """Whether the status is a 2xx."""
        return _OK_MIN <= self.status <= _OK_MAX

    def __repr__(self) -> str:
        return f"Response({self.status}, {len(self.body)} bytes)"
