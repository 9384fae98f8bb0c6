"""Several changes that follow each other, shown together."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

BETWEEN_SECONDS = 0.1
"""How often a panel is drawn at most: twenty providers that answer would else send it twenty times."""


class Joined:
    """Does something at once when asked, and then no more often than every tenth of a second.

    Args:
        work: What is done; asked for again before it began, it is done once.
        lock: Held while it is done.
    """

    def __init__(self, work: Callable[[], None], lock: threading.RLock) -> None:
        self._work = work
        self._lock = lock
        self._next = 0.0
        self._timer: threading.Timer | None = None

    def ask(self) -> None:
        """Do it now, or as soon as may be."""
        with self._lock:
            if self._timer is not None:
                return
            wait_seconds = self._next - time.monotonic()
            if wait_seconds > 0:
                timer = threading.Timer(wait_seconds, self.flush)
                timer.daemon = True
                try:
                    timer.start()
                except RuntimeError:  # there are no threads here (Pyodide)
                    pass
                else:
                    self._timer = timer
                    return
            self._do()

    def flush(self) -> None:
        """Do now what is still to be done."""
        with self._lock:
            if self._timer is not None:
                self._do()

    def stop(self) -> None:
        """Do it no more."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None

    def _do(self) -> None:
        self.stop()
        self._next = time.monotonic() + BETWEEN_SECONDS
        self._work()
