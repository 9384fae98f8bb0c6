"""Whether the interpreter is exiting: a panel sends nothing by then."""

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
# arrives as the rest of it. What is registered last is called first: pyzmq is to register its end before.
if "zmq" in sys.modules:
    with suppress(ImportError):
        import_module("zmq.utils.garbage")
_LONGEST_SECONDS = 1.0  # how long the exit waits for what is being sent
_changed = threading.Condition()
_exiting = False
_under_way = 0


@contextmanager
def sending() -> Iterator[bool]:
    """Something is being sent, and the exit waits for it; gives False where it is too late to begin."""
    global _under_way  # noqa: PLW0603 - of the whole process, as its exit is
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
    with suppress(Exception):  # it may be closed or missing
        sys.stdout.flush()  # ipykernel's waits until what was sent before is on its way
