"""Joins changes in quick succession, so that they are drawn once."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

BETWEEN_SECONDS = 0.1
"""The shortest time between two drawings; twenty responses at once would otherwise cause twenty."""


class Joined:
    """Calls a function at once when asked, and then at most every tenth of a second.

    Args:
        work: The function; asked for several times before it runs, it runs once.
        lock: Held while it runs.
    """

    def __init__(self, work: Callable[[], None], lock: threading.RLock) -> None:
        self._work = work
        self._lock = lock
        self._next = 0.0
        self._timer: threading.Timer | None = None

    def ask(self) -> None:
        """Run it now, or as soon as the interval allows."""
        with self._lock:
            if self._timer is not None:
                return
            wait_seconds = self._next - time.monotonic()
            if wait_seconds > 0:
                timer = threading.Timer(wait_seconds, self.flush)
                timer.daemon = True
                try:
                    timer.start()
                except RuntimeError:  # no threads here (Pyodide)
                    pass
                else:
                    self._timer = timer
                    return
            self._do()

    def flush(self) -> None:
        """Run it now if it is due."""
        with self._lock:
            if self._timer is not None:
                self._do()

    def stop(self) -> None:
        """Cancel a run that is due."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None

    def _do(self) -> None:
        self.stop()
        self._next = time.monotonic() + BETWEEN_SECONDS
        self._work()
