"""A provider's address and key, as they are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...._text import clean
from ....secrets import NO_KEY_NEEDED, Secret
from ....urls import shown_url
from ..._format import address
from ..shared.views import Run

if TYPE_CHECKING:
    from ....settings.schema import Provider
    from ..shared.views import Words

_NO_KEY = Secret(NO_KEY_NEEDED)


def shown_address(provider: Provider) -> str:
    """A provider's base URL, without the scheme and possible secrets."""
    return address(shown_url(provider.base_url))


def shown_key(provider: Provider) -> Words:
    """A provider's key as a row shows it (SEC-1)."""
    if provider.is_mock:
        return "needs no key"
    if provider.credentials.api_key == _NO_KEY:
        return "no key needed"
    return (Run(clean(provider.masked_key), mono=True),)
