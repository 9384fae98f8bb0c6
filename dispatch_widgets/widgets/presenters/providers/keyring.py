"""The system's keyring as a place to store a typed key, offered where there is one (SEC-4)."""

from __future__ import annotations

import re
import secrets
import threading
from importlib.util import find_spec
from typing import TYPE_CHECKING

from ....errors import KeyringError
from ....secrets import store_in_keyring
from .form_words import KEYRING_LABEL

if TYPE_CHECKING:
    from collections.abc import Callable

KEYRING_SERVICE = "dispatch-widgets"
"""The service name that keys are stored under in the system's keyring."""


class Keyring:
    """Whether this machine has a secure keyring; a thread finds out when a form is first opened.

    That loads the keyring package and may involve the desktop session; it reads no key.

    Args:
        found: Called from another thread if there is one.
    """

    def __init__(self, found: Callable[[], object]) -> None:
        self._found = found
        self._asked = False
        self.is_there = False

    def find_out(self) -> None:
        """Start looking for a keyring, once."""
        if self._asked or find_spec("keyring") is None:
            return
        self._asked = True
        try:
            threading.Thread(target=self._ask, daemon=True).start()
        except RuntimeError:
            return  # no threads here (Pyodide), and no keyring either

    def _ask(self) -> None:
        from ...._keyring import is_there

        if is_there():
            self.is_there = True
            self._found()


def kept_in_keyring(key: str, name: str) -> str:
    """Store a key in the keyring; returns the reference to it.

    Args:
        key: The typed key.
        name: The provider's name.

    Raises:
        KeyringError: If the keyring does not accept it.
    """
    short = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "provider"
    user = f"{short}-{secrets.token_hex(3)}"  # names may repeat
    try:
        return store_in_keyring(KEYRING_SERVICE, user, key)
    except KeyringError as error:
        hint = f"Untick “{KEYRING_LABEL}” and save again, or: {error.hint}"
        raise KeyringError(error.message, hint=hint) from None
