"""Faults of the connection: slow, cut off, too large, not HTTP. Each function makes one."""

from __future__ import annotations

import gzip
import zlib
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._fault_context import FaultContext, Responder

MIB = 1_048_576


def slow(*, seconds: float = 2.0) -> Responder:
    def respond(context: FaultContext) -> None:
        context.exchange.wait(seconds)
        context.ordinary().send(context.exchange)

    return respond


def hang() -> Responder:
    return lambda context: context.exchange.wait(None)


def drip_headers(*, seconds: float = 0.05) -> Responder:
    def respond(context: FaultContext) -> None:
        body = context.body()
        context.exchange.drip(_bytes_of(context.exchange.head(200, length=len(body))), seconds)
        context.exchange.write(body)

    return respond


def drip_body(*, seconds: float = 0.05) -> Responder:
    def respond(context: FaultContext) -> None:
        body = context.body()
        context.exchange.write(context.exchange.head(200, length=len(body)))
        context.exchange.drip(_bytes_of(body), seconds)

    return respond


def _bytes_of(data: bytes) -> list[bytes]:
    return [data[index : index + 1] for index in range(len(data))]


def never_ends(*, seconds: float = 0.01) -> Responder:
    def respond(context: FaultContext) -> None:
        context.exchange.write(context.exchange.head(200, length=None) + _chunk(b'{"data": ['))
        item = _chunk(b'{"id": "model-without-end"},' * 8)
        while True:
            context.exchange.drip([item], seconds)

    return respond


def _chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def reset() -> Responder:
    return lambda context: context.exchange.reset()


def half(*, then_reset: bool, compressed: bool = False, chunked: bool = False) -> Responder:
    """Half an answer: the length or the last chunk says that more was to come, or the gzip stream does."""

    def respond(context: FaultContext) -> None:
        body = context.body()
        exchange = context.exchange
        if compressed:
            packed = gzip.compress(body, compresslevel=1, mtime=0)
            packed = packed[: len(packed) // 2]
            exchange.send(200, packed, headers={"content-encoding": "gzip"})
            return
        exchange.keep_open = False
        half = body[: len(body) // 2]
        if chunked:
            exchange.write(exchange.head(200, length=None) + _chunk(half))
        else:
            exchange.write(exchange.head(200, length=len(body)) + half)
        if then_reset:
            # A reset throws away what the client has not read yet; this lets it read the half first.
            exchange.wait(0.05)
            exchange.reset()

    return respond


def close(*, say: bytes = b"") -> Responder:
    def respond(context: FaultContext) -> None:
        context.exchange.keep_open = False
        if say:
            context.exchange.write(say)

    return respond


def encoded(*, encoding: str, packed: bool) -> Responder:
    def respond(context: FaultContext) -> None:
        body = gzip.compress(context.body(), compresslevel=1, mtime=0) if packed else context.body()
        context.send(200, body, headers={"content-encoding": encoding})

    return respond


def bomb(*, mib: int = 64) -> Responder:
    return lambda context: context.send(200, _packed_blanks(mib), headers={"content-encoding": "gzip"})


@lru_cache(maxsize=2)
def _packed_blanks(mib: int) -> bytes:
    packer = zlib.compressobj(level=1, wbits=16 + zlib.MAX_WBITS)
    block = b" " * MIB
    parts = [packer.compress(b'{"data": [')]
    parts += [packer.compress(block) for _ in range(mib)]
    return b"".join([*parts, packer.compress(b"]}"), packer.flush()])


def huge(*, mib: int = 64) -> Responder:
    def respond(context: FaultContext) -> None:
        context.exchange.write(context.exchange.head(200, length=mib * MIB + 12))
        context.exchange.write(b'{"data": [')
        block = b" " * MIB
        for _ in range(mib):
            context.exchange.write(block)
        context.exchange.write(b"]}")

    return respond


def huge_headers(*, kib: int = 256) -> Responder:
    return lambda context: context.send(200, context.body(), headers={"x-padding": "x" * kib * 1024})
