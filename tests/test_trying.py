"""Trying a model: one tiny request, its failures told as results, over a real loopback server."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dispatch_widgets as dw
from dispatch_widgets import (
    ConsentNeededError,
    InvalidInputError,
    MissingVariableError,
    SettingsService,
    UnresolvedTaskError,
)
from dispatch_widgets.demo import DemoServer
from dispatch_widgets.discovery.model_requests import (
    CHAT,
    EMBEDDINGS,
    MESSAGES,
    RESPONSES,
    Endpoint,
    document_of,
)

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
    assert bodies[0]["max_completion_tokens"] <= 128


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


# -- answers in every shape ------------------------------------------------------------------------------


class Asked:
    """What a server was asked, and a way to try a model of it."""

    def __init__(self, folder: Path, *answers: httpx.Response | Any) -> None:
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self._answers = list(answers)
        self.service = SettingsService(folder / "s.json", transport=httpx.MockTransport(self._answer))
        for name, type_ in (("Open", "openai-compatible"), ("Anthropic", "anthropic")):
            url = "https://llm.example.edu" + ("/v1" if name == "Open" else "")
            self.service.add_provider(name=name, type=type_, api_key="sk-0123456789abcdef", base_url=url)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append((request.url.path, json.loads(request.content)))
        answer = self._answers.pop(0)
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer)

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.requests]


def refusal(message: str, status: int = 400, **fields: Any) -> httpx.Response:
    return httpx.Response(status, json={"error": {"message": message, **fields}})


def chat(content: Any = "", *, finish: str = "stop", usage: Any = None, **message: Any) -> dict[str, Any]:
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": content, **message},
        "finish_reason": finish,
    }
    return {"object": "chat.completion", "choices": [choice], **({"usage": usage} if usage else {})}


def stream(*events: Any, done: str = "data: [DONE]\n\n") -> httpx.Response:
    text = "".join(f"event: x\ndata: {json.dumps(event)}\n\n" for event in events) + done
    return httpx.Response(200, text=text, headers={"content-type": "text/event-stream"})


OPENAI_USAGE = {
    "prompt_tokens": 9,
    "completion_tokens": 16,
    "completion_tokens_details": {"reasoning_tokens": 16},
}


@pytest.mark.req("API-5")
@pytest.mark.parametrize(
    ("model", "answer", "first_line", "tokens"),
    [
        ("chatter", chat("\nHello!\nHow are you?", usage=OPENAI_USAGE), "Hello!", (9, 16)),
        ("chatter", chat([{"type": "text", "text": "Hello!"}]), "Hello!", (None, None)),
        (
            "chatter",
            {"choices": [{"text": "Hello!"}], "usage": {"prompt_tokens": True}},
            "Hello!",
            (None, None),
        ),
        # Mistral's and others' thoughts are not what was answered.
        (
            "thinker",
            chat(
                [
                    {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]},
                    {"type": "text", "text": "Hi"},
                ]
            ),
            "Hi",
            (None, None),
        ),
        (
            "thinker",
            chat("<think>\nThe user wants a greeting.</think>\n\nHi there"),
            "Hi there",
            (None, None),
        ),
        # A stream that nobody asked for.
        (
            "chatter",
            stream(
                {"choices": [{"delta": {"role": "assistant", "content": ""}}]},
                {"choices": [{"delta": {"content": "Hel"}}]},
                {"choices": [{"delta": {"content": "lo!"}, "finish_reason": "stop"}]},
                {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 2}},
            ),
            "Hello!",
            (3, 2),
        ),
        ("chatter", stream(chat("Hello!"), done=""), "Hello!", (None, None)),
        (
            "text-embedding-x",
            {"data": [{"embedding": [0.1, 0.2]}], "usage": {"prompt_tokens": 2, "total_tokens": 2}},
            "",
            (2, None),
        ),
    ],
)
def test_the_result_carries_the_first_line_and_the_tokens(
    tmp_path: Path, model: str, answer: Any, first_line: str, tokens: tuple[int | None, int | None]
) -> None:
    """Whole or streamed, in one text or in parts: the first line, and the tokens where they are stated."""
    asked = Asked(tmp_path, answer)
    result = asked.service.try_model("Open", model)
    assert result.ok, result.message
    assert result.answer == first_line
    assert (result.input_tokens, result.output_tokens) == tokens
    assert first_line in str(result)
    assert first_line in result.summary
    assert len(asked.requests) == 1
    assert asked.requests[0][1].get("stream", False) is False


@pytest.mark.req("API-5")
@pytest.mark.parametrize(
    "answer",
    [
        chat("", finish="length", usage=OPENAI_USAGE),
        chat(None, finish="length"),
        chat("", reasoning_content="The user wants", finish="length"),
        chat("<think>The user wants me to", finish="length"),
        chat("", usage={"completion_tokens": 16, "reasoning_tokens": 16}),
        stream(
            {"choices": [{"delta": {"reasoning": "The user"}}]},
            {"choices": [{"delta": {}, "finish_reason": "length"}]},
        ),
        refusal(
            "Could not finish the message because max_tokens or model output limit was reached. Please try "
            "again with higher max_tokens.",
            type="invalid_request_error",
        ),
    ],
)
def test_a_model_that_thought_until_its_tokens_were_used_up_works(tmp_path: Path, answer: Any) -> None:
    """Thinking is answering: the model works, it is asked once and not paid twice, and the result says so."""
    asked = Asked(tmp_path, answer)
    result = asked.service.try_model("Open", "thinker")
    assert result.ok
    assert result.error is None
    assert "works: it thought" in result.message
    assert result.answer == ""
    assert len(asked.requests) == 1


@pytest.mark.req("API-5")
@pytest.mark.parametrize(
    ("answer", "first_line", "tokens"),
    [
        (
            {
                "type": "message",
                "content": [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "Hello!"}],
                "stop_reason": "end_turn",
                "usage": {"input_tokens": 10, "output_tokens": 5},
            },
            "Hello!",
            (10, 5),
        ),
        (
            {"content": [{"type": "thinking", "thinking": "hm"}], "stop_reason": "max_tokens", "usage": {}},
            "",
            (None, None),
        ),
        (
            stream(
                {
                    "type": "message_start",
                    "message": {"content": [], "usage": {"input_tokens": 10, "output_tokens": 1}},
                },
                {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
                {"type": "ping"},
                {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "Hel"}},
                {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "lo!"}},
                {
                    "type": "message_delta",
                    "delta": {"stop_reason": "end_turn"},
                    "usage": {"output_tokens": 5},
                },
                {"type": "message_stop"},
                done="",
            ),
            "Hello!",
            (10, 5),
        ),
    ],
)
def test_anthropic_is_read_with_thoughts_and_as_a_stream(
    tmp_path: Path, answer: Any, first_line: str, tokens: tuple[int | None, int | None]
) -> None:
    """Text blocks are the answer, thinking blocks are thoughts, and its stream's events make a whole."""
    asked = Asked(tmp_path, answer)
    result = asked.service.try_model("Anthropic", "claude")
    assert (result.ok, result.answer) == (True, first_line)
    assert (result.input_tokens, result.output_tokens) == tokens
    assert asked.paths == ["/v1/messages"]


@pytest.mark.req("API-5")
def test_a_real_server_that_streams_whatever_it_was_asked_for_is_read(tmp_path: Path) -> None:
    """Over a real connection, in chunks: the events of a stream make one answer."""

    class Streaming(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response_only(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            events = [{"choices": [{"delta": {"content": text}}]} for text in ("Héllo", " there", "!")]
            lines = [f"data: {json.dumps(event)}\r\n\r\n" for event in events]
            for line in (": ping\n\n", *lines, "data: [DONE]\n\n"):
                self.wfile.write(f"{len(line.encode()):x}\r\n{line}\r\n".encode())
                self.wfile.flush()
            self.wfile.write(b"0\r\n\r\n")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Streaming) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            service = SettingsService(tmp_path / "s.json")
            url = f"http://127.0.0.1:{server.server_port}/v1"
            service.add_provider(name="S", type="openai-compatible", api_key="sk-0123456789", base_url=url)
            result = service.try_model("S", "m")
        finally:
            server.shutdown()
            thread.join()
    assert (result.ok, result.answer) == (True, "Héllo there!")


@pytest.mark.req("API-5")
def test_a_model_of_the_responses_endpoint_is_asked_there(tmp_path: Path) -> None:
    """Where the server says that a model answers at /responses only, it is asked there, in its own words."""
    done = {
        "object": "response",
        "status": "completed",
        "error": None,
        "output": [
            {"type": "reasoning", "summary": []},
            {"type": "message", "content": [{"type": "output_text", "text": "Hello!"}]},
        ],
        "usage": {"input_tokens": 8, "output_tokens": 20},
    }
    wanted = refusal("This model is only supported in v1/responses and not in v1/chat/completions.", 404)
    events = [
        {"type": "response.created", "response": {"status": "in_progress", "output": []}},
        {"type": "response.output_text.delta", "delta": "Hello!"},
        {"type": "response.completed", "response": done},
    ]
    for answer in (done, stream(*events, done=""), stream(*events[:2], done="")):
        asked = Asked(tmp_path, wanted, answer)
        result = asked.service.try_model("Open", "pro")
        assert (result.ok, result.answer) == (True, "Hello!"), result.message
        assert asked.paths == ["/v1/chat/completions", "/v1/responses"]
        assert asked.requests[1][1] == {
            "model": "pro",
            "input": "Say hello.",
            "max_output_tokens": 128,
            "stream": False,
        }
        (tmp_path / "s.json").unlink()
    thought = {
        **done,
        "status": "incomplete",
        "incomplete_details": {"reason": "max_output_tokens"},
        "output": [],
    }
    assert "works" in Asked(tmp_path, wanted, thought).service.try_model("Open", "pro").message


@pytest.mark.req("API-5")
@pytest.mark.parametrize(
    ("message", "changed"),
    [
        ("This model only support stream mode, please enable the stream parameter.", {"stream": True}),
        ("parameter.enable_thinking must be set to false for non-streaming calls", {"stream": True}),
        (
            "Unsupported parameter: 'max_tokens' is not supported with this model.",
            {"max_completion_tokens": 128},
        ),
    ],
)
def test_a_request_is_sent_again_only_as_the_server_wants_it(
    tmp_path: Path, message: str, changed: dict[str, Any]
) -> None:
    """A refusal of a field, which costs nothing, is followed by the one request that it asks for."""
    asked = Asked(tmp_path, refusal(message), chat("Hi"))
    assert asked.service.try_model("Open", "m").answer == "Hi"
    assert changed.items() <= asked.requests[1][1].items()


@pytest.mark.req("API-5")
@pytest.mark.parametrize(
    "answer",
    [
        refusal("max_completion_tokens", 500),
        refusal("Streaming is required", 503),
        refusal("Unsupported value: 'temperature'"),
        refusal("max_tokens is too large: 128. This model supports at most 100."),
        chat("", finish="length"),
        {"choices": []},
        [],
        httpx.Response(200, text="null"),
    ],
)
def test_nothing_is_paid_twice(tmp_path: Path, answer: Any) -> None:
    """Whatever is no refusal of the request itself is not asked again, and neither is the same request."""
    asked = Asked(tmp_path, answer)
    asked.service.try_model("Open", "m")
    assert len(asked.requests) == 1
    (tmp_path / "s.json").unlink()
    stubborn = refusal("Use 'max_completion_tokens' instead of 'max_tokens', or the other way round.")
    asked = Asked(tmp_path, stubborn, stubborn)
    assert not asked.service.try_model("Open", "m").ok
    assert len(asked.requests) == 2


UNKNOWN = [
    refusal(
        "/chat/completions: Invalid model name passed in model=gpt-9. Call `/v1/models` to view available "
        "models for your key."
    ),
    refusal("The model `gpt-9` does not exist or you do not have access to it.", 404, code="model_not_found"),
    refusal('model "gpt-9" not found, try pulling it first', 404),
    refusal("gpt-9 is not a valid model ID"),
    refusal("The model `gpt-9.1-mini` does not exist.", 404),
    refusal("The model `gpt-9` does not exist.", 200),
    refusal("There is no such thing here", 404, code="model_not_found"),
    refusal("Server is pinned to Qwen/Qwen3-0.6B"),
    refusal("model: gpt-9", 404, type="not_found_error"),
]
OTHER_PURPOSE = [
    refusal(
        "This is not a chat model and thus not supported in the v1/chat/completions endpoint. Did you mean "
        "to use v1/completions?",
        404,
    ),
    refusal('"nomic-embed-text" does not support chat'),
    refusal("The model `whisper-large-v3` does not support chat completions"),
    refusal(
        "models/embedding-001 is not found for API version v1beta, or is not supported for generateContent.",
        404,
    ),
    refusal(
        "The chatCompletion operation does not work with the specified model, text-embedding-3. Please "
        "choose different model"
    ),
    refusal("This model requires that either input content or output modality contain audio."),
    refusal(
        "As of transformers v4.44, default chat template is no longer allowed, so you must provide a "
        "chat template"
    ),
    refusal("dall-e-3 is an image generation model"),
]


@pytest.mark.req("MD-15")
@pytest.mark.parametrize("answer", UNKNOWN)
def test_a_model_that_the_server_does_not_know_is_told_as_that(tmp_path: Path, answer: Any) -> None:
    """The id is at fault then: the server's words are shown, and no word of another purpose (MD-15)."""
    result = Asked(tmp_path, answer).service.try_model("Open", "gpt-9")
    assert result.error is not None
    assert result.error.kind == "UNKNOWN_MODEL"
    said = answer.json()["error"]["message"]
    assert said[:40] in result.message
    assert "does not know the model gpt-9" in result.message
    assert "id" in result.error.hint
    assert "made for something else" not in f"{result.message} {result.error.hint}"


@pytest.mark.req("MD-15")
def test_a_refusal_that_is_plain_text_is_told_of_the_model(tmp_path: Path) -> None:
    """A 200 that says in plain text that there is no such model is as good as a 404 (MD-15)."""
    result = Asked(tmp_path, httpx.Response(200, text="model gpt-9 not found")).service.try_model(
        "Open", "gpt-9"
    )
    assert result.error is not None
    assert result.error.kind == "UNKNOWN_MODEL"
    assert "does not know the model gpt-9" in result.message


@pytest.mark.req("MD-15")
@pytest.mark.parametrize("answer", OTHER_PURPOSE)
def test_a_model_that_is_made_for_something_else_is_told_as_that(tmp_path: Path, answer: Any) -> None:
    """The task is at fault then, not the id: the server's words are shown beside that (MD-15)."""
    result = Asked(tmp_path, answer).service.try_model("Open", "m")
    assert result.error is not None
    assert result.error.kind == "HTTP_STATUS"
    assert "made for something else" in result.message
    assert answer.json()["error"]["message"][:40] in result.message
    assert "what it can do" in result.error.hint


@pytest.mark.req("MD-15")
def test_an_embedding_model_is_asked_for_a_vector(
    tmp_path: Path,
) -> None:
    """Embeddings have their own request; the length of the vector is told, a refusal too (MD-15)."""
    asked = Asked(
        tmp_path,
        {"data": [{"embedding": [0.0] * 1536}]},
        refusal("You are not allowed to generate embeddings from this model", 403),
    )
    good = asked.service.try_model("Open", "text-embedding-3-small")
    bad = asked.service.try_model("Open", "text-embedding-3-small")
    assert asked.paths == ["/v1/embeddings", "/v1/embeddings"]
    assert "a vector of 1,536 numbers" in good.message
    assert asked.requests[0][1] == {"model": "text-embedding-3-small", "input": "Say hello."}
    assert "made for something else" in bad.message


@pytest.mark.req("MD-15")
@pytest.mark.parametrize(
    "answer",
    [
        stream({"error": {"message": "The upstream is overloaded", "code": 503}}),
        {
            "choices": [
                {"error": {"message": "The upstream is overloaded", "code": 502}, "finish_reason": "error"}
            ]
        },
        {"error": {"message": "The upstream is overloaded"}, "choices": [{"message": {"content": ""}}]},
    ],
)
def test_an_error_within_an_answer_is_no_answer(tmp_path: Path, answer: Any) -> None:
    """An error in a stream, in a choice or beside one is told in the server's words (MD-15)."""
    result = Asked(tmp_path, answer).service.try_model("Open", "m")
    assert not result.ok
    assert "The upstream is overloaded" in result.message
    assert "list" not in result.message


@pytest.mark.req("SEC-1")
def test_an_answer_that_echoes_the_key_has_it_masked(tmp_path: Path) -> None:
    """What a model writes is shown on one line, without keys and control characters (SEC-1)."""
    result = Asked(tmp_path, chat("\u202eyour key is sk-0123456789abcdef\x07")).service.try_model("Open", "m")
    assert result.ok
    assert "0123456789abcdef" not in f"{result!r} {result} {result._repr_html_()}"
    assert result.answer.isprintable()
    assert result.answer.startswith("your key is")


FIELDS = st.sampled_from(
    [
        "choices",
        "message",
        "delta",
        "content",
        "text",
        "usage",
        "finish_reason",
        "error",
        "output",
        "data",
        "embedding",
        "type",
        "response",
        "content_block",
        "stop_reason",
        "incomplete_details",
        "reasoning",
        "prompt_tokens",
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=4),
    max_leaves=10,
)


@settings(deadline=None)
@given(documents=st.lists(st.dictionaries(FIELDS, JSON, max_size=4), min_size=1, max_size=4))
@pytest.mark.parametrize("endpoint", [CHAT, RESPONSES, EMBEDDINGS, MESSAGES], ids=lambda one: one.name)
def test_any_json_is_a_reply_or_none(endpoint: Endpoint, documents: list[dict[str, Any]]) -> None:
    """Whatever a server answers, whole or as a stream, is read as a reply or as none, never an exception."""
    for body in (
        json.dumps(documents[0]).encode(),
        b"".join(b"data: %s\n\n" % json.dumps(document).encode() for document in documents),
    ):
        document = document_of(body, endpoint)
        reply = endpoint.reply(document) if isinstance(document, dict) else None
        assert reply is None or isinstance(reply.text, str)


# ---- several at once


@pytest.fixture
def priced(service: SettingsService) -> SettingsService:
    """The service, after its providers' lists have come, one of them with prices."""
    service.refresh_all()
    return service


@pytest.mark.req("API-5", "UI")
def test_several_entries_are_tried_side_by_side(priced: SettingsService) -> None:
    """Each has its first line, time, tokens and cost; what cannot be asked is an error beside the others."""
    entries = priced.catalog
    lonely = priced.add_provider(
        name="R", type="openai-compatible", api_key="${NOT_SET_HERE}", base_url="http://127.0.0.1:9/v1"
    )
    no_key = priced.add_model(provider_id=lonely.id, model="m")
    gone = priced.add_provider(name="G", type="anthropic", api_key="sk-ant-0123456789abcdef")
    orphan = priced.add_model(provider_id=gone.id, model="n")
    priced.delete_provider(gone.id)
    come: dict[str, object] = {}
    ids = [*(entry.id for entry in entries), no_key.id, orphan.id, entries[0].id]
    results = priced.try_entries(ids, on_result=come.__setitem__)
    assert [*results] == ids[:-1]
    assert come == results
    for entry in entries:
        result = results[entry.id]
        assert isinstance(result, dw.TryResult)
        assert result.ok
        assert (result.model, bool(result.time)) == (entry.model, True)
        assert bool(result.answer) is (entry.model != entries[1].model)
    assert isinstance(results[no_key.id], MissingVariableError)
    assert isinstance(results[orphan.id], InvalidInputError)
    with pytest.raises(dw.NotFoundError):
        priced.try_entries(["nobody"])
    assert priced.try_entries([]) == {}


@pytest.mark.req("API-5", "UI", "MD-3")
def test_the_cost_is_that_of_the_listed_price(tmp_path: Path, server: DemoServer) -> None:
    """Tokens times the price per million of the cached list; without a list nothing is guessed."""
    service = SettingsService(tmp_path / "dispatch.settings.json")
    lab = service.add_provider(
        name="O", type="openai-compatible", api_key=server.api_key, base_url=server.openai_base_url
    )
    before = service.try_model("O", "gpt-4o")
    assert (before.cost_dollars, before.cost) == (None, "")
    (listed,) = (model for model in service.discover_models(lab.id) if model.id == "gpt-4o")
    assert listed.price is not None
    result = service.try_model("O", "gpt-4o")
    assert result.input_tokens
    assert result.output_tokens
    wanted = result.input_tokens * listed.price.input + result.output_tokens * listed.price.output  # type: ignore[operator]
    assert result.cost_dollars == pytest.approx(wanted / 1_000_000)
    assert result.cost in result.summary
    assert result.cost.startswith("$0.00")


@pytest.mark.req("UI")
@pytest.mark.parametrize(
    ("seconds", "time"),
    [(0.0, "less than 0.01 s"), (0.0049, "less than 0.01 s"), (0.349, "0.35 s"), (12.3, "12.30 s")],
)
def test_no_time_is_nothing(seconds: float, time: str) -> None:
    """A time too short to be said so is not 0.00 s."""
    assert dw.TryResult(ok=True, latency_seconds=seconds, message="").time == time


@pytest.mark.req("UI")
def test_the_message_of_a_model_that_answers_at_once_has_no_zero(service: SettingsService) -> None:
    """The mock provider needs hardly any time: it is less than can be said."""
    assert "0.00 s" not in service.try_task("digest").message


@pytest.mark.req("UI")
@pytest.mark.parametrize(
    ("dollars", "words"),
    [
        (None, ""),
        (0.0, "$0"),
        (0.0000412, "$0.000041"),
        (0.012, "$0.012"),
        (0.5, "$0.50"),
        (12.345, "$12.35"),
    ],
)
def test_a_cost_has_two_digits_that_count(dollars: float | None, words: str) -> None:
    """A fraction of a cent is not shown as nothing."""
    assert dw.TryResult(ok=True, latency_seconds=1, message="", cost_dollars=dollars).cost == words


@pytest.mark.req("API-5")
def test_at_most_six_are_asked_at_once_and_cancelling_stops_them_all(tmp_path: Path) -> None:
    """Ten entries of a server that never answers: six requests, and none is left after the cancel."""
    running, most = 0, 0
    six, ended = threading.Event(), threading.Event()

    class Waiting(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            nonlocal running, most
            running += 1
            most = max(most, running)
            if running == 6:
                six.set()
            try:
                await asyncio.sleep(600)
            finally:
                running -= 1
                if not running:
                    ended.set()
            raise AssertionError("nobody waits so long")

    service = SettingsService(tmp_path / "dispatch.settings.json", transport=Waiting())
    lab = service.add_provider(
        name="L", type="openai-compatible", api_key="abc-123", base_url="http://127.0.0.1:9/v1"
    )
    ids = [service.add_model(provider_id=lab.id, model=f"m{number}").id for number in range(10)]
    asked = service.start_try_entries(ids)
    assert six.wait(30)
    assert not asked.done()
    asked.cancel()
    assert ended.wait(30)
    assert (most, running) == (6, 0)


@pytest.mark.req("API-3", "API-5")
def test_the_async_twin_and_the_package_do_the_same(
    service: SettingsService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Awaited, and called or awaited on the default file, it gives the same."""
    ids = [entry.id for entry in service.catalog]
    monkeypatch.setenv("DISPATCH_SETTINGS_PATH", str(service.path))
    for results in (
        asyncio.run(service.try_entries_async(ids)),
        dw.try_entries(ids),
        asyncio.run(dw.try_entries_async(ids)),
    ):
        assert [*results] == ids
        assert all(results.values())
