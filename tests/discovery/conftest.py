"""Fixtures of the discovery tests: targets, mocked responses, the demo server, a raw socket server."""

from __future__ import annotations

import asyncio
import json
import re
import selectors
import socket
import ssl
import threading
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import respx
from sockets import end

from dispatch_widgets._dns_loop import new_dns_loop
from dispatch_widgets.demo.server import DemoServer
from dispatch_widgets.discovery.client import close_client_of_this_loop
from dispatch_widgets.discovery.discoverer import Discoverer
from dispatch_widgets.discovery.models import Target
from dispatch_widgets.errors import DiscoveryError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator
    from pathlib import Path


LIST = b'{"data": [{"id": "tls"}]}'
CHAT = b'{"choices": [{"message": {"role": "assistant", "content": "ok"}}]}'


class Clock:
    """A wall clock that tests set."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


class Mocked:
    """The side effect of a respx route: responses from a list, the last one repeated; records requests."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []
        self.gate: asyncio.Event | None = None

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if self.gate is not None:
            await self.gate.wait()
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx.Response):
            return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)
        if isinstance(answer, (bytes, str)):
            return httpx.Response(200, content=answer)
        if isinstance(answer, int):
            return httpx.Response(answer)
        return httpx.Response(200, content=json.dumps(answer).encode())


def _whole_request(connection: socket.socket) -> bytes:
    """Returns the next request with its body; empty at the end of the connection."""
    request = b""
    while True:
        head, blank, body = request.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: *(\d+)", head)
        if blank and len(body) >= (int(length[1]) if length else 0):
            return request
        part = connection.recv(65536)
        if not part:
            return b""
        request += part


class RawServer:
    """Sends fixed bytes to every connection, whatever the request, or calls a function instead."""

    def __init__(
        self,
        *answers: bytes | Callable[[socket.socket], None],
        family: int = socket.AF_INET,
        keep_open: bool = False,
    ) -> None:
        self.answers = list(answers)
        self.keep_open = keep_open
        self.connections = 0
        self.requests: list[bytes] = []
        self._socket = socket.create_server(
            ("::1" if family == socket.AF_INET6 else "127.0.0.1", 0), family=family
        )
        self.port: int = self._socket.getsockname()[1]
        self._open: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        try:
            while True:
                request = _whole_request(connection)
                if not request:
                    return
                self.requests.append(request)
                answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                if not isinstance(answer, bytes):
                    answer(connection)
                    continue
                connection.sendall(answer)
                if not self.keep_open:
                    connection.shutdown(socket.SHUT_RDWR)
                    return
        except OSError:
            return
        finally:
            connection.close()

    def close(self) -> None:
        for opened in (self._socket, *self._open):
            end(opened)


@pytest.fixture
def run() -> Callable[[Coroutine[Any, Any, Any]], Any]:
    """Runs a coroutine on a loop such as the package's own, whose look-ups do not block."""

    async def closing(coroutine: Coroutine[Any, Any, Any]) -> Any:
        try:
            return await coroutine
        finally:
            await close_client_of_this_loop()

    def work(coroutine: Coroutine[Any, Any, Any]) -> Any:
        with asyncio.Runner(loop_factory=new_dns_loop) as runner:
            return runner.run(closing(coroutine))

    return work


class _HurriedSelector(selectors.DefaultSelector):
    """Never waits: if nothing is ready, the clock jumps to the next timer."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(None if timeout is None else 0)
        if not ready and timeout is not None:
            self.seconds += max(timeout, 0)
        return ready


class _HurriedLoop(asyncio.SelectorEventLoop):
    """A loop whose clock moves only by its own time-outs."""

    def __init__(self) -> None:
        self.selector = _HurriedSelector()
        super().__init__(self.selector)

    def time(self) -> float:
        return self.selector.seconds


@pytest.fixture
def hurried() -> Callable[[Coroutine[Any, Any, Any]], Any]:
    """Runs a coroutine that only waits for timers, without real waiting."""

    def work(coroutine: Coroutine[Any, Any, Any]) -> Any:
        with asyncio.Runner(loop_factory=_HurriedLoop) as runner:
            return runner.run(coroutine)

    return work


@pytest.fixture
def target(canary: str) -> Callable[..., Target]:
    """Makes a target; everything except the base URL has a default."""

    def make(base_url: str = "https://llm.example.edu/v1", **changes: Any) -> Target:
        values: dict[str, Any] = {
            "provider_id": "p",
            "name": "Example",
            "type": "openai-compatible",
            "api_key": canary,
        }
        return Target(base_url=base_url, **{**values, **changes})

    return make


@pytest.fixture
def clock() -> Clock:
    """A wall clock that only the test moves."""
    return Clock()


@pytest.fixture
def mocked() -> Iterator[Callable[..., Mocked]]:
    """Mocks every request of the test with respx: responses from a list, the last one repeated."""
    with respx.mock(assert_all_called=False) as router:

        def answer_with(*answers: Any) -> Mocked:
            answers_in_turn = Mocked(*answers)
            router.route().mock(side_effect=answers_in_turn)
            return answers_in_turn

        yield answer_with


@pytest.fixture
def raw_server() -> Iterator[Callable[..., RawServer]]:
    """Makes servers that send fixed bytes, until the test ends."""
    made: list[RawServer] = []

    def make(*answers: bytes, **options: Any) -> RawServer:
        made.append(RawServer(*answers, **options))
        return made[-1]

    yield make
    for server in made:
        server.close()


@pytest.fixture
def tls_context(data_file: Callable[[str], Path]) -> ssl.SSLContext:
    """The TLS context of a server with the tests' self-signed certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(data_file("tls/localhost.pem"), data_file("tls/localhost.key"))
    return context


@pytest.fixture
def tls_server(tls_context: ssl.SSLContext) -> Iterator[int]:
    """The port of a TLS server that lists one model and answers chat requests."""
    listening = socket.create_server(("127.0.0.1", 0))

    def answer(connection: socket.socket) -> None:
        try:
            with tls_context.wrap_socket(connection, server_side=True) as secure:
                request = secure.recv(65536)
                body = LIST if request.startswith(b"GET") else CHAT
                while body is CHAT and not request.endswith(b"}"):
                    request += secure.recv(65536)
                secure.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(body) + body)
        except OSError:
            connection.close()

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(connection,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    yield listening.getsockname()[1]
    end(listening)


@pytest.fixture
def demo(canary: str) -> Iterator[DemoServer]:
    """The demo server, with the canary as the key."""
    with DemoServer(api_key=canary, models=30, anthropic_models=12) as server:
        yield server


@pytest.fixture
def ask(run: Callable[[Coroutine[Any, Any, Any]], Any]) -> Callable[..., Any]:
    """Requests targets one after the other with one `Discoverer`; returns or raises the last result."""

    def make(*targets: Target, force_refresh: bool = True, **options: Any) -> Any:
        async def work() -> Any:
            discoverer = Discoverer(**options)
            for each in targets[:-1]:
                await discoverer.discover(each, force_refresh=force_refresh)
            return await discoverer.discover(targets[-1], force_refresh=force_refresh)

        return run(work())

    return make


@pytest.fixture
def ask_kind(ask: Callable[..., Any]) -> Callable[..., tuple[str | None, Any]]:
    """Requests, and returns the error's kind or None, with the list or the error."""

    def make(*targets: Target, **options: Any) -> tuple[str | None, Any]:
        try:
            models = ask(*targets, **options)
        except DiscoveryError as error:
            return error.kind, error
        return (models.error.kind if models.error else None), models

    return make
