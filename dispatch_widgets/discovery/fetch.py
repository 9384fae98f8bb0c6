"""Sends one request with a deadline and a size limit, to one host (MD-9, SEC-5, SEC-7).

httpx's time-outs are per read and its decompression has no limit. So one deadline covers name look-up,
connection, headers and body, and the raw body is decompressed here, up to a limit. An incomplete response is
never returned.
"""

from __future__ import annotations

import asyncio
import zlib
from io import BytesIO
from typing import TYPE_CHECKING

import httpx

from .._log import get_logger
from .client import ConnectionTrace
from .connection_errors import connection_error, interrupted, timed_out
from .exchange import Response
from .failures import Failure
from .log_redaction import kept_out_of_logs
from .slicing import too_large

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from .exchange import RequestContext

MAX_ANSWER_BYTES = 32 * 1024 * 1024
"""The most that is read of a response, decompressed; twice that for raw and decompressed bytes (SEC-7)."""

_log = get_logger(__name__)

_MAX_POST_BYTES = 1024 * 1024  # for a few words or one embedding
_MAX_REFUSAL_BYTES = 64 * 1024  # for an error message
_DECOMPRESS_STEP_BYTES = 256 * 1024
_GZIP_START = b"\x1f\x8b"
_GZIP_ENCODINGS = frozenset({"gzip", "x-gzip", "deflate"})
# https://www.iana.org/assignments/http-parameters (read 2026-11); other names are met, and name no encoding.
_OTHER_ENCODINGS = frozenset(
    {"br", "zstd", "compress", "x-compress", "dcb", "dcz", "exi", "pack200-gzip", "aes128gcm"}
)


async def fetch(
    client: httpx.AsyncClient,
    context: RequestContext,
    headers: Mapping[str, str],
    *,
    deadline: float,
    content: bytes | None = None,
    trace: ConnectionTrace | None = None,
) -> Response:
    """Sends one GET or POST to ``context.url``, and returns the complete response.

    Args:
        client: The client, from `new_client`.
        context: The request.
        headers: The headers with the key; the client adds the others.
        deadline: The deadline, in seconds on the running loop's clock.
        content: A JSON body to POST; None for a GET.
        trace: Records the request's progress.

    Raises:
        Failure: If there is no complete response: kinds TIMEOUT, CONNECTION_REFUSED, UNKNOWN_HOST, TLS,
            PROXY, MALFORMED, TOO_LARGE, INTERRUPTED. It has no cause and no context, as exceptions of
            the HTTP libraries hold the request and its headers.
        AssertionError: From a mock that has no response for this request.
    """
    failure: Failure
    reader = _Reader(context)
    try:
        async with asyncio.timeout_at(deadline) as timer:
            with kept_out_of_logs(context.key):
                request = client.build_request(
                    "GET" if content is None else "POST",
                    context.url,
                    headers={**headers, **({} if content is None else {"content-type": "application/json"})},
                    content=content,
                    extensions={"trace": trace or ConnectionTrace()},
                )
                response = await client.send(request, stream=True)
                try:
                    return await reader.read(response)
                finally:
                    await response.aclose()
    except Failure as found:
        failure = found
        failure.__context__ = None
    except AssertionError as error:  # tells the author of a test which request has no mock
        raise error.with_traceback(None) from None
    except Exception as error:  # noqa: BLE001 - every error of a server or library becomes a Failure
        if isinstance(error, TimeoutError) and timer.expired():
            failure = timed_out(context)
        else:
            _log.debug("asking %s failed with %s", context.host, type(error).__qualname__)
            failure = connection_error(error, context)
    if reader.refusal is not None:  # its status says more than the error while reading its body
        return reader.refusal
    raise failure.with_traceback(None) from None


class _Reader:
    """Reads one response; keeps the part of a refusal that has arrived, in case its body is cut off."""

    def __init__(self, context: RequestContext) -> None:
        self._context = context
        self.refusal: Response | None = None

    async def read(self, response: httpx.Response) -> Response:
        """Returns the complete response, or the beginning of a refusal."""
        status, headers = response.status_code, response.extensions["headers"]
        success = response.is_success
        limit = _MAX_REFUSAL_BYTES
        if success:
            limit = MAX_ANSWER_BYTES if response.request.method == "GET" else _MAX_POST_BYTES
        body = BytesIO()  # getvalue() does not copy the bytes
        size = 0
        if not success:
            self.refusal = Response(status, headers, b"")
        length = headers.get("content-length", "")
        if success and length.isascii() and length.isdigit() and int(length[:20]) > limit:
            raise self._too_large(limit)
        async for part in self._decompressed(response):
            size += body.write(part)
            if size > limit or size + response.num_bytes_downloaded > 2 * limit:
                if success:
                    raise self._too_large(limit)
                return Response(status, headers, body.getvalue()[:limit])
            if not success:
                self.refusal = Response(status, headers, body.getvalue())
        return Response(status, headers, body.getvalue())

    def _too_large(self, limit: int) -> Failure:
        return too_large(self._context, f"with more than {limit // (1024 * 1024)} MiB")

    async def _decompressed(self, response: httpx.Response) -> AsyncIterator[bytes]:
        """Yields a body in chunks, decompressed in steps of limited size."""
        if response.is_stream_consumed:  # a mock's, which httpx has decompressed
            yield response.content
            return
        named = response.headers.get("content-encoding", "").lower().split(",")
        known = _GZIP_ENCODINGS | _OTHER_ENCODINGS
        encodings = [name for each in named if (name := each.strip()) in known]
        if len(encodings) > 1 or not _GZIP_ENCODINGS.issuperset(encodings):
            raise _malformed(self._context, "in a compression that was not asked for")
        gzip = _Gzip() if encodings else None
        try:
            async for chunk in response.aiter_raw():
                if gzip is None:
                    yield chunk
                    continue
                for part in gzip.decompress(chunk):
                    yield part
                    await asyncio.sleep(0)  # a compression bomb must not delay other requests
        except zlib.error:
            raise _malformed(self._context, "with compressed data that is damaged") from None
        except httpx.RemoteProtocolError:  # the headers were valid, so the body is incomplete
            raise interrupted(self._context) from None
        if gzip is not None and gzip.is_cut_off:  # httpx takes a truncated stream for complete
            raise interrupted(self._context)


class _Gzip:
    """A gzip or zlib stream, which may have several members."""

    def __init__(self) -> None:
        self._member = _new_member()
        self._start = b""  # the first byte of what may be the next member
        self.is_cut_off = False

    def decompress(self, chunk: bytes) -> Iterator[bytes]:
        """Decompresses a chunk, in steps of limited size.

        Raises:
            zlib.error: If the data is damaged.
        """
        chunk, self._start = self._start + chunk, b""
        while chunk:
            if self._member.eof:
                self.is_cut_off = chunk == _GZIP_START[:1]
                if self.is_cut_off:
                    self._start = chunk
                    return
                if not chunk.startswith(_GZIP_START):
                    return  # padding after the end
                self._member = _new_member()
            part = self._member.decompress(chunk, _DECOMPRESS_STEP_BYTES)
            self.is_cut_off = not self._member.eof
            chunk = self._member.unused_data or self._member.unconsumed_tail
            if part or not chunk:  # a chunk can hold thousands of empty members
                yield part


def _new_member() -> zlib._Decompress:
    return zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)  # accepts gzip and zlib headers


def _malformed(context: RequestContext, how: str) -> Failure:
    return Failure(
        "MALFORMED",
        f"{context.host} answered {how}.",
        "{list}Try again; a proxy in between can be the reason.",
        is_answer=True,
    )
