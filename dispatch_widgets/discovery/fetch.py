"""One bounded request: by the wall clock, up to a size, to one address (MD-9, SEC-5, SEC-7).

httpx's time-outs are per read and its decompression has no limit, so both are done here: one deadline
lies over name look-up, connection, headers and body together, and the body is read raw and
decompressed under a cap. An answer that is not whole is never handed on.
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
from .exchange import Answer
from .failures import Failure
from .log_redaction import kept_out_of_logs
from .slicing import too_large

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from .exchange import RequestContext

MAX_ANSWER_BYTES = 32 * 1024 * 1024
"""How much of an answer is read, after decompression; raw and decompressed together twice that (SEC-7)."""

_log = get_logger(__name__)

_MAX_POST_BYTES = 1024 * 1024  # what is posted asks for some words, or for one vector
_MAX_REFUSAL_BYTES = 64 * 1024  # of an answer that is no success only the explanation is wanted
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
) -> Answer:
    """Sends one GET to ``context.url``, or one POST, and reads the whole answer.

    Args:
        client: What to send with, from `new_client`.
        context: Whom to ask.
        headers: The headers that carry the key; the rest is the client's.
        deadline: When to give up, on the running loop's clock, in seconds.
        content: A JSON body to POST; None for a GET.
        trace: Is told how far the request came.

    Raises:
        Failure: If there is no whole answer: kinds TIMEOUT, CONNECTION_REFUSED, UNKNOWN_HOST, TLS,
            PROXY, MALFORMED, TOO_LARGE, INTERRUPTED. It has no cause and no context: exceptions of
            the HTTP libraries hold the request and its headers.
        AssertionError: From a mock that knows no answer to this request.
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
    except AssertionError as error:  # for the author of a test: which request has no mock
        raise error.with_traceback(None) from None
    except Exception as error:  # noqa: BLE001 - whatever a server or a library does, the user gets one error
        if isinstance(error, TimeoutError) and timer.expired():
            failure = timed_out(context)
        else:
            _log.debug("asking %s failed with %s", context.host, type(error).__qualname__)
            failure = connection_error(error, context)
    if reader.refusal is not None:  # the status says more than what then befell the body
        return reader.refusal
    raise failure.with_traceback(None) from None


class _Reader:
    """Reads one answer; keeps what is known of a refusal in case its body breaks off."""

    def __init__(self, context: RequestContext) -> None:
        self._context = context
        self.refusal: Answer | None = None

    async def read(self, response: httpx.Response) -> Answer:
        """The whole answer, or as much of a refusal as explains it."""
        status, headers = response.status_code, response.extensions["headers"]
        success = response.is_success
        limit = _MAX_REFUSAL_BYTES
        if success:
            limit = MAX_ANSWER_BYTES if response.request.method == "GET" else _MAX_POST_BYTES
        body = BytesIO()  # gives its bytes without a second copy of them
        size = 0
        if not success:
            self.refusal = Answer(status, headers, b"")
        length = headers.get("content-length", "")
        if success and length.isascii() and length.isdigit() and int(length[:20]) > limit:
            raise self._too_large(limit)
        async for part in self._decompressed(response):
            size += body.write(part)
            if size > limit or size + response.num_bytes_downloaded > 2 * limit:
                if success:
                    raise self._too_large(limit)
                return Answer(status, headers, body.getvalue()[:limit])
            if not success:
                self.refusal = Answer(status, headers, body.getvalue())
        return Answer(status, headers, body.getvalue())

    def _too_large(self, limit: int) -> Failure:
        return too_large(self._context, f"with more than {limit // (1024 * 1024)} MiB")

    async def _decompressed(self, response: httpx.Response) -> AsyncIterator[bytes]:
        """The parts of a body; of a compressed one in steps that no compression can make large."""
        if response.is_stream_consumed:  # the ready-made answer of a mock, which httpx has decompressed
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
                    await asyncio.sleep(0)  # a bomb keeps no other request waiting
        except zlib.error:
            raise _malformed(self._context, "with compressed data that is damaged") from None
        except httpx.RemoteProtocolError:  # its headers were HTTP: it is the end that is missing
            raise interrupted(self._context) from None
        if gzip is not None and gzip.is_cut_off:  # a partial list is no list
            raise interrupted(self._context)


class _Gzip:
    """A gzip or zlib stream, which may have several members."""

    def __init__(self) -> None:
        self._member = _new_member()
        self.is_cut_off = False

    def decompress(self, chunk: bytes) -> Iterator[bytes]:
        """What a chunk holds, in steps of limited size.

        Raises:
            zlib.error: If it is damaged.
        """
        while chunk:
            if self._member.eof:
                if not chunk.startswith(_GZIP_START):
                    return  # padding behind the end
                self._member = _new_member()
            part = self._member.decompress(chunk, _DECOMPRESS_STEP_BYTES)
            self.is_cut_off = not self._member.eof
            chunk = self._member.unused_data or self._member.unconsumed_tail
            if part or not chunk:  # of members that hold nothing a chunk can have thousands
                yield part


def _new_member() -> zlib._Decompress:
    return zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)  # takes gzip and zlib headers


def _malformed(context: RequestContext, how: str) -> Failure:
    return Failure(
        "MALFORMED",
        f"{context.host} answered {how}.",
        "{list}Try again; a proxy in between can be the reason.",
        is_answer=True,
    )
