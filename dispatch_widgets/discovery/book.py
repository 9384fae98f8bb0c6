"""The state of each provider: cached list, last error, rate limit, waiting callers (MD-6 to MD-10).

A state belongs to a fingerprint of type, base URL and key. When one of them changes, the state is dropped
(PM-3).
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
    import asyncio
    from collections.abc import Callable, Iterator

    from ..errors import DispatchError
    from .failures import Failure
    from .models import ModelList, Target
    from .parsing import Listing

CACHE_TTL_SECONDS = 3600.0
"""How long a list is fresh, in seconds of wall-clock time, so that sleep of a laptop counts (MD-6)."""

_SALT = os.urandom(16)  # so that fingerprints of keys are useless outside this process


def _fingerprint(target: Target) -> bytes:
    """Hashes type, base URL and key: a list is valid as long as all three stay the same (PM-3)."""
    parts = f"{target.type}\0{target.base_url.rstrip('/')}\0{target.api_key}"
    return hashlib.blake2b(parts.encode("utf-8", "surrogatepass"), key=_SALT, digest_size=16).digest()


@dataclass(slots=True)
class PendingRequest:
    """A request under way, and how many callers wait for it."""

    task: asyncio.Task[ModelList | Failure]
    waiting: int = 0

    def can_be_joined(self) -> bool:
        """Whether it is still under way, on the running loop rather than that of a process before a fork."""
        import asyncio

        return not self.task.done() and self.task.get_loop() is asyncio.get_running_loop()


@dataclass(slots=True, eq=False)
class ProviderState:
    """The state of one provider.

    Attributes:
        fingerprint: The fingerprint of the target that it was learned from.
        cached: The last good list, as a cache hit returns it.
        listing: The server's listing behind that list.
        fetched_at: When that list was received, in seconds since 1970.
        failure: The last failure since then.
        error: The last caller's error: that failure, or the reason why no request was sent.
        locked_until: When a rate limit ends, in seconds since 1970; 0 for none.
        pending: The request under way.
    """

    fingerprint: bytes
    cached: ModelList | None = None
    listing: Listing | None = None
    fetched_at: float = 0.0
    failure: Failure | None = None
    error: DispatchError | None = None
    locked_until: float = 0.0
    pending: PendingRequest | None = None

    def is_fresh(self, now: float) -> bool:
        """Whether the list is under an hour old; false after the clock was set back."""
        return self.cached is not None and 0 <= now - self.fetched_at < CACHE_TTL_SECONDS

    def retry_at(self, now: float) -> datetime | None:
        """Returns when a rate limit ends (UTC), None if there is none.

        A lock beyond the maximum means that the clock was set back, and counts as over.
        """
        left = self.locked_until - now
        return datetime.fromtimestamp(self.locked_until, UTC) if 0 < left <= LOCK_SECONDS_MAX else None

    def hit(self, now: float) -> ModelList | None:
        """Returns the list if it is fresh, with the end of a rate limit if there is one."""
        if self.cached is None or not self.is_fresh(now):
            return None
        retry_at = self.retry_at(now)
        return self.cached if retry_at is None else replace(self.cached, retry_at=retry_at)

    def as_error(self, failure: Failure, provider_id: str, now: float) -> DiscoveryError:
        """Makes an error for one caller; one error raised twice would collect both tracebacks."""
        cached = self.cached
        if cached is not None and not self.is_fresh(now):
            cached = replace(cached, source="stale")
        moment = datetime.fromtimestamp(now, UTC)
        return failure.as_error(provider_id, cached=cached, retry_at=self.retry_at(now), now=moment)

    def stale(self, error: DiscoveryError) -> ModelList | None:
        """Returns the list as stale, with the error of the failed request; None if there is no list."""
        if self.cached is None:
            return None
        return replace(self.cached, source="stale", warning=str(error), error=error, retry_at=error.retry_at)


class ProviderBook:
    """The states of all providers; thread-safe.

    Args:
        clock: The wall clock, in seconds since 1970.
        on_change: Called in any thread with a provider's id and ``asking`` (a first caller waits for it) or
            ``discovery`` (no caller waits any more, or its state has changed).
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
        """Returns the list if it is fresh."""
        with self._lock:
            state = self._matching(target)
            return None if state is None else state.hit(self.now())

    def peek(self, target: Target) -> ModelList | None:
        """Returns the list, fresh or stale."""
        with self._lock:
            state = self._matching(target)
            if state is None or state.cached is None:
                return None
            now = self.now()
            if state.failure is not None:
                return state.stale(state.as_error(state.failure, target.provider_id, now))
            return state.cached if state.is_fresh(now) else replace(state.cached, source="stale")

    def _matching(self, target: Target) -> ProviderState | None:
        """Returns the state if it belongs to this very target."""
        state = self._states.get(target.provider_id)
        if state is None or state.fingerprint != _fingerprint(target):
            return None
        if not isinstance(state.error, DiscoveryError):
            state.error = None  # the reason for not sending a request is gone, as there is a target
        return state

    def last_error(self, provider_id: str) -> DispatchError | None:
        """Returns the error of the last request, None if it succeeded."""
        state = self._states.get(provider_id)
        if state is None:
            return None
        failure, error = state.failure, state.error
        # Its hint names the end of a rate limit, which may have ended or been unlocked since.
        if failure is not None and isinstance(error, DiscoveryError) and error.retry_at is not None:
            return state.as_error(failure, provider_id, self.now())
        return error

    def retry_at(self, provider_id: str) -> datetime | None:
        """Returns when a rate limit ends (UTC), None if there is none."""
        state = self._states.get(provider_id)
        return state.retry_at(self.now()) if state is not None else None

    def is_asking(self, provider_id: str) -> bool:
        """Whether a request for a provider is under way."""
        return self._asking[provider_id] > 0

    # ---- asking

    @contextmanager
    def asking(self, provider_id: str) -> Iterator[None]:
        """Counts a waiting caller; the first and the last one are reported to `on_change`."""
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
        """Returns the state of a target, a new one if the provider has changed."""
        with self._lock:
            state = self._matching(target)
            if state is None:
                state = self._states[target.provider_id] = ProviderState(_fingerprint(target))
            return state

    # ---- results

    def keep(self, provider_id: str, state: ProviderState, models: ModelList, listing: Listing) -> bool:
        """Stores a new list unless the provider has changed since the request; returns whether it did."""
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
        """Stores a failure, and keeps the list."""
        with self._lock:
            state.failure = failure
            if failure.lock_seconds:
                state.locked_until = self.now() + failure.lock_seconds

    def keep_refusal(self, provider_id: str, error: DispatchError) -> None:
        """Stores the reason why no request could be sent, and keeps the state."""
        with self._lock:
            self._states.setdefault(provider_id, ProviderState(b"")).error = error

    def allow(self, provider_id: str) -> None:
        """Removes a provider's consent error, after the user consented (SEC-4)."""
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
        """Drops a provider's state; the response to a pending request is discarded (PM-3)."""
        with self._lock:
            self._states.pop(provider_id, None)
