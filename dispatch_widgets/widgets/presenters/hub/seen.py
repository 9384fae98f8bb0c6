"""Providers as a person saw them, so that an action applies to that version and no other (SEC-8)."""

from __future__ import annotations

import hmac
import secrets
from collections import OrderedDict
from typing import TYPE_CHECKING

from ....errors import ChangedMeanwhileError

if TYPE_CHECKING:
    from ....settings.schema import Provider

MOST_REMEMBERED = 500


class SeenProviders:
    """Providers as they were shown, each under an opaque token.

    They are what the file held when it was read; a key that was submitted and not saved is never among them.
    """

    def __init__(self) -> None:
        self._salt = secrets.token_bytes(16)
        self._seen: OrderedDict[str, Provider] = OrderedDict()

    def token(self, provider: Provider) -> str:
        """The token of a provider as it is now; it stays the same until the provider changes."""
        given = provider.credentials
        key, url = given.api_key.get_secret_value(), given.base_url or ""
        parts = (provider.id, provider.name, provider.type, key, url)
        token = hmac.new(self._salt, "\0".join(parts).encode("utf-8", "surrogatepass"), "sha256").hexdigest()[
            :32
        ]
        self._seen[token] = provider
        self._seen.move_to_end(token)
        while len(self._seen) > MOST_REMEMBERED:
            self._seen.popitem(last=False)
        return token

    def provider(self, token: str) -> Provider:
        """The provider as it was shown.

        Raises:
            ChangedMeanwhileError: If it was shown too long ago to be remembered.
        """
        if token not in self._seen:
            raise ChangedMeanwhileError("What you saw was shown too long ago. Nothing was saved or sent.")
        return self._seen[token]
