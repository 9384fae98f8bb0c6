"""HTTP/1.1 on the wire, byte for byte."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import socket
import subprocess
import sys
import time
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dispatch_widgets.discovery import client, fetch
from dispatch_widgets.discovery.discoverer import Discoverer
from dispatch_widgets.discovery.exchange import Response
from dispatch_widgets.errors import DiscoveryError

if TYPE_CHECKING:
    from collections.abc import Callable

BODY = json.dumps({"data": [{"id": "a"}, {"id": "b"}]}).encode()


def _answer(body: bytes = BODY, *headers: str, length: int | None = None, version: str = "1.1") -> bytes:
    lines = [f"HTTP/{version} 200 OK", "content-type: application/json", *headers]
    if length is not None or not any(line.startswith("transfer") for line in headers):
        lines.append(f"content-length: {len(body) if length is None else length}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def _chunked(*parts: bytes, end: bool = True) -> bytes:
    body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + (b"0\r\n\r\n" if end else b"")
    return _answer(body, "transfer-encoding: chunked")


@pytest.mark.req("MD-2")
@pytest.mark.parametrize(
    "answer",
    [
        _answer(),
        _answer(version="1.0"),
        _chunked(BODY[:7], BODY[7:]),
        b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n" + _answer(),
        b"HTTP/1.1 200 OK\r\n\r\n" + BODY,
        _answer(gzip.compress(BODY), "content-encoding: gzip"),
        _answer(gzip.compress(BODY), "Content-Encoding: X-GZIP"),
        _answer(zlib.compress(BODY), "content-encoding: deflate"),
        _answer(gzip.compress(BODY[:9]) + gzip.compress(BODY[9:]), "content-encoding: gzip"),
        _answer(gzip.compress(BODY) + b"\0\0\0padding", "content-encoding: gzip"),
        # The second member begins with the last byte of a part.
        _chunked(gzip.compress(BODY[:9]) + b"\x1f", gzip.compress(BODY[9:])[1:]).replace(
            b"content-type", b"content-encoding: gzip\r\ncontent-type", 1
        ),
        _answer(BODY, "content-encoding: identity"),
        _answer(BODY, "content-encoding: utf-8"),
        _answer(BODY, "content-encoding: None"),
    ],
)
def test_whole_answers(answer: bytes, ask: Any, target: Any, raw_server: Any) -> None:
    """Every valid framing and compression is read completely."""
    server = raw_server(answer)
    models = ask(target(f"http://127.0.0.1:{server.port}"))
    assert [model.id for model in models] == ["a", "b"]


@pytest.mark.req("MD-5", "MD-17")
@pytest.mark.parametrize(
    "encoding",
    [
        "transfer-encoding: chunked\r\nX-Between: 1\r\nTransfer-Encoding: chunked",
        "transfer-encoding: chunked, chunked",
        "transfer-encoding: identity\r\ntransfer-encoding: Chunked",
    ],
)
@pytest.mark.parametrize("packet", [7, 10_000])
def test_a_transfer_encoding_that_is_named_twice_is_named_once(
    encoding: str, packet: int, ask: Any, target: Any, raw_server: Any
) -> None:
    """A response with two Transfer-Encoding headers is read (MD-5)."""
    answer = _chunked(BODY).replace(b"transfer-encoding: chunked", encoding.encode())

    def send(connection: socket.socket) -> None:
        for start in range(0, len(answer), packet):
            connection.sendall(answer[start : start + packet])

    server = raw_server(send, keep_open=True)
    whom = target(f"http://127.0.0.1:{server.port}")
    assert [model.id for model in ask(whom, whom)] == ["a", "b"]
    assert server.connections == 1


@pytest.mark.req("MD-17")
@pytest.mark.parametrize(
    "encoding", ["utf-8", "none", "identity", "UTF-8, identity", "UTF8", "binary", "8bit", "aws-chunked", ""]
)
def test_an_encoding_that_names_none_is_none(encoding: str, ask: Any, target: Any, raw_server: Any) -> None:
    """`Content-Encoding` with a charset or `none` is no compression, and is ignored beside gzip."""
    plain = raw_server(_answer(BODY, f"content-encoding: {encoding}"))
    packed = raw_server(_answer(gzip.compress(BODY), f"content-encoding: {encoding}, gzip"))
    for server in (plain, packed):
        assert len(ask(target(f"http://127.0.0.1:{server.port}"))) == 2


@pytest.mark.req("MD-11", "SEC-7")
@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (_answer(length=len(BODY) + 1), "INTERRUPTED"),
        (_chunked(BODY, end=False), "INTERRUPTED"),
        (_answer(gzip.compress(BODY)[:-4], "content-encoding: gzip"), "INTERRUPTED"),
        (_answer(gzip.compress(BODY) + b"\x1f", "content-encoding: gzip"), "INTERRUPTED"),
        (_answer(gzip.compress(BODY, mtime=0)[:5], "content-encoding: gzip"), "INTERRUPTED"),
        (b"HTTP/1.1 200 OK\r\ncontent-le", "INTERRUPTED"),
        (b"HT", "INTERRUPTED"),
        (b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1", "INTERRUPTED"),
        # httpx keeps the beginning of an answer to itself until its headers are whole.
        (b"SSH-2.0-OpenSSH_9.6\r\n", "INTERRUPTED"),
        (b"220 smtp.example.edu ESMTP", "INTERRUPTED"),
        (_answer(b"zz\r\n\r\n", "transfer-encoding: chunked"), "INTERRUPTED"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + BODY[:-1], "MALFORMED"),
        (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", "MALFORMED"),
        (b"HTTP/1.1 103 Early Hints\r\n\r\nnonsense\r\n\r\n", "MALFORMED"),
        (b"\x15\x03\x01\x00\x02\x02\x46", "MALFORMED"),
        (b"220 smtp.example.edu ESMTP\r\n\r\n", "MALFORMED"),
        (b"\x15\x03\x01\x00\x02\x02\x46\r\n\r\n", "MALFORMED"),
        (b"HTTP/1.1 abc\r\n\r\n", "MALFORMED"),
        (_answer(length=32 * 1024 * 1024), "INTERRUPTED"),  # it may come, and does not
        (_answer(length=32 * 1024 * 1024 + 1), "TOO_LARGE"),
        (_answer(BODY, "content-encoding: zstd"), "MALFORMED"),
        (_answer(BODY, "content-encoding: br"), "MALFORMED"),
        (_answer(gzip.compress(gzip.compress(BODY)), "content-encoding: gzip, gzip"), "MALFORMED"),
        (_answer(b"\x1f\x8bnonsense", "content-encoding: gzip"), "MALFORMED"),
        (_answer(b"", "content-encoding: gzip"), "MALFORMED"),
    ],
)
def test_answers_that_are_not_whole(
    answer: bytes, kind: str, ask_kind: Any, target: Any, raw_server: Any
) -> None:
    """A response that is cut off, too large or not HTTP is an error, never a partial list (SEC-7)."""
    server = raw_server(answer)
    assert ask_kind(target(f"http://127.0.0.1:{server.port}/v1"))[0] == kind


@pytest.mark.req("MD-9", "MD-11")
def test_another_protocol_is_known_by_its_first_bytes(ask: Any, target: Any, raw_server: Any) -> None:
    """A non-HTTP response has a hint; a greeting on an open connection ends at the deadline (MD-11)."""
    server = raw_server(b"220 smtp.example.edu ESMTP\r\n\r\n", keep_open=True)
    models = ask(target(f"http://127.0.0.1:{server.port}/v1"), timeout_seconds=20)
    assert (len(models), models.error.kind) == (0, "MALFORMED")
    assert "something that is not HTTP. Is the port right" in models.warning
    held_open = raw_server(b"SSH-2.0-OpenSSH_9.6\r\n", keep_open=True)
    with pytest.raises(DiscoveryError) as caught:
        ask(target(f"http://127.0.0.1:{held_open.port}/v1"), timeout_seconds=0.3)
    assert caught.value.kind == "TIMEOUT"


@pytest.mark.req("SEC-7")
@pytest.mark.parametrize("packed", [True, False])
def test_the_size_limit_is_exact(
    packed: bool, ask_kind: Any, target: Any, raw_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A response of the limit's size is read, one with a byte more is not (SEC-7)."""
    whole = BODY + b" " * 1000
    for limit, kind in ((len(whole), None), (len(whole) - 1, "TOO_LARGE")):
        monkeypatch.setattr(fetch, "MAX_ANSWER_BYTES", limit)
        body = gzip.compress(whole) if packed else whole
        parts = [body[start : start + 5] for start in range(0, len(body), 5)]
        coding = "content-encoding: gzip\r\n" if packed else ""
        answer = _chunked(*parts).replace(b"content-type", coding.encode() + b"content-type", 1)
        server = raw_server(answer)
        assert ask_kind(target(f"http://127.0.0.1:{server.port}"))[0] == kind


MEMORY = """
import asyncio, re, sys
from pathlib import Path
from dispatch_widgets.discovery.discoverer import Discoverer
from dispatch_widgets.discovery.models import Target
from dispatch_widgets.errors import DiscoveryError

def mib(field):
    return int(re.search(field + r":\\s*(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024

async def main(small, large):
    discoverer = Discoverer(timeout_seconds=60)
    def target(url):
        return Target(provider_id=url, name="P", type="openai-compatible", base_url=url, api_key="sk-0123456")
    await discoverer.discover(target(small))
    Path("/proc/self/clear_refs").write_text("5")  # the peak is counted from here
    before = mib("VmRSS")
    try:
        await discoverer.discover(target(large))
    except DiscoveryError as error:
        print(error.kind, mib("VmHWM") - before)

asyncio.run(main(*sys.argv[1:]))
"""
EMPTY_BLOCK = b"\0\0\0\xff\xff"  # of a deflate stream: five bytes that hold none


def _endless(part: bytes, *headers: str, start: bytes = b"") -> Callable[[socket.socket], None]:
    """Sends the same part until the client disconnects."""

    def send(connection: socket.socket) -> None:
        connection.sendall("\r\n".join(["HTTP/1.1 200 OK", *headers, "", ""]).encode() + start)
        with contextlib.suppress(OSError):
            while True:
                connection.sendall(part)
        connection.close()

    return send


@pytest.mark.req("SEC-7")
@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="the peak is read from Linux")
@pytest.mark.parametrize(
    "answer",
    [
        _endless(b" " * 2**16),
        _endless(b"10000\r\n" + b" " * 2**16 + b"\r\n", "transfer-encoding: chunked"),
        _endless(gzip.compress(b" " * 2**26), "content-encoding: gzip"),
        _endless(zlib.compress(b" " * 2**29), "content-encoding: deflate"),
        _endless(gzip.compress(b"") * 1000, "content-encoding: gzip"),
        _endless(EMPTY_BLOCK * 10_000, "content-encoding: gzip", start=gzip.compress(b"")[:10]),
    ],
    ids=["plain", "chunked", "gzip bomb", "deflate bomb", "empty members", "empty blocks"],
)
def test_memory_stays_bounded(answer: Any, raw_server: Any) -> None:
    """An endless response, compressed or not, takes little more memory than the limit (SEC-7)."""
    small, large = raw_server(_answer()), raw_server(answer)
    urls = [f"http://127.0.0.1:{server.port}" for server in (small, large)]
    done = subprocess.run(
        [sys.executable, "-c", MEMORY, *urls], capture_output=True, text=True, timeout=120, check=True
    )
    kind, grown = done.stdout.split()
    assert kind == "TOO_LARGE"
    assert float(grown) < 2 * 32


@pytest.mark.req("MD-8")
def test_a_refusal_counts_although_its_body_breaks_off(ask: Any, target: Any, raw_server: Any) -> None:
    """An error status counts, whatever happens to the body (MD-8)."""
    server = raw_server(b'HTTP/1.1 401 Unauthorized\r\ncontent-length: 500\r\n\r\n{"error"')
    with pytest.raises(DiscoveryError) as caught:
        ask(target(f"http://127.0.0.1:{server.port}"))
    assert (caught.value.kind, caught.value.status) == ("INVALID_CREDENTIALS", 401)


@pytest.mark.req("MD-8", "MD-9")
def test_a_refusal_counts_although_its_body_drips(ask: Any, target: Any, raw_server: Any) -> None:
    """An error status counts also if the body is incomplete at the deadline (MD-9)."""
    server = raw_server(b"HTTP/1.1 403 No\r\ncontent-length: 500\r\n\r\nx", keep_open=True)
    with pytest.raises(DiscoveryError) as caught:
        ask(target(f"http://127.0.0.1:{server.port}"), timeout_seconds=0.3)
    assert (caught.value.kind, caught.value.status) == ("HTTP_STATUS", 403)


def test_a_connection_that_the_server_closed_is_not_used_again(
    run: Any, target: Any, raw_server: Any
) -> None:
    """If a server closes after each response without saying so, the next request uses a new connection."""

    async def work() -> None:
        server = raw_server(_answer())
        discoverer = Discoverer()
        for number in range(3):
            await discoverer.discover(target(f"http://127.0.0.1:{server.port}"), force_refresh=True)
            await asyncio.sleep(0.02)
            assert server.connections == number + 1

    run(work())


def test_a_close_that_the_loop_has_not_seen_yet(run: Any, target: Any, raw_server: Any) -> None:
    """A closed connection is noticed also if the loop was busy when it was closed."""

    async def work() -> None:
        server = raw_server(_answer())
        discoverer = Discoverer()
        for _ in range(3):
            await discoverer.discover(target(f"http://127.0.0.1:{server.port}"), force_refresh=True)
            time.sleep(0.05)  # noqa: ASYNC251 - a loop that is busy is the point
        assert server.connections == 3

    run(work())


def test_unsolicited_bytes_are_no_response(run: Any, target: Any, raw_server: Any) -> None:
    """Bytes after a response do not become the response to the next request."""

    async def work() -> None:
        forged = _answer(b'{"data": [{"id": "forged"}]}')
        server = raw_server(_answer() + forged, _answer(), keep_open=True)
        discoverer = Discoverer()
        for _ in range(2):
            models = await discoverer.discover(target(f"http://127.0.0.1:{server.port}"), force_refresh=True)
            assert [model.id for model in models] == ["a", "b"]
        assert server.connections == 2

    run(work())


@pytest.mark.parametrize(
    "behind", [_answer(b'{"data": [{"id": "forged"}]}'), b"HTTP/1.1 200 OK\r\nx-a: ", b"?"]
)
def test_what_lies_behind_an_answer_is_not_the_next_one(
    behind: bytes, run: Any, target: Any, raw_server: Any
) -> None:
    """Unsolicited bytes, such as complete or partial responses, never reach the next request's list."""

    async def work() -> None:
        server = raw_server(_answer() + behind, _answer(), keep_open=True)
        discoverer = Discoverer()
        for _ in range(3):
            models = await discoverer.discover(target(f"http://127.0.0.1:{server.port}"), force_refresh=True)
            assert [model.id for model in models] == ["a", "b"]

    run(work())


def test_idle_connections_are_let_go(
    run: Any, target: Any, demo: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection that was idle for some time is not reused."""
    monkeypatch.setattr(client, "KEPT_SECONDS", 0.2)

    async def work() -> None:
        discoverer = Discoverer()
        whom = target(demo.openai_base_url)
        await discoverer.discover(whom)
        await asyncio.sleep(0.5)
        await discoverer.discover(whom, force_refresh=True)
        assert demo.connections == 2

    run(work())


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_localhost_on_ipv6_only(ask: Any, target: Any, raw_server: Any) -> None:
    """A server that listens only on ::1 is reached as localhost, like one on 127.0.0.1."""
    try:
        server = raw_server(_answer(), family=socket.AF_INET6)
    except OSError:
        pytest.skip("there is no ::1 here")
    assert len(ask(target(f"http://[::1]:{server.port}"))) == 2
    names = {entry[4][0] for entry in socket.getaddrinfo("localhost", server.port)}
    if "::1" in names:
        assert len(ask(target(f"http://localhost:{server.port}"))) == 2
    other = raw_server(_answer())
    assert len(ask(target(f"http://localhost:{other.port}"))) == 2


@pytest.mark.parametrize(
    ("status", "is_success"),
    [(199, False), (200, True), (204, True), (299, True), (300, False), (404, False)],
)
def test_every_2xx_is_a_success(status: int, is_success: bool) -> None:
    """The statuses from 200 to 299 are successes, and no others."""
    assert Response(status=status, headers={}, body=b"").is_success is is_success
