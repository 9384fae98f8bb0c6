"""Requests through the browser's own ``fetch``, for Python that runs in a page (Pyodide, JupyterLite).

Such a page has no sockets. The browser resolves names, checks certificates and uses its own proxy. It lets
the page read an answer only if the server allows that (CORS), and does not say why a request failed.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx

from .._loop import background

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from typing import Any

# What a page may send; the browser sets the others itself, and each further one asks more of the server.
_SENT = frozenset({"accept", "authorization", "content-type", "x-api-key", "api-key", "anthropic-version"})
# The browser has decompressed the body.
_NOT_TRUE_ANY_MORE = frozenset({"content-encoding", "content-length", "transfer-encoding"})


SERVERS_IN_PAGE: dict[str, httpx.AsyncBaseTransport] = {}
"""What answers inside this page, by origin: a demo server, which can open no socket there."""


class NoAnswerForPageError(httpx.ConnectError):
    """The browser gave no answer: nobody is there, or the server does not allow web pages."""


class BrowserTransport(httpx.AsyncBaseTransport):
    """Sends each request with ``fetch``, without cookies, and follows no redirect."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends a request and returns the response, whose body is not read yet.

        Raises:
            NoAnswerForPageError: If the browser gives no answer.
        """
        there = SERVERS_IN_PAGE.get(f"{request.url.scheme}://{request.url.netloc.decode()}")
        if there is not None:
            return await there.handle_async_request(request)

        from pyodide.http import pyfetch  # there is no such package outside a page

        headers = {name: value for name, value in request.headers.items() if name in _SENT}
        if "anthropic-version" in headers:
            # Anthropic answers pages only with it: docs of its TypeScript SDK, `dangerouslyAllowBrowser`.
            headers["anthropic-dangerous-direct-browser-access"] = "true"
        body = await request.aread()
        options: dict[str, Any] = {"body": body.decode()} if body else {}
        try:
            answer = await pyfetch(
                str(request.url),
                method=request.method,
                headers=headers,
                cache="no-store",
                credentials="omit",
                redirect="manual",
                referrerPolicy="no-referrer",
                **options,
            )
        except OSError as error:
            raise NoAnswerForPageError("the browser gave no answer", request=request) from error
        # Of a redirect the browser tells neither the status nor where it leads.
        is_redirect = answer.js_response.type == "opaqueredirect"
        return httpx.Response(
            httpx.codes.FOUND if is_redirect else answer.status,
            headers={name: value for name, value in answer.headers.items() if name not in _NOT_TRUE_ANY_MORE},
            stream=_Body(answer.js_response.body),
            request=request,
        )


class _Body(httpx.AsyncByteStream):
    """The body of an answer, read as it arrives.

    Args:
        stream: The browser's ``ReadableStream``; None for an answer without a body.
    """

    def __init__(self, stream: Any) -> None:
        self._reader = stream.getReader() if stream else None

    async def __aiter__(self) -> AsyncIterator[bytes]:
        from pyodide.ffi import JsException

        if self._reader is None:
            return
        try:
            while not (part := await self._reader.read()).done:
                yield part.value.to_bytes()
        except JsException as error:
            raise httpx.ReadError("the connection broke") from error

    async def aclose(self) -> None:
        """Tells the browser that the rest is not wanted."""
        if self._reader is not None:
            await self._reader.cancel()


class _OtherBody:
    """The body of an answer for another library, to be awaited or waited for part by part."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response
        self._parts = response.aiter_raw()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._parts:
            yield part

    async def aclose(self) -> None:
        await self._response.aclose()

    async def _next(self) -> bytes | None:
        return await anext(self._parts, None)

    def __iter__(self) -> Iterator[bytes]:
        while (part := background.call(self._next())) is not None:
            yield part

    def close(self) -> None:
        background.call(self.aclose())


class _OtherTransport:
    """`BrowserTransport` for another library, whose requests, responses and errors are its own."""

    def __init__(self, library: Any) -> None:
        self._library = library
        self._transport = BrowserTransport()
        self._body = type("Body", (_OtherBody, library.AsyncByteStream, library.SyncByteStream), {})

    async def handle_async_request(self, request: Any) -> Any:
        await request.aread()
        return await self._send(request)

    def handle_request(self, request: Any) -> Any:
        request.read()
        return background.call(self._send(request))

    async def _send(self, request: Any) -> Any:
        headers = request.headers.raw
        asked = httpx.Request(request.method, str(request.url), headers=headers, content=request.content)
        limit_seconds = request.extensions.get("timeout", {}).get("read")  # the browser has none
        try:
            async with asyncio.timeout(limit_seconds):
                response = await self._transport.handle_async_request(asked)
        except TimeoutError as error:
            raise self._library.ReadTimeout("no answer in time", request=request) from error
        except httpx.TransportError as error:
            raise self._library.ConnectError(str(error), request=request) from error
        headers, stream = response.headers.raw, self._body(response)
        return self._library.Response(response.status_code, headers=headers, stream=stream, request=request)


def transport_for(library: Any) -> Any:
    """A transport for another library with httpx's interface, as the SDKs have; its synchronous clients wait.

    Args:
        library: The module, or httpx itself.
    """
    bases = _OtherTransport, library.AsyncBaseTransport, library.BaseTransport
    return type("Transport", bases, {})(library)
