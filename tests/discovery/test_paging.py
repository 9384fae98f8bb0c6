"""Pagination: documented kinds are followed, others cause a warning (MD-5)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dispatch_widgets.discovery.discoverer import Discoverer
from dispatch_widgets.discovery.paging import next_page
from dispatch_widgets.errors import DiscoveryError

if TYPE_CHECKING:
    import respx

URL = "https://llm.example.edu/v1/models"
GOES_ON = "The server speaks of more models than it listed."
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
WORDS = st.sampled_from(
    [
        "next",
        "links",
        "nextLink",
        "next_page_token",
        "nextPageToken",
        "has_more",
        "last_id",
        "continuationToken",
    ]
)


def _first(**said: Any) -> dict[str, Any]:
    return {"data": [{"id": "a"}], **said}


@pytest.mark.req("MD-5")
@pytest.mark.parametrize(
    ("first", "headers", "asked"),
    [
        ({"models": [{"name": "a"}], "next_page_token": "b/+="}, {}, f"{URL}?page_token=b%2F%2B%3D"),
        ({"models": [{"name": "a"}], "nextPageToken": "b"}, {}, f"{URL}?pageToken=b"),
        (_first(nextToken="b"), {}, f"{URL}?nextToken=b"),
        (_first(next_cursor="b", has_more=True), {}, f"{URL}?cursor=b"),
        (_first(has_more=True, last_id="a"), {}, f"{URL}?after=a"),
        (_first(next=f"{URL}?page=2"), {}, f"{URL}?page=2"),
        (_first(next={"href": "/v1/models?start=9"}), {}, f"{URL}?start=9"),
        (_first(links={"next": "?page=2"}), {}, f"{URL}?page=2"),
        (_first(_links={"next": {"href": "?page=2"}}), {}, f"{URL}?page=2"),
        (_first(nextLink=f"{URL}?skip=2"), {}, f"{URL}?skip=2"),
        # A server behind a proxy knows neither its scheme nor its port.
        (_first(next="http://llm.example.edu:8000/v1/models?page=2"), {}, f"{URL}?page=2"),
        ([{"id": "a"}], {"link": f'<{URL}?p=0>; rel="prev", <{URL}?p=2>; rel="next"'}, f"{URL}?p=2"),
    ],
)
def test_the_next_page_is_requested(  # noqa: PLR0917 - pytest's arguments
    first: Any, headers: dict[str, str], asked: str, ask: Any, target: Any, mocked: Any
) -> None:
    """A documented token, link or header leads to the next page (MD-5)."""
    server = mocked(httpx.Response(200, json=first, headers=headers), {"data": [{"id": "b"}]})
    models = ask(target())
    assert [model.id for model in models] == ["a", "b"]
    assert models.warning == ""
    assert [str(request.url) for request in server.requests] == [URL, asked]


@pytest.mark.req("MD-5")
@pytest.mark.parametrize(
    "said",
    [
        {"has_more": True},
        {"hasMore": True},
        {"continuationToken": "b"},
        {"continuation_token": "b"},
        {"nextCursor": "b"},
        {"next_page": 2},
        {"meta": {"next_cursor": "b"}},
        {"pagination": {"next": 2}},
        {"paging": {"has_more": True}},
        {"pageInfo": {"hasNextPage": True}},
        {"next": "https://elsewhere.example/models?page=2"},
        {"next": "http://[::1"},
        {"next": "file:///v1/models"},
        {"next": "b2Zmc2V0PTEwMA=="},
        {"next": "models-2"},
        {"next": 2},
        {"links": {"next": "b2Zmc2V0PTEwMA=="}},
    ],
)
def test_unknown_pagination_has_a_warning(said: dict[str, Any], ask: Any, target: Any, mocked: Any) -> None:
    """If the next page is at another host, or its URL is unknown, there is a warning (MD-5)."""
    server = mocked(_first(**said))
    models = ask(target())
    assert ([model.id for model in models], models.warning) == (["a"], GOES_ON)
    assert len(server.requests) == 1


@pytest.mark.req("MD-5")
@pytest.mark.parametrize(
    "said",
    [
        {"has_more": False},
        {"next": None},
        {"next_page_token": ""},
        {"links": {}},
        {"pagination": {"next": None, "has_more": False}},
        {"page": 1},
        {"last_id": "a"},
        {"total": 9},
    ],
)
def test_a_list_that_is_whole_is_not_warned_of(
    said: dict[str, Any], ask: Any, target: Any, mocked: Any
) -> None:
    """Fields that say there is no more end the list (MD-5)."""
    server = mocked(_first(**said))
    assert ask(target()).warning == ""
    assert len(server.requests) == 1


@pytest.mark.req("MD-5")
@pytest.mark.parametrize(
    "second",
    [
        _first(has_more=True, last_id="a"),
        400,
        404,
        httpx.Response(400, json={"error": {"message": "Invalid pagination token: after"}}),
        httpx.Response(403, json={"error": {"message": "You do not have permission to use after"}}),
        {"error": {"message": "Invalid pagination token: after"}},
    ],
)
def test_a_way_that_no_server_promises_costs_no_list(second: Any, ask: Any, target: Any, mocked: Any) -> None:
    """If `after`, which OpenAI documents for other lists, leads nowhere, the list is kept with a warning."""
    mocked(_first(has_more=True, last_id="a"), second)
    models = ask(target())
    assert ([model.id for model in models], models.warning) == (["a"], GOES_ON)


@pytest.mark.req("MD-5", "MD-10")
def test_a_rate_limit_counts_also_on_a_way_that_no_server_promises(
    ask_kind: Any, target: Any, mocked: Any
) -> None:
    """A 429 to the request for a page that is not promised sets the lock (MD-10)."""
    mocked(_first(has_more=True, last_id="a"), 429)
    kind, error = ask_kind(target())
    assert kind == "RATE_LIMITED"
    assert error.retry_at is not None


@pytest.mark.req("MD-11")
def test_a_page_that_comes_twice_is_counted_once(ask: Any, target: Any, mocked: Any) -> None:
    """Models without an id are counted once if a server sends the same page again (MD-11)."""
    page = {"data": [{"id": "a"}, {"title": "x"}], "has_more": True, "last_id": "a"}
    mocked(page)
    assert ask(target()).warning.startswith("1 model without an id was left out. The other 1 is fine.")


@pytest.mark.req("MD-1", "MD-5")
@pytest.mark.parametrize("second", [500, {"data": [{"id": "b"}], "next_page_token": "b"}])
def test_a_promised_page_that_fails_or_repeats_gives_no_partial_list(
    second: Any, ask: Any, target: Any, mocked: Any
) -> None:
    """A failed page fails the list, with every kind of pagination (MD-1)."""
    mocked(_first(next_page_token="b"), second)
    with pytest.raises(DiscoveryError) as caught:
        ask(target())
    assert second == 500 or caught.value.message.endswith("has no end: the same page came twice.")


@pytest.mark.req("MD-9")
def test_endless_pages_end_at_the_deadline(hurried: Any, target: Any, respx_mock: respx.MockRouter) -> None:
    """All pages share the time of one request, however fast each one is (MD-9)."""

    async def work() -> None:
        sent: list[str] = []

        async def answer(request: httpx.Request) -> httpx.Response:
            sent.append(str(request.url))
            await asyncio.sleep(0.3)
            return httpx.Response(200, json={"data": [{"id": f"m{len(sent)}"}], "next": f"?page={len(sent)}"})

        respx_mock.route().mock(side_effect=answer)
        discoverer = Discoverer(timeout_seconds=1)
        before = asyncio.get_running_loop().time()
        with pytest.raises(DiscoveryError) as caught:
            await discoverer.discover(target())
        assert caught.value.kind == "TIMEOUT"
        assert asyncio.get_running_loop().time() - before == pytest.approx(1)
        assert len(sent) == 4

    hurried(work())


@pytest.mark.req("SEC-8")
@given(JSON | st.dictionaries(WORDS, JSON | st.text("htps:/.?#@e[]", max_size=20), max_size=4), st.text())
@example({"next": "0\x1f"}, "")
@example({"next_page_token": "x" * 70_000}, "")
@example({"next": "/" + "x" * 70_000}, "")
def test_the_key_goes_to_no_other_host(document: Any, header: str) -> None:
    """Whatever a response says, the next page has the request's host and scheme (SEC-8)."""
    page = next_page(document, {"link": header}, URL, after="after")
    assert page.url == "" or httpx.URL(page.url).copy_with(path="/", query=None) == "https://llm.example.edu/"
