"""Idle connections: when they are reused, and what happens if they were closed (MD-17)."""

from __future__ import annotations

import asyncio
import gc
import json
import socket
import struct
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from dispatch_widgets import SettingsService
from dispatch_widgets._loop import background
from dispatch_widgets.discovery.discoverer import Discoverer
from dispatch_widgets.discovery.local_servers import look_for_servers
from dispatch_widgets.errors import DiscoveryError
from dispatch_widgets.presets import PRESETS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BODY = b'{"data": [{"id": "a"}]}'
ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(BODY), BODY)
FORGED = ANSWER.replace(b'"a"', b'"b"')


def _close(connection: socket.socket) -> None:
    connection.shutdown(socket.SHUT_RDWR)


def _reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def _begin(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{")
    connection.shutdown(socket.SHUT_RDWR)


@pytest.mark.req("MD-17")
@pytest.mark.parametrize("die", [_close, _reset])
def test_a_kept_connection_that_died_is_replaced(
    die: Callable[[socket.socket], None], run: Any, target: Any, raw_server: Any
) -> None:
    """If a server closes an idle connection at a request, the request is repeated over a new one."""

    async def work() -> None:
        server = raw_server(ANSWER, die, ANSWER, keep_open=True)
        discoverer = Discoverer()
        for _ in range(2):
            assert len(
                await discoverer.discover(target(f"http://127.0.0.1:{server.port}"), force_refresh=True)
            )
        assert (server.connections, len(server.requests)) == (2, 3)

    run(work())


@pytest.mark.req("MD-17")
def test_a_request_is_repeated_once_and_no_more(run: Any, target: Any, raw_server: Any) -> None:
    """If the new connection fails too, there is no further attempt."""

    async def work() -> None:
        server = raw_server(ANSWER, _close, _close, _close, keep_open=True)
        discoverer = Discoverer()
        whom = target(f"http://127.0.0.1:{server.port}")
        await discoverer.discover(whom)
        assert (await discoverer.discover(whom, force_refresh=True)).error.kind == "INTERRUPTED"
        assert len(server.requests) == 3
        assert (await discoverer.discover(whom, force_refresh=True)).error.kind == "INTERRUPTED"
        assert len(server.requests) == 4

    run(work())


@pytest.mark.req("MD-17")
def test_the_new_try_does_not_meet_another_dead_connection(run: Any, target: Any, raw_server: Any) -> None:
    """Several dead connections cost at most one request each, and one repetition."""

    async def work() -> None:
        def late(connection: socket.socket) -> None:
            time.sleep(0.1)  # so that the requests at once are on a connection each
            connection.sendall(ANSWER)

        server = raw_server(late, late, late, _close, ANSWER, keep_open=True)
        discoverer = Discoverer()
        url = f"http://127.0.0.1:{server.port}"
        await asyncio.gather(*(discoverer.discover(target(url, provider_id=str(n))) for n in range(3)))
        assert len(await discoverer.discover(target(url)))
        assert (server.connections, len(server.requests)) == (4, 5)

    run(work())


@pytest.mark.req("MD-17")
def test_a_response_that_has_begun_is_not_requested_again(run: Any, target: Any, raw_server: Any) -> None:
    """A failure after the headers counts, also on a reused connection."""

    async def work() -> None:
        server = raw_server(ANSWER, _begin, ANSWER, keep_open=True)
        discoverer = Discoverer()
        whom = target(f"http://127.0.0.1:{server.port}")
        await discoverer.discover(whom)
        assert (await discoverer.discover(whom, force_refresh=True)).error.kind == "INTERRUPTED"
        assert len(server.requests) == 2

    run(work())


@pytest.mark.req("MD-17", "MD-9")
def test_the_new_try_has_the_deadline_of_the_first(run: Any, target: Any, raw_server: Any) -> None:
    """Both attempts have one deadline (MD-9)."""

    async def work() -> None:
        def die_late(connection: socket.socket) -> None:
            time.sleep(0.3)
            _close(connection)

        server = raw_server(ANSWER, die_late, lambda _: time.sleep(0.4), keep_open=True)
        discoverer = Discoverer(timeout_seconds=0.5)
        whom = target(f"http://127.0.0.1:{server.port}")
        await discoverer.discover(whom)
        assert (await discoverer.discover(whom, force_refresh=True)).error.kind == "TIMEOUT"
        assert len(server.requests) == 3

    run(work())


@pytest.mark.req("MD-17", "API-5")
def test_a_post_is_never_sent_twice(raw_server: Any, tmp_path: Path) -> None:
    """A POST, which costs money, uses a new connection and is not repeated (MD-17)."""
    refusal = json.dumps({"error": {"message": "max_completion_tokens"}}).encode()
    wants_more = b"HTTP/1.1 400 No\r\ncontent-length: %d\r\n\r\n%s" % (len(refusal), refusal)
    server = raw_server(wants_more, _close, ANSWER, keep_open=True)
    service = SettingsService(tmp_path / "dispatch.settings.json")
    uni = service.add_provider(
        name="Uni",
        type="openai-compatible",
        api_key="sk-test-0123456789",
        base_url=f"http://127.0.0.1:{server.port}",
    )
    result = service.try_model(uni.id, "gpt-x")
    assert result.error is not None
    assert result.error.kind == "INTERRUPTED"
    assert server.connections == 2


def test_unsolicited_bytes_close_the_connection(run: Any, target: Any, raw_server: Any) -> None:
    """Unsolicited bytes are never taken for the next response."""

    async def work() -> None:
        def send_more(connection: socket.socket) -> None:
            connection.sendall(ANSWER)
            time.sleep(0.05)
            connection.sendall(FORGED)

        server = raw_server(send_more, ANSWER, keep_open=True)
        discoverer = Discoverer()
        whom = target(f"http://127.0.0.1:{server.port}")
        for _ in range(2):
            assert [model.id for model in await discoverer.discover(whom, force_refresh=True)] == ["a"]
            await asyncio.sleep(0.2)
        assert server.connections == 2

    run(work())


def test_everything_asks_over_one_client(demo: Any, tmp_path: Path) -> None:
    """Services, a provider that is not registered yet and Found here share a loop's connections."""
    account = {"type": "openai-compatible", "api_key": demo.api_key, "base_url": demo.openai_base_url}
    for name in ("one", "two"):
        service = SettingsService(tmp_path / f"{name}.json")
        service.check_provider(**account)
        service.discover_models(service.add_provider(name="Uni", **account).id)
    presets = {demo.openai_base_url: [preset for preset in PRESETS if preset.key == "ollama"]}
    background.call(look_for_servers(presets, timeout_seconds=5))
    assert demo.connections == 1


def test_a_given_transport_is_closed_by_its_owner(tmp_path: Path) -> None:
    """Lists, Test, Try and a diagnosis leave a transport open that was passed to the service."""

    class Transport(httpx.MockTransport):
        closed = 0

        async def aclose(self) -> None:
            self.closed += 1

    transport = Transport(lambda _: httpx.Response(200, json={"data": [{"id": "m"}]}))
    service = SettingsService(tmp_path / "dispatch.settings.json", transport=transport)
    account = {"type": "openai-compatible", "api_key": "sk-0123456789abcdef", "base_url": "https://u.example"}
    provider = service.add_provider(name="Uni", **account).id
    service.check_provider(**account)
    service.discover_models(provider)
    service.try_model(provider, "m")
    service.diagnose(provider)
    assert transport.closed == 0


def _open_connections(port: int) -> int:
    """Counts this process's connections to a local port."""
    import os
    import stat

    found = 0
    for descriptor in range(3, 256):
        try:
            if not stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                continue
            with socket.socket(fileno=os.dup(descriptor)) as copy:
                found += copy.getpeername()[1:2] == (port,)
        except OSError:
            continue
    return found


@pytest.mark.parametrize("scheme", ["http", "https", "http proxy", "https proxy", "socks5 proxy"])
def test_time_outs_leave_no_socket_open(
    scheme: str, run: Any, target: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cancelled connection, TLS handshake or proxy handshake closes its socket at once."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        url = f"{scheme}://127.0.0.1:{port}"
        if scheme.endswith("proxy"):
            monkeypatch.setenv("HTTPS_PROXY", f"{scheme.split(maxsplit=1)[0]}://127.0.0.1:{port}")
            url = "https://llm.example.edu"

        async def work() -> None:
            discoverer = Discoverer(timeout_seconds=0.1)
            for _ in range(3):
                with pytest.raises(DiscoveryError) as caught:
                    await discoverer.discover(target(url))
                assert caught.value.kind == "TIMEOUT"
            await asyncio.sleep(0.01)
            assert _open_connections(port) == 0

        gc.disable()
        try:
            run(work())
        finally:
            gc.enable()
