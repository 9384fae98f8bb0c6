"""Canned responses in the formats of OpenAI's and Anthropic's APIs, for the demo server and the mock client.

They depend on the request alone, so equal requests get equal responses. Formats: https://platform.openai.com/docs/api-reference/chat/object,
https://platform.openai.com/docs/api-reference/chat-streaming/streaming,
https://platform.openai.com/docs/api-reference/embeddings/object,
https://platform.openai.com/docs/api-reference/responses and
https://docs.anthropic.com/en/api/messages (read 2026-11).
"""

from __future__ import annotations

import hashlib
import itertools
import json
import math
import re
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from .canned_tools import ToolCall, tool_call, value_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

EMBEDDING_DIMENSIONS = 256
"""The length of a vector, unless the request gives another."""
MOST_DIMENSIONS = 4096
MOST_INPUTS = 2048
"""The most texts in a request for embeddings, as with OpenAI."""

_SHOWN_CHARACTERS = 200
_PLACES_OF_A_WORD = 4
_WORD = re.compile(r"\w+")
_PIECE = re.compile(r"\s*\S+")
_numbers = itertools.count(1)


class CannedRefusal(ValueError):  # noqa: N818 - an answer, not a mistake of ours
    """The real service would refuse the request."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


def chat_completion(request: Mapping[str, Any], *, who: str) -> dict[str, Any]:
    """A response of ``/chat/completions``; `who` is named in its text.

    Raises:
        CannedRefusal: If a field is missing or of the wrong kind.
    """
    reply = _reply(request, who, "max_completion_tokens", "max_tokens")
    said: dict[str, Any] = {"role": "assistant", "content": reply.text, "refusal": None}
    if reply.call is not None:
        said |= {"content": None, "tool_calls": [_openai_call(reply.call)]}
    return {
        "id": _new_id("chatcmpl"),
        "object": "chat.completion",
        "created": int(time.time()),
        "model": _model(request),
        "choices": [{"index": 0, "message": said, "logprobs": None, "finish_reason": _finish(reply)}],
        "usage": _openai_usage(request, reply),
    }


def chat_chunks(request: Mapping[str, Any], *, who: str) -> Iterator[dict[str, Any]]:
    """The same as `chat_completion`, as the chunks of a stream.

    Raises:
        CannedRefusal: If a field is missing or of the wrong kind; before the first chunk.
    """
    reply = _reply(request, who, "max_completion_tokens", "max_tokens")
    head = {
        "id": _new_id("chatcmpl"),
        "object": "chat.completion.chunk",
        "created": int(time.time()),
        "model": _model(request),
    }
    options = request.get("stream_options")
    usage = isinstance(options, dict) and options.get("include_usage") is True

    def chunk(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return {**head, "choices": [choice], **({"usage": None} if usage else {})}

    def chunks() -> Iterator[dict[str, Any]]:
        yield chunk({"role": "assistant", "content": "" if reply.call is None else None})
        if reply.call is not None:
            yield chunk({"tool_calls": [{"index": 0, **_openai_call(reply.call)}]})
        for piece in reply.pieces:
            yield chunk({"content": piece})
        yield chunk({}, _finish(reply))
        if usage:
            yield {**head, "choices": [], "usage": _openai_usage(request, reply)}

    return chunks()


def embeddings(request: Mapping[str, Any]) -> dict[str, Any]:
    """A response of ``/embeddings``: texts that share words get similar vectors.

    Raises:
        CannedRefusal: If a field is missing or of the wrong kind.
    """
    texts = _inputs(request.get("input"))
    wanted = request.get("dimensions")
    dimensions = EMBEDDING_DIMENSIONS if wanted is None else wanted
    if not isinstance(dimensions, int) or not 1 <= dimensions <= MOST_DIMENSIONS:
        raise CannedRefusal("dimensions", f"a number from 1 to {MOST_DIMENSIONS} is expected")
    packed = request.get("encoding_format") == "base64"
    data = [
        {"object": "embedding", "index": index, "embedding": _packed(vector) if packed else vector}
        for index, vector in enumerate(_vector(text, dimensions) for text in texts)
    ]
    tokens = sum(_count(text) for text in texts)
    return {
        "object": "list",
        "data": data,
        "model": _model(request),
        "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
    }


def message(request: Mapping[str, Any], *, who: str) -> dict[str, Any]:
    """A response of Anthropic's ``/v1/messages``; `who` is named in its text.

    Raises:
        CannedRefusal: If a field is missing or of the wrong kind.
    """
    _demand_most(request)
    reply = _reply(request, who, "max_tokens")
    content = {"type": "text", "text": reply.text} if reply.call is None else _anthropic_call(reply.call)
    return {
        **_message_head(request),
        "content": [content],
        "stop_reason": _stop_reason(reply),
        "usage": {"input_tokens": _asked(request), "output_tokens": reply.tokens},
    }


def message_events(request: Mapping[str, Any], *, who: str) -> Iterator[dict[str, Any]]:
    """The same as `message`, as the events of a stream.

    Raises:
        CannedRefusal: If a field is missing or of the wrong kind; before the first event.
    """
    _demand_most(request)
    reply = _reply(request, who, "max_tokens")
    start = {
        **_message_head(request),
        "content": [],
        "stop_reason": None,
        "usage": {"input_tokens": _asked(request), "output_tokens": 0},
    }
    block: dict[str, Any] = {"type": "text", "text": ""}
    deltas: list[dict[str, Any]] = [{"type": "text_delta", "text": piece} for piece in reply.pieces]
    if reply.call is not None:
        block = {**_anthropic_call(reply.call), "input": {}}
        deltas = [{"type": "input_json_delta", "partial_json": json.dumps(reply.call.arguments)}]

    def events() -> Iterator[dict[str, Any]]:
        yield {"type": "message_start", "message": start}
        yield {"type": "content_block_start", "index": 0, "content_block": block}
        for delta in deltas:
            yield {"type": "content_block_delta", "index": 0, "delta": delta}
        yield {"type": "content_block_stop", "index": 0}
        yield {
            "type": "message_delta",
            "delta": {"stop_reason": _stop_reason(reply), "stop_sequence": None},
            "usage": {"output_tokens": reply.tokens},
        }
        yield {"type": "message_stop"}

    return events()


def response(request: Mapping[str, Any], *, who: str) -> dict[str, Any]:
    """A response of OpenAI's ``/responses``; `who` is named in its text.

    Raises:
        CannedRefusal: If a field is missing or of the wrong kind.
    """
    reply = _reply(_as_chat(request), who, "max_output_tokens")
    asked = _asked(_as_chat(request))
    return {
        **_response_head(request),
        "status": "completed" if reply.whole else "incomplete",
        "incomplete_details": None if reply.whole else {"reason": "max_output_tokens"},
        "output": [_output_item(reply)],
        "usage": {
            "input_tokens": asked,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": reply.tokens,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": asked + reply.tokens,
        },
    }


def response_events(request: Mapping[str, Any], *, who: str) -> Iterator[dict[str, Any]]:
    """The same as `response`, as the events of a stream.

    Raises:
        CannedRefusal: If a field is missing or of the wrong kind; before the first event.
    """
    whole = response(request, who=who)
    begun = {**whole, "status": "in_progress", "incomplete_details": None, "output": [], "usage": None}
    (item,) = whole["output"]
    at = {"item_id": item["id"], "output_index": 0}

    def parts() -> Iterator[dict[str, Any]]:
        yield {"type": "response.created", "response": begun}
        yield {"type": "response.in_progress", "response": begun}
        if item["type"] == "function_call":
            empty = {**item, "status": "in_progress", "arguments": ""}
            yield {"type": "response.output_item.added", "output_index": 0, "item": empty}
            words = {"type": "response.function_call_arguments", "arguments": item["arguments"]}
            yield {**at, "type": f"{words['type']}.delta", "delta": words["arguments"]}
            yield {**at, **words, "type": f"{words['type']}.done", "name": item["name"]}
        else:
            (part,) = item["content"]
            at["content_index"] = 0
            empty = {**item, "status": "in_progress", "content": []}
            yield {"type": "response.output_item.added", "output_index": 0, "item": empty}
            yield {**at, "type": "response.content_part.added", "part": {**part, "text": ""}}
            for piece in _PIECE.findall(part["text"]):
                yield {**at, "type": "response.output_text.delta", "delta": piece, "logprobs": []}
            yield {**at, "type": "response.output_text.done", "text": part["text"], "logprobs": []}
            yield {**at, "type": "response.content_part.done", "part": part}
        yield {"type": "response.output_item.done", "output_index": 0, "item": item}
        yield {"type": f"response.{whole['status']}", "response": whole}

    return ({**part, "sequence_number": number} for number, part in enumerate(parts()))


def _as_chat(request: Mapping[str, Any]) -> dict[str, Any]:
    """A request of ``/responses`` with its input as the messages of a chat."""
    given = request.get("input")
    messages = [{"role": "user", "content": given}] if isinstance(given, str) else given
    if not isinstance(messages, list) or not messages:
        raise CannedRefusal("input", "a text or a list with at least one item is expected")
    text = request.get("text")
    form = text.get("format") if isinstance(text, dict) else None
    return {**request, "messages": messages, "response_format": {"type": "json_schema", "json_schema": form}}


def _response_head(request: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": _new_id("resp"),
        "object": "response",
        "created_at": int(time.time()),
        "model": _model(request),
        "error": None,
        "instructions": request.get("instructions"),
        "metadata": {},
        "parallel_tool_calls": True,
        "temperature": 1.0,
        "tool_choice": request.get("tool_choice") or "auto",
        "tools": request.get("tools") or [],
        "top_p": 1.0,
    }


def _output_item(reply: _Reply) -> dict[str, Any]:
    if reply.call is not None:
        return {
            "type": "function_call",
            "id": _new_id("fc"),
            "call_id": _new_id("call"),
            "name": reply.call.name,
            "arguments": json.dumps(reply.call.arguments),
            "status": "completed",
        }
    return {
        "type": "message",
        "id": _new_id("msg"),
        "role": "assistant",
        "status": "completed",
        "content": [{"type": "output_text", "text": reply.text, "annotations": [], "logprobs": []}],
    }


def _openai_call(call: ToolCall) -> dict[str, Any]:
    function = {"name": call.name, "arguments": json.dumps(call.arguments)}
    return {"id": _new_id("call"), "type": "function", "function": function}


def _anthropic_call(call: ToolCall) -> dict[str, Any]:
    return {"type": "tool_use", "id": _new_id("toolu"), "name": call.name, "input": call.arguments}


def _finish(reply: _Reply) -> str:
    if reply.call is not None:
        return "tool_calls"
    return "stop" if reply.whole else "length"


def _stop_reason(reply: _Reply) -> str:
    if reply.call is not None:
        return "tool_use"
    return "end_turn" if reply.whole else "max_tokens"


def _message_head(request: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": _new_id("msg"),
        "type": "message",
        "role": "assistant",
        "model": _model(request),
        "stop_sequence": None,
    }


def _new_id(kind: str) -> str:
    return f"{kind}_demo_{next(_numbers):08d}"


def _model(request: Mapping[str, Any]) -> str:
    model = request.get("model")
    if not isinstance(model, str) or not model:
        raise CannedRefusal("model", "a model's id is expected")
    return model


def _most(request: Mapping[str, Any], *fields: str) -> int | None:
    """The token limit of the request, or None."""
    for field in fields:
        value = request.get(field)
        if value is None:
            continue
        if not isinstance(value, int) or value < 1:
            raise CannedRefusal(field, "a number from 1 on is expected")
        return value
    return None


def _demand_most(request: Mapping[str, Any]) -> None:
    if _most(request, "max_tokens") is None:
        raise CannedRefusal("max_tokens", "Field required")


class _Reply(NamedTuple):
    """What a response says word by word, whether that is all of it, and the tool that it calls instead."""

    pieces: list[str]
    whole: bool
    call: ToolCall | None

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    @property
    def tokens(self) -> int:
        return len(self.pieces) or 1


def _reply(request: Mapping[str, Any], who: str, *limits: str) -> _Reply:
    """What the response says; `limits` are the fields with the most tokens."""
    most = _most(request, *limits)
    _model(request)
    messages = request.get("messages")
    if not isinstance(messages, list) or not messages:
        raise CannedRefusal("messages", "a list with at least one message is expected")
    items = [item for item in messages if isinstance(item, dict)]
    last = next((item for item in reversed(items) if _message_text(item)), {})
    result = _is_result(last)
    text = " ".join(_message_text(last).split())
    call = tool_call(request, "" if result else text)
    if call is not None:
        return _Reply([], whole=True, call=call)
    shown = text if len(text) <= _SHOWN_CHARACTERS else f"{text[: _SHOWN_CHARACTERS - 1]}…"
    said = f"{'The tool said' if result else 'You wrote'}: “{shown}”"
    schema = _wanted_schema(request)
    answer = f"This is a canned answer of {who}. {said}" if schema is None else json.dumps(value_for(schema))
    pieces = _PIECE.findall(answer)
    return _Reply(pieces[:most], whole=most is None or len(pieces) <= most, call=None)


def _wanted_schema(request: Mapping[str, Any]) -> Any:
    """The JSON schema that the text of the response must fit, or None."""
    form = request.get("response_format")
    about = form.get("json_schema") if isinstance(form, dict) else None
    return about.get("schema") if isinstance(about, dict) else None


def _is_result(item: Mapping[str, Any]) -> bool:
    """Whether a message is what a tool returned, in any of the three formats."""
    if item.get("role") == "tool" or item.get("type") == "function_call_output":
        return True
    content = item.get("content")
    parts = content if isinstance(content, list) else []
    return any(isinstance(part, dict) and part.get("type") == "tool_result" for part in parts)


def _message_text(item: Mapping[str, Any]) -> str:
    """The text of a message or of a tool's result, which is a string or a list of parts."""
    return _text_in(item.get("content") or item.get("output"))


def _text_in(content: Any) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        parts = (part for part in content if isinstance(part, dict))
        return " ".join(str(part.get("text") or _text_in(part.get("content"))) for part in parts).strip()
    return ""


def _asked(request: Mapping[str, Any]) -> int:
    return sum(_count(_message_text(item)) for item in request["messages"] if isinstance(item, dict))


def _openai_usage(request: Mapping[str, Any], reply: _Reply) -> dict[str, int]:
    asked, said = _asked(request), reply.tokens
    return {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said}


def _count(text: str) -> int:
    """The number of tokens, which here is that of words."""
    return max(1, len(text.split()))


def _inputs(given: Any) -> list[str]:
    """The texts to embed; token ids, which some clients send instead, count as words."""
    one = isinstance(given, str) or (
        isinstance(given, list) and given != [] and all(isinstance(item, int) for item in given)
    )
    given = [given] if one else given
    if not isinstance(given, list) or not 1 <= len(given) <= MOST_INPUTS:
        raise CannedRefusal("input", f"a text or a list of 1 to {MOST_INPUTS} texts is expected")
    texts = [" ".join(map(str, item)) if isinstance(item, list) else item for item in given]
    if not all(isinstance(text, str) and text for text in texts):
        raise CannedRefusal("input", "texts that are not empty are expected")
    return texts


def _vector(text: str, dimensions: int) -> list[float]:
    """A vector of length 1, in which each word of the text sets a few components."""
    vector = [0.0] * dimensions
    for word in _WORD.findall(text.lower()) or [text]:
        digest = hashlib.blake2b(word.encode("utf-8", "replace"), digest_size=4 * _PLACES_OF_A_WORD).digest()
        for start in range(0, len(digest), 4):
            number = int.from_bytes(digest[start : start + 4], "big")
            vector[(number >> 1) % dimensions] += 1.0 if number & 1 else -1.0
    length = math.sqrt(sum(value * value for value in vector))
    if not length:  # all components have cancelled out
        return [1.0, *vector[1:]]
    return [value / length for value in vector]


def _packed(vector: list[float]) -> str:
    """The vector as base64 of 32-bit floats, which OpenAI's client asks for."""
    import base64
    import struct

    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode("ascii")
