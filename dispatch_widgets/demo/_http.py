"""A small threaded HTTP/1.1 server with access to the socket, so that it can misbehave on purpose.

The standard library's server hides the socket behind layers that repair what the demo wants broken, and is
slower than the clients that are measured against it.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import struct
import threading
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

LOOPBACK = "127.0.0.1"
HEAD_LIMIT_BYTES = 65_536
BODY_LIMIT_BYTES = 4 * 1_048_576
STOP_TIMEOUT_SECONDS = 5.0
_RECEIVE_BYTES = 65_536


class GoneError(Exception):
    """The client disconnected, or the server is stopping."""


class Connection(Protocol):
    """Where an answer goes."""

    def write(self, data: bytes) -> None:
        """Sends bytes as they are."""

    def wait(self, seconds: float | None) -> None:
        """Waits for some seconds, or forever if None.

        Raises:
            GoneError: As soon as the client disconnects or the server stops.
        """

    def reset(self) -> None:
        """Ends it as if the server had crashed."""


class Exchange:
    """One request, and the connection that its answer goes to.

    Attributes:
        method: The request's method.
        target: Path and query as they were sent.
        path: The path alone.
        query: The query's fields; of a repeated one the last.
        headers: The request's headers, names in lower case.
        body: The request's body.
        keep_open: Whether the connection serves another request afterwards.
    """

    def __init__(self, connection: Connection, head: bytes) -> None:
        self._connection = connection
        lines = head.decode("latin-1").split("\r\n")
        self.method, self.target, version = lines[0].split(" ")
        if not version.startswith("HTTP/1."):
            raise ValueError("not an HTTP/1 request")
        self.path, _, query = self.target.partition("?")
        self.query: dict[str, str] = dict(parse_qsl(query, keep_blank_values=True)) if query else {}
        self.body = b""
        self.headers: dict[str, str] = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            self.headers[name.strip().lower()] = value.strip()
        self.keep_open = self.headers.get("connection", "").lower() != "close" and version != "HTTP/1.0"

    def send(
        self,
        status: int,
        body: bytes = b"",
        *,
        content_type: str = "application/json",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Sends a complete response in one piece."""
        head = self.head(status, content_type=content_type, length=len(body), headers=headers)
        self.write(head if self.method == "HEAD" else head + body)

    def send_pieces(
        self,
        status: int,
        pieces: Iterable[bytes],
        *,
        content_type: str = "text/event-stream",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Sends a streamed response, one chunk per piece."""
        self.write(self.head(status, content_type=content_type, length=None, headers=headers))
        for piece in pieces:
            self.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        self.write(b"0\r\n\r\n")

    def head(
        self,
        status: int,
        *,
        content_type: str = "application/json",
        length: int | None,
        headers: Mapping[str, str] | None = None,
    ) -> bytes:
        """The status line and headers as bytes; without a length in bytes the body is chunked."""
        lines = [f"HTTP/1.1 {status} {_phrase(status)}", "server: dispatch-demo"]
        if content_type:
            lines.append(f"content-type: {content_type}")
        lines.append("transfer-encoding: chunked" if length is None else f"content-length: {length}")
        if not self.keep_open:
            lines.append("connection: close")
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def write(self, data: bytes) -> None:
        """Sends bytes as they are."""
        self._connection.write(data)

    def drip(self, data: Iterable[bytes], seconds: float) -> None:
        """Sends pieces with a pause in seconds after each.

        Raises:
            GoneError: If the client disconnects or the server stops meanwhile.
        """
        for piece in data:
            self.write(piece)
            self.wait(seconds)

    def wait(self, seconds: float | None) -> None:
        """Waits for some seconds, or forever if None.

        Raises:
            GoneError: As soon as the client disconnects or the server stops.
        """
        self._connection.wait(seconds)

    def reset(self) -> None:
        """Closes the connection with a TCP reset."""
        self.keep_open = False
        self._connection.reset()


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Demo"


class _SocketConnection:
    """A connection of `Listener`; `wake` can be read once the server stops."""

    def __init__(self, connection: socket.socket, wake: socket.socket) -> None:
        self._socket = connection
        self._wake = wake

    def write(self, data: bytes) -> None:
        self._socket.sendall(data)

    def wait(self, seconds: float | None) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._socket, selectors.EVENT_READ)
            selector.register(self._wake, selectors.EVENT_READ)
            if selector.select(seconds):
                # A client that waits for a response sends nothing, so readable means disconnected.
                raise GoneError

    def reset(self) -> None:
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


class Listener:
    """Passes each request at a loopback port (0: a free one) to a function, a thread per connection."""

    def __init__(self, handle: Callable[[Exchange], None], *, port: int = 0) -> None:
        self._handle = handle
        self._socket = socket.create_server((LOOPBACK, port), backlog=256)
        self.port: int = self._socket.getsockname()[1]
        self._wake, self._waker = socket.socketpair()
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._connections: set[socket.socket] = set()
        self._threads: set[threading.Thread] = set()
        self.accepted = 0
        self._acceptor = threading.Thread(target=self._accept, name="dispatch-demo-accept", daemon=True)
        self._acceptor.start()

    def stop(self) -> None:
        """Closes all connections and waits for the threads."""
        with self._lock:
            if self._stopping.is_set():
                return
            self._stopping.set()
            for connection in self._connections:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self._waker.send(b"x")  # never read, so it wakes everything that waits
        self._acceptor.join(STOP_TIMEOUT_SECONDS)
        for thread in tuple(self._threads):
            thread.join(STOP_TIMEOUT_SECONDS)
        self._socket.close()
        self._wake.close()
        self._waker.close()

    def _accept(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._socket, selectors.EVENT_READ)
            selector.register(self._wake, selectors.EVENT_READ)
            while not self._stopping.is_set():
                selector.select()
                if self._stopping.is_set():
                    return
                with contextlib.suppress(OSError):  # the client disconnected before it was accepted
                    connection, _ = self._socket.accept()
                    self._take(connection)

    def _take(self, connection: socket.socket) -> None:
        thread = threading.Thread(target=self._serve, args=(connection,), name="dispatch-demo", daemon=True)
        with self._lock:
            if self._stopping.is_set():
                connection.close()
                return
            self._connections.add(connection)
            # Threads do not remove themselves, so that `stop` can join them.
            self._threads = {other for other in self._threads if other.is_alive()} | {thread}
            self.accepted += 1
        thread.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with contextlib.suppress(OSError, GoneError):
                self._talk(connection)
        finally:
            with self._lock:
                self._connections.discard(connection)
            connection.close()

    def _talk(self, connection: socket.socket) -> None:
        buffer = b""
        while not self._stopping.is_set():
            while b"\r\n\r\n" not in buffer:
                received = connection.recv(_RECEIVE_BYTES)
                buffer += received
                if not received or len(buffer) > HEAD_LIMIT_BYTES:
                    return
                if not buffer[:1].isalpha():
                    break  # a TLS handshake on this plain port, whose sender waits for an answer
            head, _, buffer = buffer.partition(b"\r\n\r\n")
            try:
                exchange = Exchange(_SocketConnection(connection, self._wake), head)
                length = int(exchange.headers.get("content-length", "0"))
            except ValueError:  # not HTTP
                connection.sendall(
                    b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                )
                return
            if not 0 <= length <= BODY_LIMIT_BYTES:
                return
            while len(buffer) < length:
                received = connection.recv(_RECEIVE_BYTES)
                if not received:
                    return
                buffer += received
            exchange.body, buffer = buffer[:length], buffer[length:]
            self._handle(exchange)
            if not exchange.keep_open:
                return
