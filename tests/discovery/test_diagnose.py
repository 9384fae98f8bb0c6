"""The URL doctor: what was tried, what it means, what to change (MD-14)."""

from __future__ import annotations

import socket
from typing import Any

import httpx
import pytest

from dispatch_widgets.discovery.diagnose import Diagnosis, diagnose


@pytest.fixture
def examine(run: Any, target: Any) -> Any:
    """Diagnoses a base URL."""

    def make(base_url: str, *, timeout_seconds: float = 5.0, **changes: Any) -> Diagnosis:
        whom = target(base_url, **changes)
        found: Diagnosis = run(diagnose(whom, timeout_seconds=timeout_seconds))
        return found

    return make


@pytest.mark.req("MD-9")
def test_each_request_has_ten_seconds(run: Any, target: Any) -> None:
    """Unless another time is given, what is tried may take 10 s (MD-9)."""

    def late(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("late", request=request)

    found = run(diagnose(target(), transport=httpx.MockTransport(late)))
    assert any("within 10 s" in step.text for step in found.steps)


@pytest.mark.req("MD-14")
def test_all_is_well(examine: Any, demo: Any) -> None:
    """A base URL that works says so, step by step."""
    found = examine(demo.openai_base_url)
    assert found.ok
    assert [step.ok for step in found.steps] == [True, True]
    assert "answers with 30 models" in str(found)


@pytest.mark.req("MD-14")
def test_a_missing_v1(examine: Any, demo: Any) -> None:
    """Where /v1 is missing, the base URL that works is given ready to take (MD-14)."""
    found = examine(f"{demo.url}/openai")
    assert not found.ok
    assert found.suggested_base_url == demo.openai_base_url
    assert str(found).endswith(f"Take {demo.openai_base_url} as the base URL.")


@pytest.mark.req("MD-14")
def test_a_missing_v1_shows_also_with_a_wrong_key(examine: Any, demo: Any) -> None:
    """An address that refuses the key, where the given one has no list, is the address that was meant."""
    found = examine(f"{demo.url}/openai", api_key="sk-some-other-key-0123456789")
    assert not found.ok
    assert found.suggested_base_url == demo.openai_base_url
    assert found.suggestion.startswith("The base URL seems to miss /v1. ")
    assert "check the key" in found.suggestion
    assert str(found).count(f"{demo.url}/v1/models") == 1  # each step names its address once


@pytest.mark.req("MD-14")
def test_a_list_goes_before_a_refusal(examine: Any, mocked: Any) -> None:
    """Of an address that refuses the key and one that lists models the second is taken."""
    mocked(404, 401, {"data": [{"id": "a"}]})
    found = examine("https://llm.example.edu/chat")
    assert found.suggested_base_url == "https://llm.example.edu/v1"
    assert found.suggestion == "Take https://llm.example.edu/v1 as the base URL."


@pytest.mark.req("MD-14")
def test_too_much_path(examine: Any, mocked: Any) -> None:
    """A base URL with too much path is tried at the root of its host too."""
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
def test_what_comes_is_explained(answer: Any, words: str, examine: Any, mocked: Any) -> None:
    """Whatever comes is named, and only the user's own host is asked (MD-14)."""
    server = mocked(answer)
    found = examine("https://llm.example.edu/v1")
    assert not found.ok
    assert words in str(found)
    assert found.suggestion
    assert found.suggested_base_url is None
    assert {request.url.host for request in server.requests} == {"llm.example.edu"}


@pytest.mark.req("MD-14")
def test_where_the_way_ends(examine: Any, demo: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Name, connection and certificate are told apart."""
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
def test_each_step_of_the_way_is_told(
    examine: Any, tls_server: int, data_file: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name, the connection and the certificate are told as far as the one request came (MD-14)."""
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
def test_an_address_where_nothing_answers_is_told(examine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that leads to where nothing answers is told with its addresses (MD-14)."""
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda *_, **__: [(socket.AF_INET, 1, 6, "", ("127.0.0.1", 0))]
    )
    steps = [str(step) for step in examine("http://llm.example.edu:1/v1").steps]
    assert steps == ["✓ llm.example.edu is 127.0.0.1.", "✕ Nothing answers on llm.example.edu:1."]


@pytest.mark.req("MD-14", "SEC-3")
def test_nothing_is_sent_for_what_cannot_be_sent(examine: Any, mocked: Any) -> None:
    """A bad key or URL is told without a request."""
    server = mocked({"data": []})
    assert "space or line break" in str(examine("https://x.example.edu", api_key="a b"))
    assert "none that can be asked" in str(examine("https://u:p@x.example.edu"))
    assert server.requests == []


@pytest.mark.req("MD-1", "MD-14")
def test_anthropic(examine: Any, demo: Any) -> None:
    """An Anthropic base URL with too much path is tried at the root of its host."""
    assert examine(demo.anthropic_base_url, type="anthropic").ok
    wrong = examine(f"{demo.anthropic_base_url}/wrong", type="anthropic")
    assert not wrong.ok
    assert wrong.suggested_base_url is None
