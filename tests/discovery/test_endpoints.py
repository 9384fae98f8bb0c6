"""Requests, and pages that become one list."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from dispatch_widgets.discovery.listing import MAX_PAGES
from dispatch_widgets.errors import DiscoveryError

if TYPE_CHECKING:
    import respx


def _page(*ids: str, more: bool = False, last: Any = "") -> dict[str, Any]:
    return {
        "data": [{"type": "model", "id": each, "display_name": each.upper()} for each in ids],
        "has_more": more,
        "first_id": ids[0] if ids else None,
        "last_id": (ids[-1] if ids else None) if last == "" else last,
    }


@pytest.mark.req("MD-2")
@pytest.mark.parametrize(
    "base_url", ["https://llm.example.edu/v1", "https://llm.example.edu/v1/", "https://llm.example.edu/v1//"]
)
def test_openai_request(base_url: str, ask: Any, target: Any, mocked: Any, canary: str) -> None:
    """GET {base}/models with a bearer token (MD-2)."""
    server = mocked({"data": []})
    ask(target(base_url))
    (request,) = server.requests
    assert (request.method, str(request.url)) == ("GET", "https://llm.example.edu/v1/models")
    assert request.headers["authorization"] == f"Bearer {canary}"
    assert "x-api-key" not in request.headers
    assert request.headers["accept-encoding"] == "gzip, identity"
    assert request.headers["host"] == "llm.example.edu"


@pytest.mark.req("MD-1")
@pytest.mark.parametrize(
    "base_url", ["https://api.anthropic.com", "https://api.anthropic.com/", "https://api.anthropic.com/v1"]
)
def test_anthropic_request(base_url: str, ask: Any, target: Any, mocked: Any, canary: str) -> None:
    """GET {base}/v1/models with key and version headers, in pages of 1,000 (MD-1)."""
    server = mocked(_page("a"))
    ask(target(base_url, type="anthropic"))
    (request,) = server.requests
    assert str(request.url) == "https://api.anthropic.com/v1/models?limit=1000"
    assert request.headers["x-api-key"] == canary
    assert request.headers["anthropic-version"] == "2023-06-01"
    assert "authorization" not in request.headers


@pytest.mark.req("MD-1", "MD-4")
def test_all_pages_are_read(ask: Any, target: Any, mocked: Any) -> None:
    """All pages are read; all of Anthropic's models are chat models (MD-1)."""
    server = mocked(_page("a", "b&c", more=True), _page("d", more=True), _page("e"))
    models = ask(target(type="anthropic"))
    assert [model.id for model in models] == ["a", "b&c", "d", "e"]
    assert {model.capabilities for model in models} == {("chat",)}
    cursors = [request.url.params.get("after_id") for request in server.requests]
    assert cursors == [None, "b&c", "d"]


@pytest.mark.req("MD-1", "MD-5")
def test_the_first_of_several_wins_across_pages(ask: Any, target: Any, mocked: Any) -> None:
    """A model on two pages is listed once, from the first page (MD-5)."""
    again = {"data": [{"type": "model", "id": "a", "display_name": "Other"}], "has_more": False}
    mocked(_page("a", "b", more=True), again)
    models = ask(target(type="anthropic"))
    assert [(model.id, model.name) for model in models] == [("a", "A"), ("b", "B")]


@pytest.mark.req("MD-1")
@pytest.mark.parametrize("last", [None, 7])
def test_a_missing_cursor_is_the_last_models_id(last: Any, ask: Any, target: Any, mocked: Any) -> None:
    """If a gateway omits last_id, the last model's id is used (MD-1)."""
    server = mocked(_page("a", "b", more=True, last=last), _page("c"))
    models = ask(target(type="anthropic"))
    assert [model.id for model in models] == ["a", "b", "c"]
    assert server.requests[1].url.params["after_id"] == "b"


@pytest.mark.req("MD-1")
def test_an_empty_last_page_ends_the_list(ask: Any, target: Any, mocked: Any) -> None:
    """has_more without anything to go on from is the end (MD-1)."""
    mocked(_page("a", more=True), _page(more=True, last=None))
    models = ask(target(type="anthropic"))
    assert [model.id for model in models] == ["a"]


@pytest.mark.req("MD-1")
def test_a_repeating_cursor_is_an_error(ask: Any, target: Any, mocked: Any) -> None:
    """A repeated cursor is an error, not an endless loop or a partial list (MD-1)."""
    server = mocked(_page("a", more=True))
    with pytest.raises(DiscoveryError) as caught:
        ask(target(type="anthropic"))
    assert caught.value.kind == "MALFORMED"
    assert len(server.requests) == 2


@pytest.mark.req("MD-1")
@pytest.mark.parametrize(
    ("pages", "words"),
    [
        ([_page("a", more=True)], "has no end: the same page came twice."),
        (
            [_page("a", more=True), _page("b", more=True, last="a")],
            "has no end: the same last_id came twice.",
        ),
        (
            [_page("a", more=True, last=None)],
            "says that there is more (has_more), but not from where (last_id).",
        ),
    ],
)
def test_why_a_list_cannot_be_read_to_its_end(
    pages: list[Any], words: str, ask: Any, target: Any, mocked: Any
) -> None:
    """The error says what repeats: the page, or its last_id, or that last_id is missing (MD-1)."""
    mocked(*pages)
    with pytest.raises(DiscoveryError) as caught:
        ask(target(type="anthropic"))
    assert caught.value.message == f"The list at llm.example.edu {words}"


@pytest.mark.req("MD-11", "MD-14")
@pytest.mark.parametrize("base_url", ["https://llm.example.edu", "https://llm.example.edu/v1"])
@pytest.mark.parametrize("answer", [404, "<html>hello</html>", {"status": "ok"}])
def test_an_anthropic_base_url_is_not_sent_in_a_circle(
    base_url: str, answer: Any, ask_kind: Any, target: Any, mocked: Any
) -> None:
    """For Anthropic, where /v1 is always added, the hint is about the type instead (MD-11)."""
    mocked(answer)
    _, told = ask_kind(target(base_url, type="anthropic"))
    error = told if isinstance(told, DiscoveryError) else told.error
    assert "/v1 at its end" not in error.hint
    assert "`/v1/models` is added to it" in error.hint
    assert "`openai-compatible`" in error.hint
    assert "limit=" not in str(error)
    mocked(answer)
    _, told = ask_kind(target("https://llm.example.edu"))
    assert "/v1 at its end" in str(told if isinstance(told, DiscoveryError) else told.error)


@pytest.mark.req("MD-1")
def test_pages_are_bounded(ask: Any, target: Any, respx_mock: respx.MockRouter) -> None:
    """An endless list is an error (MD-1)."""
    sent = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, json=_page(f"m{len(sent)}", more=True))

    respx_mock.route().mock(side_effect=answer)
    with pytest.raises(DiscoveryError) as caught:
        ask(target(type="anthropic"))
    assert caught.value.kind == "MALFORMED"
    assert len(sent) == MAX_PAGES


@pytest.mark.req("MD-1")
@pytest.mark.parametrize("second", [500, 401, httpx.ReadError("reset"), httpx.ReadTimeout("slow")])
def test_a_failed_page_gives_no_partial_list(second: Any, ask: Any, target: Any, mocked: Any) -> None:
    """If any page fails, no models are returned (MD-1)."""
    mocked(_page("a", more=True), second)
    with pytest.raises(DiscoveryError):
        ask(target(type="anthropic"))


@pytest.mark.req("MD-1", "MD-11")
def test_a_malformed_page_gives_no_partial_list(ask: Any, target: Any, mocked: Any) -> None:
    """If a later page is not a list, the whole result is none (MD-11)."""
    mocked(_page("a", more=True), "<html>")
    models = ask(target(type="anthropic"))
    assert (len(models), models.error.kind) == (0, "MALFORMED")


@pytest.mark.req("MD-11")
def test_a_list_that_says_there_is_more_has_a_warning(ask: Any, target: Any, mocked: Any) -> None:
    """If an OpenAI-compatible list says that there is more, without saying how, there is a warning."""
    mocked({"data": [{"id": "a"}], "has_more": True})
    models = ask(target())
    assert len(models) == 1
    assert "more models than it listed" in models.warning


@pytest.mark.req("MD-15")
@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        (
            [{"error": {"message": "API key not valid", "code": 400}}],
            "INVALID_CREDENTIALS",
            "API key not valid",
        ),
        ({"data": [{"error": "You have no credit left"}]}, "QUOTA", "no credit"),
        ('data: {"error": {"message": "Rate limit exceeded"}}\n\n', "RATE_LIMITED", "Rate limit exceeded"),
        ("invalid api key", "INVALID_CREDENTIALS", "invalid api key"),
        ("<error><message>Token expired</message></error>", "INVALID_CREDENTIALS", "Token expired"),
    ],
)
def test_an_error_in_a_success_is_told_in_its_words(  # noqa: PLR0917 - pytest's arguments
    body: Any, kind: str, words: str, ask: Any, target: Any, mocked: Any
) -> None:
    """An error in a 200 is one in a list, as a stream, as text and as XML too (MD-15)."""
    mocked(body)
    with pytest.raises(DiscoveryError) as caught:
        ask(target())
    assert caught.value.kind == kind
    assert words in caught.value.message


@pytest.mark.req("MD-11", "MD-15")
def test_a_page_in_place_of_a_list_is_named(ask: Any, target: Any, mocked: Any) -> None:
    """Which page came tells where the base URL leads: to a login, say (MD-11)."""
    mocked("<html><head><title>Sign in to your account</title></head></html>")
    assert "a web page (“Sign in to your account”)" in ask(target()).warning


@pytest.mark.req("MD-11")
def test_what_is_no_text_is_not_quoted(ask: Any, target: Any, mocked: Any) -> None:
    """Bytes that are no text, such as compressed ones that nothing names so, are not shown (MD-11)."""
    mocked(httpx.Response(200, content=gzip.compress(b'{"data": []}')))
    warning = ask(target()).warning
    assert "not with a list of models" in warning
    assert "(“" not in warning


@pytest.mark.req("MD-5")
def test_a_model_whose_entry_speaks_of_an_error_is_a_model(ask: Any, target: Any, mocked: Any) -> None:
    """Entries with an id are models, whatever else they say; those without are left out (MD-5)."""
    mocked({"data": [{"error": "no key for x"}, {"id": "a", "error": "x"}]})
    assert [model.id for model in ask(target())] == ["a"]


@pytest.mark.req("MD-11")
def test_entries_without_any_model_are_no_list(ask: Any, target: Any, mocked: Any) -> None:
    """A list without any model is malformed (MD-11)."""
    mocked({"data": [{"title": "a"}, {"title": "b"}]})
    models = ask(target())
    assert (len(models), models.error.kind) == (0, "MALFORMED")
    assert "2 entries, none of them with an id" in models.warning


@pytest.mark.req("MD-14")
@pytest.mark.parametrize("first", [404, "<html>hello</html>", {"status": "ok"}, ""])
def test_v1_is_suggested_when_it_answers(first: Any, ask: Any, target: Any, mocked: Any) -> None:
    """If {base}/models is no list but {base}/v1/models is, the error suggests that base URL (MD-14)."""
    server = mocked(first, {"data": [{"id": "a"}, {"id": "b"}]})
    try:
        error = ask(target("https://llm.example.edu")).error
    except DiscoveryError as raised:
        error = raised
    assert error.suggested_base_url == "https://llm.example.edu/v1"
    assert "https://llm.example.edu/v1/models does answer with 2 models" in error.hint
    assert [str(request.url) for request in server.requests] == [
        "https://llm.example.edu/models",
        "https://llm.example.edu/v1/models",
    ]


@pytest.mark.req("MD-14", "MD-16")
@pytest.mark.parametrize("status", [404, 405, 410, 501])
@pytest.mark.parametrize("words", ["Invalid API key", "Rate limit reached", "Permission denied"])
def test_v1_and_typing_by_hand_are_offered_whatever_a_404_says(
    status: int, words: str, ask: Any, target: Any, mocked: Any
) -> None:
    """If there is no list, /v1 is suggested, or to type a model id, whatever the kind (MD-14, MD-16)."""
    refused = httpx.Response(status, json={"error": {"message": words}})
    mocked(refused, {"data": [{"id": "a"}]})
    with pytest.raises(DiscoveryError) as caught:
        ask(target("https://llm.example.edu"), timeout_seconds=5)
    assert caught.value.suggested_base_url == "https://llm.example.edu/v1"
    mocked(refused)
    with pytest.raises(DiscoveryError) as caught:
        ask(target())
    assert caught.value.kind != "HTTP_STATUS"
    assert "Some servers have no list: then type a model id by hand." in caught.value.hint


@pytest.mark.req("MD-14")
@pytest.mark.parametrize(
    ("answers", "suggested"),
    [
        ((404, {"data": [{"id": "a"}]}), "https://llm.example.edu"),
        ((404, 404, {"data": [{"id": "a"}]}), "https://llm.example.edu/v1"),
        ((404, 404), None),
    ],
)
def test_a_models_that_was_kept_is_offered_without_it(
    answers: tuple[Any, ...], suggested: str | None, ask: Any, target: Any, mocked: Any
) -> None:
    """If the whole path is /models and the list is found without it, that base URL is suggested (MD-14)."""
    server = mocked(*answers)
    with pytest.raises(DiscoveryError) as caught:
        ask(target("https://llm.example.edu/models"))
    assert caught.value.suggested_base_url == suggested
    assert ("leave /models out" in caught.value.hint) is (suggested is not None)
    assert str(server.requests[0].url) == "https://llm.example.edu/models/models"


_CLOUDFLARE = {
    "result": None,
    "success": False,
    "errors": [{"code": 7001, "message": "GET not supported for requested URI."}],
    "messages": [],
}


@pytest.mark.req("MD-16")
@pytest.mark.parametrize("type_", ["openai-compatible", "anthropic"])
@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(404, json={"detail": "Not Found"}),  # MLflow's gateway
        httpx.Response(404, html="<html>The requested URL was not found</html>"),  # Vertex AI
        httpx.Response(404, json={"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "No such endpoint."}),
        httpx.Response(405, json=_CLOUDFLARE),  # https://github.com/sigoden/aichat/issues/1000
        405,
        501,
        "<html>hello</html>",
        {"status": "ok"},
        {"data": [{"title": "a"}]},
    ],
)
def test_without_a_list_the_hint_is_to_type_an_id(
    answer: Any, type_: str, ask_kind: Any, target: Any, mocked: Any
) -> None:
    """404, 405, 501 and lists without anything usable say that an id can be typed by hand (MD-16)."""
    mocked(answer)
    _, told = ask_kind(target(type=type_))
    error = told if isinstance(told, DiscoveryError) else told.error
    assert "Some servers have no list: then type a model id by hand." in error.hint
    assert "Nothing to change" not in str(error)
    if not isinstance(told, DiscoveryError):
        assert "by hand" in told.warning


@pytest.mark.req("MD-16")
@pytest.mark.parametrize("answer", [500, 503, 429, 402, httpx.ReadTimeout("slow"), httpx.ConnectError("no")])
def test_trouble_is_not_taken_for_a_server_without_a_list(
    answer: Any, ask_kind: Any, target: Any, mocked: Any
) -> None:
    """Other failures do not mention servers without a list (MD-16)."""
    mocked(answer)
    _, error = ask_kind(target())
    assert "have no list" not in str(error)


@pytest.mark.req("MD-14")
@pytest.mark.parametrize(
    ("base_url", "kind", "answers", "requests"),
    [
        ("https://llm.example.edu/v1", "openai-compatible", (404,), 1),
        ("https://llm.example.edu", "openai-compatible", (404,), 2),
        ("https://llm.example.edu", "openai-compatible", (404, {"data": []}), 2),
        ("https://llm.example.edu", "openai-compatible", (401,), 1),
        ("https://llm.example.edu", "openai-compatible", (500,), 1),
        ("https://llm.example.edu", "anthropic", (404,), 1),
    ],
)
def test_nothing_is_suggested_that_does_not_answer(  # noqa: PLR0917
    base_url: str, kind: str, answers: tuple[Any, ...], requests: int, ask: Any, target: Any, mocked: Any
) -> None:
    """Without a list at /v1 nothing is suggested, and no other host gets a request (MD-14)."""
    server = mocked(*answers)
    with pytest.raises(DiscoveryError) as caught:
        ask(target(base_url, type=kind))
    assert caught.value.suggested_base_url is None
    assert len(server.requests) == requests
    assert {request.url.host for request in server.requests} == {"llm.example.edu"}


@pytest.mark.req("SEC-3", "SEC-5")
@pytest.mark.parametrize(
    "key", ["", "  ", "a b", "a\nb", "a\r\nX-Evil: 1", "k\u200bey", "schlüssel", "a\x00b", "•••"]
)
def test_a_key_that_cannot_be_sent_is_not(key: str, ask: Any, target: Any, mocked: Any) -> None:
    """A key with blanks, line breaks or foreign characters is refused before any request (SEC-3)."""
    server = mocked({"data": []})
    with pytest.raises(DiscoveryError) as caught:
        ask(target(api_key=key))
    assert caught.value.kind == "INVALID_CREDENTIALS"
    assert server.requests == []
    assert len(key.strip()) < 2 or key not in str(caught.value)


@pytest.mark.req("MD-14", "SEC-5")
@pytest.mark.parametrize(
    "base_url",
    [
        "https://me:secret@llm.example.edu/v1",
        "http://localhost:99999/v1",
        "ftp://x/v1",
        "nonsense",
        "",
        "http://[::1/v1",
    ],
)
def test_an_invalid_base_url_is_not_requested(base_url: str, ask: Any, target: Any, mocked: Any) -> None:
    """User info, a port out of range and other schemes never reach the network (MD-14)."""
    server = mocked({"data": []})
    with pytest.raises(DiscoveryError) as caught:
        ask(target(base_url))
    assert server.requests == []
    assert "secret" not in str(caught.value)


def test_cookies_are_not_kept(ask: Any, target: Any, mocked: Any) -> None:
    """Cookies of one account are not sent for another one at the same host."""
    server = mocked(httpx.Response(200, headers={"set-cookie": "session=1"}, content=json.dumps([]).encode()))
    ask(target(), target())
    assert len(server.requests) == 2
    assert all("cookie" not in request.headers for request in server.requests)


@pytest.mark.req("SEC-1")
def test_a_netrc_file_is_not_read(
    ask: Any, target: Any, mocked: Any, canary: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A login in the user's .netrc does not replace the key."""
    netrc = Path.home() / ".netrc"
    netrc.write_text("machine llm.example.edu login me password hunter2\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    server = mocked({"data": []})
    ask(target())
    ask(target("https://api.example.edu", type="anthropic"))
    assert server.requests[0].headers["authorization"] == f"Bearer {canary}"
    assert "authorization" not in server.requests[1].headers


@pytest.mark.req("SEC-5", "MD-15")
@pytest.mark.parametrize(
    "location",
    ["/elsewhere", "http://[::1", "http://x:99999/", "file:///etc/passwd", "http://u:p@x.example/", "\x80"],
)
def test_a_redirect_is_reported_whatever_its_target(
    location: str, ask: Any, target: Any, mocked: Any
) -> None:
    """A redirect's status counts also if its Location is invalid, and no request follows it (SEC-5)."""
    headers = [(b"location", location.encode("latin-1"))]
    server = mocked(httpx.Response(302, headers=headers))
    with pytest.raises(DiscoveryError) as caught:
        ask(target())
    assert (caught.value.kind, caught.value.status) == ("REDIRECT", 302)
    assert len(server.requests) == 1


@pytest.mark.req("MD-8", "MD-11", "MD-5")
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"success": False, "message": "invalid token", "data": None}, "INVALID_CREDENTIALS"),
        ({"data": [], "error": {"code": "invalid_api_key"}}, "INVALID_CREDENTIALS"),
        ({"code": 401, "msg": "no", "data": []}, "INVALID_CREDENTIALS"),
        ({"data": None, "error": {"code": 503, "message": "busy"}}, "HTTP_STATUS"),
        ({"data": None, "error": None}, None),
        ({"data": [], "code": 0, "success": True}, None),
        ({"data": [{"id": "a"}], "error": {"message": "one backend is away"}}, None),
    ],
)
def test_an_error_with_an_empty_list_beside_it_is_no_list(
    body: Any, kind: str | None, ask_kind: Any, target: Any, mocked: Any
) -> None:
    """A 200 with an error beside an empty list is not taken for "no models" (MD-8, MD-11)."""
    mocked(body)
    found, told = ask_kind(target())
    assert found == kind
    if kind is None:
        assert told.warning == ""
        assert len(told) == len(body["data"] or ())
