"""Several callers, several providers, and late responses (MD-12, PM-3)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from dispatch_widgets.discovery.discoverer import Discoverer

ONE = {"data": [{"id": "a", "object": "model", "created": 1, "owned_by": "x"}]}
TWO = {"data": [{"id": "b"}, {"id": "a"}]}


@pytest.mark.req("PM-3")
@pytest.mark.parametrize("forget", [True, False])
def test_a_late_answer_is_thrown_away(forget: bool, run: Any, target: Any, mocked: Any) -> None:
    """The response to a request before a change is not cached, in whatever order (PM-3)."""

    async def work() -> None:
        server = mocked(ONE, TWO)
        server.gate = asyncio.Event()
        discoverer = Discoverer()
        old = asyncio.ensure_future(discoverer.discover(target()))
        await asyncio.sleep(0.01)
        if forget:
            discoverer.book.forget("p")
        new = asyncio.ensure_future(discoverer.discover(target(api_key="sk-new-key-0000000000")))
        await asyncio.sleep(0.01)
        server.gate.set()
        assert [model.id for model in await new] == ["b", "a"]
        assert "changed while" in (await old).warning
        assert discoverer.book.cached(target()) is None
        assert len(discoverer.book.cached(target(api_key="sk-new-key-0000000000"))) == 2

    run(work())


@pytest.mark.req("MD-12")
def test_callers_share_one_request(run: Any, target: Any, mocked: Any) -> None:
    """Concurrent callers, forced or not, share one request (MD-12)."""

    async def work() -> None:
        server = mocked(ONE)
        discoverer = Discoverer()
        lists = await asyncio.gather(
            *(discoverer.discover(target(), force_refresh=bool(number % 2)) for number in range(10))
        )
        assert len(server.requests) == 1
        assert all(each is lists[0] for each in lists)
        assert not discoverer.book.is_asking("p")

    run(work())


@pytest.mark.req("MD-12")
def test_errors_are_shared_but_not_the_object(run: Any, target: Any, mocked: Any) -> None:
    """Callers that share a failing request get an error object each (MD-12)."""

    async def work() -> None:
        server = mocked(401)
        discoverer = Discoverer()
        errors = await asyncio.gather(
            *(discoverer.discover(target()) for _ in range(3)), return_exceptions=True
        )
        assert len(server.requests) == 1
        assert len({id(error) for error in errors}) == 3
        assert {error.kind for error in errors} == {"INVALID_CREDENTIALS"}

    run(work())


@pytest.mark.req("MD-12")
def test_a_cancelled_caller_leaves_the_request_to_the_others(run: Any, target: Any, mocked: Any) -> None:
    """Cancelling one of two callers does not cancel the other; the last one's cancels the request (MD-12)."""

    async def work() -> None:
        server = mocked(ONE)
        server.gate = asyncio.Event()
        discoverer = Discoverer()
        first, second = (asyncio.ensure_future(discoverer.discover(target())) for _ in range(2))
        await asyncio.sleep(0.01)
        first.cancel()
        await asyncio.sleep(0.01)
        assert discoverer.book.is_asking("p")
        server.gate.set()
        assert len(await second) == 1
        assert first.cancelled()

        server.gate = asyncio.Event()
        alone = asyncio.ensure_future(discoverer.discover(target(), force_refresh=True))
        await asyncio.sleep(0.01)
        alone.cancel()
        await asyncio.gather(alone, return_exceptions=True)
        assert not discoverer.book.is_asking("p")
        server.gate.set()
        assert (await discoverer.discover(target(), force_refresh=True)).source == "live"
        assert len(server.requests) == 3

    run(work())
