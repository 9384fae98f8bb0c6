"""When two providers are the same account (MIG-2, PM-8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import InvalidInputError
from ..urls import ANTHROPIC_BASE_URL, OPENAI_BASE_URL, normalise_base_url

if TYPE_CHECKING:
    from .schema import Provider


def account_of(type: str, key: str, base_url: str | None) -> tuple[str, str, str]:  # noqa: A002
    """What makes two providers the same account: type, key and address, in one form (MIG-2, PM-8).

    Args:
        type: The provider's type.
        key: The key or reference; blanks around it do not matter.
        base_url: The base URL, None or blank for the type's default.
    """
    url = (base_url or "").strip()
    if not url:
        url = ANTHROPIC_BASE_URL if type == "anthropic" else OPENAI_BASE_URL
    try:
        url = normalise_base_url(url, type).url
    except InvalidInputError:
        url = url.rstrip("/")
    return type, key.strip(), url


def account_of_provider(provider: Provider) -> tuple[str, str, str]:
    """The same for a provider of the file.

    Args:
        provider: The provider.
    """
    credentials = provider.credentials
    return account_of(provider.type, credentials.api_key.get_secret_value(), credentials.base_url)
