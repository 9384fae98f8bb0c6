"""The demo server in a browser's Python: without a socket, for requests of the same Python."""

from __future__ import annotations

import asyncio
import itertools
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import h11
import httpx

from ..discovery.browser_transport import SERVERS_IN_PAGE
from ._http import LOOPBACK, Exchange, GoneError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

_PATIENCE_SECONDS = 3_600.0  # no client waits that long
_MOST_BYTES = 80 * 1_048_576

_ports = itertools.count(50_000)


class PageListener(httpx.AsyncBaseTransport):
    """Passes each request of this page at a loopback port to a function, as `Listener` does over sockets.

    Args:
        handle: Answers a request.
        port: The port; 0 takes a free one.
    """

    def __init__(self, handle: Callable[[Exchange], None], *, port: int = 0) -> None:
        self._handle = handle
        self.port = port or next(_ports)
        self.accepted = 0
        self._origin = f"http://{LOOPBACK}:{self.port}"
        SERVERS_IN_PAGE[self._origin] = self

    def stop(self) -> None:
        """Answers no more."""
        SERVERS_IN_PAGE.pop(self._origin, None)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answers a request after the time that the answer takes.

        Raises:
            httpx.TransportError: If the answer is no HTTP, or ends too early.
        """
        self.accepted += 1
        lines = [b"%s %s HTTP/1.1" % (request.method.encode(), request.url.raw_path)]
        lines += [b"%s: %s" % header for header in (*request.headers.raw, (b"connection", b"close"))]
        connection = _Recorder()
        exchange = Exchange(connection, b"\r\n".join(lines))
        exchange.body = await request.aread()
        with suppress(GoneError):
            self._handle(exchange)
        await asyncio.sleep(connection.paused_seconds)
        events = _events(connection, request)
        start = next(events)
        headers = list(start.headers)
        return httpx.Response(start.status_code, headers=headers, stream=_Body(events), request=request)


class _Recorder:
    """Takes an answer whole, and adds up how long it was to take."""

    def __init__(self) -> None:
        self.sent = bytearray()
        self.paused_seconds = 0.0
        self.is_reset = False

    def write(self, data: bytes) -> None:
        self.sent += data
        if len(self.sent) > _MOST_BYTES:
            raise GoneError

    def wait(self, seconds: float | None) -> None:
        self.paused_seconds += _PATIENCE_SECONDS if seconds is None else seconds
        if self.paused_seconds >= _PATIENCE_SECONDS:
            raise GoneError

    def reset(self) -> None:
        self.is_reset = True


def _events(connection: _Recorder, request: httpx.Request) -> Iterator[Any]:
    """The head of an answer, then the parts of its body, out of what was sent before the connection closed.

    Raises:
        httpx.TransportError: If that is no HTTP, or ends too early.
    """
    reader = h11.Connection(h11.CLIENT)
    reader.send(h11.Request(method=request.method, target=request.url.raw_path, headers=[("host", LOOPBACK)]))
    reader.send(h11.EndOfMessage())
    try:
        if connection.sent:
            reader.receive_data(bytes(connection.sent))
        reader.receive_data(b"")
        while not isinstance(event := reader.next_event(), h11.EndOfMessage):
            yield event
    except h11.RemoteProtocolError as error:
        if connection.is_reset:
            raise httpx.ReadError("the connection was reset", request=request) from None
        cause = error if connection.sent else None  # without a byte it says nothing of the answer
        raise httpx.RemoteProtocolError(str(error), request=request) from cause


class _Body(httpx.AsyncByteStream):
    def __init__(self, events: Iterator[Any]) -> None:
        self._events = events

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for event in self._events:
            yield bytes(event.data)
