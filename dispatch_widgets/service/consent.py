"""Which references may be sent where (SEC-4).

A settings file can come from someone else: one that says ``${AWS_SECRET_ACCESS_KEY}`` and a base URL of
its writer's choice would send that secret off at the first refresh. So a reference is followed only
where its variable was made for the host (a preset's own pair), where the user gave it here, or after
they said so. What was said is held in memory, for one process.
"""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..errors import ConsentNeededError, InvalidInputError
from ..presets import is_own_pair
from ..secrets import environment_name, is_reference
from ..urls import host_of, normalise_base_url

if TYPE_CHECKING:
    from ..settings.schema import Provider


class Consents:
    """What may be sent where, for one service."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._allowed: set[tuple[str, str]] = set()

    def needed(self, provider: Provider) -> tuple[str, str] | None:
        """The reference and the host that a yes is missing for; None if none is.

        Args:
            provider: Whose key.
        """
        reference = provider.credentials.api_key.get_secret_value()
        if not is_reference(reference):
            return None
        url = _url_of(provider)
        variable = environment_name(reference)
        if url is None:
            return None  # nothing can be sent to what is no address
        if variable is not None and (not os.environ.get(variable, "").strip() or is_own_pair(variable, url)):
            return None
        with self._lock:
            if _pair(reference, url) in self._allowed:
                return None
        return variable or reference, host_of(url)

    def check(self, provider: Provider) -> None:
        """Stop here unless a provider's key may be sent.

        Args:
            provider: Whose key.

        Raises:
            ConsentNeededError: If a yes is missing.
        """
        missing = self.needed(provider)
        if missing is not None:
            raise ConsentNeededError(missing[0], host=missing[1], provider_id=provider.id)

    def allow(self, provider: Provider) -> None:
        """The user says yes to what a provider names now.

        Args:
            provider: Whose key.
        """
        url = _url_of(provider)
        if url is not None:
            with self._lock:
                self._allowed.add(_pair(provider.credentials.api_key.get_secret_value(), url))

    def given_with(self, provider: Provider, api_key: object) -> None:
        """The user has just given a provider this key here: if it is a reference, they said yes.

        Args:
            provider: The provider as it is now.
            api_key: What was given; None or a blank text if the key was not touched.
        """
        if isinstance(api_key, str) and is_reference(api_key.strip()):
            self.allow(provider)


def _url_of(provider: Provider) -> str | None:
    """The address as requests will read it, so that it is the one that is asked about."""
    try:
        return normalise_base_url(provider.base_url, provider.type).url
    except InvalidInputError:
        return None


def _pair(reference: str, url: str) -> tuple[str, str]:
    # With the scheme: a yes to https is none to sending the same in clear.
    return reference, f"{urlsplit(url).scheme}://{host_of(url)}"
