"""Connecting with a deadline that holds for the name look-up too (MD-9).

`socket.getaddrinfo` cannot be stopped. In an event loop's executor an abandoned one holds up
``asyncio.run`` and the process's exit, so here every look-up has a daemon thread of its own: when the
deadline passes nobody waits for it any longer.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from typing import TYPE_CHECKING

import httpcore

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable, Sequence
    from typing import Any

_NEXT_ADDRESS_AFTER_SECONDS = 0.25  # RFC 8305, section 5: how long one address is tried alone
_MOST_ADDRESSES = 8


class LookupFailedError(httpcore.ConnectError):
    """No address is known for a host's name."""


class ProxyUnreachableError(httpcore.ProxyError):
    """The connection to the proxy itself failed."""


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


class DaemonLookupBackend(httpcore.AsyncNetworkBackend):
    """What httpcore connects through: its own streams, on addresses that `look_up` found.

    Args:
        is_proxy: Whether everything connected to is a proxy; its failures are then told apart from
            those of the server behind it.
    """

    def __init__(self, *, is_proxy: bool = False) -> None:
        self._streams = httpcore.AnyIOBackend()
        self._is_proxy = is_proxy

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connects to the first of the host's addresses that answers."""

        async def connect(address: str) -> httpcore.AsyncNetworkStream:
            return await self._streams.connect_tcp(address, port, timeout, local_address, socket_options)

        try:
            addresses = [host] if _is_literal(host) else await look_up(host, port)
            return await _first_to_answer([connect(address) for address in addresses])
        except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
            if self._is_proxy:
                raise ProxyUnreachableError(str(error)) from error
            raise

    async def sleep(self, seconds: float) -> None:
        """Waits; httpcore asks for it between its retries, of which we allow none."""
        await asyncio.sleep(seconds)


def _is_literal(host: str) -> bool:
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, host)
        except (OSError, ValueError):
            continue
        return True
    return False


async def _first_to_answer(
    attempts: Sequence[Coroutine[Any, Any, httpcore.AsyncNetworkStream]],
) -> httpcore.AsyncNetworkStream:
    """Starts attempts one after the other, a quarter of a second apart, and keeps the first to succeed."""
    if not attempts:
        raise LookupFailedError("no address")
    if len(attempts) == 1:
        return await attempts[0]
    waiting = list(reversed(attempts))
    running: set[asyncio.Task[httpcore.AsyncNetworkStream]] = set()
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
        await _drop(running)
    raise failure or LookupFailedError("no address")


async def _drop(tasks: set[asyncio.Task[httpcore.AsyncNetworkStream]]) -> None:
    """Cancels attempts that lost, and closes a connection that one of them made after all."""
    for task in tasks:
        task.cancel()
    for outcome in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(outcome, httpcore.AsyncNetworkStream):
            await outcome.aclose()
