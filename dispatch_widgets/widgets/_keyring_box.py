"""The box that keeps a typed key in the system's keyring, offered where there is one (SEC-4)."""

from __future__ import annotations

import re
import secrets
import threading
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from ..errors import KeyringError
from ..secrets import Secret, is_reference, store_in_keyring
from ._parts import classed, is_shown, shared, show

if TYPE_CHECKING:
    from collections.abc import Callable

KEYRING_SERVICE = "dispatch-widgets"
"""What keys are stored under in the system's keyring."""

_WORDS = "Keep the key in the system's keyring"


class KeyringBox(widgets.Checkbox):  # type: ignore[misc] # ipywidgets ships no types
    """Whether a typed key goes into the keyring; hidden where this machine has none.

    Finding that out loads the keyring's package and may ask the desktop, so it is done beside, when
    the form opens; no key is read for it.

    Args:
        lock: Held while the box is shown.
    """

    def __init__(self, lock: Any) -> None:
        self._lock = lock
        self._there = False
        self._wanted = False
        self._stored: tuple[Secret, str] | None = None  # what is in the keyring already, and where
        super().__init__(
            description=_WORDS,
            value=False,
            indent=False,
            layout=shared(widgets.Layout, hidden=True),
            style=shared(widgets.Checkbox.style.klass),
        )
        classed(self, "dw-check")

    def look(self, then: Callable[[], object]) -> None:
        """Find out whether there is a keyring.

        Args:
            then: Called in another thread, under the lock, if there is one.
        """
        if find_spec("keyring") is None:
            return
        try:
            threading.Thread(target=self._look, args=[then], daemon=True).start()
        except RuntimeError:
            return  # no threads here (Pyodide), and no keyring either

    def _look(self, then: Callable[[], object]) -> None:
        from .._keyring import is_there

        there = is_there()
        with self._lock:
            if there and self.comm is not None:  # the form may have been closed meanwhile
                self._there = True
                self.offer(self._wanted)
                then()

    def offer(self, wanted: bool) -> None:
        """Show the box if there is a key to keep and a keyring to keep it in.

        Args:
            wanted: Whether there is such a key: typed, and needed by the server.
        """
        self._wanted = wanted
        show(self, wanted and self._there)

    @property
    def ticked(self) -> bool:
        """Whether the key is to go into the keyring."""
        return bool(self.value) and is_shown(self)

    def forget(self) -> None:
        """Forget the key that was given last: the next one is stored anew, also if it is the same."""
        self._stored = None

    def kept(self, key: str, name: str) -> str:
        """The key, or where it is kept, if it is to be kept in the keyring.

        Args:
            key: What was typed.
            name: The provider's name.

        Raises:
            KeyringError: If the keyring does not take it.
        """
        if not self.ticked or is_reference(key):
            return key
        if self._stored is None or self._stored[0] != Secret(key):
            short = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "provider"
            user = f"{short}-{secrets.token_hex(3)}"  # names may repeat
            try:
                self._stored = Secret(key), store_in_keyring(KEYRING_SERVICE, user, key)
            except KeyringError as error:
                hint = f"Untick “{_WORDS}” and save again, or: {error.hint}"
                raise KeyringError(error.message, hint=hint) from None
        return self._stored[1]
