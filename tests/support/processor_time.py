"""How much work something is, without what else the machine does."""

from __future__ import annotations

import gc
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def processor_seconds(work: Callable[[], object], times: int = 5) -> float:
    """The least processor time that this thread needed for some work, in seconds.

    The threads and the objects of other tests do not count: nothing is collected meanwhile.
    """
    seconds = []
    was_on = gc.isenabled()
    gc.disable()
    try:
        for _ in range(times):
            start = time.thread_time()
            work()
            seconds.append(time.thread_time() - start)
    finally:
        if was_on:
            gc.enable()
    return min(seconds)
