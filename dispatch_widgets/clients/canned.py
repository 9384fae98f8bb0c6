"""Canned responses in the formats of OpenAI's and Anthropic's APIs, for the demo server and the mock client.

They depend on the request alone, so equal requests get equal responses. Formats: https://platform.openai.com/docs/api-reference/chat/object,
https://platform.openai.com/docs/api-reference/chat-streaming/streaming,
https://platform.openai.com/docs/api-reference/embeddings/object and
https://docs.anthropic.com/en/api/messages (read 2026-11).
"""

from __future__ import annotations

import hashlib
import itertools
import math
import re
import time
from typing import TYPE_CHECKING, Any

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
    pieces, whole = _answer_to(request, who, most=_most(request, "max_completion_tokens", "max_tokens"))
    return {
        "id": _new_id("chatcmpl"),
        "object": "chat.completion",
        "created": int(time.time()),
        "model": _model(request),
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "".join(pieces), "refusal": None},
                "logprobs": None,
                "finish_reason": "stop" if whole else "length",
            }
        ],
        "usage": _openai_usage(request, pieces),
    }


def chat_chunks(request: Mapping[str, Any], *, who: str) -> Iterator[dict[str, Any]]:
    """The same as `chat_completion`, as the chunks of a stream.

    Raises:
        CannedRefusal: If a field is missing or of the wrong kind; before the first chunk.
    """
    pieces, whole = _answer_to(request, who, most=_most(request, "max_completion_tokens", "max_tokens"))
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
        yield chunk({"role": "assistant", "content": ""})
        for piece in pieces:
            yield chunk({"content": piece})
        yield chunk({}, "stop" if whole else "length")
        if usage:
            yield {**head, "choices": [], "usage": _openai_usage(request, pieces)}

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
    pieces, whole = _answer_to(request, who, most=_needed_most(request))
    return {
        **_message_head(request),
        "content": [{"type": "text", "text": "".join(pieces)}],
        "stop_reason": "end_turn" if whole else "max_tokens",
        "usage": {"input_tokens": _asked(request), "output_tokens": len(pieces)},
    }


def message_events(request: Mapping[str, Any], *, who: str) -> Iterator[dict[str, Any]]:
    """The same as `message`, as the events of a stream.

    Raises:
        CannedRefusal: If a field is missing or of the wrong kind; before the first event.
    """
    pieces, whole = _answer_to(request, who, most=_needed_most(request))
    start = {
        **_message_head(request),
        "content": [],
        "stop_reason": None,
        "usage": {"input_tokens": _asked(request), "output_tokens": 0},
    }

    def events() -> Iterator[dict[str, Any]]:
        yield {"type": "message_start", "message": start}
        yield {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
        for piece in pieces:
            delta = {"type": "text_delta", "text": piece}
            yield {"type": "content_block_delta", "index": 0, "delta": delta}
        yield {"type": "content_block_stop", "index": 0}
        reason = "end_turn" if whole else "max_tokens"
        yield {
            "type": "message_delta",
            "delta": {"stop_reason": reason, "stop_sequence": None},
            "usage": {"output_tokens": len(pieces)},
        }
        yield {"type": "message_stop"}

    return events()


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


def _needed_most(request: Mapping[str, Any]) -> int:
    most = _most(request, "max_tokens")
    if most is None:
        raise CannedRefusal("max_tokens", "Field required")
    return most


def _answer_to(request: Mapping[str, Any], who: str, *, most: int | None) -> tuple[list[str], bool]:
    """The text of the response word by word, and whether it is complete."""
    _model(request)
    messages = request.get("messages")
    if not isinstance(messages, list) or not messages:
        raise CannedRefusal("messages", "a list with at least one message is expected")
    said = [_message_text(item.get("content")) for item in messages if isinstance(item, dict)]
    said = [text for text in said if text] or [""]
    last = " ".join(said[-1].split())
    shown = last if len(last) <= _SHOWN_CHARACTERS else f"{last[: _SHOWN_CHARACTERS - 1]}…"
    pieces = _PIECE.findall(f"This is a canned answer of {who}. You wrote: “{shown}”")
    return pieces[:most], most is None or len(pieces) <= most


def _message_text(content: Any) -> str:
    """The text of a message, whose content is a string or a list of parts."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return " ".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return ""


def _asked(request: Mapping[str, Any]) -> int:
    return sum(
        _count(_message_text(item.get("content"))) for item in request["messages"] if isinstance(item, dict)
    )


def _openai_usage(request: Mapping[str, Any], pieces: list[str]) -> dict[str, int]:
    asked, said = _asked(request), len(pieces)
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
