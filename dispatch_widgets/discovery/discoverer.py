"""Returns models from the cache or from the providers' servers, one request per provider (MD-6 to MD-15)."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from .._log import get_logger
from .._text import plural
from .book import PendingRequest, ProviderBook
from .failures import Failure
from .models import ModelList

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from .book import ProviderState
    from .models import Target
    from .parsing import Listing

DEFAULT_TIMEOUT_SECONDS = 10.0
"""The deadline of a request, in seconds of wall-clock time, name look-up included (MD-9)."""

_log = get_logger(__name__)


class Discoverer:
    """Requests the models of providers, and caches them.

    `discover` runs on one event loop; the book may be read from any thread.

    Args:
        timeout_seconds: The deadline of a request, in seconds of wall-clock time (MD-9).
        transport: An httpx transport in place of the network.
        clock: The wall clock, in seconds since 1970.
        book: Holds the results; a new one if None.
    """

    def __init__(
        self,
        *,
        timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], float] = time.time,
        book: ProviderBook | None = None,
    ) -> None:
        self.timeout_seconds = timeout_seconds
        self._transport = transport
        self.book = book or ProviderBook(clock)

    async def discover(self, target: Target, *, force_refresh: bool = False) -> ModelList:
        """Returns the models of a provider: from the cache if they are fresh, else from its server.

        Concurrent callers share one request; cancelling one does not cancel it for the others.

        Args:
            target: The provider.
            force_refresh: Send a request even if the cached list is fresh (MD-7).

        Returns:
            The list, with its source. After some failures, the previous list with ``warning`` and ``error``
            (MD-15).

        Raises:
            DiscoveryError: After the other failures (MD-15); ``cached`` is the previous list.
        """
        state = self.book.open(target)
        now = self.book.now()
        hit = None if force_refresh else state.hit(now)
        if hit is not None:
            return hit
        with self.book.asking(target.provider_id):
            locked = state.failure if state.retry_at(now) is not None else None
            outcome = locked or await self._ask(target, state)
            return outcome if isinstance(outcome, ModelList) else self._without_answer(target, state, outcome)

    def _without_answer(self, target: Target, state: ProviderState, failure: Failure) -> ModelList:
        """Returns the previous list after a failed request, or raises the error (MD-15)."""
        error = state.error = state.as_error(failure, target.provider_id, self.book.now())
        stale = state.stale(error) if failure.keeps_list else None
        if stale is not None:
            return stale
        if failure.is_answer:
            return ModelList(
                models=(),
                provider_id=target.provider_id,
                provider_name=target.name,
                fetched_at=_utc(self.book.now()),
                warning=str(error),
                error=error,
            )
        raise error

    async def _ask(self, target: Target, state: ProviderState) -> ModelList | Failure:
        """Joins the pending request for this state, or sends one."""
        pending = state.pending
        if pending is None or not pending.can_be_joined():
            pending = state.pending = PendingRequest(asyncio.ensure_future(self._request(target, state)))
        pending.waiting += 1
        try:
            return await asyncio.shield(pending.task)
        finally:
            pending.waiting -= 1
            if pending.waiting == 0:  # done, or all callers were cancelled
                pending.task.cancel()
                if state.pending is pending:
                    state.pending = None

    async def _request(self, target: Target, state: ProviderState) -> ModelList | Failure:
        """Sends a request and stores its result, unless the provider has changed meanwhile."""
        from .client import client_of_this_loop
        from .listing import list_models

        _log.debug("asking %s for its models", target.name)
        try:
            listing = await list_models(
                client_of_this_loop(self._transport),
                target,
                timeout_seconds=self.timeout_seconds,
                now=self.book.now,
                before=state.listing,
            )
        except Failure as failure:
            level = logging.WARNING if failure.is_answer else logging.DEBUG
            _log.log(level, "%s: %s: %s", target.name, failure.kind, failure.message)
            self.book.keep_failure(state, failure)
            return failure
        models = self._list(target, listing, state)
        if self.book.keep(target.provider_id, state, models, listing):
            return models
        return replace(models, warning="The provider was changed while this answer was on its way.")

    def _list(self, target: Target, listing: Listing, before: ProviderState) -> ModelList:
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
        added, removed = _difference(before, listing)
        return ModelList(
            models=tuple(listing.models.values()),
            provider_id=target.provider_id,
            provider_name=target.name,
            source="live",
            fetched_at=_utc(self.book.now()),
            warning=warning,
            added=added,
            removed=removed,
        )


def _difference(before: ProviderState, listing: Listing) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Returns the ids added and removed since the previous list; none if there was no list (MD-13)."""
    if before.listing is None or before.listing is listing:
        return (), ()
    old, new = before.listing.models, listing.models
    if old.keys() == new.keys():
        return (), ()
    added = tuple(model_id for model_id in new if model_id not in old)
    return added, tuple(model_id for model_id in old if model_id not in new)


def _utc(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
