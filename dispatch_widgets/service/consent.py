"""Which references may be sent where (SEC-4, SEC-8).

A settings file can come from someone else: one that says ``${AWS_SECRET_ACCESS_KEY}`` and a base URL of
its writer's choice would send that secret off at the first refresh. So a reference is followed only
where its variable was made for the host (a preset's own pair), where the user gave it here, or after
they said so. What was said is held in memory, for one process.

A yes is to one reference and one place, and carries them as the user saw them: by the time it arrives
the file may say something else, which is asked about anew.
"""

from __future__ import annotations

import os
import re
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from .._terms import PROVIDER_TYPES
from .._text import clean
from ..errors import ChangedMeanwhileError, ConsentNeededError, InvalidInputError, reference_words
from ..presets import is_own_pair, is_presets_pair, server_named_beside
from ..secrets import environment_name, is_reference, redact
from ..urls import host_of, host_words, normalise_base_url

if TYPE_CHECKING:
    from ..settings.schema import Provider

NO_ADDRESS = "a server that it does not name"
_LONGEST_ADDRESS_CHARACTERS = 200


class Sending(NamedTuple):
    """What would be sent where, in the words that the user is shown.

    Attributes:
        variable: The environment variable's name, or the whole ``keyring:SERVICE/USER``.
        host: Where it would be sent; see `ConsentNeededError.host`.
    """

    variable: str
    host: str


@dataclass(frozen=True, slots=True)
class _Destination:
    """Where a provider's key goes.

    Attributes:
        words: What the user is shown.
        exact: What a yes is kept for.
        url: The base URL; empty if the file has none that can be used.
    """

    words: str
    exact: str
    url: str = ""


class Consents:
    """What may be sent where, for one service."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._allowed: set[tuple[str, str]] = set()

    def needed(self, provider: Provider) -> Sending | None:
        """What a yes is missing for; None if none is.

        Args:
            provider: Whose key.
        """
        try:
            return self._missing(provider)
        except InvalidInputError:
            return None  # it cannot be asked at all, whatever the user says

    def check(self, provider: Provider) -> None:
        """Stop here unless a provider's key may be sent, or handed out to be sent.

        Args:
            provider: Whose key.

        Raises:
            ConsentNeededError: If a yes is missing.
            InvalidInputError: If its base URL cannot be used.
        """
        missing = self._missing(provider)
        if missing is not None:
            raise _asking(provider, missing)

    def allow(self, provider: Provider, seen: Sending | None = None) -> None:
        """The user says yes to what a provider names.

        Args:
            provider: Whose key, as it is in the file now.
            seen: What they said yes to; None for what the provider names, where they have just given it.

        Raises:
            ConsentNeededError: If the provider names something else by now, which needs a yes of its own.
            ChangedMeanwhileError: If it names something else by now that needs none.
        """
        if seen is not None:
            self.compare(provider, seen)
        if sending_of(provider) is not None:
            with self._lock:
                self._allowed.add((_key(provider), _destination(provider).exact))

    def compare(self, provider: Provider, seen: Sending) -> None:
        """Stop here unless a provider names just what the user saw.

        Args:
            provider: Whose key, as it is or is about to be in the file.
            seen: What they said yes to.

        Raises:
            ConsentNeededError: If it names something else, which needs a yes of its own.
            ChangedMeanwhileError: If it names something else that needs none.
        """
        if sending_of(provider) == seen:
            return
        missing = self.needed(provider)
        if missing is not None:
            raise _asking(provider, missing, changed=True)
        raise ChangedMeanwhileError(
            f"The settings file does not want {reference_words(seen.variable)} sent to {seen.host} any more. "
            "Nothing was sent."
        )

    def _missing(self, provider: Provider) -> Sending | None:
        if not _is_named(provider):
            return None
        destination, variable = _destination(provider), environment_name(_key(provider))
        if variable is not None and not os.environ.get(variable, "").strip():
            return None  # there is nothing to send
        if variable is not None and destination.url and is_own_pair(variable, destination.url):
            return None
        with self._lock:
            allowed = (_key(provider), destination.exact) in self._allowed
        return None if allowed else Sending(variable or _key(provider), destination.words)


def sending_of(provider: Provider) -> Sending | None:
    """What a provider would have sent where; None if its key is no reference, or it cannot be asked at all.

    Args:
        provider: Whose key.
    """
    key = _key(provider)
    if not _is_named(provider):
        return None
    try:
        return Sending(environment_name(key) or key, _destination(provider).words)
    except InvalidInputError:
        return None


def why_asked(variable: str, url: str) -> str:
    """What the environment says about a variable and the host that is asked about; empty if nothing.

    Args:
        variable: The name of an environment variable.
        url: Where its value would be sent.
    """
    named = server_named_beside(variable)
    if named is None or not url:
        return ""
    if named.base_url and host_words(named.base_url) == host_words(url):
        return f"{named.companion} names that server for this key."
    return named.doubt if is_presets_pair(variable, url) else ""


def check_as_seen(provider: Provider, expected: Provider) -> None:
    """Stop here unless a change gives what it would have given with the provider that the user saw (SEC-8).

    A key belongs to the host that it was given for: neither the key that was given now may go to a host
    that another program has put there, nor the key that another program has put there to the host that
    was given now.

    Args:
        provider: As the change makes it of what is in the file.
        expected: As it makes it of what the user saw.

    Raises:
        ChangedMeanwhileError: If another key would be kept, or a key would go elsewhere.
    """
    name = clean(expected.name, 60)
    if _key(provider) != _key(expected):
        raise ChangedMeanwhileError(
            f"Another program has given {name} another key meanwhile. Nothing was saved or sent."
        )
    now, seen = _destination_or_text(provider), _destination_or_text(expected)
    if now.exact != seen.exact:
        raise ChangedMeanwhileError(
            f"Another program has changed where the key of {name} goes: to {now.words}, "
            f"no longer to {seen.words}. Nothing was saved or sent."
        )


def _destination_or_text(provider: Provider) -> _Destination:
    try:
        return _destination(provider)
    except InvalidInputError:
        return _no_address(provider)


def _is_named(provider: Provider) -> bool:
    """Whether the file does not hold a provider's key but says where it is."""
    return not provider.is_mock and is_reference(_key(provider))


def _key(provider: Provider) -> str:
    return provider.credentials.api_key.get_secret_value()


def _destination(provider: Provider) -> _Destination:
    """The address as requests will read it, so that it is the one that is asked about."""
    try:
        url = normalise_base_url(provider.base_url, provider.type).url
    except InvalidInputError:
        if provider.type in PROVIDER_TYPES:
            raise
        # Whoever resolves a type that is not known here is given what stands in the file, and may send
        # the key there.
        return _no_address(provider)
    # With the scheme: a yes to https is none to sending the same in clear.
    return _Destination(host_words(url), f"{urlsplit(url).scheme}://{host_of(url)}", url)


def _no_address(provider: Provider) -> _Destination:
    """What stands where a base URL belongs and is none; no user info, query or key of it is shown."""
    rest = re.split(r"[?#]", provider.base_url, maxsplit=1)[0]
    before, _, after = rest.rpartition("@")
    shown = clean(redact(f"…@{after}" if before else rest), _LONGEST_ADDRESS_CHARACTERS)
    words = f"“{shown}”, which is no base URL" if shown else NO_ADDRESS
    return _Destination(words, f"{provider.type} {provider.base_url}")


def _asking(provider: Provider, missing: Sending, *, changed: bool = False) -> ConsentNeededError:
    return ConsentNeededError(
        missing.variable,
        host=missing.host,
        provider_id=provider.id,
        because=why_asked(missing.variable, _destination(provider).url),
        changed=changed,
    )
