"""Cache, rate limits, shared requests, and results (MD-6 to MD-15)."""

from __future__ import annotations

import asyncio
import logging
import re
import threading
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from dispatch_widgets.discovery.discoverer import Discoverer
from dispatch_widgets.errors import DiscoveryError

ONE = {"data": [{"id": "a", "object": "model", "created": 1, "owned_by": "x"}]}
TWO = {"data": [{"id": "b"}, {"id": "a"}]}
HOUR = 3600.0


# What the server does -> the kind, and whether a list from before is given back instead (MD-15).
TABLE = [
    (httpx.ReadTimeout("slow"), "TIMEOUT", True),
    (httpx.ConnectError("as a mock raises it"), "CONNECTION_REFUSED", True),
    (httpx.ProxyError("no"), "PROXY", True),
    (httpx.ReadError("reset"), "INTERRUPTED", True),
    (httpx.RemoteProtocolError("the end"), "INTERRUPTED", True),
    (RuntimeError("a bug somewhere"), "INTERRUPTED", True),
    (429, "RATE_LIMITED", True),
    (402, "QUOTA", True),
    (500, "HTTP_STATUS", True),
    (503, "HTTP_STATUS", True),
    (529, "HTTP_STATUS", True),
    ("<html>", "MALFORMED", True),
    ('{"data": [NaN]}', "MALFORMED", True),
    ({"status": "ok"}, "MALFORMED", True),
    (401, "INVALID_CREDENTIALS", False),
    (403, "HTTP_STATUS", False),
    (404, "HTTP_STATUS", False),
    (400, "HTTP_STATUS", False),
    (301, "REDIRECT", False),
    (308, "REDIRECT", False),
]


@pytest.mark.req("MD-15", "MD-9", "MD-8", "MD-10", "MD-11")
@pytest.mark.parametrize(("trouble", "kind", "keeps"), TABLE, ids=str)
def test_with_a_list_from_before(  # noqa: PLR0917
    trouble: Any, kind: str, keeps: bool, run: Any, target: Any, mocked: Any, clock: Any
) -> None:
    """After some failures a cached list is returned as stale; the others are raised with it (MD-15)."""

    async def work() -> None:
        mocked(ONE, trouble)
        discoverer = Discoverer(clock=clock)
        whom = target()
        first = await discoverer.discover(whom)
        clock.now += 2 * HOUR
        if keeps:
            again = await discoverer.discover(whom)
            error = again.error
            assert again.source == "stale"
            assert again.models == first.models
            assert again.fetched_at == first.fetched_at
            assert error.message in again.warning
            assert discoverer.book.peek(whom).error.kind == kind
        else:
            with pytest.raises(DiscoveryError) as caught:
                await discoverer.discover(whom)
            error = caught.value
        assert error.kind == kind
        assert error.cached.models == first.models
        assert error.cached.source == "stale"
        assert error.provider_id == "p"
        assert "{" not in str(error)
        assert discoverer.book.last_error("p").kind == kind

    run(work())


@pytest.mark.req("MD-15", "MD-11")
@pytest.mark.parametrize(("trouble", "kind", "keeps"), TABLE, ids=str)
def test_without_a_list_from_before(  # noqa: PLR0917
    trouble: Any, kind: str, keeps: bool, run: Any, target: Any, mocked: Any, clock: Any
) -> None:
    """Without a list the error is raised; a malformed response gives an empty, uncached list (MD-15)."""

    async def work() -> None:
        mocked(trouble)
        discoverer = Discoverer(clock=clock)
        whom = target()
        if kind == "MALFORMED":
            models = await discoverer.discover(whom)
            error = models.error
            assert len(models) == 0
            assert error.message in models.warning
            assert discoverer.book.cached(whom) is None
        else:
            with pytest.raises(DiscoveryError) as caught:
                await discoverer.discover(whom)
            error = caught.value
        assert error.kind == kind
        assert error.cached is None
        assert "You see the list" not in str(error)
        assert discoverer.book.peek(whom) is None

    run(work())


@pytest.mark.req("MD-6")
@pytest.mark.parametrize(
    ("seconds", "requests"),
    [(0, 1), (3599, 1), (3600, 2), (36_000, 2), (-60, 2)],
)
def test_a_list_is_fresh_for_an_hour(  # noqa: PLR0917
    seconds: float, requests: int, run: Any, target: Any, mocked: Any, clock: Any
) -> None:
    """A list under an hour old needs no request; after the clock was set back it counts as old (MD-6)."""

    async def work() -> None:
        server = mocked(ONE)
        discoverer = Discoverer(clock=clock)
        first = await discoverer.discover(target())
        clock.now += seconds
        again = await discoverer.discover(target())
        assert len(server.requests) == requests
        assert (first.source, again.source) == ("live", "cache" if requests == 1 else "live")
        assert again.models == first.models

    run(work())


@pytest.mark.req("MD-11")
@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("<html>", "Example: MALFORMED: llm.example.edu"),
        ({"status": "ok"}, "Example: MALFORMED: llm.example.edu"),
        ({"data": [{"id": "a"}, {"name": ""}]}, "Example: 1 model without an id was left out."),
    ],
    ids=["no JSON", "unknown shape", "no id"],
)
def test_what_an_answer_lacks_is_logged(  # noqa: PLR0917
    answer: Any, said: str, run: Any, target: Any, mocked: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Invalid JSON, an unknown shape and a model without an id are one log warning each (MD-11)."""

    async def work() -> None:
        mocked(answer)
        discoverer = Discoverer()
        await discoverer.discover(target())

    with caplog.at_level(logging.WARNING, "dispatch_widgets"):
        run(work())
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert record.getMessage().startswith(said)


@pytest.mark.req("MD-9")
def test_a_server_has_ten_seconds(target: Any, hurried: Any) -> None:
    """A request without a response times out after exactly 10 s of the loop's clock (MD-9)."""

    async def silence(_: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    async def work() -> float:
        discoverer = Discoverer(transport=httpx.MockTransport(silence))
        started = asyncio.get_running_loop().time()
        with pytest.raises(DiscoveryError, match="did not answer within 10 s") as caught:
            await discoverer.discover(target())
        assert caught.value.kind == "TIMEOUT"
        return asyncio.get_running_loop().time() - started

    assert hurried(work()) == pytest.approx(10)


@pytest.mark.req("MD-7")
def test_force_refresh(run: Any, target: Any, mocked: Any, clock: Any) -> None:
    """force_refresh sends a request despite a fresh list, and a new hour starts (MD-7)."""

    async def work() -> None:
        server = mocked(ONE, TWO)
        discoverer = Discoverer(clock=clock)
        await discoverer.discover(target())
        clock.now += HOUR - 1
        models = await discoverer.discover(target(), force_refresh=True)
        assert [model.id for model in models] == ["b", "a"]
        clock.now += HOUR - 1
        assert (await discoverer.discover(target())).source == "cache"
        assert len(server.requests) == 2

    run(work())


@pytest.mark.req("MD-7", "MD-11")
def test_a_failed_refresh_keeps_a_fresh_list_fresh(run: Any, target: Any, mocked: Any, clock: Any) -> None:
    """After a failed refresh the next ordinary call is still a cache hit (MD-11)."""

    async def work() -> None:
        mocked(ONE, "<html>", TWO)
        discoverer = Discoverer(clock=clock)
        await discoverer.discover(target())
        assert (await discoverer.discover(target(), force_refresh=True)).source == "stale"
        hit = await discoverer.discover(target())
        assert (hit.source, hit.warning, hit.error) == ("cache", "", None)
        assert discoverer.book.cached(target()) is hit
        assert discoverer.book.last_error("p").kind == "MALFORMED"
        await discoverer.discover(target(), force_refresh=True)
        assert discoverer.book.last_error("p") is None

    run(work())


@pytest.mark.req("MD-13")
def test_what_a_list_says_about_itself(run: Any, target: Any, mocked: Any, clock: Any) -> None:
    """A list is immutable and has its source, its time, and the ids added and removed (MD-13)."""

    async def work() -> None:
        mocked(ONE, TWO, ONE)
        discoverer = Discoverer(clock=clock)
        first = await discoverer.discover(target())
        assert (first.added, first.removed, first.warning, first.error) == ((), (), "", None)
        assert first.fetched_at == datetime.fromtimestamp(clock.now, UTC)
        assert (first.provider_id, first.provider_name) == ("p", "Example")
        second = await discoverer.discover(target(), force_refresh=True)
        assert (second.added, second.removed) == (("b",), ())
        third = await discoverer.discover(target(), force_refresh=True)
        assert (third.added, third.removed) == ((), ("b",))
        with pytest.raises(AttributeError):
            third.source = "live"

    run(work())


@pytest.mark.req("PM-3")
@pytest.mark.parametrize(
    "change",
    [{"api_key": "sk-another-key-000000"}, {"type": "anthropic"}, {"base_url": "https://other.example.net"}],
)
def test_a_changed_provider_starts_anew(change: Any, run: Any, target: Any, mocked: Any, clock: Any) -> None:
    """A new key, type or base URL drops list, error and rate limit (PM-3)."""

    async def work() -> None:
        mocked(ONE, 429, TWO)
        discoverer = Discoverer(clock=clock)
        await discoverer.discover(target())
        await discoverer.discover(target(), force_refresh=True)
        changed = target(**{"base_url": "https://llm.example.edu/v1", **change})
        assert discoverer.book.cached(changed) is None
        assert discoverer.book.peek(changed) is None
        models = await discoverer.discover(changed)
        assert (models.source, models.added, discoverer.book.retry_at("p")) == ("live", (), None)

    run(work())


@pytest.mark.req("PM-3")
def test_a_new_name_changes_nothing(run: Any, target: Any, mocked: Any) -> None:
    """Renaming a provider keeps its list."""

    async def work() -> None:
        mocked(ONE)
        discoverer = Discoverer()
        await discoverer.discover(target())
        assert (await discoverer.discover(target(name="Other"))).source == "cache"
        discoverer.book.forget("p")
        assert discoverer.book.cached(target()) is None

    run(work())


@pytest.mark.req("MD-6")
def test_the_memory_is_read_from_any_thread(run: Any, target: Any, mocked: Any) -> None:
    """Cached and peek answer in other threads while lists are being replaced."""

    async def work() -> None:
        mocked(ONE)
        discoverer = Discoverer()
        await discoverer.discover(target())
        stop = threading.Event()
        wrong: list[object] = []

        def read() -> None:
            while not stop.is_set():
                both = (discoverer.book.cached(target()), discoverer.book.peek(target()))
                wrong.extend(models for models in both if models is None or len(models) != 1)
                discoverer.book.last_error("p")
                discoverer.book.retry_at("p")

        reader = threading.Thread(target=read)
        reader.start()
        for _ in range(50):
            await discoverer.discover(target(), force_refresh=True)
        stop.set()
        reader.join()
        assert wrong == []

    run(work())


def test_debug_logs_name_each_request(
    run: Any, target: Any, mocked: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """At DEBUG the log names the provider of a request, and the exception if it fails."""
    mocked(httpx.ConnectError("no way"))
    discoverer = Discoverer()

    async def work() -> None:
        with pytest.raises(DiscoveryError):
            await discoverer.discover(target())

    with caplog.at_level(logging.DEBUG, "dispatch_widgets"):
        run(work())
    asked, failed, _ = [record.getMessage() for record in caplog.records]
    assert asked == "asking Example for its models"
    assert failed == "asking llm.example.edu failed with ConnectError"


def test_one_discoverer_outlives_a_loop(target: Any, mocked: Any) -> None:
    """A pending request of a stopped loop does not block one on the next loop."""
    server = mocked(ONE)
    server.gate = asyncio.Event()
    discoverer = Discoverer()
    stopped = asyncio.new_event_loop()
    left_behind = stopped.create_task(discoverer.discover(target()))

    async def until_asked() -> None:
        while not server.requests:  # noqa: ASYNC110 - the answers are in a list, which wakes nobody
            await asyncio.sleep(0)

    async def ask() -> Any:
        server.gate = None
        return await discoverer.discover(target())

    stopped.run_until_complete(until_asked())
    assert len(asyncio.run(ask())) == 1
    left_behind.cancel()
    stopped.run_until_complete(asyncio.gather(left_behind, return_exceptions=True))
    stopped.close()


@pytest.mark.req("MD-15")
def test_hints_mention_the_list(run: Any, target: Any, mocked: Any, clock: Any) -> None:
    """Hints say how old the list is, if there is one."""

    async def work() -> None:
        mocked(ONE, 500, 401, 429)
        discoverer = Discoverer(clock=clock)
        first = await discoverer.discover(target())
        seen = f"{first.fetched_at.astimezone():%H:%M}"
        server = await discoverer.discover(target(), force_refresh=True)
        assert re.search(rf"You see the list from {seen} UTC\S*\. Nothing to change here", server.error.hint)
        with pytest.raises(DiscoveryError) as caught:
            await discoverer.discover(target(), force_refresh=True)
        stays = rf"The list from {seen} UTC\S* stays; a model id can always be typed by hand\."
        assert re.search(stays, caught.value.hint)
        limited = await discoverer.discover(target(), force_refresh=True)
        assert "Refresh works again" in limited.error.hint

    run(work())


@pytest.mark.req("MD-7", "MD-13", "P-2")
def test_the_same_bytes_again_are_the_same_models(run: Any, target: Any, mocked: Any, clock: Any) -> None:
    """A response with the same bytes is a new live list of the same model objects (MD-7)."""
    rich = {"data": [{"id": "a", "context_length": 8192, "pricing": {"prompt": "0.1"}}, {"name": "no id"}]}
    changed = {"data": [{"id": "a", "context_length": 4096}, {"id": "b"}]}

    async def work() -> None:
        mocked(rich, rich, changed, 500)
        discoverer = Discoverer(clock=clock)
        first = await discoverer.discover(target())
        clock.now += HOUR
        again = await discoverer.discover(target(), force_refresh=True)
        assert again.models[0] is first.models[0]
        assert (again.source, again.added, again.removed) == ("live", (), ())
        assert again.warning == first.warning != ""
        assert again.fetched_at is not None
        assert first.fetched_at is not None
        assert (again.fetched_at - first.fetched_at).total_seconds() == HOUR
        newer = await discoverer.discover(target(), force_refresh=True)
        assert (newer.models[0].context_window, newer.added) == (4096, ("b",))

    run(work())


@pytest.mark.req("MD-1")
def test_a_later_page_that_was_once_the_whole_list_is_not_taken_for_it(
    run: Any, target: Any, mocked: Any
) -> None:
    """A list may grow from one page to two, and shrink again (MD-1)."""
    whole = {"data": [{"id": "claude-1"}], "has_more": False}
    first_page = {"data": [{"id": "claude-2"}], "has_more": True, "last_id": "claude-2"}

    async def work() -> None:
        server = mocked(whole, first_page, whole, first_page, whole, whole)
        discoverer = Discoverer()
        whom = target(type="anthropic")
        await discoverer.discover(whom)
        for _ in range(2):
            grown = await discoverer.discover(whom, force_refresh=True)
            assert [model.id for model in grown] == ["claude-2", "claude-1"]
        shrunk = await discoverer.discover(whom, force_refresh=True)
        assert ([model.id for model in shrunk], shrunk.removed) == (["claude-1"], ("claude-2",))
        assert len(server.requests) == 6

    run(work())
