"""How each type of provider is asked for its models (MD-1, MD-2): one adapter a type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

from .capabilities import infer_capabilities
from .parsing import anthropic_capabilities, find_list

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._terms import ProviderType
    from .parsing import Infer

ANTHROPIC_VERSION = "2023-06-01"
"""The version header that Anthropic wants: https://platform.claude.com/docs/en/api/versioning."""
ANTHROPIC_PAGE_SIZE = 1000
"""The most models a page may have: https://platform.claude.com/docs/en/api/models/list."""


class Adapter(Protocol):
    """What differs between types of provider."""

    infer: Infer

    def url(self, base_url: str, cursor: str) -> str:
        """The address of a page; the cursor is empty for the first."""

    def chat_url(self, base_url: str) -> str:
        """The address at which a model is asked for an answer."""

    def headers(self, api_key: str) -> Mapping[str, str]:
        """The headers that carry the key."""

    def next_cursor(self, document: Any) -> str:
        """Where the next page begins; empty when this was the last."""


class OpenAICompatible:
    """``GET {base}/models`` with a bearer token; the list comes whole (MD-2)."""

    infer: Infer = staticmethod(infer_capabilities)

    def url(self, base_url: str, cursor: str) -> str:  # noqa: ARG002 - part of the protocol
        """The address of the list, with one slash between the base URL and ``models``."""
        return f"{base_url.rstrip('/')}/models"

    def chat_url(self, base_url: str) -> str:
        """The address of chat completions."""
        return f"{base_url.rstrip('/')}/chat/completions"

    def headers(self, api_key: str) -> Mapping[str, str]:
        """The bearer token."""
        return {"authorization": f"Bearer {api_key}"}

    def next_cursor(self, document: Any) -> str:  # noqa: ARG002 - part of the protocol
        """There are no further pages."""
        return ""


class Anthropic:
    """``GET {base}/v1/models``, a thousand at a time, until ``has_more`` is false (MD-1)."""

    infer: Infer = staticmethod(anthropic_capabilities)

    def url(self, base_url: str, cursor: str) -> str:
        """The address of a page; a ``/v1`` that the base URL has already is not doubled."""
        after = f"&after_id={quote(cursor, safe='')}" if cursor else ""
        return f"{_before_v1(base_url)}/v1/models?limit={ANTHROPIC_PAGE_SIZE}{after}"

    def chat_url(self, base_url: str) -> str:
        """The address of messages."""
        return f"{_before_v1(base_url)}/v1/messages"

    def headers(self, api_key: str) -> Mapping[str, str]:
        """The key and the version of the protocol."""
        return {"x-api-key": api_key, "anthropic-version": ANTHROPIC_VERSION}

    def next_cursor(self, document: Any) -> str:
        """``last_id``, or the id of the last model where a gateway leaves that out."""
        if not isinstance(document, dict) or document.get("has_more") is not True:
            return ""
        if names_its_end(document):
            return str(document["last_id"])
        items = find_list(document)
        last = items[-1].get("id") if items and isinstance(items[-1], dict) else ""
        return last if isinstance(last, str) else ""


def _before_v1(base_url: str) -> str:
    return base_url.rstrip("/").removesuffix("/v1")


def names_its_end(document: Any) -> bool:
    """Whether a page says with ``last_id`` where it ends."""
    last = document.get("last_id")
    return isinstance(last, str) and bool(last)


ADAPTERS: Mapping[ProviderType, Adapter] = {
    "openai-compatible": OpenAICompatible(),
    "anthropic": Anthropic(),
}
