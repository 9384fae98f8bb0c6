"""Rate limits: refresh is off until they end, or until the user unlocks it (MD-10)."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from dispatch_widgets.discovery.discoverer import Discoverer
from dispatch_widgets.discovery.failures import at_moment
from dispatch_widgets.errors import DiscoveryError

ONE = {"data": [{"id": "a", "object": "model", "created": 1, "owned_by": "x"}]}
TWO = {"data": [{"id": "b"}, {"id": "a"}]}
HOUR = 3600.0


@pytest.mark.req("MD-10")
@pytest.mark.parametrize(("retry_after", "hours"), [(None, 1), ("7200", 2), ("99999999", 24), ("-1", 1)])
def test_a_rate_limit_turns_refresh_off(  # noqa: PLR0917
    retry_after: str | None, hours: float, run: Any, target: Any, mocked: Any, clock: Any
) -> None:
    """After a 429 no request is sent until the stated time (MD-10)."""

    async def work() -> None:
        refused = httpx.Response(429, headers={"retry-after": retry_after} if retry_after else {})
        server = mocked(ONE, refused, TWO)
        discoverer = Discoverer(clock=clock)
        await discoverer.discover(target())
        ends = datetime.fromtimestamp(clock.now + hours * HOUR, UTC)
        limited = await discoverer.discover(target(), force_refresh=True)
        assert (limited.source, limited.retry_at, limited.error.retry_at) == ("stale", ends, ends)
        clock.now += hours * HOUR - 1
        again = await discoverer.discover(target(), force_refresh=True)
        assert (again.source, again.error.kind, again.retry_at) == ("stale", "RATE_LIMITED", ends)
        assert discoverer.book.retry_at("p") == ends
        assert len(server.requests) == 2
        clock.now += 1
        assert discoverer.book.retry_at("p") is None
        assert (await discoverer.discover(target(), force_refresh=True)).source == "live"

    run(work())


@pytest.mark.req("MD-10", "MD-15")
@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone of a process cannot be changed here")
@pytest.mark.parametrize(
    ("zone", "mark"), [("UTC0", "UTC"), ("JST-9", "UTC+9"), ("IST-5:30", "UTC+5:30"), ("NST3:30", "UTC-3:30")]
)
def test_times_of_day_say_their_zone(  # noqa: PLR0917
    zone: str, mark: str, ask: Any, target: Any, mocked: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The times in a warning have their zone (MD-10)."""
    try:
        with monkeypatch.context() as patch:
            patch.setenv("TZ", zone)
            time.tzset()
            here = datetime.fromtimestamp(clock.now, UTC).astimezone()
            mocked(ONE, 429)
            limited = ask(target(), target(), clock=clock)
    finally:
        time.tzset()
    assert f"You see the list from {here:%H:%M} {mark}. Refresh works again " in limited.warning
    assert f"at {here + timedelta(hours=1):%H:%M} {mark}. " in limited.warning


@pytest.mark.req("MD-10")
def test_a_rate_limit_without_a_list(run: Any, target: Any, mocked: Any, clock: Any) -> None:
    """Without a list a 429 raises the same error until it ends; unlocking allows a request (MD-10)."""

    async def work() -> None:
        server = mocked(429, ONE)
        discoverer = Discoverer(clock=clock)
        for _ in range(3):
            with pytest.raises(DiscoveryError) as caught:
                await discoverer.discover(target())
            assert caught.value.kind == "RATE_LIMITED"
            assert caught.value.retry_at - datetime.fromtimestamp(clock.now, UTC) == timedelta(hours=1)
        assert len(server.requests) == 1
        discoverer.book.unlock("p")
        assert discoverer.book.retry_at("p") is None
        assert discoverer.book.last_error("p") is None
        assert (await discoverer.discover(target())).source == "live"

    run(work())


@pytest.mark.req("MD-10")
@pytest.mark.parametrize("words", ["Rate limit reached", "You exceeded your current quota"])
@pytest.mark.parametrize("way", ["unlocked", "over"])
def test_the_last_error_names_no_lock_that_is_gone(  # noqa: PLR0917
    words: str, way: str, run: Any, target: Any, mocked: Any, clock: Any
) -> None:
    """After a lock was unlocked or has ended, the last error does not say when refresh works (MD-10)."""

    async def work() -> None:
        mocked(ONE, httpx.Response(429, json={"error": {"message": words}}))
        discoverer = Discoverer(clock=clock)
        await discoverer.discover(target())
        await discoverer.discover(target(), force_refresh=True)
        locked = discoverer.book.last_error("p")
        assert isinstance(locked, DiscoveryError)
        assert locked.retry_at is not None
        assert "Refresh works again" in locked.hint
        if way == "unlocked":
            discoverer.book.unlock("p")
        else:
            clock.now += HOUR + 1
        told = discoverer.book.last_error("p")
        if told is None:
            assert (way, locked.kind) == ("unlocked", "RATE_LIMITED")
        else:
            assert isinstance(told, DiscoveryError)
            assert (told.kind, told.message, told.retry_at) == (locked.kind, locked.message, None)
            assert "Refresh works again" not in told.hint

    run(work())


@pytest.mark.req("MD-10")
def test_a_fresh_list_is_a_hit_in_spite_of_a_rate_limit(
    run: Any, target: Any, mocked: Any, clock: Any
) -> None:
    """While refresh is off, an ordinary call returns the fresh list, with the time until when (MD-10)."""

    async def work() -> None:
        mocked(ONE, 429)
        discoverer = Discoverer(clock=clock)
        await discoverer.discover(target())
        limited = await discoverer.discover(target(), force_refresh=True)
        hit = await discoverer.discover(target())
        assert (hit.source, hit.retry_at) == ("cache", limited.retry_at)
        assert discoverer.book.cached(target()) == hit
        assert limited.retry_at is not None
        discoverer.book.unlock("p")
        assert (await discoverer.discover(target())).retry_at is None

    run(work())


@pytest.mark.req("MD-10")
def test_a_clock_set_back_does_not_lock_for_ever(run: Any, target: Any, mocked: Any, clock: Any) -> None:
    """A lock that is longer than the maximum counts as over (MD-10)."""

    async def work() -> None:
        mocked(429, ONE)
        discoverer = Discoverer(clock=clock)
        with pytest.raises(DiscoveryError):
            await discoverer.discover(target())
        clock.now -= 400 * 24 * HOUR
        assert (await discoverer.discover(target())).source == "live"

    run(work())


@pytest.mark.req("MD-10")
def test_a_time_on_the_next_day_is_tomorrow() -> None:
    """A future time is shown as a time of day, with "tomorrow" if it is not today."""
    noon = datetime(2026, 11, 28, 12).astimezone()
    assert at_moment(noon + timedelta(hours=1), noon).startswith("at 13:00 UTC")
    assert at_moment(noon + timedelta(hours=20), noon).startswith("tomorrow at 08:00 UTC")
