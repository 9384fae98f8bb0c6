"""Accepts responses with two ``Transfer-Encoding`` headers, as some gateways send them (MD-5).

The application sets ``Transfer-Encoding: chunked``, and so does the server in front of it. curl and browsers
accept that; h11, which httpx uses, refuses it, and also ``identity, chunked``. So the headers are corrected
before h11 reads them, in the network stream that httpx's ``trace`` extension provides.
"""

from __future__ import annotations

import re
from typing import Any

_MAX_HEAD_BYTES = 64 * 1024
_START = b"HTTP/1."
_END = re.compile(rb"\n\r?\n")
_LINE = re.compile(rb"(?im)^transfer-encoding:[ \t]*([^\r\n]*)\r?\n")
_HARMLESS = frozenset({b"chunked", b"identity"})


def name_encoding_once(stream: Any) -> None:
    """Patches an `httpcore.AsyncNetworkStream` to return every response with one transfer encoding."""
    read, write = stream.read, stream.write
    is_before_head = True

    async def write_request(buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - httpcore's
        nonlocal is_before_head
        is_before_head = True
        await write(buffer, timeout)

    async def read_answer(max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        nonlocal is_before_head
        data: bytes = await read(max_bytes, timeout)
        if not is_before_head:
            return data
        while _is_unfinished_head(data) and (more := await read(max_bytes, timeout)):
            data += more
        is_before_head = False
        return _with_one_encoding(data)

    stream.read, stream.write = read_answer, write_request


def _is_unfinished_head(data: bytes) -> bool:
    is_http = data.startswith(_START) or (bool(data) and _START.startswith(data))
    return is_http and len(data) < _MAX_HEAD_BYTES and not _END.search(data)


def _with_one_encoding(data: bytes) -> bytes:
    end = _END.search(data)
    if end is None or not data.startswith(_START):
        return data
    head, body = data[: end.start() + 1], data[end.start() + 1 :]
    names = [name.strip().lower() for line in _LINE.findall(head) for name in line.split(b",")]
    if len(names) < 2 or not _HARMLESS.issuperset(names):  # noqa: PLR2004
        return data
    return _LINE.sub(b"", head) + b"Transfer-Encoding: chunked\r\n" * (b"chunked" in names) + body
