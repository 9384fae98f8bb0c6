"""What is remembered of a provider: its list, its last failure, its rate limit (MD-6, MD-7, MD-10).

All of it belongs to a fingerprint of type, base URL and key. When one of them changes, nothing that was
learned before holds any longer (PM-3).
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from .failures import LOCK_SECONDS_MAX

if TYPE_CHECKING:
    from .endpoints import Listing
    from .failures import Failure
    from .models import ModelList, Target

CACHE_TTL_SECONDS = 3600.0
"""How long a list is fresh, in seconds of wall time: a laptop that slept counts (MD-6)."""

_SALT = os.urandom(16)  # the fingerprint of a key is of no use outside this process


def fingerprint(target: Target) -> bytes:
    """What must stay the same for a list to stay valid: type, base URL and key (PM-3).

    Args:
        target: Whom to ask.
    """
    parts = f"{target.type}\0{target.base_url.rstrip('/')}\0{target.api_key}"
    return hashlib.blake2b(parts.encode("utf-8", "surrogatepass"), key=_SALT, digest_size=16).digest()


@dataclass(slots=True)
class Memory:
    """What is remembered of one provider.

    Attributes:
        fingerprint: Whom it was learned from.
        held: The last good list, in the form in which a cache hit gives it.
        listing: What the server listed then.
        fetched_at: When that list came, seconds since 1970.
        failure: The last failure since then.
        locked_until: Until when the provider is not asked, seconds since 1970; 0 for not locked.
    """

    fingerprint: bytes
    held: ModelList | None = None
    listing: Listing | None = None
    fetched_at: float = 0.0
    failure: Failure | None = None
    locked_until: float = 0.0

    def is_fresh(self, now: float) -> bool:
        """Whether the list is under an hour old. A clock that was set back makes it old."""
        return self.held is not None and 0 <= now - self.fetched_at < CACHE_TTL_SECONDS

    def retry_at(self, now: float) -> datetime | None:
        """When a rate limit ends (UTC), None if there is none.

        A lock that seems longer than can be is left from a clock that was set back, and is over.
        """
        left = self.locked_until - now
        return datetime.fromtimestamp(self.locked_until, UTC) if 0 < left <= LOCK_SECONDS_MAX else None

    def keep(self, models: ModelList, listing: Listing, now: float) -> None:
        """Takes a new list; whatever went wrong before is over."""
        self.held = replace(models, source="cache")
        self.listing = listing
        self.fetched_at = now
        self.failure = None
        self.locked_until = 0.0
