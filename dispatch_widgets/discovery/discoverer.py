"""Asking providers, with a memory: cache, rate limits, one request at a time (MD-6 to MD-15)."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from .._text import plural
from ..errors import DiscoveryError
from .cache import Memory, fingerprint
from .failures import Failure
from .models import ModelList

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterable

    import httpx

    from .endpoints import Listing
    from .models import Target

DEFAULT_TIMEOUT_SECONDS = 10.0
"""How long one request may take by the wall, name look-up included (MD-9)."""

_log = logging.getLogger(__name__)
# Without any logging set up, Python would print warnings into the notebook; the panel shows them already.
logging.getLogger(__name__.partition(".")[0]).addHandler(logging.NullHandler())


@dataclass(slots=True)
class _Flight:
    """A request under way, and how many callers wait for it."""

    task: asyncio.Task[ModelList | Failure]
    memory: Memory
    waiting: int = 0

    def serves(self, memory: Memory) -> bool:
        """Whether its answer is of use: not given yet, on this loop (not a forked parent's), still valid."""
        return (
            self.memory is memory
            and not self.task.done()
            and self.task.get_loop() is asyncio.get_running_loop()
        )


class Discoverer:
    """Asks providers for their models and remembers the answers.

    `discover` runs on one event loop; everything else may be called from any thread.

    Args:
        timeout_seconds: How long one request may take by the wall (MD-9).
        transport: What to send through in place of the network.
        clock: The wall clock, seconds since 1970.
    """

    def __init__(
        self,
        *,
        timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.timeout_seconds = timeout_seconds
        self._transport = transport
        self._clock = clock
        self._lock = threading.Lock()
        self._memories: dict[str, Memory] = {}
        self._flights: dict[str, _Flight] = {}
        self._way: httpx.AsyncBaseTransport | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def discover(self, target: Target, *, force_refresh: bool = False) -> ModelList:
        """The models of a provider: from the cache if they are fresh, else from its server.

        Callers at the same moment share one request; one that is cancelled leaves it to the others.

        Args:
            target: Whom to ask.
            force_refresh: Ask even if the cached list is fresh (MD-7).

        Returns:
            The list, with its source. After a failure that leaves the list from before standing, that
            list, with ``warning`` and ``error`` (MD-15).

        Raises:
            DiscoveryError: As the table of MD-15 says; ``cached`` holds the list from before.
        """
        memory = self._memory(target)
        now = self._clock()
        hit = None if force_refresh else _hit(memory, now)
        if hit is not None:
            return hit
        outcome: ModelList | Failure
        if memory.retry_at(now) is not None and memory.failure is not None:
            outcome = memory.failure
        else:
            outcome = await self._ask(target, memory)
        if isinstance(outcome, ModelList):
            return outcome
        error = self._error(target.provider_id, memory, outcome)
        if memory.held is not None and outcome.keeps_list:
            return _stale(memory.held, error)
        if outcome.is_answer:
            return ModelList(
                models=(),
                provider_id=target.provider_id,
                provider_name=target.name,
                fetched_at=_utc(self._clock()),
                warning=str(error),
                error=error,
            )
        raise error

    async def discover_all(
        self, targets: Iterable[Target], *, force_refresh: bool = False
    ) -> AsyncGenerator[tuple[str, ModelList | DiscoveryError], None]:
        """Asks several providers at once and gives each answer as it comes (MD-12).

        None waits for another. Closing the iterator, or cancelling the task that runs it, cancels
        what is still under way.

        Args:
            targets: Whom to ask.
            force_refresh: Ask even where the cached list is fresh.

        Yields:
            A provider's id with its list, or with the error.
        """

        async def one(target: Target) -> tuple[str, ModelList | DiscoveryError]:
            try:
                return target.provider_id, await self.discover(target, force_refresh=force_refresh)
            except DiscoveryError as error:
                return target.provider_id, error

        tasks = [asyncio.ensure_future(one(target)) for target in targets]
        try:
            for answer in asyncio.as_completed(tasks):
                yield await answer
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def cached(self, target: Target) -> ModelList | None:
        """The list, if there is a fresh one; never asks anybody. May be called from any thread.

        Args:
            target: Whose list.
        """
        with self._lock:
            memory = self._memories.get(target.provider_id)
            if memory is None or memory.fingerprint != fingerprint(target):
                return None
            return _hit(memory, self._clock())

    def peek(self, target: Target) -> ModelList | None:
        """Whatever list is held, fresh or stale; never asks anybody. May be called from any thread.

        Args:
            target: Whose list.
        """
        with self._lock:
            memory = self._memories.get(target.provider_id)
            if memory is None or memory.held is None or memory.fingerprint != fingerprint(target):
                return None
            held, failure, fresh = memory.held, memory.failure, memory.is_fresh(self._clock())
        if failure is not None:
            return _stale(held, self._error(target.provider_id, memory, failure))
        return held if fresh else replace(held, source="stale")

    def last_error(self, provider_id: str) -> DiscoveryError | None:
        """Why asking failed the last time, None if it did not. May be called from any thread.

        Args:
            provider_id: Which provider.
        """
        memory = self._memories.get(provider_id)
        failure = memory.failure if memory is not None else None
        return None if memory is None or failure is None else self._error(provider_id, memory, failure)

    def retry_at(self, provider_id: str) -> datetime | None:
        """When a rate-limited provider may be asked again (UTC), None if it may be asked now.

        Args:
            provider_id: Which provider.
        """
        memory = self._memories.get(provider_id)
        return memory.retry_at(self._clock()) if memory is not None else None

    def is_asking(self, provider_id: str) -> bool:
        """Whether a request to a provider is under way.

        Args:
            provider_id: Which provider.
        """
        return provider_id in self._flights

    def unlock(self, provider_id: str) -> None:
        """Lets a rate-limited provider be asked again before its time (MD-10).

        Args:
            provider_id: Which provider.
        """
        with self._lock:
            memory = self._memories.get(provider_id)
            if memory is not None and memory.locked_until:
                memory.locked_until = 0.0
                memory.failure = None

    def forget(self, provider_id: str) -> None:
        """Drops all that is known of a provider; an answer still on its way is thrown away (PM-3).

        Args:
            provider_id: Which provider.
        """
        with self._lock:
            self._memories.pop(provider_id, None)

    async def aclose(self) -> None:
        """Cancels what is under way and closes the connections. Runs on the loop of `discover`."""
        flights, self._flights = list(self._flights.values()), {}
        for flight in flights:
            flight.task.cancel()
        await asyncio.gather(*(flight.task for flight in flights), return_exceptions=True)
        way, self._way = self._way, None
        if way is not None and self._loop is asyncio.get_running_loop():
            await way.aclose()

    def _memory(self, target: Target) -> Memory:
        """What is remembered of a provider as it is now; what was learned before a change is dropped."""
        now_known_by = fingerprint(target)
        with self._lock:
            memory = self._memories.get(target.provider_id)
            if memory is None or memory.fingerprint != now_known_by:
                memory = self._memories[target.provider_id] = Memory(now_known_by)
            return memory

    async def _ask(self, target: Target, memory: Memory) -> ModelList | Failure:
        """Joins the request that is under way, or sends one."""
        name = target.provider_id
        flight = self._flights.get(name)
        if flight is None or not flight.serves(memory):
            flight = _Flight(asyncio.ensure_future(self._fly(target, memory)), memory)
            self._flights[name] = flight
        flight.waiting += 1
        try:
            return await asyncio.shield(flight.task)
        finally:
            flight.waiting -= 1
            if flight.waiting == 0:  # answered, or nobody is left who wants the answer
                flight.task.cancel()
                if self._flights.get(name) is flight:
                    del self._flights[name]

    async def _fly(self, target: Target, memory: Memory) -> ModelList | Failure:
        """Sends the request and remembers what came of it, unless the provider was changed meanwhile."""
        from .endpoints import list_models

        _log.debug("asking %s for its models", target.name)
        try:
            listing = await list_models(
                self._own_way(),
                target,
                timeout_seconds=self.timeout_seconds,
                now=self._clock,
                before=memory.listing,
            )
        except Failure as failure:
            level = logging.WARNING if failure.is_answer else logging.DEBUG
            _log.log(level, "%s: %s: %s", target.name, failure.kind, failure.message)
            with self._lock:
                memory.failure = failure
                if failure.lock_seconds:
                    memory.locked_until = self._clock() + failure.lock_seconds
            return failure
        now = self._clock()
        models = self._list(target, listing, memory, now)
        with self._lock:
            if self._memories.get(target.provider_id) is memory:
                memory.keep(models, listing, now)
                return models
        return replace(models, warning="The provider was changed while this answer was on its way.")

    def _list(self, target: Target, listing: Listing, memory: Memory, now: float) -> ModelList:
        warnings = []
        if listing.skipped:
            verb = "was" if listing.skipped == 1 else "were"
            others = len(listing.models)
            warnings.append(
                f"{plural(listing.skipped, 'model')} without an id {verb} left out. "
                f"The other {others:,} {'is' if others == 1 else 'are'} fine."
            )
        if listing.has_more:
            warnings.append("The server speaks of more models than it listed.")
        warning = " ".join(warnings)
        if warning:
            _log.warning("%s: %s", target.name, warning)
        added, removed = _difference(memory, listing)
        return ModelList(
            models=tuple(listing.models.values()),
            provider_id=target.provider_id,
            provider_name=target.name,
            source="live",
            fetched_at=_utc(now),
            warning=warning,
            added=added,
            removed=removed,
        )

    def _error(self, provider_id: str, memory: Memory, failure: Failure) -> DiscoveryError:
        """A new error for one caller: the same one raised twice would gather both callers' tracebacks."""
        now = self._clock()
        held = memory.held
        if held is not None and not memory.is_fresh(now):
            held = replace(held, source="stale")
        return failure.as_error(provider_id, cached=held, retry_at=memory.retry_at(now), now=_utc(now))

    def _own_way(self) -> httpx.AsyncBaseTransport:
        """The warm connections of the running loop; a connection belongs to the loop that made it."""
        from .transport import open_transport

        loop = asyncio.get_running_loop()
        if self._way is None or self._loop is not loop:
            self._way, self._loop = open_transport(self._transport), loop
        return self._way


def _hit(memory: Memory, now: float) -> ModelList | None:
    """The list if it is fresh; it says so if its provider may not be asked anew before some time."""
    if memory.held is None or not memory.is_fresh(now):
        return None
    retry_at = memory.retry_at(now)
    return memory.held if retry_at is None else replace(memory.held, retry_at=retry_at)


def _stale(held: ModelList, error: DiscoveryError) -> ModelList:
    return replace(held, source="stale", warning=str(error), error=error, retry_at=error.retry_at)


def _difference(before: Memory, listing: Listing) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Which ids came and which went since the list before; nothing where there was none (MD-13)."""
    if before.listing is None or before.listing is listing:
        return (), ()
    old, new = before.listing.models, listing.models
    if old.keys() == new.keys():
        return (), ()
    added = tuple(model_id for model_id in new if model_id not in old)
    return added, tuple(model_id for model_id in old if model_id not in new)


def _utc(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
