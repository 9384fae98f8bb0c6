"""The demo server calls tools, answers to a schema and has `/responses`, as the real SDKs see it."""

from __future__ import annotations

import json
from enum import Enum
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal

import pytest
from pydantic import BaseModel, Field

from dispatch_widgets.clients.canned_tools import value_for

if TYPE_CHECKING:
    from dispatch_widgets import ResolvedModel

CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
OPENAI_TOOL: dict[str, Any] = {
    "type": "function",
    "function": {"name": "weather", "description": "Of a city", "parameters": CITY},
}
ANTHROPIC_TOOL = {"name": "weather", "description": "Of a city", "input_schema": CITY}
RESPONSES_TOOL = {"type": "function", **OPENAI_TOOL["function"], "strict": False}
ASK = [{"role": "user", "content": "What is the weather in Rome?"}]
HELLO = [{"role": "user", "content": "Hello"}]
TOLD = "This is a canned answer of the demo server. The tool said: “Sunny”"
has_responses = pytest.mark.skipif(
    find_spec("openai.resources.responses") is None, reason="this version of openai has no Responses API"
)


class Colour(Enum):
    """A choice."""

    RED = "red"


class Part(BaseModel):
    """A part, which may have parts."""

    name: str
    parts: list[Part] | None


class Order(BaseModel):
    """Every kind of field."""

    count: int = Field(ge=3)
    price: float
    paid: bool
    colour: Colour
    kind: Literal["new", "used"]
    note: str | None
    first: Part
    tags: list[str]
    fixed: Literal["order"] = "order"


@pytest.mark.req("API-5")
def test_a_canned_value_fits_its_schema() -> None:
    """A value made for a JSON schema passes the model that the schema is of, with references and choices."""
    order = Order.model_validate(value_for(Order.model_json_schema()))
    assert order.count == 3
    assert order.kind == "new"
    assert value_for(None) is None
    assert value_for({"$ref": "#/nowhere"}) is None
    assert json.dumps(value_for({"$defs": {"a": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"})) == "null"


@pytest.mark.req("API-5")
def test_openais_chat_calls_a_tool_that_is_named_and_says_what_it_returned(chat: ResolvedModel) -> None:
    """The whole round trip of a tool, whole and as a stream; without its name in the question it is left."""
    with chat.client() as client:

        def ask(messages: list[Any], **more: Any) -> Any:
            return client.chat.completions.create(
                model=chat.model, messages=messages, tools=[OPENAI_TOOL], **more
            )

        answer = ask(ASK).choices[0]
        (call,) = answer.message.tool_calls
        assert answer.finish_reason == "tool_calls"
        assert (call.function.name, json.loads(call.function.arguments)) == ("weather", {"city": "canned"})
        result = {"role": "tool", "tool_call_id": call.id, "content": "Sunny"}
        told = ask([*ASK, answer.message.model_dump(exclude_none=True), result])
        assert told.choices[0].message.content == TOLD
        assert told.choices[0].finish_reason == "stop"
        chunks = [each.choices[0] for each in ask(ASK, stream=True)]
        (delta,) = [part for each in chunks for part in each.delta.tool_calls or ()]
        assert delta.function.model_dump() == call.function.model_dump()
        assert chunks[-1].finish_reason == "tool_calls"
        assert ask(HELLO).choices[0].message.tool_calls is None
        assert ask(ASK, tool_choice="none").choices[0].message.tool_calls is None
        named = {"type": "function", "function": {"name": "weather"}}
        for choice in ("required", named):
            assert ask(HELLO, tool_choice=choice).choices[0].message.tool_calls


@pytest.mark.req("API-5")
def test_anthropics_messages_call_a_tool_that_is_named_and_say_what_it_returned(
    claude: ResolvedModel,
) -> None:
    """The same at Anthropic's API, with its own words for it."""
    with claude.client() as client:
        about = {"model": claude.model, "max_tokens": 100, "tools": [ANTHROPIC_TOOL]}
        answer = client.messages.create(messages=ASK, **about)
        (call,) = answer.content
        assert answer.stop_reason == "tool_use"
        assert (call.type, call.name, call.input) == ("tool_use", "weather", {"city": "canned"})
        result = {"type": "tool_result", "tool_use_id": call.id, "content": "Sunny"}
        messages = [
            *ASK,
            {"role": "assistant", "content": [call.model_dump(exclude_none=True)]},
            {"role": "user", "content": [result]},
        ]
        assert client.messages.create(messages=messages, **about).content[0].text == TOLD
        with client.messages.stream(messages=ASK, **about) as stream:
            final = stream.get_final_message()
        assert (final.stop_reason, final.content[0].input) == ("tool_use", {"city": "canned"})
        assert client.messages.create(messages=HELLO, **about).content[0].type == "text"
        for choice in ({"type": "any"}, {"type": "tool", "name": "weather"}):
            forced = client.messages.create(messages=HELLO, tool_choice=choice, **about)
            assert forced.content[0].type == "tool_use"


@has_responses
@pytest.mark.req("API-5")
def test_a_schema_for_the_answer_is_kept_to(chat: ResolvedModel) -> None:
    """Where a chat or a response is to be JSON of a schema, it is, and the SDK makes a value of it."""
    with chat.openai_client() as client:
        parsed = client.chat.completions.parse(model=chat.model, messages=HELLO, response_format=Part)  # type: ignore[arg-type]
        assert parsed.choices[0].message.parsed == Part(
            name="canned", parts=parsed.choices[0].message.parsed.parts
        )  # type: ignore[union-attr]
        again = client.responses.parse(model=chat.model, input="Hello", text_format=Part)
        assert again.output_parsed == parsed.choices[0].message.parsed


@has_responses
@pytest.mark.req("API-5")
def test_responses_answer_whole_and_as_a_stream(chat: ResolvedModel) -> None:
    """The Responses API says the same as the chat, and says so if it had to stop."""
    said = "This is a canned answer of the demo server. You wrote: “Hello”"
    with chat.client() as client:
        answer = client.responses.create(model=chat.model, input="Hello", instructions="Be brief.")
        assert (answer.output_text, answer.status) == (said, "completed")
        assert answer.usage.total_tokens == answer.usage.input_tokens + answer.usage.output_tokens
        assert client.responses.create(model=chat.model, input=HELLO).output_text == said
        cut = client.responses.create(model=chat.model, input="Hello", max_output_tokens=3)
        assert (cut.output_text, cut.status) == ("This is a", "incomplete")
        with client.responses.stream(model=chat.model, input="Hello") as stream:
            events = list(stream)
            assert stream.get_final_response().output_text == said
    deltas = [event.delta for event in events if event.type == "response.output_text.delta"]
    assert "".join(deltas) == said
    assert len(deltas) > 5
    assert [event.sequence_number for event in events] == [*range(len(events))]


@has_responses
@pytest.mark.req("API-5")
def test_responses_call_a_tool_and_say_what_it_returned(chat: ResolvedModel) -> None:
    """A tool's round trip in the Responses API, where call and result are items of their own."""
    with chat.client() as client:
        about = {"model": chat.model, "tools": [RESPONSES_TOOL]}
        (call,) = client.responses.create(input=ASK, **about).output
        assert (call.type, call.name) == ("function_call", "weather")
        assert json.loads(call.arguments) == {"city": "canned"}
        result = {"type": "function_call_output", "call_id": call.call_id, "output": "Sunny"}
        assert client.responses.create(input=[*ASK, call, result], **about).output_text == TOLD
        with client.responses.stream(input=ASK, **about) as stream:
            for event in stream:
                if event.type == "response.function_call_arguments.done":
                    assert event.arguments == call.arguments
            assert stream.get_final_response().output[0].name == "weather"
        forced = client.responses.create(
            input="Hello", tool_choice={"type": "function", "name": "weather"}, **about
        )
        assert forced.output[0].type == "function_call"


@has_responses
@pytest.mark.req("API-5")
def test_responses_refuse_in_words(chat: ResolvedModel, vectors: ResolvedModel) -> None:
    """A response is refused as a chat is: without an input, and for a model that cannot chat."""
    import openai

    with chat.client(max_retries=0) as client:
        for model, given, words in (
            (chat.model, [], "at least one item"),
            (vectors.model, "Hello", "it is no chat model"),
        ):
            with pytest.raises(openai.BadRequestError, match=words):
                client.responses.create(model=model, input=given)
