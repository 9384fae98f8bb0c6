"""The mock provider's client: the shapes of both SDKs without a network."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from dispatch_widgets import InvalidInputError

if TYPE_CHECKING:
    from dispatch_widgets import SettingsService

HELLO = [{"role": "user", "content": "Hello there"}]
SAID = "This is a canned answer of the mock provider. You wrote: “Hello there”"


@pytest.mark.req("PM-7")
def test_the_mock_provider_answers_both_dialects_without_a_network(
    service: SettingsService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mock client has the methods of the SDKs, with streams, and opens no socket (PM-7)."""

    def refuse(*_: object) -> None:
        raise AssertionError("the mock provider used the network")

    monkeypatch.setattr("socket.socket.connect", refuse)
    monkeypatch.setitem(sys.modules, "openai", None)
    monkeypatch.setitem(sys.modules, "anthropic", None)
    mock = service.resolve_model("mock", "mock")
    with mock.client() as client:
        answer = client.chat.completions.create(model="mock", messages=HELLO, temperature=0)
        assert answer.choices[0].message.content == SAID
        assert answer.model_dump()["usage"]["completion_tokens"] == answer.usage.completion_tokens
        assert json.loads(answer.model_dump_json())["choices"][0]["finish_reason"] == "stop"
        with client.chat.completions.create(model="mock", messages=HELLO, stream=True) as chunks:
            assert (
                "".join(
                    chunk.choices[0].delta.content or ""
                    for chunk in chunks
                    if chunk.choices[0].delta.__dict__
                )
                == SAID
            )
        vector = client.embeddings.create(model="mock", input=["a", "b"]).data[1].embedding
        assert len(vector) == 256
        message = client.messages.create(model="mock", max_tokens=99, messages=HELLO)
        assert message.content[0].text == SAID
        events = [
            e.type for e in client.messages.create(model="m", max_tokens=9, messages=HELLO, stream=True)
        ]
        assert events[0] == "message_start"
        assert events[-1] == "message_stop"
        with client.messages.stream(model="mock", max_tokens=99, messages=HELLO) as stream:
            assert "".join(stream.text_stream) == SAID


@pytest.mark.req("PM-7")
def test_the_mock_providers_asynchronous_client_does_the_same(service: SettingsService) -> None:
    """``await`` and ``async for`` work with the mock provider (PM-7)."""

    async def ask() -> list[Any]:
        async with service.resolve_model("mock", "mock").async_client() as client:
            one = await client.chat.completions.create(model="mock", messages=HELLO)
            chunks = await client.chat.completions.create(model="mock", messages=HELLO, stream=True)
            two = [getattr(c.choices[0].delta, "content", "") async for c in chunks]
            three = await client.messages.create(model="mock", max_tokens=99, messages=HELLO)
            async with client.messages.stream(model="mock", max_tokens=99, messages=HELLO) as stream:
                four = [text async for text in stream.text_stream]
            events = await client.messages.create(model="m", max_tokens=9, messages=HELLO, stream=True)
            types = [event.type async for event in events]
            vectors = await client.embeddings.create(model="mock", input="a")
            assert types[-1] == "message_stop"
            assert vectors.data[0].embedding
            return [one.choices[0].message.content, "".join(two), three.content[0].text, "".join(four)]

    assert asyncio.run(ask()) == [SAID] * 4


@pytest.mark.req("PM-7")
def test_the_mock_provider_refuses_what_the_real_ones_refuse(service: SettingsService) -> None:
    """An empty list of messages or of texts is an error that names the field (PM-7)."""
    with service.resolve_model("mock", "mock").client() as client:
        for call, field in (
            (lambda: client.chat.completions.create(model="mock", messages=[]), "messages"),
            (lambda: client.embeddings.create(model="mock", input=[]), "input"),
            (lambda: client.embeddings.create(model="mock", input="x", dimensions=0), "dimensions"),
            (lambda: client.messages.create(model="", max_tokens=9, messages=HELLO), "model"),
            (lambda: client.messages.create(model="m", max_tokens=0, messages=HELLO), "max_tokens"),
        ):
            with pytest.raises(InvalidInputError) as caught:
                call()
            assert caught.value.problems[0].field == field


@pytest.mark.req("PM-7")
def test_the_mock_providers_tool_calls_are_as_in_the_sdk(service: SettingsService) -> None:
    """The arguments of a tool are a dict, and a tool call in a stream has no text (PM-7)."""
    schema = {"type": "object", "properties": {"city": {"type": "object", "properties": {"name": {}}}}}
    about: dict[str, Any] = {
        "model": "mock",
        "max_tokens": 99,
        "messages": [{"role": "user", "content": "What is the weather?"}],
        "tools": [{"name": "weather", "input_schema": schema}],
        "tool_choice": {"type": "tool", "name": "weather"},
    }
    with service.resolve_model("mock", "mock").client() as client:
        (block,) = client.messages.create(**about).content
        assert block.type == "tool_use"
        assert block.input["city"] == {"name": None}
        assert block.model_dump()["input"] == block.input
        with client.messages.stream(**about) as stream:
            assert list(stream.text_stream) == []

    async def texts() -> list[str]:
        client = service.resolve_model("mock", "mock").async_client()
        async with client, client.messages.stream(**about) as stream:
            return [text async for text in stream.text_stream]

    assert asyncio.run(texts()) == []
