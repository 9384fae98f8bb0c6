"""Tells panels that the interpreter is exiting, when they must not begin to send anything."""

from __future__ import annotations

import atexit
import sys
import threading
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# Once its own exit handler has run, pyzmq breaks off in the middle of a large message, and the next message
# arrives as the rest of it. Exit handlers run last in, first out, so pyzmq has to register its own before.
if "zmq" in sys.modules:
    with suppress(ImportError):
        import_module("zmq.utils.garbage")
_LONGEST_SECONDS = 1.0  # how long the exit waits for what is being sent
_changed = threading.Condition()
_exiting = False
_under_way = 0


@contextmanager
def sending() -> Iterator[bool]:
    """Makes the exit wait while something is being sent; yields False if it is too late to begin."""
    global _under_way  # noqa: PLW0603 - the process has one exit
    with _changed:
        is_allowed = not _exiting
        _under_way += is_allowed
    try:
        yield is_allowed
    finally:
        with _changed:
            _under_way -= is_allowed
            _changed.notify_all()


@atexit.register
def _begin() -> None:
    global _exiting  # noqa: PLW0603
    with _changed:
        _exiting = True
        _changed.wait_for(lambda: not _under_way, _LONGEST_SECONDS)
    with suppress(Exception):  # stdout may be closed or missing
        sys.stdout.flush()  # in ipykernel this waits until all earlier messages have been sent
