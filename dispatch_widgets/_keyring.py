"""Keys in the operating system's keyring, through the optional ``keyring`` package (SEC-4).

The package falls back silently to keyrings that store plain text, so such back ends are skipped, and it is an
error if no other is left.
https://keyring.readthedocs.io/en/latest/ (read 2026-11).
"""

from __future__ import annotations

import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from .errors import KeyringError, MissingPackageError

if TYPE_CHECKING:
    from collections.abc import Callable

REMEMBERED_SECONDS = 60.0
"""How long a key is cached: a panel reads it often, and a keyring may prompt the user."""

_UNSAFE_MODULES = frozenset({"keyring.backends.fail", "keyring.backends.null"})
_CHAIN_MODULE = "keyring.backends.chainer"

_lock = threading.Lock()
_remembered: dict[tuple[str, str], tuple[str, float, object]] = {}


def read(service: str, user: str) -> str:
    """Reads a key.

    Raises:
        MissingPackageError: If the keyring package is not installed.
        KeyringError: If there is no such key, or no safe keyring.
    """
    current = _keyring_package().get_keyring()
    with _lock:
        cached = _remembered.get((service, user))
        if cached is not None and cached[2] is current and time.monotonic() - cached[1] < REMEMBERED_SECONDS:
            return cached[0]
    for backend in _safe(current):
        value = _call_backend(partial(backend.get_password, service, user))
        if isinstance(value, str) and value.strip():
            with _lock:
                _remembered[service, user] = (value, time.monotonic(), current)
            return value
    raise KeyringError(
        f"The keyring holds no key for {service}/{user}.",
        hint="Store it with dw.store_in_keyring(service, user, key), or give the provider another key.",
    )


def write(service: str, user: str, key: str) -> None:
    """Stores a key.

    Raises:
        MissingPackageError: If the keyring package is not installed.
        KeyringError: If there is no safe keyring, or it refused.
    """
    backend = _safe(_keyring_package().get_keyring())[0]
    _call_backend(partial(backend.set_password, service, user, key))
    with _lock:
        _remembered.pop((service, user), None)


def is_there() -> bool:
    """Whether this machine has a safe keyring; no key is read."""
    try:
        return bool(_safe(_keyring_package().get_keyring()))
    except Exception:  # noqa: BLE001 - back ends raise whatever their systems do
        return False


def _keyring_package() -> Any:
    try:
        import keyring
    except ImportError:
        pass
    else:
        return keyring
    raise MissingPackageError("keyring", purpose="for keys that are kept in the system's keyring")


def _safe(current: Any) -> list[Any]:
    """The safe back ends in use, best first.

    Raises:
        KeyringError: If there is none.
    """
    chained = type(current).__module__ == _CHAIN_MODULE
    backends = [*current.backends] if chained else [current]
    safe = [backend for backend in backends if not _is_unsafe(type(backend))]
    if safe:
        return safe
    plain = any("plaintext" in kind.__name__.lower() for one in backends for kind in type(one).__mro__)
    raise KeyringError(
        "The only keyring here stores in plain text; no key is read from it or put into it."
        if plain
        else "There is no keyring on this machine that keys could be kept in.",
        hint="Use an environment variable, or install a keyring: Secret Service or KWallet on Linux; "
        "macOS and Windows have one.",
    )


def _is_unsafe(kind: type) -> bool:
    return any(
        base.__module__ in _UNSAFE_MODULES or "plaintext" in base.__name__.lower() for base in kind.__mro__
    )


def _call_backend(call: Callable[[], Any]) -> Any:
    """Calls a back end. Its errors can quote the key, so only their type is passed on."""
    try:
        return call()
    except Exception as error:  # noqa: BLE001 - back ends raise whatever their systems do
        kind = type(error).__name__
    raise KeyringError(f"The keyring refused ({kind}).", hint="Unlock it, then try again.")
