"""What a person saw of a provider, so that what they press is about that and nothing else (SEC-8)."""

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
    """Providers as they were shown, each by a token that says nothing about it.

    They are what the file held when it was read; a key that was submitted and not saved is not among them.
    """

    def __init__(self) -> None:
        self._salt = secrets.token_bytes(16)
        self._seen: OrderedDict[str, Provider] = OrderedDict()

    def token(self, provider: Provider) -> str:
        """What stands for a provider as it is now; the same as long as nothing of it changes."""
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
            ChangedMeanwhileError: If that is too long ago to be known.
        """
        if token not in self._seen:
            raise ChangedMeanwhileError("What you saw was shown too long ago. Nothing was saved or sent.")
        return self._seen[token]
