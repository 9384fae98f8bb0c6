"""Keeps what the SDKs read from the environment from being sent to other hosts (API-5).

The SDKs read it when a client is made or copied: as attributes (organization, project, a second credential),
and as custom headers. It is for the vendor's own host.
https://github.com/openai/openai-python and https://github.com/anthropics/anthropic-sdk-python (3.57 and
2.14, and 1.56 and 0.40, read 2026-11).
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from .._terms import ANTHROPIC, OPENAI_COMPATIBLE
from ..errors import FieldProblem, InvalidInputError
from ..urls import ANTHROPIC_BASE_URL, OPENAI_BASE_URL
from .arguments import Key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..secrets import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class _Vendor:
    base_url: str
    attributes: tuple[str, ...]
    """What a client reads from the environment unless it is passed."""
    credentials: tuple[str, ...]
    """Those that would be sent beside the key, or in its place."""
    headers: Mapping[str, str]
    """Variables of the SDK and of libraries that use it, with the headers that they set."""
    custom_headers: str
    """The variable with custom headers, one per line."""
    key_header: str = ""
    """The documented header for the key, which newer SDKs do not send, and gateways expect (MD-1)."""


_VENDORS: dict[str, _Vendor] = {
    OPENAI_COMPATIBLE: _Vendor(
        base_url=OPENAI_BASE_URL,
        attributes=("organization", "project", "admin_api_key", "webhook_secret"),
        credentials=(),
        headers={
            "OPENAI_ORG_ID": "OpenAI-Organization",
            "OPENAI_ORGANIZATION": "OpenAI-Organization",
            "OPENAI_PROJECT_ID": "OpenAI-Project",
            "OPENAI_PROJECT": "OpenAI-Project",
        },
        custom_headers="OPENAI_CUSTOM_HEADERS",
    ),
    ANTHROPIC: _Vendor(
        base_url=ANTHROPIC_BASE_URL,
        attributes=("auth_token", "webhook_key"),
        credentials=("auth_token",),
        headers={},
        custom_headers="ANTHROPIC_CUSTOM_HEADERS",
        key_header="X-Api-Key",
    ),
}
_KEY_HEADERS = {"authorization": "Bearer {}", "x-api-key": "{}"}


def _is_own(vendor: _Vendor, url: object) -> bool:
    parts, own = urlsplit(str(url)), urlsplit(vendor.base_url)
    return (parts.scheme, parts.hostname) == (own.scheme, own.hostname)


_Sdk: Any = object  # the client class of OpenAI or Anthropic, to which this is a mixin


class _VendorOnly(_Sdk):  # type: ignore[misc]
    """Mixin for a client that sends what it found in the environment to the vendor's host only."""

    _vendor: _Vendor
    _custom_headers: Mapping[str, Any]

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        if sys.platform == "emscripten":
            self._platform = (
                "Unknown"  # async clients ask for it in a thread, and a browser's Python has none
            )
        given = options.get("default_headers") or {}
        self._found = {
            name for name in self._vendor.attributes if options.get(name) is None and hasattr(self, name)
        }
        self._found_headers = {name for name in self._custom_headers if name not in given}
        self._hold_back()

    def copy(self, **options: Any) -> Self:
        """The SDK's ``copy``; what was found in the environment does not count as passed to the copy."""
        made: Self = super().copy(**options)
        given = {**(options.get("default_headers") or {}), **(options.get("set_default_headers") or {})}
        made._found |= {name for name in self._found if not options.get(name)}
        made._found_headers |= self._found_headers - given.keys()
        made._hold_back()
        return made

    with_options = copy

    @property
    def base_url(self) -> Any:
        """The base URL of requests."""
        return super().base_url

    @base_url.setter
    def base_url(self, url: Any) -> None:
        super(_VendorOnly, type(self)).base_url.fset(self, url)
        self._hold_back()

    @property
    def auth_headers(self) -> dict[str, Any]:
        """The SDK's headers, to a gateway with the documented one, for the key that the client has now."""
        headers: dict[str, Any] = super().auth_headers
        name = self._vendor.key_header
        if not name or not self.api_key or str(self.base_url).rstrip("/") == self._vendor.base_url:
            return headers
        if name.lower() in map(str.lower, self._custom_headers):  # the user's own
            return {other: value for other, value in headers.items() if other != name}
        return {**headers, name: Key(self.api_key)}

    def _hold_back(self) -> None:
        urls = [self.base_url, getattr(self, "websocket_base_url", None) or self._vendor.base_url]
        own = all(_is_own(self._vendor, url) for url in urls)
        for name in self._found if not own else self._found.intersection(self._vendor.credentials):
            setattr(self, name, None)
        if not own:
            # Read first, so that an SDK that keeps its headers elsewhere raises instead of leaking them.
            headers = self._custom_headers.items()
            self._custom_headers = {name: value for name, value in headers if name not in self._found_headers}


@cache
def vendor_only(kind: type, provider_type: str) -> type:
    """A subclass of an SDK's client class, with `_VendorOnly`, that keeps its key out of logs (SEC-1)."""
    from ..discovery.log_redaction import masking_key

    about = {
        "__module__": kind.__module__,
        "__doc__": kind.__doc__,
        "_vendor": _VENDORS[provider_type],
        "request": masking_key(kind.request),  # type: ignore[attr-defined]
    }
    return type(kind.__name__, (_VendorOnly, kind), about)


def blocking_headers(provider_type: str, base_url: str, api_key: Secret, *, shown: bool) -> dict[str, str]:
    """Headers that override those set from the environment, for other hosts than the vendor's.

    They are empty; a header that would replace the key contains the key.

    Args:
        provider_type: The type whose SDK the library uses.
        base_url: The base URL of requests.
        api_key: The key for that host.
        shown: Whether the library prints the headers, so that they must not contain the key.

    Raises:
        InvalidInputError: If headers that are printed would have to contain the key.
    """
    vendor = _VENDORS[provider_type]
    if _is_own(vendor, base_url):
        return {}
    names = [header for variable, header in vendor.headers.items() if os.environ.get(variable)]
    lines = os.environ.get(vendor.custom_headers, "").split("\n")
    names += [line.partition(":")[0].strip() for line in lines if ":" in line]
    second = provider_type == ANTHROPIC and _reads_token_beside_key()
    if second and not shown:
        names.append("Authorization")
    headers = {name: _KEY_HEADERS.get(name.lower(), "") for name in names}
    if shown and any(headers.values()):
        raise InvalidInputError(
            [
                FieldProblem(
                    vendor.custom_headers,
                    "This variable would have another credential sent in place of the provider's key.",
                )
            ],
            hint="Unset it in this process (os.environ.pop), or use client().",
        )
    if second:
        headers.setdefault("Authorization", "")
    return {
        name: Key(form.format(api_key.get_secret_value())) if form else "" for name, form in headers.items()
    }


def _reads_token_beside_key() -> bool:
    """Whether this version of Anthropic's SDK reads the second token although a key is passed."""
    if not os.environ.get("ANTHROPIC_AUTH_TOKEN"):
        return False
    try:
        from anthropic import Anthropic
    except ImportError:
        return False  # nothing else reads it
    with Anthropic(api_key="-", base_url=ANTHROPIC_BASE_URL) as asked:
        return asked.auth_token is not None
