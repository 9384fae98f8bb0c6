"""HTTP/1.1 straight on asyncio and h11: connections that stay warm, one request at a time each.

Requests that need no proxy go this way. It does what discovery needs and no more, which makes a short
request three times as fast as through a general pool (P-2); what is hard stays with h11 (the protocol)
and asyncio (TLS). It logs nothing, so nothing of a request can get into a log.
"""

from __future__ import annotations

import asyncio
import select
from typing import TYPE_CHECKING

import h11
import httpx

from .network import ClosableProtocol, connect

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator

KEEP_WARM_SECONDS = 4.0
"""How long an idle connection is kept. Common servers close theirs after 5 s; we let go first."""

_PAUSE_ABOVE_BYTES = 256 * 1024  # unread data beyond this stays with the sender
_BEGINNING = b"HTTP/"  # of every answer: RFC 9112, section 4
_DEFAULT_PORTS = {"http": 80, "https": 443}


class Connection(ClosableProtocol):
    """One connection to a server."""

    def __init__(self) -> None:
        self._h11 = h11.Connection(h11.CLIENT)
        self._transport: asyncio.Transport | None = None
        self._unread = 0
        self._paused = False
        self._over = False
        self._waiter: asyncio.Future[None] | None = None
        self.idle_since = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection stands."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - what create_connection makes
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Something came: h11 takes it, and the reader, if one waits, goes on."""
        self._h11.receive_data(data)
        self._unread += len(data)
        if self._unread > _PAUSE_ABOVE_BYTES and self._transport is not None and not self._paused:
            self._paused = True
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        """The server has said all; returning None closes our side too."""
        self._end()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - a reset and an end are told alike
        """The connection is gone."""
        self._end()

    @property
    def is_usable(self) -> bool:
        """Whether another request can go over it: nothing ended it, nothing came unasked."""
        if self._over or self._unread or self._h11.our_state is not h11.IDLE or self._transport is None:
            return False
        # The loop may not have seen yet that the server closed it; the socket knows.
        return not _has_something(self._transport.get_extra_info("socket").fileno())

    async def send(self, request: httpx.Request) -> httpx.Response:
        """Sends a request and returns the answer, its body still to be read.

        Args:
            request: What to send; its body, if it has one, in memory.

        Raises:
            httpx.ReadError: If the connection ended before the headers did.
            httpx.RemoteProtocolError: If what came is not HTTP.
        """
        assert self._transport is not None  # noqa: S101 - connection_made comes first
        try:
            start = h11.Request(
                method=request.method, target=request.url.raw_path, headers=request.headers.raw
            )
            head = self._h11.send(start) or b""
            body = self._h11.send(h11.Data(data=request.content)) or b"" if request.content else b""
            self._transport.write(head + body + (self._h11.send(h11.EndOfMessage()) or b""))
            while not isinstance(event := await self._next_event(), h11.Response):
                pass  # 1xx answers announce the real one
        except BaseException:
            self.close()
            raise
        return httpx.Response(event.status_code, headers=event.headers.raw_items(), stream=_Body(self))

    async def body(self) -> AsyncIterator[bytes]:
        """The parts of the body.

        Raises:
            httpx.ReadError: If the connection ended before the body did.
            httpx.RemoteProtocolError: If what came is not HTTP.
        """
        while True:
            event = await self._next_event()
            if isinstance(event, h11.Data):
                yield event.data
            elif isinstance(event, h11.EndOfMessage):
                return

    def finish(self) -> bool:
        """Makes the connection ready for the next request, or closes it; tells which."""
        if not self._over and self._h11.our_state is h11.DONE and self._h11.their_state is h11.DONE:
            self._h11.start_next_cycle()
            self._unread = len(self._h11.trailing_data[0])
            if not self._unread:
                return True
        self.close()
        return False

    def close(self) -> None:
        """Ends the connection at once."""
        self._over = True
        if self._transport is not None:
            self._transport.abort()

    async def _next_event(self) -> object:
        while True:
            self._refuse_other_protocols()
            try:
                event = self._h11.next_event()
            except h11.RemoteProtocolError as error:
                if self._over and "closed" in str(error).lower():  # h11's words for an end that came too soon
                    raise httpx.ReadError("the connection ended too soon") from None
                raise httpx.RemoteProtocolError(str(error)) from None
            if event is not h11.NEED_DATA:
                if isinstance(event, h11.ConnectionClosed) or event is h11.PAUSED:
                    raise httpx.ReadError("the connection ended too soon")
                return event
            self._unread = 0
            if self._paused and self._transport is not None:
                self._paused = False
                self._transport.resume_reading()
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None

    def _refuse_other_protocols(self) -> None:
        """Sees from the first bytes that it is not HTTP: an SSH greeting has no end that h11 would wait for.

        Raises:
            httpx.RemoteProtocolError: If no HTTP answer begins with what came in the place of one.
        """
        if self._h11.their_state is h11.SEND_RESPONSE:
            begun = self._h11.trailing_data[0][: len(_BEGINNING)]
            if not _BEGINNING.startswith(begun):
                raise httpx.RemoteProtocolError("what came does not begin as HTTP does")

    def _end(self) -> None:
        if not self._over:
            self._over = True
            self._h11.receive_data(b"")
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


def _has_something(descriptor: int) -> bool:
    """Whether a socket has data or an end to be read."""
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        return bool(poll.poll(0))
    return bool(select.select([descriptor], [], [], 0)[0])


class _Body(httpx.AsyncByteStream):
    """The body of an answer, as httpx wants to read it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.give_back: Warm | None = None
        self.key: object = None

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._connection.body()

    async def aclose(self) -> None:
        """Keeps the connection for the next request if all was read, else closes it."""
        if self._connection.finish() and self.give_back is not None:
            self.give_back.keep(self._connection, self.key)


class Warm:
    """The connections that are kept warm."""

    def __init__(self) -> None:
        self._idle: dict[object, list[Connection]] = {}

    async def send(self, request: httpx.Request, context: ssl.SSLContext | None) -> httpx.Response:
        """Sends a request over a warm connection to the same place, or over a new one.

        Args:
            request: What to send.
            context: The certificates to trust, for https.

        Raises:
            httpx.ConnectError: If no connection could be made; its cause says why.
            httpx.ReadError: If the connection ended too soon.
            httpx.RemoteProtocolError: If what came is not HTTP.
        """
        url = request.url
        port = url.port or _DEFAULT_PORTS[url.scheme]
        host = url.raw_host.decode("ascii")  # names beyond ASCII in the form that name servers know
        key = (url.scheme, host, port, context)
        connection = self._take(key)
        if connection is None:
            try:
                connection = await connect(Connection, host, port, context)
            except OSError as error:
                raise httpx.ConnectError(type(error).__name__) from error
        response = await connection.send(request)
        body = response.stream
        if isinstance(body, _Body):
            body.give_back, body.key = self, key
        return response

    def keep(self, connection: Connection, key: object) -> None:
        """Keeps a connection that is ready for another request.

        Args:
            connection: The connection.
            key: Where it leads.
        """
        loop = asyncio.get_running_loop()
        connection.idle_since = loop.time()
        self._idle.setdefault(key, []).append(connection)
        loop.call_later(KEEP_WARM_SECONDS, self._let_go, connection, key)

    async def aclose(self) -> None:
        """Closes every connection that is kept."""
        for connections in self._idle.values():
            for connection in connections:
                connection.close()
        self._idle.clear()
        await asyncio.sleep(0)  # a transport frees its socket in the loop's next round

    def _take(self, key: object) -> Connection | None:
        connections = self._idle.get(key, [])
        while connections:
            connection = connections.pop()
            if connection.is_usable:
                return connection
            connection.close()
        return None

    def _let_go(self, connection: Connection, key: object) -> None:
        """Closes a connection that nobody used for as long as they are kept."""
        connections = self._idle.get(key, [])
        idle = asyncio.get_running_loop().time() - connection.idle_since
        if connection in connections and idle >= KEEP_WARM_SECONDS - 0.1:
            connections.remove(connection)
            connection.close()
