"""Trying a model: one tiny request, its failures told as results, over a real loopback server."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
from typing import TYPE_CHECKING, Any

import httpx
import pytest

import dispatch_widgets as dw
from dispatch_widgets import (
    ConsentNeededError,
    InvalidInputError,
    MissingVariableError,
    SettingsService,
    UnresolvedTaskError,
)
from dispatch_widgets.demo import DemoServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from dispatch_widgets import TryResult


@pytest.fixture
def server() -> Iterator[DemoServer]:
    """A provider on loopback."""
    with DemoServer(models=60) as running:
        yield running


@pytest.fixture
def service(tmp_path: Path, server: DemoServer) -> SettingsService:
    """A service with tasks for a chat, an embedding and an Anthropic model."""
    made = SettingsService(tmp_path / "dispatch.settings.json")
    openai = made.add_provider(
        name="O", type="openai-compatible", api_key=server.api_key, base_url=server.openai_base_url
    )
    anthropic = made.add_provider(
        name="A", type="anthropic", api_key=server.api_key, base_url=server.anthropic_base_url
    )
    chat, embedding = (
        next(m.id for m in server.models() if m.kind == kind) for kind in ("chat", "embedding")
    )
    made.add_model(provider_id=openai.id, model=chat, tasks=["summarize"])
    made.add_model(provider_id=openai.id, model=embedding, tasks=["embed"])
    made.add_model(provider_id=anthropic.id, model=server.models("anthropic")[0].id, tasks=["grade"])
    made.add_model(provider_id="mock", model="mock", tasks=["digest"])
    return made


@pytest.mark.req("API-5")
@pytest.mark.parametrize(
    ("task", "path"),
    [
        ("summarize", "/openai/v1/chat/completions"),
        ("embed", "/openai/v1/embeddings"),
        ("grade", "/anthropic/v1/messages"),
        ("digest", None),
    ],
)
def test_a_try_is_one_tiny_request(
    service: SettingsService, server: DemoServer, task: str, path: str | None
) -> None:
    """Each kind of model is asked once, on its own path; the mock provider without a network (issue 5)."""
    result = service.try_task(task)
    assert result
    assert (result.ok, result.error, result.task) == (True, None, task)
    assert result.latency_seconds >= 0
    assert result.model in result.message
    assert [(request.method, request.path) for request in server.requests] == (
        [("POST", path)] if path else []
    )


@pytest.mark.req("API-3")
def test_the_asynchronous_twins_and_the_future_do_the_same(service: SettingsService) -> None:
    """In a running loop one awaits, in a panel one starts (API-3)."""

    async def ask() -> list[TryResult]:
        return [await service.try_task_async("grade"), await service.try_model_async("A", "no-such-model")]

    good, bad = asyncio.run(ask())
    assert good.ok
    assert not bad.ok
    assert service.start_try("embed").result(20).ok


@pytest.mark.req("API-1a")
def test_the_functions_at_the_top_act_on_the_default_file(
    service: SettingsService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``dw.try_task`` and ``dw.try_model`` use the file that is found from here (API-1a)."""
    monkeypatch.setenv("DISPATCH_SETTINGS_PATH", str(service.path))
    assert dw.try_task("summarize").ok
    assert dw.try_model("O", "no-such-model").error is not None

    async def ask() -> list[TryResult]:
        return [await dw.try_task_async("embed"), await dw.try_model_async("mock", "mock")]

    assert all(asyncio.run(ask()))


@pytest.mark.req("MD-15")
@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        ("401", "INVALID_CREDENTIALS", "refused the key"),
        ("403", "HTTP_STATUS", "does not let this key use"),
        ("404", "HTTP_STATUS", "model's id"),
        ("422", "HTTP_STATUS", "refused the request"),
        ("429", "RATE_LIMITED", "Wait a little"),
        ("quota", "QUOTA", "billing"),
        ("503", "HTTP_STATUS", "try again"),
        ("redirect-elsewhere", "REDIRECT", "keys do not follow"),
        ("html", "MALFORMED", "a web page"),
        ("empty-list", "MALFORMED", "not with an answer"),
        ("invalid-json", "MALFORMED", "cannot be read"),
        ("key-error-200", "INVALID_CREDENTIALS", "refused"),
        ("reset", "INTERRUPTED", "Try again"),
        ("truncated", "INTERRUPTED", "broke"),
        ("not-http", "INTERRUPTED", "is the port right"),
        ("hang", "TIMEOUT", "0.3 s"),
        ("drip-body", "TIMEOUT", "0.3 s"),
        ("never-ends", "TIMEOUT", "0.3 s"),
    ],
)
def test_a_failure_is_a_result_with_kind_and_hint(
    service: SettingsService, server: DemoServer, fault: str, kind: str, words: str
) -> None:
    """Whatever a server does, the result says what it is and what to do, in words about a model (MD-15)."""
    server.play(fault, where="openai")
    result = service.try_task("summarize", timeout_seconds=0.3 if kind == "TIMEOUT" else 10)
    assert not result
    assert result.error is not None
    assert result.error.kind == kind
    shown = f"{result.message} {result.error.hint}"
    assert words in shown
    assert "{" not in shown
    assert "list" not in shown.lower()
    assert result.error.hint or kind == "QUOTA"
    assert server.stray_requests == ()
    assert server.api_key not in f"{result!r} {result} {result._repr_html_()} {result.error.as_dict()}"


@pytest.mark.req("MD-9")
def test_a_refused_connection_and_an_unknown_host_are_told_apart(
    service: SettingsService, server: DemoServer
) -> None:
    """A server that is not there is no exception either (MD-9)."""
    server.stop()
    refused = service.try_task("summarize").error
    assert refused is not None
    assert refused.kind == "CONNECTION_REFUSED"
    assert "refresh" not in refused.hint


@pytest.mark.req("API-5")
def test_the_wrong_kind_of_model_is_told_in_the_servers_words(
    service: SettingsService, server: DemoServer
) -> None:
    """What the server says about the request is shown, on one line (API-5)."""
    embedding = next(model.id for model in server.models() if model.kind == "embedding")
    entry = service.add_model(
        provider_id=service.get_providers()[0].id, model=embedding, capabilities=["chat"]
    )
    service.assign("skill", entry.id)
    result = service.try_task("skill")
    assert "is no chat model" in result.message
    assert result.error is not None
    assert "what it can do" in result.error.hint


@pytest.mark.req("SEC-1")
def test_a_server_that_quotes_the_key_does_not_get_it_shown(
    service: SettingsService, server: DemoServer, caplog: pytest.LogCaptureFixture
) -> None:
    """An echoed key is masked in the result, and no log line has it, DEBUG included (SEC-1)."""
    server.play("echo-key", status=400, where="openai")
    with caplog.at_level(logging.DEBUG):
        result = service.try_task("summarize")
    assert result.error is not None
    assert server.api_key not in f"{result!r}{result.error!r}{result.error.as_dict()}{caplog.text}"
    assert "…" in result.message


@pytest.mark.req("API-5")
def test_a_model_that_wants_the_newer_word_is_asked_with_it(tmp_path: Path) -> None:
    """A 400 that names max_completion_tokens is answered with it; nothing else is sent twice (API-5)."""
    bodies: list[dict[str, Any]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        bodies.append(json.loads(request.content))
        if "max_tokens" in bodies[-1]:
            message = "Unsupported parameter: use 'max_completion_tokens' instead."
            return httpx.Response(400, json={"error": {"message": message}})
        return httpx.Response(200, json={"choices": [{"message": {"content": ""}}]})

    service = SettingsService(tmp_path / "s.json", transport=httpx.MockTransport(answer))
    for name, url in (("Gate", "https://llm.example.edu/v1"), ("Open", "https://api.openai.com/v1")):
        service.add_provider(name=name, type="openai-compatible", api_key="sk-0123456789", base_url=url)
    assert service.try_model("Gate", "thinker").ok
    assert ["max_tokens" in body for body in bodies] == [True, False]
    bodies.clear()
    assert service.try_model("Open", "thinker").ok
    assert ["max_completion_tokens" in body for body in bodies] == [True]
    assert bodies[0]["max_completion_tokens"] <= 16


@pytest.mark.req("MD-8", "MD-15")
def test_a_status_that_only_the_body_states_is_the_one_told(tmp_path: Path) -> None:
    """A 200 that holds a refusal is told with the refusal's own status, in words about a model (MD-8)."""
    answer = {"error": {"code": 403, "message": "not for you"}}
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=answer))
    service = SettingsService(tmp_path / "s.json", transport=transport)
    service.add_provider(
        name="Gate", type="openai-compatible", api_key="sk-0123456789", base_url="https://llm.example.edu/v1"
    )
    result = service.try_model("Gate", "thinker")
    assert result.error is not None
    assert result.error.status == 403
    assert "does not let this key use thinker (403)" in result.message


@pytest.mark.req("SEC-4")
def test_what_cannot_be_resolved_is_raised_and_nothing_is_sent(
    service: SettingsService, server: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No model, no variable, no consent: there is nothing to try, and each says so (SEC-4)."""
    with pytest.raises(UnresolvedTaskError):
        service.try_task("classify")
    with pytest.raises(InvalidInputError):
        service.try_task("sing")
    other = SettingsService(service.path)
    first = service.get_providers()[0].id
    service.update_provider(first, api_key="${A_SECRET_OF_MINE}")
    with pytest.raises(MissingVariableError):
        service.try_task("summarize")
    monkeypatch.setenv("A_SECRET_OF_MINE", server.api_key)
    with pytest.raises(ConsentNeededError):
        other.try_task("summarize")
    with pytest.raises(ConsentNeededError):
        other.start_try("summarize")
    assert server.requests == ()
    assert service.try_task("summarize").ok


def test_a_try_leaves_no_connection_open(service: SettingsService, server: DemoServer) -> None:
    """Each try closes what it opened: nothing warns of an unclosed socket."""
    service.try_task("summarize")
    service.try_task("grade")
    gc.collect()
    assert server.connections == 2
