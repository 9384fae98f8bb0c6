"""How each type of provider is asked for its models (MD-1, MD-2): one adapter a type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from .capabilities import infer_capabilities
from .parsing import anthropic_capabilities

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
    after: str
    """The parameter of the next page's address that takes the last model's id, see `paging.next_page`."""

    def url(self, base_url: str) -> str:
        """The address of the list, or of its first page."""

    def headers(self, api_key: str) -> Mapping[str, str]:
        """The headers that carry the key."""


class OpenAICompatible:
    """``GET {base}/models`` with a bearer token (MD-2)."""

    infer: Infer = staticmethod(infer_capabilities)
    after = "after"

    def url(self, base_url: str) -> str:
        """The address of the list, with one slash between the base URL and ``models``."""
        return f"{base_url.rstrip('/')}/models"

    def headers(self, api_key: str) -> Mapping[str, str]:
        """The bearer token."""
        return {"authorization": f"Bearer {api_key}"}


class Anthropic:
    """``GET {base}/v1/models``, a thousand at a time, until ``has_more`` is false (MD-1)."""

    infer: Infer = staticmethod(anthropic_capabilities)
    after = "after_id"

    def url(self, base_url: str) -> str:
        """The address of the first page; a ``/v1`` that the base URL has already is not doubled."""
        return f"{base_url.rstrip('/').removesuffix('/v1')}/v1/models?limit={ANTHROPIC_PAGE_SIZE}"

    def headers(self, api_key: str) -> Mapping[str, str]:
        """The key and the version of the protocol."""
        return {"x-api-key": api_key, "anthropic-version": ANTHROPIC_VERSION}


ADAPTERS: Mapping[ProviderType, Adapter] = {
    "openai-compatible": OpenAICompatible(),
    "anthropic": Anthropic(),
}
