"""Every fault of the demo server, over a real socket (MD-9, MD-11, SEC-7)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from dispatch_widgets.demo.faults import FAULT_NAMES
from dispatch_widgets.discovery.discoverer import Discoverer
from dispatch_widgets.errors import DiscoveryError

DEADLINE_SECONDS = 0.4
LISTED = None  # the right list, in spite of the fault

# Fault -> the kind of error; LISTED where the answer is a good list all the same.
EXPECTED = {
    "401": "INVALID_CREDENTIALS",
    "402": "QUOTA",
    "403": "HTTP_STATUS",
    "404": "HTTP_STATUS",
    "500": "HTTP_STATUS",
    "503": "HTTP_STATUS",
    "429": "RATE_LIMITED",
    "quota": "QUOTA",
    "echo-key": "INVALID_CREDENTIALS",
    "plain-text": "INVALID_CREDENTIALS",
    "slow": "TIMEOUT",
    "hang": "TIMEOUT",
    "drip-headers": "TIMEOUT",
    "drip-body": "TIMEOUT",
    "never-ends": "TIMEOUT",
    "reset": "INTERRUPTED",
    "reset-mid-body": "INTERRUPTED",
    "truncated": "INTERRUPTED",
    "truncated-chunks": "INTERRUPTED",
    "truncated-gzip": "INTERRUPTED",
    "close-silently": "INTERRUPTED",
    "not-http": "INTERRUPTED",  # a greeting, and the end: httpx keeps to itself what came
    "gzip": LISTED,
    "gzip-bomb": "TOO_LARGE",
    "wrong-encoding": "MALFORMED",
    "unknown-encoding": "MALFORMED",
    "wrong-charset": "MALFORMED",
    "huge": "TOO_LARGE",
    "huge-headers": "TOO_LARGE",
    "html": "MALFORMED",
    "empty": "MALFORMED",
    "empty-list": LISTED,
    "null-data": LISTED,
    "invalid-json": "MALFORMED",
    "not-a-list": "MALFORMED",
    "json-text": "INVALID_CREDENTIALS",
    "nan": "MALFORMED",
    "deep-json": "MALFORMED",
    "long-number": "MALFORMED",
    "key-error-200": "INVALID_CREDENTIALS",
    "redirect": "REDIRECT",
    "redirect-elsewhere": "REDIRECT",
    "missing-ids": LISTED,
    "hostile-names": LISTED,
}
PAGED = {
    "short-pages": LISTED,
    "failing-second-page": "HTTP_STATUS",
    "repeat-cursor": "MALFORMED",
    "endless-pages": "MALFORMED",
}
MODELS = {
    "gzip": 30,
    "empty-list": 0,
    "null-data": 0,
    "missing-ids": 2,
    "hostile-names": 7,
    "short-pages": 12,
}


def test_every_fault_is_expected() -> None:
    """Every fault of the demo server is in this file."""
    assert set(FAULT_NAMES) <= set(EXPECTED) | set(PAGED)


@pytest.mark.req("MD-8", "MD-9", "MD-10", "MD-11", "MD-15", "SEC-5", "SEC-7")
@pytest.mark.parametrize(("name", "kind"), [*EXPECTED.items(), *PAGED.items()])
def test_fault(name: str, kind: str | None, ask_kind: Any, target: Any, demo: Any) -> None:
    """Each fault ends within the deadline, as the right kind of error or as the right list (MD-15)."""
    options = {"seconds": 30} if name == "slow" else {}
    demo.play(name, **options)
    whom = target(demo.openai_base_url)
    if name in PAGED:
        whom = target(demo.anthropic_base_url, type="anthropic")
    met, outcome = ask_kind(whom, timeout_seconds=DEADLINE_SECONDS if kind == "TIMEOUT" else 20)
    assert met == kind
    if kind is LISTED:
        assert len(outcome) == MODELS[name]
    else:
        assert not isinstance(outcome, DiscoveryError) or outcome.cached is None
    assert demo.stray_requests == ()


@pytest.mark.req("MD-9")
@pytest.mark.parametrize("name", [name for name, kind in EXPECTED.items() if kind == "TIMEOUT"])
def test_the_deadline_ends_the_wait(name: str, run: Any, target: Any, demo: Any) -> None:
    """Of two that a provider keeps waiting the one with a fifth of the other's time ends first (MD-9)."""
    demo.play(name, **({"seconds": 30} if name == "slow" else {}))
    ended: list[int] = []

    async def work() -> None:
        discoverers = [Discoverer(timeout_seconds=DEADLINE_SECONDS * times) for times in (1, 5)]
        whom = target(demo.openai_base_url)
        waits = [asyncio.ensure_future(discoverer.discover(whom)) for discoverer in discoverers]
        for number, wait in enumerate(waits):
            wait.add_done_callback(lambda _, number=number: ended.append(number))
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        waits[1].cancel()
        await asyncio.gather(*waits, return_exceptions=True)

    run(work())
    assert ended == [0, 1]


@pytest.mark.req("MD-9", "MD-15")
@pytest.mark.parametrize(
    ("name", "stale"),
    [("reset-mid-body", True), ("truncated-gzip", True), ("html", True), ("500", True), ("401", False)],
)
def test_fault_with_a_list(name: str, stale: bool, run: Any, target: Any, demo: Any) -> None:
    """A previous list survives every fault, complete (MD-15)."""

    async def work() -> None:
        discoverer = Discoverer(timeout_seconds=10)
        whom = target(demo.openai_base_url)
        before = await discoverer.discover(whom)
        demo.play(name)
        if stale:
            after = await discoverer.discover(whom, force_refresh=True)
            assert (after.source, after.models) == ("stale", before.models)
        else:
            with pytest.raises(DiscoveryError) as caught:
                await discoverer.discover(whom, force_refresh=True)
            assert caught.value.cached.models == before.models
        demo.play(None)
        assert (await discoverer.discover(whom, force_refresh=True)).source == "live"

    run(work())


@pytest.mark.req("MD-9")
def test_nothing_answers(ask: Any, target: Any, demo: Any) -> None:
    """A port where nothing listens is a refused connection, with the start command for local servers."""
    port = demo.port
    demo.stop()
    with pytest.raises(DiscoveryError) as caught:
        ask(target(f"http://127.0.0.1:{port}/v1"))
    assert caught.value.kind == "CONNECTION_REFUSED"
    assert caught.value.message == f"Nothing answers on 127.0.0.1:{port}."
    assert "Start the server" in caught.value.hint


@pytest.mark.req("MD-12")
def test_a_hanging_provider_is_cancelled_at_once(run: Any, target: Any, demo: Any) -> None:
    """Cancelling a call cancels its request."""

    async def work() -> None:
        demo.play("hang")
        discoverer = Discoverer(timeout_seconds=600)
        asking = asyncio.ensure_future(discoverer.discover(target(demo.openai_base_url)))
        while not demo.requests:  # noqa: ASYNC110 - the server has no event to wait for
            await asyncio.sleep(0.01)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        while asyncio.all_tasks() != {asyncio.current_task()}:  # noqa: ASYNC110 - there is none
            await asyncio.sleep(0.01)

    run(work())


@pytest.mark.req("MD-6", "MD-12")
def test_requests_share_a_warm_connection(run: Any, target: Any, demo: Any) -> None:
    """Successive refreshes use one connection, also after an error response."""

    async def work() -> None:
        discoverer = Discoverer()
        whom = target(demo.openai_base_url)
        for _ in range(3):
            await discoverer.discover(whom, force_refresh=True)
        demo.play("401", times=1)
        with pytest.raises(DiscoveryError):
            await discoverer.discover(whom, force_refresh=True)
        await discoverer.discover(whom, force_refresh=True)
        assert demo.connections == 1

    run(work())
