"""Connecting with a deadline that holds for the name look-up too (MD-9).

`socket.getaddrinfo` cannot be stopped. In an event loop's executor an abandoned one holds up
``asyncio.run`` and the process's exit, so here every look-up has a daemon thread of its own: when the
deadline passes nobody waits for it any longer.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from typing import TYPE_CHECKING, TypeVar

import httpcore

if TYPE_CHECKING:
    import ssl
    from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
    from typing import Any


T = TypeVar("T")
P = TypeVar("P", bound="ClosableProtocol")

_NEXT_ADDRESS_AFTER_SECONDS = 0.25  # RFC 8305, section 5: how long one address is tried alone
_MOST_ADDRESSES = 8


class LookupFailedError(OSError):
    """No address is known for a host's name."""


class ProxyUnreachableError(httpcore.ProxyError):
    """The connection to the proxy itself failed."""


class ProxyTlsError(httpcore.ProxyError):
    """The proxy is spoken to over TLS, and that was not brought about; the cause says why."""


class ClosableProtocol(asyncio.Protocol):
    """What `connect` makes: a protocol that can end its own connection."""

    def close(self) -> None:
        """Ends the connection at once."""
        raise NotImplementedError


async def look_up(host: str, port: int) -> list[str]:
    """The addresses of a host, in the order in which they should be tried.

    Args:
        host: A name or a literal address.
        port: The port that will be used there.

    Raises:
        LookupFailedError: If the name has no address or cannot be one.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[str]] = loop.create_future()

    def deliver(addresses: list[str], problem: Exception | None) -> None:
        if answer.done():
            return  # the deadline has passed
        if problem is None:
            answer.set_result(addresses)
        else:
            answer.set_exception(LookupFailedError(str(problem)))

    def work() -> None:
        addresses: list[str] = []
        problem: Exception | None = None
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            addresses = _in_turn(entry for entry in found if isinstance(entry[4][0], str))
        except (OSError, UnicodeError, ValueError) as error:
            problem = error
        try:
            loop.call_soon_threadsafe(deliver, addresses, problem)
        except RuntimeError:
            return  # the loop was closed while the look-up hung: nobody is left to be told

    threading.Thread(target=work, name="dispatch-widgets-look-up", daemon=True).start()
    return await answer


def _in_turn(found: Iterable[tuple[int, int, int, str, tuple[object, ...]]]) -> list[str]:
    """Addresses with the two families taking turns, so that one broken family costs little time."""
    families: dict[int, list[str]] = {}
    for family, _, _, _, address in found:
        families.setdefault(family, []).append(str(address[0]))
    turns: dict[str, None] = {}
    for position in range(max(map(len, families.values()), default=0)):
        for addresses in families.values():
            if position < len(addresses):
                turns.setdefault(addresses[position])
    return list(turns)[:_MOST_ADDRESSES]


async def connect(protocol: Callable[[], P], host: str, port: int, context: ssl.SSLContext | None) -> P:
    """Connects to the first of a host's addresses that answers, with TLS if a context is given.

    Args:
        protocol: Makes the connection's protocol.
        host: A name or a literal address.
        port: The port.
        context: The certificates to trust; None for no TLS.

    Raises:
        OSError: If no address answers: `socket.gaierror`, `ssl.SSLError`, `ConnectionRefusedError` …
    """
    loop = asyncio.get_running_loop()

    async def one(address: str) -> P:
        _, made = await loop.create_connection(
            protocol, address, port, ssl=context, server_hostname=host if context else None
        )
        return made

    async def drop(made: P) -> None:
        made.close()

    return await _first_to_answer([one(address) for address in await _addresses(host, port)], drop)


class DaemonLookupBackend(httpcore.AsyncNetworkBackend):
    """What httpcore reaches a proxy through: its own streams, on addresses that `look_up` found.

    Args:
        over_tls: Whether the proxy is spoken to over TLS; errors of that are told from the server's.
    """

    def __init__(self, *, over_tls: bool = False) -> None:
        self._streams = httpcore.AnyIOBackend()
        self._over_tls = over_tls

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connects to the first of the proxy's addresses that answers."""

        async def one(address: str) -> httpcore.AsyncNetworkStream:
            return await self._streams.connect_tcp(address, port, timeout, local_address, socket_options)

        async def drop(stream: httpcore.AsyncNetworkStream) -> None:
            await stream.aclose()

        try:
            stream = await _first_to_answer([one(address) for address in await _addresses(host, port)], drop)
        except (OSError, httpcore.ConnectError, httpcore.ConnectTimeout) as error:
            raise ProxyUnreachableError(str(error)) from error
        return _TlsToProxy(stream) if self._over_tls else stream

    async def sleep(self, seconds: float) -> None:
        """Waits; httpcore asks for it between its retries, of which we allow none."""
        await asyncio.sleep(seconds)


class _TlsToProxy(httpcore.AsyncNetworkStream):
    """A connection on which the first TLS is with the proxy itself; the server's comes inside of that."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
    ) -> httpcore.AsyncNetworkStream:
        try:
            return await self._stream.start_tls(ssl_context, server_hostname, timeout)
        except (OSError, httpcore.ConnectError) as error:
            raise ProxyTlsError(str(error)) from error

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        return await self._stream.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


async def _addresses(host: str, port: int) -> list[str]:
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, host)
        except (OSError, ValueError):
            continue
        return [host]
    return await look_up(host, port)


async def _first_to_answer(
    attempts: Sequence[Coroutine[Any, Any, T]], drop: Callable[[T], Awaitable[None]]
) -> T:
    """Starts attempts one after the other, a quarter of a second apart, and keeps the first to succeed.

    Args:
        attempts: What to try, the best first.
        drop: Undoes an attempt that succeeded when it was no longer wanted.
    """
    if len(attempts) == 1:
        return await attempts[0]
    waiting = list(reversed(attempts))
    running: set[asyncio.Task[T]] = set()
    failure: BaseException | None = None
    try:
        while waiting or running:
            if waiting:
                running.add(asyncio.ensure_future(waiting.pop()))
            done, running = await asyncio.wait(
                running,
                timeout=_NEXT_ADDRESS_AFTER_SECONDS if waiting else None,
                return_when=asyncio.FIRST_COMPLETED,
            )
            for task in done:
                problem = task.exception()
                if problem is None:
                    running |= done - {task}
                    return task.result()
                failure = failure or problem
    finally:
        for attempt in waiting:
            attempt.close()
        for task in running:
            task.cancel()
        for outcome in await asyncio.gather(*running, return_exceptions=True):
            if not isinstance(outcome, BaseException):
                await drop(outcome)
    raise failure or OSError("no address")
