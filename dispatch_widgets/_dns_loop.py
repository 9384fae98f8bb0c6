"""An event loop whose DNS look-ups can be abandoned (MD-9).

`socket.getaddrinfo` cannot be cancelled, and a loop's executor waits for its threads when the loop and the
process end. Here each look-up has a daemon thread, which a caller that times out leaves behind. Concurrent
look-ups of one host share a thread.
"""

from __future__ import annotations

import asyncio
import socket
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    _Query = tuple[Any, int, int, int, int]
    _Found = list[tuple[Any, ...]]

# Not the event loop policy's loop, which may be uvloop with its own threads for look-ups.
if sys.platform == "win32":
    _SystemLoop = asyncio.ProactorEventLoop
else:
    _SystemLoop = asyncio.SelectorEventLoop


class _DnsLoop(_SystemLoop):
    """The system's event loop, with look-ups in daemon threads."""

    def __init__(self) -> None:
        super().__init__()
        self._look_ups: dict[_Query, asyncio.Future[_Found]] = {}

    async def getaddrinfo(
        self,
        host: Any,
        port: Any,
        *,
        family: int = 0,
        type: int = 0,  # noqa: A002 - asyncio's signature
        proto: int = 0,
        flags: int = 0,
    ) -> _Found:
        """Returns the addresses of a host as `socket.getaddrinfo` does."""
        name = host.decode() if isinstance(host, bytes) else host  # anyio passes bytes
        query = (name, family, type, proto, flags)
        look_up = self._look_ups.get(query)
        if look_up is None:
            look_up = self.create_future()
            threading.Thread(
                target=self._look_up, args=(query, look_up), name=f"look-up of {name}", daemon=True
            ).start()
            # Only now, as a thread that cannot be started raises, and later callers would wait for ever.
            self._look_ups[query] = look_up
            look_up.add_done_callback(lambda done: self._forget(query, done))
        # Shielded, as other callers may share the look-up. The port is not part of the query.
        found = await asyncio.shield(look_up)
        return [(*entry, (address[0], port, *address[2:])) for *entry, address in found]

    def _look_up(self, query: _Query, look_up: asyncio.Future[_Found]) -> None:
        host, *hints = query
        deliver: Callable[[Any], None] = look_up.set_result
        outcome: Any
        try:
            outcome = socket.getaddrinfo(host, None, *hints)
        except Exception as error:  # noqa: BLE001 - passed on to the callers
            deliver, outcome = look_up.set_exception, error
        with suppress(RuntimeError):  # the loop was closed meanwhile
            self.call_soon_threadsafe(deliver, outcome)

    def _forget(self, query: _Query, done: asyncio.Future[_Found]) -> None:
        del self._look_ups[query]
        done.exception()  # marks it as retrieved, also if no caller is left


def new_dns_loop() -> asyncio.AbstractEventLoop:
    """Makes an event loop for the package's own thread."""
    return _DnsLoop()
