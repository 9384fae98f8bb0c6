"""The protocols of the provider types: URLs and headers (MD-1, MD-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from .capabilities import infer_capabilities
from .parsing import anthropic_capabilities

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._terms import ProviderType
    from .parsing import Infer

ANTHROPIC_VERSION = "2023-06-01"
"""The version that Anthropic requires: https://platform.claude.com/docs/en/api/versioning."""
ANTHROPIC_PAGE_SIZE = 1000
"""The largest page: https://platform.claude.com/docs/en/api/models/list."""


class Adapter(Protocol):
    """What differs between provider types."""

    infer: Infer
    after: str
    """The query parameter for the last model's id, see `paging.next_page`."""

    def url(self, base_url: str) -> str:
        """Returns the URL of the list, or of its first page."""

    def headers(self, api_key: str) -> Mapping[str, str]:
        """Returns the headers with the key."""


class OpenAICompatible:
    """``GET {base}/models`` with a bearer token (MD-2)."""

    infer: Infer = staticmethod(infer_capabilities)
    after = "after"

    def url(self, base_url: str) -> str:
        """Returns the URL of the list."""
        return f"{base_url.rstrip('/')}/models"

    def headers(self, api_key: str) -> Mapping[str, str]:
        """Returns the bearer token."""
        return {"authorization": f"Bearer {api_key}"}


class Anthropic:
    """``GET {base}/v1/models`` in pages of 1,000, until ``has_more`` is false (MD-1)."""

    infer: Infer = staticmethod(anthropic_capabilities)
    after = "after_id"

    def url(self, base_url: str) -> str:
        """Returns the URL of the first page; the base URL may or may not end in ``/v1``."""
        return f"{base_url.rstrip('/').removesuffix('/v1')}/v1/models?limit={ANTHROPIC_PAGE_SIZE}"

    def headers(self, api_key: str) -> Mapping[str, str]:
        """Returns the key and the protocol's version."""
        return {"x-api-key": api_key, "anthropic-version": ANTHROPIC_VERSION}


ADAPTERS: Mapping[ProviderType, Adapter] = {
    "openai-compatible": OpenAICompatible(),
    "anthropic": Anthropic(),
}
