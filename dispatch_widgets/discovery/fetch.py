"""One bounded request: by the wall clock, up to a size, to one address (MD-9, SEC-5, SEC-7).

httpx's time-outs are per read and its decompression has no limit, so both are done here: one deadline
lies over name look-up, connection, headers and body together, and the body is read raw and
decompressed under a cap. An answer that is not whole is never handed on.
"""

from __future__ import annotations

import asyncio
import logging
import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, cast

import httpx

from .. import __version__
from .breakdowns import breakdown, interrupted, timed_out
from .failures import Failure
from .hush import key_kept_out_of_logs

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Mapping

    from .refusals import Place

MAX_ANSWER_BYTES = 32 * 1024 * 1024
"""How much of an answer is read, after decompression (SEC-7)."""

_log = logging.getLogger(__name__)

_MAX_REFUSAL_BYTES = 64 * 1024  # of an answer that is no success only the explanation is wanted
_OK_MIN, _OK_MAX = 200, 299


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered.

    Attributes:
        status: The HTTP status.
        headers: The headers, their names in any case.
        body: The body, decompressed; cut off for an answer that is no success.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_success(self) -> bool:
        """Whether the status is a 2xx."""
        return _OK_MIN <= self.status <= _OK_MAX

    def __repr__(self) -> str:
        return f"Answer({self.status}, {len(self.body)} bytes)"


async def fetch(
    transport: httpx.AsyncBaseTransport,
    place: Place,
    headers: Mapping[str, str],
    *,
    deadline: float,
    timeout_seconds: float,
    content: bytes | None = None,
) -> Answer:
    """Sends one GET to ``place.url``, or one POST, and reads the whole answer.

    Args:
        transport: What to send through.
        place: Whom to ask.
        headers: The headers that carry the key; the rest is added here.
        deadline: When to give up, on the running loop's clock, in seconds.
        timeout_seconds: The time-out as the user knows it, for the message.
        content: A JSON body to POST; None for a GET.

    Raises:
        Failure: If there is no whole answer: kinds TIMEOUT, CONNECTION_REFUSED, UNKNOWN_HOST, TLS,
            PROXY, MALFORMED, TOO_LARGE, INTERRUPTED. It has no cause and no context: exceptions of
            the HTTP libraries hold the request and its headers.
    """
    failure: Failure
    reader = _Reader(place)
    try:
        async with asyncio.timeout_at(deadline) as timer:
            with key_kept_out_of_logs(place.key):
                return await _exchange(transport, place, headers, reader, content)
    except Failure as found:
        failure = found
    except TimeoutError as error:
        failure = (
            timed_out(place, timeout_seconds)
            if timer.expired()
            else breakdown(error, place, timeout_seconds=timeout_seconds)
        )
    except Exception as error:  # noqa: BLE001 - whatever a server or a library does, the user gets one error
        _log.debug("asking %s failed with %s", place.host, type(error).__qualname__)
        failure = breakdown(error, place, timeout_seconds=timeout_seconds)
    if reader.refusal is not None:  # the status says more than what then befell the body
        return reader.refusal
    raise failure.with_traceback(None) from None


async def _exchange(
    transport: httpx.AsyncBaseTransport,
    place: Place,
    headers: Mapping[str, str],
    reader: _Reader,
    content: bytes | None,
) -> Answer:
    request = httpx.Request(
        "GET" if content is None else "POST",
        _parsed(place.url),
        headers={
            **headers,
            **({} if content is None else {"content-type": "application/json"}),
            "accept": "application/json",
            "accept-encoding": "gzip, identity",
            "user-agent": f"dispatch-widgets/{__version__}",
        },
        content=content,
    )
    response = await transport.handle_async_request(request)
    try:
        return await reader.read(response)
    finally:
        await response.aclose()


@lru_cache(maxsize=64)
def _parsed(url: str) -> httpx.URL:
    """An address in httpx's form; taking it apart is a good part of what a short request costs."""
    return httpx.URL(url)


class _Reader:
    """Reads one answer; keeps what is known of a refusal in case its body breaks off."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self.refusal: Answer | None = None

    async def read(self, response: httpx.Response) -> Answer:
        """The whole answer, or as much of a refusal as explains it."""
        status, headers = response.status_code, response.headers
        success = _OK_MIN <= status <= _OK_MAX
        limit = MAX_ANSWER_BYTES if success else _MAX_REFUSAL_BYTES
        body = bytearray()
        if not success:
            self.refusal = Answer(status, headers, b"")
        unpack = _unpacker(headers.get("content-encoding", ""), limit, self._place)
        length = headers.get("content-length", "")
        if success and length.isascii() and length.isdigit() and int(length[:20]) > limit:
            raise _too_large(self._place)
        # The stream itself: `aiter_raw` refuses the ready-made answers of mock transports.
        async for chunk in cast("AsyncIterable[bytes]", response.stream):
            body += unpack.feed(chunk)
            if len(body) > limit:
                if success:
                    raise _too_large(self._place)
                return Answer(status, headers, bytes(body[:limit]))
            if not success:
                self.refusal = Answer(status, headers, bytes(body))
        unpack.finish()
        return Answer(status, headers, bytes(body))


def _too_large(place: Place) -> Failure:
    megabytes = MAX_ANSWER_BYTES // (1024 * 1024)
    return Failure(
        "TOO_LARGE",
        f"{place.host} answered with more than {megabytes} MiB; reading was stopped.",
        "{list}A list of models is much smaller. Check the base URL.",
    )


class _Plain:
    """A body that is not compressed."""

    def feed(self, chunk: bytes) -> bytes:
        """The chunk as it is."""
        return chunk

    def finish(self) -> None:
        """Nothing is left over; the HTTP library has checked the length."""


class _Gzip:
    """A gzip or zlib body, decompressed no further than to a limit.

    Args:
        limit: How many bytes are wanted at most; one more is given, to show that there are more.
        place: Who answers.
    """

    def __init__(self, limit: int, place: Place) -> None:
        self._left = limit + 1
        self._place = place
        self._inflate = _inflater()
        self._touched = False

    def feed(self, chunk: bytes) -> bytes:
        """What a chunk decompresses to, up to the limit."""
        out = bytearray()
        self._touched = self._touched or bool(chunk)
        while chunk and self._left > 0:
            if self._inflate.eof:  # another member may follow; anything else behind the end is padding
                if chunk[:2] != b"\x1f\x8b":
                    break
                self._inflate = _inflater()
            try:
                part = self._inflate.decompress(chunk, self._left)
            except zlib.error:
                raise Failure(
                    "MALFORMED",
                    f"{self._place.host} answered with compressed data that is damaged.",
                    "{list}Try again; a proxy in between can be the reason.",
                    is_answer=True,
                ) from None
            out += part
            self._left -= len(part)
            chunk = self._inflate.unused_data or self._inflate.unconsumed_tail
        return bytes(out)

    def finish(self) -> None:
        """Raises if the data ended before the compressed stream did: a partial list is no list."""
        if self._touched and self._left > 0 and not self._inflate.eof:
            raise interrupted(self._place)


def _inflater() -> zlib._Decompress:
    return zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)  # takes gzip and zlib headers


def _unpacker(encoding: str, limit: int, place: Place) -> _Plain | _Gzip:
    name = encoding.strip().lower()
    if name in {"", "identity"}:
        return _Plain()
    if name in {"gzip", "x-gzip", "deflate"}:
        return _Gzip(limit, place)
    raise Failure(
        "MALFORMED",
        f"{place.host} answered in a compression that was not asked for.",
        "{list}Try again; a proxy in between can be the reason.",
        is_answer=True,
    )
