"""What is known of each provider: its list, what went wrong, its rate limit, who waits (MD-6 to MD-10).

What was learned belongs to a fingerprint of type, base URL and key. When one of them changes, nothing that
was learned before holds any longer (PM-3).
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from ..errors import ConsentNeededError, DiscoveryError
from .failures import LOCK_SECONDS_MAX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..errors import DispatchError
    from .failures import Failure
    from .models import ModelList, Target
    from .parsing import Listing

CACHE_TTL_SECONDS = 3600.0
"""How long a list is fresh, in seconds of wall time: a laptop that slept counts (MD-6)."""

_SALT = os.urandom(16)  # the fingerprint of a key is of no use outside this process


def _fingerprint(target: Target) -> bytes:
    """What must stay the same for a list to stay valid: type, base URL and key (PM-3)."""
    parts = f"{target.type}\0{target.base_url.rstrip('/')}\0{target.api_key}"
    return hashlib.blake2b(parts.encode("utf-8", "surrogatepass"), key=_SALT, digest_size=16).digest()


@dataclass(slots=True, eq=False)
class ProviderState:
    """What is known of one provider.

    Attributes:
        fingerprint: Whom it was learned from.
        cached: The last good list, in the form in which a cache hit gives it.
        listing: What the server listed then.
        fetched_at: When that list came, seconds since 1970.
        failure: The last failure since then.
        error: What the last caller was told went wrong: that failure, or why nothing could be asked at all.
        locked_until: Until when the provider is not asked, seconds since 1970; 0 for not locked.
    """

    fingerprint: bytes
    cached: ModelList | None = None
    listing: Listing | None = None
    fetched_at: float = 0.0
    failure: Failure | None = None
    error: DispatchError | None = None
    locked_until: float = 0.0

    def is_fresh(self, now: float) -> bool:
        """Whether the list is under an hour old. A clock that was set back makes it old."""
        return self.cached is not None and 0 <= now - self.fetched_at < CACHE_TTL_SECONDS

    def retry_at(self, now: float) -> datetime | None:
        """When a rate limit ends (UTC), None if there is none.

        A lock that seems longer than can be is left from a clock that was set back, and is over.
        """
        left = self.locked_until - now
        return datetime.fromtimestamp(self.locked_until, UTC) if 0 < left <= LOCK_SECONDS_MAX else None

    def hit(self, now: float) -> ModelList | None:
        """The list if it is fresh; it says so if its provider may not be asked anew before some time."""
        if self.cached is None or not self.is_fresh(now):
            return None
        retry_at = self.retry_at(now)
        return self.cached if retry_at is None else replace(self.cached, retry_at=retry_at)

    def as_error(self, failure: Failure, provider_id: str, now: float) -> DiscoveryError:
        """A new error for one caller: the same one raised twice would gather both callers' tracebacks."""
        cached = self.cached
        if cached is not None and not self.is_fresh(now):
            cached = replace(cached, source="stale")
        moment = datetime.fromtimestamp(now, UTC)
        return failure.as_error(provider_id, cached=cached, retry_at=self.retry_at(now), now=moment)

    def stale(self, error: DiscoveryError) -> ModelList | None:
        """The list, although asking failed; None where there is none."""
        if self.cached is None:
            return None
        return replace(self.cached, source="stale", warning=str(error), error=error, retry_at=error.retry_at)


class ProviderBook:
    """What is known of every provider. It may be used from any thread.

    Args:
        clock: The wall clock, seconds since 1970.
        on_change: Called, from whichever thread, with ``asking`` (a first caller waits for a provider) or
            ``discovery`` (none does any more, or what is known of it has changed) and the provider's id.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        on_change: Callable[[Literal["asking", "discovery"], str], None] = lambda _, __: None,
    ) -> None:
        self.now = clock
        self._on_change = on_change
        self._lock = threading.Lock()
        self._states: dict[str, ProviderState] = {}
        self._asking: Counter[str] = Counter()

    # ---- reading

    def cached(self, target: Target) -> ModelList | None:
        """The list, if there is a fresh one."""
        with self._lock:
            state = self._matching(target)
            return None if state is None else state.hit(self.now())

    def peek(self, target: Target) -> ModelList | None:
        """Whatever list is held, fresh or stale."""
        with self._lock:
            state = self._matching(target)
            if state is None or state.cached is None:
                return None
            now = self.now()
            if state.failure is not None:
                return state.stale(state.as_error(state.failure, target.provider_id, now))
            return state.cached if state.is_fresh(now) else replace(state.cached, source="stale")

    def _matching(self, target: Target) -> ProviderState | None:
        """The state that was learned from just this target."""
        state = self._states.get(target.provider_id)
        if state is None or state.fingerprint != _fingerprint(target):
            return None
        if not isinstance(state.error, DiscoveryError):
            state.error = None  # it could not be asked, and now there is a target
        return state

    def last_error(self, provider_id: str) -> DispatchError | None:
        """What went wrong when the provider was asked last, None if nothing did."""
        state = self._states.get(provider_id)
        return None if state is None else state.error

    def retry_at(self, provider_id: str) -> datetime | None:
        """When a rate-limited provider may be asked again (UTC), None if it may be asked now."""
        state = self._states.get(provider_id)
        return state.retry_at(self.now()) if state is not None else None

    def is_asking(self, provider_id: str) -> bool:
        """Whether a request for a provider is under way."""
        return self._asking[provider_id] > 0

    # ---- asking

    @contextmanager
    def asking(self, provider_id: str) -> Iterator[None]:
        """While a caller waits for a provider; who listens hears of the first one and of the last."""
        with self._lock:
            self._asking[provider_id] += 1
            is_first = self._asking[provider_id] == 1
        if is_first:
            self._on_change("asking", provider_id)
        try:
            yield
        finally:
            with self._lock:
                self._asking[provider_id] -= 1
                is_last = not self._asking[provider_id]
                if is_last:
                    del self._asking[provider_id]
            if is_last:
                self._on_change("discovery", provider_id)

    def open(self, target: Target) -> ProviderState:
        """The state of a provider as it is now; what was learned before a change is dropped."""
        with self._lock:
            state = self._matching(target)
            if state is None:
                state = self._states[target.provider_id] = ProviderState(_fingerprint(target))
            return state

    # ---- learning

    def keep(self, provider_id: str, state: ProviderState, models: ModelList, listing: Listing) -> bool:
        """Takes a new list, unless the provider was changed since it was asked; tells whether it did."""
        with self._lock:
            if self._states.get(provider_id) is not state:
                return False
            state.cached = replace(models, source="cache")
            state.listing = listing
            state.fetched_at = self.now()
            state.failure = state.error = None
            state.locked_until = 0.0
            return True

    def keep_failure(self, state: ProviderState, failure: Failure) -> None:
        """Takes a failure; the list stays."""
        with self._lock:
            state.failure = failure
            if failure.lock_seconds:
                state.locked_until = self.now() + failure.lock_seconds

    def keep_refusal(self, provider_id: str, error: DispatchError) -> None:
        """Takes the reason for which a provider could not be asked at all; what was learned before stays."""
        with self._lock:
            self._states.setdefault(provider_id, ProviderState(b"")).error = error

    def allow(self, provider_id: str) -> None:
        """Forgets that a provider could not be asked without a yes, now that there is one (SEC-4)."""
        with self._lock:
            state = self._states.get(provider_id)
            if state is not None and isinstance(state.error, ConsentNeededError):
                state.error = None
        self._on_change("discovery", provider_id)

    def unlock(self, provider_id: str) -> None:
        """Ends a provider's rate limit before its time (MD-10)."""
        with self._lock:
            state = self._states.get(provider_id)
            if state is not None:
                state.locked_until = 0.0
                if state.failure is not None and state.failure.kind == "RATE_LIMITED":
                    state.failure = None
                if isinstance(state.error, DiscoveryError) and state.error.kind == "RATE_LIMITED":
                    state.error = None
        self._on_change("discovery", provider_id)

    def forget(self, provider_id: str) -> None:
        """Drops all that is known of a provider; an answer still on its way is thrown away (PM-3)."""
        with self._lock:
            self._states.pop(provider_id, None)
