"""Which references may be sent to which hosts (SEC-4, SEC-8).

A settings file can come from someone else. With ``${AWS_SECRET_ACCESS_KEY}`` and a base URL of its author's
choice it would send that secret away at the first refresh. So a reference is followed only if its variable is
made for the host (a preset's own pair), if the user entered it here, or after they consented. Consents are
kept in memory, for one process.

A consent names the reference and the host that the user saw. If the file names others by then, the user is
asked again.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from .._terms import PROVIDER_TYPES
from .._text import clean
from ..errors import ChangedMeanwhileError, ConsentNeededError, InvalidInputError, reference_words
from ..presets import is_own_pair, is_presets_pair, server_named_beside
from ..secrets import environment_name, is_reference, is_set, redact
from ..urls import host_of, host_words, normalise_base_url

if TYPE_CHECKING:
    from ..settings.schema import Provider

NO_ADDRESS = "a server that it does not name"
_LONGEST_ADDRESS_CHARACTERS = 200


class Sending(NamedTuple):
    """What would be sent where, as shown to the user.

    Attributes:
        variable: The environment variable's name, or the whole ``keyring:SERVICE/USER``.
        host: The host, as in `ConsentNeededError.host`.
    """

    variable: str
    host: str


@dataclass(frozen=True, slots=True)
class _Destination:
    """The server that a provider's key is sent to.

    Attributes:
        words: As shown to the user.
        exact: What a consent is stored for.
        url: The base URL; empty if it cannot be used.
    """

    words: str
    exact: str
    url: str = ""


class Consents:
    """The consents of one service."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._allowed: set[tuple[str, str]] = set()

    def needed(self, provider: Provider) -> Sending | None:
        """What needs a consent that is missing; None if nothing does."""
        try:
            return self._missing(provider)
        except InvalidInputError:
            return None  # no request can be made, with or without consent

    def check(self, provider: Provider) -> None:
        """Raises unless a provider's key may be sent to its host.

        Raises:
            ConsentNeededError: If consent is missing.
            InvalidInputError: If its base URL cannot be used.
        """
        missing = self._missing(provider)
        if missing is not None:
            raise _asking(provider, missing)

    def allow(self, provider: Provider, seen: Sending | None = None) -> None:
        """Stores the consent to what a provider names.

        Args:
            provider: The provider as it is in the file now.
            seen: What the user consented to; None if they have just entered what the provider names.

        Raises:
            ConsentNeededError: If the provider names something else by now, which needs consent too.
            ChangedMeanwhileError: If it names something else by now that needs no consent.
        """
        if seen is not None:
            self.compare(provider, seen)
        if sending_of(provider) is not None:
            with self._lock:
                self._allowed.add((_key(provider), _destination(provider).exact))

    def compare(self, provider: Provider, seen: Sending) -> None:
        """Raises unless a provider names exactly what the user saw.

        Args:
            provider: The provider as it is in the file, or is about to be.
            seen: What the user consented to.

        Raises:
            ConsentNeededError: If it names something else, which needs consent too.
            ChangedMeanwhileError: If it names something else that needs no consent.
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
        if variable is not None and not is_set(variable):
            return None  # there is nothing to send
        if variable is not None and destination.url and is_own_pair(variable, destination.url):
            return None
        with self._lock:
            allowed = (_key(provider), destination.exact) in self._allowed
        return None if allowed else Sending(variable or _key(provider), destination.words)


def sending_of(provider: Provider) -> Sending | None:
    """What would be sent where; None if the provider's key is no reference, or no request can be made."""
    key = _key(provider)
    if not _is_named(provider):
        return None
    try:
        return Sending(environment_name(key) or key, _destination(provider).words)
    except InvalidInputError:
        return None


def why_asked(variable: str, url: str) -> str:
    """What the environment says about a variable and a host; empty if nothing."""
    named = server_named_beside(variable)
    if named is None or not url:
        return ""
    if named.base_url and host_words(named.base_url) == host_words(url):
        return f"{named.companion} names that server for this key."
    return named.doubt if is_presets_pair(variable, url) else ""


def check_as_seen(provider: Provider, expected: Provider) -> None:
    """Raises if a change would have another result than with the provider that the user saw (SEC-8).

    A key belongs to the host that it was entered for. A key entered now must not go to a host that another
    program has written meanwhile, nor a key that it has written to a host entered now.

    Args:
        provider: The result of the change with the provider in the file.
        expected: The result with the provider that the user saw.

    Raises:
        ChangedMeanwhileError: If the key or the host is another.
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
    """Whether a provider's key in the file is a reference."""
    return not provider.is_mock and is_reference(_key(provider))


def _key(provider: Provider) -> str:
    return provider.credentials.api_key.get_secret_value()


def _destination(provider: Provider) -> _Destination:
    """The address as requests read it, so that the user is asked about the real one."""
    try:
        url = normalise_base_url(provider.base_url, provider.type).url
    except InvalidInputError:
        if provider.type in PROVIDER_TYPES:
            raise
        # `resolve` returns an unknown type as it is in the file, and its caller may send the key there.
        return _no_address(provider)
    # With the scheme, as consent to https is no consent to http.
    return _Destination(host_words(url), f"{urlsplit(url).scheme}://{host_of(url)}", url)


def _no_address(provider: Provider) -> _Destination:
    """The destination for an invalid base URL; its user info, query and keys are not shown."""
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
