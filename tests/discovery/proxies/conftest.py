"""A real proxy on loopback, without and with TLS."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from base64 import b64encode
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from sockets import end

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator
    from pathlib import Path

_BLOCK = 65536


class LoopbackProxy:
    """Forwards requests to ports of this machine: absolute URLs, CONNECT, and SOCKS 5.

    Args:
        plain: Where requests in the clear go.
        tunnel: Where tunnels lead.
        login: ``name:password`` that it wants; empty for none.
        answer: What it says to everything in place of doing it.
    """

    def __init__(self, plain: int, tunnel: int, *, login: str = "", answer: bytes | None = None) -> None:
        self.heads: list[str] = []
        self._plain, self._tunnel = plain, tunnel
        self._login = f"proxy-authorization: basic {b64encode(login.encode()).decode()}" if login else ""
        self._answer = answer
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = [self._listening]
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        """Closes every connection."""
        for each in self._open:
            end(each)

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            self._open.append(client)
            threading.Thread(target=self._handle, args=(client,), daemon=True).start()

    def _handle(self, client: socket.socket) -> None:
        try:
            server = self._server_for(client)
            if server is not None:
                self._open.append(server)
                threading.Thread(target=self._pass_on, args=(client, server), daemon=True).start()
                self._pass_on(server, client)
        except OSError:
            pass  # the test ended, or a client went away
        finally:
            client.close()

    def _server_for(self, client: socket.socket) -> socket.socket | None:
        """Returns the connection to forward to; None if the proxy responded itself."""
        data = client.recv(_BLOCK)
        if data[:1] == b"\x05":
            return self._socks(client, data[2:])
        if data[:1] == b"\x16":  # a TLS greeting, which this proxy does not understand
            client.sendall(self._answer or b"")
            return None
        while b"\r\n\r\n" not in data:
            data += client.recv(_BLOCK)
        head = data.partition(b"\r\n\r\n")[0].decode("latin-1")
        self.heads.append(head)
        if self._answer is not None:
            client.sendall(self._answer)
            return None
        if self._login.lower() not in head.lower():
            client.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n")
            return None
        method, address, _ = head.split("\r\n", 1)[0].split(" ")
        if method == "CONNECT":
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            return socket.create_connection(("127.0.0.1", self._tunnel))
        parts = urlsplit(address)
        kept = [
            line for line in head.split("\r\n")[1:] if not line.lower().startswith(("proxy-", "connection"))
        ]
        first = f"{method} {parts.path} HTTP/1.1"
        server = socket.create_connection(("127.0.0.1", self._plain))
        sent = "\r\n".join([first, "connection: close", *kept]).encode("latin-1")
        server.sendall(sent + data[len(head.encode("latin-1")) :])
        return server

    def _socks(self, client: socket.socket, methods: bytes) -> socket.socket:
        """RFC 1928, 1929: accepts any login; the address is a name, which the proxy resolves."""
        if b"\x02" in methods:
            client.sendall(b"\x05\x02")
            self.heads.append(client.recv(_BLOCK).decode("latin-1"))
            client.sendall(b"\x01\x00")
        else:
            client.sendall(b"\x05\x00")
        request = client.recv(_BLOCK)
        self.heads.append(request[5 : 5 + request[4]].decode("ascii"))
        client.sendall(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
        return socket.create_connection(("127.0.0.1", self._tunnel))

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        try:
            while block := source.recv(_BLOCK):
                sink.sendall(block)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # the other direction ended


@pytest.fixture
def proxy(demo: Any, tls_server: int) -> Iterator[Callable[..., LoopbackProxy]]:
    """Makes proxies that forward every host to the demo server, and every tunnel to the TLS server."""
    made: list[LoopbackProxy] = []

    def make(**options: Any) -> LoopbackProxy:
        made.append(LoopbackProxy(demo.port, tls_server, **options))
        return made[-1]

    yield make
    for each in made:
        each.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while block := await reader.read(_BLOCK):
            writer.write(block)
            await writer.drain()
    except OSError:
        pass  # the test ended, or a client went away
    finally:
        writer.close()


@pytest.fixture
def behind_tls(tls_context: ssl.SSLContext) -> Iterator[Callable[[int], int]]:
    """Returns a TLS port that forwards to another port of this machine."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    servers: list[asyncio.Server] = []
    connections: list[asyncio.WriteTransport] = []

    async def front(port: int) -> int:
        async def join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            connections.append(writer.transport)
            with contextlib.suppress(OSError):  # who does not trust the certificate goes away
                await writer.start_tls(tls_context)
                await pass_on(reader, writer)

        async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            from_there, to_there = await asyncio.open_connection("127.0.0.1", port)
            connections.append(to_there.transport)
            await asyncio.gather(_copy(reader, to_there), _copy(from_there, writer))

        servers.append(await asyncio.start_server(join, "127.0.0.1", 0))
        found: int = servers[-1].sockets[0].getsockname()[1]
        return found

    async def stop() -> None:
        for server in servers:
            server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        # A TLS goodbye may wait for the other side for long; the loop must not end before its sockets.
        for connection in connections:
            connection.abort()
        await asyncio.sleep(0.01)  # a transport frees its socket in the loop's next round

    yield lambda port: asyncio.run_coroutine_threadsafe(front(port), loop).result(10)
    asyncio.run_coroutine_threadsafe(stop(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()


@pytest.fixture
def trusted(data_file: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """The certificate of the tests is trusted."""
    monkeypatch.setenv("SSL_CERT_FILE", str(data_file("tls/localhost.pem")))
