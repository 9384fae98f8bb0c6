"""The demo server's models: canned answers over real HTTP, and their refusals."""

from __future__ import annotations

import contextlib
import http.client
import json
from typing import TYPE_CHECKING, Any

import pytest

from dispatch_widgets.demo import DemoServer

if TYPE_CHECKING:
    from collections.abc import Iterator

HELLO = [{"role": "user", "content": [{"type": "text", "text": "Hello"}]}]


@pytest.fixture
def server() -> Iterator[DemoServer]:
    with DemoServer(models=60) as running:
        yield running


def post(server: DemoServer, path: str, body: Any, key: str | None = None) -> tuple[int, str, bytes]:
    given = server.api_key if key is None else key
    headers = {"Authorization": f"Bearer {given}", "x-api-key": given, "anthropic-version": "2023-06-01"}
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)) as connection:
        connection.request("POST", path, raw, headers)
        answer = connection.getresponse()
        return answer.status, answer.headers["content-type"], answer.read()


def first(server: DemoServer, kind: str) -> str:
    return next(model.id for model in server.models() if model.kind == kind)


@pytest.mark.req("API-5")
def test_a_stream_is_server_sent_events_with_an_end(server: DemoServer) -> None:
    """OpenAI's stream ends with [DONE], Anthropic's names each event; both are event streams."""
    body = {"model": first(server, "chat"), "messages": HELLO, "stream": True}
    status, kind, raw = post(server, "/openai/v1/chat/completions", body)
    assert (status, kind) == (200, "text/event-stream")
    lines = [line for line in raw.decode().split("\n\n") if line]
    assert all(line.startswith("data: ") for line in lines)
    assert lines[-1] == "data: [DONE]"
    assert {json.loads(line[6:])["object"] for line in lines[:-1]} == {"chat.completion.chunk"}
    body = {"model": server.models("anthropic")[0].id, "messages": HELLO, "stream": True, "max_tokens": 4}
    status, kind, raw = post(server, "/anthropic/v1/messages", body)
    assert (status, kind) == (200, "text/event-stream")
    for event in filter(None, raw.decode().split("\n\n")):
        name, data = event.split("\n")
        assert name == f"event: {json.loads(data[6:])['type']}"


@pytest.mark.req("MD-8")
@pytest.mark.parametrize(
    "path",
    [
        "/openai/v1/chat/completions",
        "/openai/v1/responses",
        "/openai/v1/embeddings",
        "/anthropic/v1/messages",
    ],
)
def test_a_wrong_key_is_refused_before_anything_else(server: DemoServer, path: str) -> None:
    """Requests to models need the account's key, as the list does (MD-8)."""
    status, _, raw = post(server, path, b"not json", key="sk-wrong-0123456789")
    assert status == 401
    assert b"0123456789" not in raw


@pytest.mark.parametrize(
    ("path", "change", "status", "words"),
    [
        ("/openai/v1/chat/completions", {"model": "no-such-model"}, 404, "does not exist"),
        ("/openai/v1/chat/completions", {"model": None}, 404, "does not exist"),
        ("/openai/v1/chat/completions", {"messages": []}, 400, "messages"),
        ("/openai/v1/chat/completions", {"max_tokens": 0}, 400, "max_tokens"),
        ("/openai/v1/embeddings", {"input": "a text"}, 400, "no embedding model"),
        ("/anthropic/v1/messages", {"model": "claude-opus-5"}, 400, "max_tokens"),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused_in_words(
    server: DemoServer, path: str, change: dict[str, Any], status: int, words: str
) -> None:
    """An unknown model, a missing field and a wrong kind of model are errors as with the real services."""
    body = {"model": first(server, "chat"), "messages": HELLO, **change}
    got, _, raw = post(server, path, body)
    assert got == status
    assert words in json.loads(raw)["error"]["message"]


@pytest.mark.parametrize("raw", [b"", b"[]", b"{", b"\xff\xfe", b"[" * 50_000])
def test_a_body_that_is_no_json_object_is_400(server: DemoServer, raw: bytes) -> None:
    """The server responds to any bytes and continues to run."""
    status, _, answer = post(server, "/openai/v1/chat/completions", raw)
    assert status == 400
    assert "JSON object" in json.loads(answer)["error"]["message"]
    assert (
        post(server, "/openai/v1/embeddings", {"model": first(server, "embedding"), "input": "x"})[0] == 200
    )


def test_tokens_count_as_a_text_to_embed(server: DemoServer) -> None:
    """Clients that send numbers of tokens in place of texts get their vectors too."""
    body = {"model": first(server, "embedding"), "input": [[1, 2, 3], [4]]}
    status, _, raw = post(server, "/openai/v1/embeddings", body)
    assert status == 200
    assert [item["index"] for item in json.loads(raw)["data"]] == [0, 1]
    body["input"] = [1, 2, 3]
    assert json.loads(post(server, "/openai/v1/embeddings", body)[2])["data"][0] == json.loads(raw)["data"][0]


def test_faults_are_played_to_questions_as_well(server: DemoServer) -> None:
    """`play` also applies to requests to models: status, slow, cut off (issue 5)."""
    body = {"model": first(server, "chat"), "messages": HELLO}
    server.play("429", retry_after=5, times=1)
    assert post(server, "/openai/v1/chat/completions", body)[0] == 429
    server.play("slow", seconds=0.01, times=1)
    status, _, raw = post(server, "/openai/v1/chat/completions", body)
    assert status == 200
    assert json.loads(raw)["object"] == "chat.completion"
    server.play("truncated", times=1)
    with pytest.raises(http.client.IncompleteRead):
        post(server, "/openai/v1/chat/completions", body)
    assert post(server, "/openai/v1/chat/completions", body)[0] == 200


def test_each_path_takes_its_own_method_only(server: DemoServer) -> None:
    """The list needs GET, requests to models POST; other methods are 405."""
    assert post(server, "/openai/v1/models", {})[0] == 405
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)) as connection:
        connection.request(
            "GET", "/openai/v1/chat/completions", headers={"Authorization": f"Bearer {server.api_key}"}
        )
        assert connection.getresponse().status == 405
    assert post(server, "/anthropic/v1/chat/completions", {})[0] == 404
