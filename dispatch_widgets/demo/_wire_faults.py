"""Faults of the connection: slow, cut off, too large, not HTTP. Each function makes one."""

from __future__ import annotations

import gzip
import zlib
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._scene import Play, Scene

MIB = 1_048_576


def slow(*, seconds: float = 2.0) -> Play:
    def play(scene: Scene) -> None:
        scene.exchange.wait(seconds)
        scene.ordinary().send(scene.exchange)

    return play


def hang() -> Play:
    return lambda scene: scene.exchange.wait(None)


def drip_headers(*, seconds: float = 0.05) -> Play:
    def play(scene: Scene) -> None:
        body = scene.body()
        scene.exchange.drip(_bytes_of(scene.exchange.head(200, length=len(body))), seconds)
        scene.exchange.write(body)

    return play


def drip_body(*, seconds: float = 0.05) -> Play:
    def play(scene: Scene) -> None:
        body = scene.body()
        scene.exchange.write(scene.exchange.head(200, length=len(body)))
        scene.exchange.drip(_bytes_of(body), seconds)

    return play


def _bytes_of(data: bytes) -> list[bytes]:
    return [data[index : index + 1] for index in range(len(data))]


def never_ends(*, seconds: float = 0.01) -> Play:
    def play(scene: Scene) -> None:
        scene.exchange.write(scene.exchange.head(200, length=None) + _chunk(b'{"data": ['))
        item = _chunk(b'{"id": "model-without-end"},' * 8)
        while True:
            scene.exchange.drip([item], seconds)

    return play


def _chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def reset() -> Play:
    return lambda scene: scene.exchange.reset()


def half(*, then_reset: bool, compressed: bool = False, chunked: bool = False) -> Play:
    """Half an answer: the length or the last chunk says that more was to come, or the gzip stream does."""

    def play(scene: Scene) -> None:
        body = scene.body()
        exchange = scene.exchange
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

    return play


def close(*, say: bytes = b"") -> Play:
    def play(scene: Scene) -> None:
        scene.exchange.keep_open = False
        if say:
            scene.exchange.write(say)

    return play


def encoded(*, encoding: str, packed: bool) -> Play:
    def play(scene: Scene) -> None:
        body = gzip.compress(scene.body(), compresslevel=1, mtime=0) if packed else scene.body()
        scene.send(200, body, headers={"content-encoding": encoding})

    return play


def bomb(*, mib: int = 64) -> Play:
    return lambda scene: scene.send(200, _packed_blanks(mib), headers={"content-encoding": "gzip"})


@lru_cache(maxsize=2)
def _packed_blanks(mib: int) -> bytes:
    packer = zlib.compressobj(level=1, wbits=16 + zlib.MAX_WBITS)
    block = b" " * MIB
    parts = [packer.compress(b'{"data": [')]
    parts += [packer.compress(block) for _ in range(mib)]
    return b"".join([*parts, packer.compress(b"]}"), packer.flush()])


def huge(*, mib: int = 64) -> Play:
    def play(scene: Scene) -> None:
        scene.exchange.write(scene.exchange.head(200, length=mib * MIB + 12))
        scene.exchange.write(b'{"data": [')
        block = b" " * MIB
        for _ in range(mib):
            scene.exchange.write(block)
        scene.exchange.write(b"]}")

    return play


def huge_headers(*, kib: int = 256) -> Play:
    return lambda scene: scene.send(200, scene.body(), headers={"x-padding": "x" * kib * 1024})
