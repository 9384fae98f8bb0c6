"""The diagnosis of a provider: its steps and suggestions (MD-14)."""

from __future__ import annotations

import asyncio
import json
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from dispatch_widgets.discovery.diagnose import MAX_ATTEMPTS, Diagnosis, diagnose
from dispatch_widgets.discovery.known_ways import ANTHROPIC_ROOTS, AZURE_ROOTS, OPENAI_ROOTS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LIST = {"data": [{"id": "a"}, {"id": "b"}]}
UNUSABLE = {"data": [{"title": "a"}, {"title": "b"}]}
NOTHING_TO_CHANGE = "Nothing needs to be changed."


@pytest.fixture
def examine(run: Any, target: Any) -> Any:
    """Diagnoses a base URL."""

    def make(base_url: str, *, timeout_seconds: float = 5.0, **changes: Any) -> Diagnosis:
        whom = target(base_url, **changes)
        found: Diagnosis = run(diagnose(whom, timeout_seconds=timeout_seconds))
        return found

    return make


class Host:
    """A host with a list at some URLs only, at some only for a key in the right header."""

    def __init__(self, answers: Mapping[str, Any], *, otherwise: Any = 404, header: str = "") -> None:
        self.answers = answers
        self.otherwise = otherwise
        self.header = header
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.get(request.url.path, self.otherwise)
        if self.header and not request.headers.get(self.header):
            answer = httpx.Response(401, json={"error": {"message": f"Missing {self.header} header"}})
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx.Response):
            return answer
        return httpx.Response(answer) if isinstance(answer, int) else httpx.Response(200, json=answer)


@pytest.fixture
def examine_host(run: Any, target: Any) -> Callable[..., Diagnosis]:
    """Diagnoses a base URL of a `Host`."""

    def make(host: Host, base_url: str, **changes: Any) -> Diagnosis:
        found: Diagnosis = run(diagnose(target(base_url, **changes), transport=httpx.MockTransport(host)))
        return found

    return make


@pytest.mark.req("MD-9")
def test_each_request_has_ten_seconds(run: Any, target: Any) -> None:
    """The default time-out is 10 s (MD-9)."""

    def late(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("late", request=request)

    found = run(diagnose(target(), transport=httpx.MockTransport(late)))
    assert any("within 10 s" in step.text for step in found.steps)


@pytest.mark.req("MD-14")
def test_all_is_well(examine: Any, demo: Any) -> None:
    """A working base URL is reported step by step."""
    found = examine(demo.openai_base_url)
    assert found.ok
    assert [step.ok for step in found.steps] == [True, True]
    assert "answers with 30 models" in str(found)


@pytest.mark.req("MD-14")
def test_a_missing_v1(examine: Any, demo: Any) -> None:
    """If /v1 is missing, the working base URL is suggested (MD-14)."""
    found = examine(f"{demo.url}/openai")
    assert not found.ok
    assert found.suggested_base_url == demo.openai_base_url
    assert str(found).endswith(f"Take {demo.openai_base_url} as the base URL.")


@pytest.mark.req("MD-14")
def test_a_missing_v1_shows_also_with_a_wrong_key(examine: Any, demo: Any) -> None:
    """If the given URL has no list and another one refuses the key, the other one is suggested."""
    found = examine(f"{demo.url}/openai", api_key="sk-some-other-key-0123456789")
    assert not found.ok
    assert found.suggested_base_url == demo.openai_base_url
    assert found.suggestion.startswith("The base URL seems to miss /v1. ")
    assert "check the key" in found.suggestion
    assert str(found).count(f"{demo.openai_base_url}/models") == 1  # each step names its address once


@pytest.mark.req("MD-14")
def test_a_list_goes_before_a_refusal(examine: Any, mocked: Any) -> None:
    """A URL that lists models is preferred to one that refuses the key."""
    mocked(404, 401, {"data": [{"id": "a"}]})
    found = examine("https://llm.example.edu/chat")
    assert found.suggested_base_url == "https://llm.example.edu/v1"
    assert found.suggestion == "Take https://llm.example.edu/v1 as the base URL."


@pytest.mark.req("MD-14")
def test_too_much_path(examine: Any, mocked: Any) -> None:
    """For a base URL with too long a path, the host's root is tried too."""
    server = mocked(404, 404, {"data": [{"id": "a"}]})
    found = examine("https://llm.example.edu/chat/ui")
    assert found.suggested_base_url == "https://llm.example.edu/v1"
    assert [str(request.url) for request in server.requests] == [
        "https://llm.example.edu/chat/ui/models",
        "https://llm.example.edu/chat/ui/v1/models",
        "https://llm.example.edu/v1/models",
    ]


@pytest.mark.req("MD-14")
@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (401, "refused the key"),
        ("<html>hi</html>", "a web page"),
        ({"status": "ok"}, "unknown shape"),
        (500, "a problem of its own"),
        (httpx.Response(301, headers={"location": "https://new.example.net/v1/models"}), "new.example.net"),
        (httpx.ReadTimeout("x"), "did not answer within"),
    ],
)
def test_every_failure_is_explained(answer: Any, words: str, examine: Any, mocked: Any) -> None:
    """Every failure is reported, and only the user's own host gets requests (MD-14)."""
    server = mocked(answer)
    found = examine("https://llm.example.edu/v1")
    assert not found.ok
    assert words in str(found)
    assert found.suggestion
    assert found.suggested_base_url is None
    assert {request.url.host for request in server.requests} == {"llm.example.edu"}


@pytest.mark.req("MD-14")
def test_where_the_way_ends(examine: Any, demo: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Name, connection and certificate are separate steps."""
    assert "No secure connection" in str(examine(demo.openai_base_url.replace("http:", "https:")))
    port = demo.port
    demo.stop()
    assert "✕ Nothing answers on" in str(examine(f"http://127.0.0.1:{port}/v1"))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    through = str(examine("https://llm.example.edu/v1"))
    assert "✓ The way goes through the proxy 127.0.0.1:1 (HTTPS_PROXY)." in through
    assert "✕ The proxy 127.0.0.1:1 (HTTPS_PROXY) on the way" in through
    monkeypatch.setenv("HTTPS_PROXY", "nonsense://x")
    assert "does not hold the URL of a proxy" in str(examine("https://llm.example.edu/v1"))
    monkeypatch.delenv("HTTPS_PROXY")

    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert "✕ There is no server named llm.example.edu." in str(examine("https://llm.example.edu/v1"))


@pytest.mark.req("MD-14")
def test_each_step_is_reported(
    examine: Any, tls_server: int, data_file: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The steps show how far the one request got: name, connection, certificate (MD-14)."""
    base_url = f"https://localhost:{tls_server}/v1"
    named = ["✓ localhost is 127.0.0.1.", f"✓ Something answers on localhost:{tls_server}."]
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda *_, **__: [(socket.AF_INET, 1, 6, "", ("127.0.0.1", 0))]
    )
    steps = [str(step) for step in examine(base_url).steps]
    assert steps == [*named, f"✕ The certificate of localhost:{tls_server} cannot be checked."]
    monkeypatch.setenv("SSL_CERT_FILE", str(data_file("tls/localhost.pem")))
    steps = [str(step) for step in examine(base_url).steps]
    trusted = ["✓ The certificate of localhost is trusted.", f"✓ {base_url}/models answers with 1 model."]
    assert steps == [*named, *trusted]


@pytest.mark.req("MD-14")
def test_addresses_that_do_not_respond_are_shown(examine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name whose addresses do not respond is shown with them (MD-14)."""
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda *_, **__: [(socket.AF_INET, 1, 6, "", ("127.0.0.1", 0))]
    )
    steps = [str(step) for step in examine("http://llm.example.edu:1/v1").steps]
    assert steps == ["✓ llm.example.edu is 127.0.0.1.", "✕ Nothing answers on llm.example.edu:1."]


@pytest.mark.req("MD-14", "SEC-3")
def test_nothing_is_sent_for_what_cannot_be_sent(examine: Any, mocked: Any) -> None:
    """An invalid key or URL is reported without a request."""
    server = mocked({"data": []})
    assert "space or line break" in str(examine("https://x.example.edu", api_key="a b"))
    assert "none that can be asked" in str(examine("https://u:p@x.example.edu"))
    assert server.requests == []


@pytest.mark.req("MD-1", "MD-14")
def test_anthropic(examine: Any, demo: Any) -> None:
    """An Anthropic base URL with too long a path is tried with shorter ones, up to the host's root."""
    assert examine(demo.anthropic_base_url, type="anthropic").ok
    wrong = examine(f"{demo.anthropic_base_url}/wrong", type="anthropic")
    assert not wrong.ok
    assert wrong.suggested_base_url == demo.anthropic_base_url


@pytest.mark.req("MD-16", "MD-11")
@pytest.mark.parametrize("type_", ["openai-compatible", "anthropic"])
@pytest.mark.parametrize(
    "answer", [UNUSABLE, {"data": []}, {"data": None}, [], {"models": [{"x": 1}]}, 405, 501]
)
def test_a_list_without_a_usable_id_is_not_called_well(  # noqa: PLR0917
    answer: Any, type_: str, ask_kind: Any, target: Any, mocked: Any, examine_host: Any
) -> None:
    """If discovery finds no model, the diagnosis is never "Nothing needs to be changed" (MD-16)."""
    found = examine_host(Host({}, otherwise=answer), "https://llm.example.edu/v1", type=type_)
    assert not found.ok
    assert found.suggestion != NOTHING_TO_CHANGE
    assert "type a model id by hand" in found.suggestion
    mocked(answer)
    _, told = ask_kind(target(type=type_))
    assert not len(told) if hasattr(told, "models") else told.kind == "HTTP_STATUS"


@pytest.mark.req("MD-15", "MD-16")
@pytest.mark.parametrize(
    "answer",
    [
        LIST,
        UNUSABLE,
        {"data": [{"id": "a"}], "error": {"message": "one backend is away"}},
        {"success": False, "message": "invalid token", "data": None},
        {"data": [{"id": "a"}], "has_more": True, "last_id": "a"},
        "<html>",
        401,
        403,
        404,
        405,
        429,
        500,
        501,
        302,
    ],
)
@pytest.mark.parametrize("type_", ["openai-compatible", "anthropic"])
def test_discovery_and_diagnosis_judge_alike(  # noqa: PLR0917
    answer: Any, type_: str, ask_kind: Any, target: Any, mocked: Any, examine: Any
) -> None:
    """The diagnosis is fine exactly if discovery finds models, and otherwise says the same (MD-15, MD-16)."""
    mocked(answer)
    kind, told = ask_kind(target(type=type_))
    found = examine("https://llm.example.edu/v1", type=type_)
    assert found.ok is (kind is None)
    if kind is not None:
        error = getattr(told, "error", told)
        assert any(step.text == error.message and not step.ok for step in found.steps)


@pytest.mark.req("MD-14")
@pytest.mark.parametrize(
    ("base_url", "works"),
    [
        ("https://llm.example.edu", "/v1"),
        ("https://llm.example.edu/chat/ui", "/v1"),
        ("https://llm.example.edu", "/openai/v1"),
        ("https://llm.example.edu", "/api/v1"),
        ("https://llm.example.edu/v1", "/api"),
        ("https://llm.example.edu/v1", "/v1beta/openai"),
        ("https://llm.example.edu/v1", "/compatible-mode/v1"),
        ("https://llm.example.edu/v1", "/api/paas/v4"),
        ("https://llm.example.edu/team/v2/docs", "/team/v2"),
        ("https://llm.example.edu/models", ""),
        ("https://lab.services.ai.azure.com", "/models"),
        ("https://lab.services.ai.azure.com/models", ""),
        ("https://lab.openai.azure.com/openai/deployments/gpt-4o", "/openai/v1"),
        ("https://api.fireworks.ai/v1", "/inference/v1"),
    ],
)
@pytest.mark.parametrize(
    "without", [404, 405, {"data": []}, UNUSABLE, httpx.Response(200, html="<html>hi</html>")]
)
def test_the_other_known_ways_of_the_host_are_tried(
    base_url: str, works: str, without: Any, examine_host: Any
) -> None:
    """If another known URL of the host has the list, it is suggested as the base URL (MD-14)."""
    host = Host({f"{works}/models": LIST}, otherwise=without)
    found = examine_host(host, base_url)
    origin = "/".join(base_url.split("/")[:3])
    assert found.suggested_base_url == f"{origin}{works}"
    assert f"Take {origin}{works} as the base URL." in found.suggestion
    assert f"✓ {origin}{works}/models answers with 2 models." in str(found)
    assert {request.url.host for request in host.requests} == {origin.removeprefix("https://")}
    assert len({str(request.url) for request in host.requests}) == len(host.requests) <= 1 + MAX_ATTEMPTS


@pytest.mark.req("MD-14", "SEC-8")
@pytest.mark.parametrize("type_", ["openai-compatible", "anthropic"])
@pytest.mark.parametrize("answer", [401, 403, 400, 404, 405, 501, UNUSABLE])
@pytest.mark.parametrize("base_url", ["http://api.openai.com/x", "https://llm.example.edu:8443/a/b/c/d/e"])
def test_the_key_goes_to_no_other_origin(
    base_url: str, answer: Any, type_: str, examine_host: Any, canary: str
) -> None:
    """The number of requests is limited, and the key goes only to its own origin (SEC-8)."""
    host = Host({}, otherwise=answer)
    found = examine_host(host, base_url, type=type_)
    asked = [f"{r.url.scheme}://{r.url.netloc.decode()}" for r in host.requests]
    assert {*asked} == {"/".join(base_url.split("/")[:3])}
    assert 1 < len(asked) <= 1 + MAX_ATTEMPTS
    assert canary not in str(found)
    assert found.suggested_base_url is None


@pytest.mark.req("MD-14", "MD-15")
def test_an_answer_that_all_ways_have_in_common_is_said_once(examine_host: Any) -> None:
    """A host that refuses every way in the same words is quoted once, with the ways that gave the same."""
    refusal = httpx.Response(403, json={"error": {"message": "Country, region, or territory not supported"}})
    said = str(examine_host(Host({}, otherwise=refusal), "https://llm.example.edu/v1"))
    assert said.count("Country, region, or territory not supported") == 1
    assert (
        "At /api/v1/models or as type `anthropic` or with the key in the header `api-key`: the same answer."
        in said
    )


@pytest.mark.req("MD-14")
@pytest.mark.parametrize(
    "answer", [500, 503, 429, 402, 302, httpx.ReadTimeout("slow"), httpx.ConnectError("x")]
)
def test_nothing_else_is_tried_where_the_address_is_not_in_doubt(answer: Any, examine_host: Any) -> None:
    """A failure that no other URL would solve is reported after one request (MD-14)."""
    host = Host({}, otherwise=answer)
    assert not examine_host(host, "https://llm.example.edu").ok
    assert len(host.requests) == 1


@pytest.mark.req("MD-14")
@pytest.mark.parametrize("answer", [404, 401])
@pytest.mark.parametrize(
    ("base_url", "type_"),
    [("https://api.openai.com/v1", "openai-compatible"), ("https://api.anthropic.com", "anthropic")],
)
def test_a_well_known_servers_own_address_is_not_in_doubt(
    base_url: str, type_: str, answer: int, examine_host: Any
) -> None:
    """A key that OpenAI refuses at its own base URL is not tried elsewhere (MD-14)."""
    host = Host({}, otherwise=answer)
    assert not examine_host(host, base_url, type=type_).ok
    assert len(host.requests) == 1


@pytest.mark.req("MD-14", "MD-16")
@pytest.mark.parametrize(
    ("type_", "base_url", "header", "other", "taken"),
    [
        (
            "anthropic",
            "https://llm.example.edu",
            "authorization",
            "openai-compatible",
            "https://llm.example.edu/v1",
        ),
        (
            "openai-compatible",
            "https://llm.example.edu/v1",
            "x-api-key",
            "anthropic",
            "https://llm.example.edu",
        ),
    ],
)
def test_a_server_that_takes_the_other_types_header(  # noqa: PLR0917
    type_: str, base_url: str, header: str, other: str, taken: str, examine_host: Any
) -> None:
    """For a gateway that accepts only the other type's header, that type is suggested (MD-14)."""
    found = examine_host(Host({"/v1/models": LIST}, header=header), base_url, type=type_)
    assert not found.ok
    assert (found.suggested_type, found.suggested_base_url) == (other, None)
    assert f"answers as type `{other}`, which sends the key as" in found.suggestion
    assert f"{taken} as the base URL" in found.suggestion
    assert f"✓ As type `{other}`: https://llm.example.edu/v1/models answers with 2 models." in str(found)


@pytest.mark.req("MD-14")
def test_a_server_that_takes_a_header_that_no_type_sends(examine_host: Any) -> None:
    """A server that requires the header `api-key` is reported, as no type sends it (MD-14)."""
    found = examine_host(Host({}, otherwise=LIST, header="api-key"), "https://llm.example.edu/v1")
    assert not found.ok
    assert (found.suggested_type, found.suggested_base_url) == (None, None)
    assert "`api-key`, which no type of provider sends" in found.suggestion


@pytest.mark.req("MD-14")
@pytest.mark.parametrize(
    ("type_", "base_url", "works", "words"),
    [
        ("anthropic", "https://llm.example.edu/api", "/api/v1/models", "https://llm.example.edu/api/v1"),
        (
            "openai-compatible",
            "https://llm.example.edu/v1",
            "/anthropic/v1/models",
            "llm.example.edu/anthropic",
        ),
        ("anthropic", "https://api.openai.com", "/v1/models", "https://api.openai.com/v1"),
    ],
)
def test_a_server_of_the_other_type(
    type_: str, base_url: str, works: str, words: str, examine_host: Any
) -> None:
    """For a server of the other type, type and base URL are suggested together (MD-14)."""
    other = "x-api-key" if type_ == "openai-compatible" else "authorization"

    def answer(request: httpx.Request) -> httpx.Response:
        there = request.url.path == works and request.headers.get(other)
        return httpx.Response(200, content=json.dumps(LIST)) if there else httpx.Response(404)

    found = examine_host(answer, base_url, type=type_)
    assert found.suggested_type is not None
    assert found.suggested_type != type_
    assert words in found.suggestion
    assert found.suggested_base_url is None


@pytest.mark.req("MD-14", "MD-15")
def test_a_refusal_may_mean_the_address(examine_host: Any) -> None:
    """API Gateway's "Missing Authentication Token" may mean an unknown path, so others are tried."""
    refusal = httpx.Response(403, json={"message": "Missing Authentication Token"})
    host = Host({"/prod/v1/models": LIST}, otherwise=refusal)
    found = examine_host(host, "https://llm.example.edu/prod")
    assert found.suggested_base_url == "https://llm.example.edu/prod/v1"
    assert found.suggestion.startswith("The base URL seems to miss /v1.")


@pytest.mark.req("MD-14")
def test_the_docs_name_every_known_way() -> None:
    """The page on discovery names each address that may be tried (MD-14)."""
    page = (Path(__file__).parents[2] / "docs" / "discovery.md").read_text(encoding="utf-8")
    for root in (*OPENAI_ROOTS, *ANTHROPIC_ROOTS, *AZURE_ROOTS):
        assert f"`{root}`" in page
    assert f"at most {MAX_ATTEMPTS} requests" in page.lower()


@pytest.mark.req("MD-16")
@pytest.mark.parametrize(
    ("type_", "base_url", "chat", "suggested"),
    [
        ("openai-compatible", "https://llm.example.edu/v1", "/v1/chat/completions", None),
        (
            "openai-compatible",
            "https://llm.example.edu",
            "/v1/chat/completions",
            "https://llm.example.edu/v1",
        ),
        ("openai-compatible", "https://llm.example.edu/ai", "/ai/chat/completions", None),
        ("anthropic", "https://llm.example.edu/claude", "/claude/v1/messages", None),
    ],
)
def test_a_server_that_answers_and_has_no_list_is_recognised(
    type_: str, base_url: str, chat: str, suggested: str | None, examine_host: Any
) -> None:
    """A server with chat but without a list, such as MLflow's gateway, is recognised (MD-16)."""
    host = Host({chat: httpx.Response(405, json={"detail": "Method Not Allowed"})})
    found = examine_host(host, base_url, type=type_)
    assert not found.ok
    assert found.suggested_base_url == suggested
    assert "The server has no list of models there: type a model id by hand." in found.suggestion
    assert "Check the base URL" not in found.suggestion
    assert {request.method for request in host.requests} == {"GET"}  # nothing that a model would answer


@pytest.mark.req("MD-9", "MD-14")
def test_all_other_ways_have_the_time_of_one_request(hurried: Any, target: Any) -> None:
    """However slowly a server responds, the other ways end with their deadline (MD-9)."""
    requests: list[httpx.Request] = []

    async def slow(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        if len(requests) > 1:
            await asyncio.sleep(60)
        return httpx.Response(404)

    async def work() -> tuple[Diagnosis, float]:
        loop = asyncio.get_running_loop()
        started = loop.time()
        found = await diagnose(
            target("https://llm.example.edu"), timeout_seconds=10, transport=httpx.MockTransport(slow)
        )
        return found, loop.time() - started

    found, seconds = hurried(work())
    assert seconds == pytest.approx(10, abs=0.1)  # of the loop's own clock, which nothing but sleep moves
    assert len(requests) > 2
    assert "There was no time for the other known addresses." in str(found)
