"""The server that a key was typed for: it is saved for no other (SEC-8)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from ...._text import clean
from ....errors import InvalidInputError
from ....urls import DEFAULT_PORTS, host_of, normalise_base_url

_SCHEME = re.compile(r"(?:(?:(https?)|[a-z][a-z0-9+.-]*):/+)?(.*)", re.DOTALL | re.IGNORECASE)
_PORT = re.compile(r"(.*?)(?::(\d*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class KeyPlace:
    """The form's values that decide where a key is sent.

    Attributes:
        preset: The key of the preset; empty for none.
        type: The provider's type.
        url: The base URL as it was typed; empty where there is none.
    """

    preset: str
    type: str
    url: str

    @property
    def choice(self) -> tuple[str, str]:
        """The selected preset and type, without what is typed."""
        return self.preset, self.type

    @property
    def host(self) -> str:
        """The host for display; empty if the URL has none."""
        parts = self._parts
        return clean(parts[3], 80) if parts else ""

    @property
    def is_done(self) -> bool:
        """Whether the base URL is valid; while it is not, somebody may still be typing it."""
        try:
            normalise_base_url(self.url, self.type)
        except InvalidInputError:
            return False
        return True

    @property
    def _parts(self) -> tuple[str, str, str, str] | None:
        """Scheme, host, port, and host with port as written; they may be incomplete in an invalid URL."""
        url = self.url.strip() if self.url.strip() or self.type != "anthropic" else _default(self.type)
        scheme, rest = _SCHEME.fullmatch(url).groups("")  # type: ignore[union-attr] # it always matches
        authority = host_of(f"://{rest}").lower()
        if not authority or re.search(r"\s", authority):
            return None
        host, port = _PORT.fullmatch(authority).groups("")  # type: ignore[union-attr] # it always matches
        return scheme.lower(), host.rstrip("."), port or str(DEFAULT_PORTS.get(scheme.lower(), "")), authority

    def written(self) -> str:
        """The place as text, which a page keeps and sends back."""
        return json.dumps([self.preset, self.type, self.url])

    @classmethod
    def read(cls, written: str) -> KeyPlace | None:
        """The place that a page sent back; None if it kept none."""
        try:
            preset, type_, url = json.loads(written)
        except (ValueError, TypeError):
            return None
        return cls(preset=str(preset), type=str(type_), url=str(url))

    def leads_to(self, other: KeyPlace) -> bool:
        """Whether a key for this place may go to another, which may differ only by being more complete."""
        if self.choice != other.choice:
            return False
        mine, theirs = self._parts, other._parts
        if mine is None or theirs is None:
            return True
        return all(not a or not b or a == b for a, b in zip(mine[:3], theirs[:3], strict=True))


def unanswered_values(written: str) -> dict[str, str] | None:
    """The values of a submission that the page got no answer to; None if it kept a place, or nothing."""
    try:
        values = json.loads(written)
    except ValueError:
        return None
    if not isinstance(values, dict):
        return None
    return {name: value for name, value in values.items() if isinstance(value, str)}


def _default(type: str) -> str:  # noqa: A002 - the file's own word
    return normalise_base_url(None, type).url
