"""The small requests that try a model, and their responses: one `Endpoint` for each API.

A response counts also if it is a stream that was not requested, and if the model used up its tokens while
thinking, before it wrote anything.

Shapes: https://platform.openai.com/docs/api-reference/chat/object and ``…/chat-streaming``,
https://platform.openai.com/docs/api-reference/responses/object and ``…/responses-streaming``,
https://platform.openai.com/docs/api-reference/embeddings/object,
https://platform.claude.com/docs/en/api/messages and ``…/build-with-claude/streaming`` (read 2026-11).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from .parsing import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from .._terms import ProviderType

QUESTION = "Say hello."
TRY_TOKENS = 128
"""The most tokens a model may write: enough for some reasoning, and under a cent at $75 per million."""

_MESSAGES = [{"role": "user", "content": QUESTION}]
_MOST_EVENTS = 10_000
_DONE = "[DONE]"
_THOUGHT_IN_TEXT = re.compile(r"^\s*<think>.*?(?:</think>|$)", re.DOTALL)
_THOUGHT_FIELDS = ("reasoning_content", "reasoning", "thinking")
_RAN_OUT = frozenset({"length", "max_tokens", "max_output_tokens", "MAX_TOKENS"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A model's reply.

    Attributes:
        text: Its text, without reasoning; empty for an embedding.
        input_tokens: The number of tokens it read; None if not stated.
        output_tokens: The number of tokens it wrote, reasoning included; None if not stated.
        thought: Whether it reasoned.
        ran_out: Whether it reached the token limit.
        numbers: The length of the embedding; 0 if there is none or it is base64-encoded.
    """

    text: str = ""
    input_tokens: int | None = None
    output_tokens: int | None = None
    thought: bool = False
    ran_out: bool = False
    numbers: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An API endpoint at which a model is tried.

    Attributes:
        name: Its name: ``chat``.
        path: Its path below the base URL.
        type: The provider type whose headers it takes.
        limits: The possible fields for the token limit, the usual one first; empty if there is no limit.
        question: The fields that hold the question.
        reply: Reads the reply from a response's JSON; returns None if there is none.
        join: Joins the events of a stream into one response.
    """

    name: str
    path: str
    type: ProviderType = "openai-compatible"
    limits: tuple[str, ...] = ()
    question: dict[str, Any]
    reply: Callable[[dict[str, Any]], Reply | None]
    join: Callable[[list[dict[str, Any]]], dict[str, Any]] = lambda events: events[-1]

    def url(self, base_url: str) -> str:
        """Its address; a ``/v1`` that the base URL has already is not doubled."""
        base_url = base_url.rstrip("/")
        return f"{base_url.removesuffix('/v1') if self.path.startswith('/v1/') else base_url}{self.path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRequest:
    """One request to a model.

    Attributes:
        endpoint: The endpoint.
        model: The model's id.
        limit: The field for the token limit; empty for no limit.
        stream: Whether a stream is requested.
    """

    endpoint: Endpoint
    model: str
    limit: str = ""
    stream: bool = False

    def body(self) -> bytes:
        """Returns the request's JSON."""
        fields: dict[str, Any] = {"model": self.model, **self.endpoint.question}
        if self.limit:
            fields[self.limit] = TRY_TOKENS
            fields["stream"] = self.stream
        return json.dumps(fields).encode()

    def instead(self, refusal: str) -> ModelRequest | None:
        """Returns the request that a refusal's text demands instead; None if it demands none.

        Only requests that were refused as such are sent again, so nothing is paid for twice.
        """
        if self.endpoint is CHAT and _WANTS_RESPONSES.search(refusal):
            return ModelRequest(endpoint=RESPONSES, model=self.model, limit=RESPONSES.limits[0])
        if self.limit and not self.stream and _WANTS_STREAM.search(refusal):
            return replace(self, stream=True)
        other = next((limit for limit in self.endpoint.limits if limit != self.limit), "")
        if other and self.limit and (other in refusal or _refuses_field(self.limit, refusal)):
            return replace(self, limit=other)
        return None


# OpenAI says: This model is only supported in v1/responses and not in v1/chat/completions.
_WANTS_RESPONSES = re.compile(
    r"\b(?:only|use|try|via|through|with|support\w*)\b(?:[^.\n]|\.(?=\S)){0,80}?"
    r"(?:/responses\b|\bresponses (?:api|endpoint))",
    re.IGNORECASE,
)
# Alibaba Model Studio says: This model only support stream mode, please enable the stream parameter. And:
# enable_thinking must be set to false for non-streaming calls.
_WANTS_STREAM = re.compile(
    r"only supports? stream|enable the stream|non-?streaming calls|stream\W{0,4}(?:must be )?(?:set to )?true"
    r"|stream(?:ing)? is required|requires? stream",
    re.IGNORECASE,
)
_UNTAKEN = r"(?:unsupported|unknown|unrecogni[sz]ed|unexpected|extra|not (?:supported|permitted|allowed))"


def _refuses_field(field: str, refusal: str) -> bool:
    """Whether a refusal is about an unsupported field, not about its value."""
    about = rf"{_UNTAKEN}[^.\n]{{0,80}}?\b{field}\b|\b{field}\b[^.\n]{{0,60}}?{_UNTAKEN}"
    return re.search(about, refusal, re.IGNORECASE) is not None


# -- reading responses -----------------------------------------------------------------------------------


def document_of(body: bytes, endpoint: Endpoint) -> Any:
    """Parses a response, which may be a stream; an error in it is returned alone, as ``{"error": …}``.

    Raises:
        ValueError: If it is neither JSON nor a stream of JSON.
    """
    try:
        document = parse(body)
    except ValueError:
        events = [event for event in _events(body) if isinstance(event, dict)]
        if not events:
            raise
        document = next((event for event in events if event.get("error")), None) or endpoint.join(events)
    if not isinstance(document, dict):
        return document
    # OpenRouter puts an upstream error into the choice.
    error = document.get("error") or _first(document.get("choices")).get("error")
    return {"error": error} if error else document


def _events(body: bytes) -> Iterator[Any]:
    """Yields the JSON values of server-sent events; events that are not JSON are skipped.

    https://html.spec.whatwg.org/multipage/server-sent-events.html
    """
    lines = body.decode("utf-8", "replace").splitlines()
    for line in lines[: 4 * _MOST_EVENTS]:
        field, _, value = line.partition(":")
        if field.strip() != "data" or not value.strip() or value.strip() == _DONE:
            continue
        try:
            yield parse(value.strip().encode())
        except ValueError:
            continue


def _chat_reply(document: dict[str, Any]) -> Reply | None:
    choice = _first(document.get("choices"))
    message = choice.get("message")
    text = _texts(message.get("content") if isinstance(message, dict) else choice.get("text"))
    if not isinstance(message, dict) and not isinstance(choice.get("text"), str):
        return None
    visible = _THOUGHT_IN_TEXT.sub("", text, count=1)
    usage = _part(document, "usage")
    thoughts = [message.get(field) for field in _THOUGHT_FIELDS] if isinstance(message, dict) else []
    details = _part(usage, "completion_tokens_details")
    return Reply(
        text=visible,
        input_tokens=_count(usage, "prompt_tokens", "input_tokens"),
        output_tokens=_count(usage, "completion_tokens", "output_tokens"),
        thought=bool(
            any(thoughts)
            or visible != text
            or _count(usage, "reasoning_tokens")
            or _count(details, "reasoning_tokens")
        ),
        ran_out=str(choice.get("finish_reason")) in _RAN_OUT,
    )


def _chat_joined(events: list[dict[str, Any]]) -> dict[str, Any]:
    message: dict[str, str] = {}
    whole: dict[str, Any] = {"choices": []}
    for event in events:
        if isinstance(event.get("usage"), dict):
            whole["usage"] = event["usage"]
        choice = _first(event.get("choices"))
        if not choice:
            continue
        if not whole["choices"]:
            whole["choices"] = [{"message": message}]
        whole["choices"][0]["finish_reason"] = choice.get("finish_reason")
        part = choice.get("delta") or choice.get("message") or {"content": choice.get("text")}
        for field in ("content", *_THOUGHT_FIELDS):
            if isinstance(part, dict) and (text := _texts(part.get(field))):
                message[field] = message.get(field, "") + text
    return whole


def _responses_reply(document: dict[str, Any]) -> Reply | None:
    output = document.get("output")
    if not isinstance(output, list):
        return None
    items = [item for item in output if isinstance(item, dict)]
    usage = _part(document, "usage")
    return Reply(
        text="".join(_texts(item.get("content")) for item in items if item.get("type") == "message"),
        input_tokens=_count(usage, "input_tokens"),
        output_tokens=_count(usage, "output_tokens"),
        thought=any(item.get("type") == "reasoning" for item in items),
        ran_out=str(_part(document, "incomplete_details").get("reason")) in _RAN_OUT,
    )


def _responses_joined(events: list[dict[str, Any]]) -> dict[str, Any]:
    last: dict[str, Any] = next(
        (e["response"] for e in reversed(events) if isinstance(e.get("response"), dict)), {}
    )
    if last.get("output"):
        return dict(last)
    text = "".join(
        _texts(event.get("delta")) for event in events if event.get("type") == "response.output_text.delta"
    )
    return {**last, "output": [{"type": "message", "content": text}]} if text else dict(last)


def _embedding_reply(document: dict[str, Any]) -> Reply | None:
    vector = _first(document.get("data")).get("embedding")
    if not vector or not isinstance(vector, list | str):
        return None
    usage = _part(document, "usage")
    return Reply(
        input_tokens=_count(usage, "prompt_tokens", "input_tokens", "total_tokens"),
        numbers=len(vector) if isinstance(vector, list) else 0,
    )


def _message_reply(document: dict[str, Any]) -> Reply | None:
    content = document.get("content")
    if not isinstance(content, list):
        return None
    usage = _part(document, "usage")
    return Reply(
        text=_texts(content),
        input_tokens=_count(usage, "input_tokens"),
        output_tokens=_count(usage, "output_tokens"),
        thought=any("thinking" in str(part.get("type")) for part in content if isinstance(part, dict)),
        ran_out=str(document.get("stop_reason")) in _RAN_OUT,
    )


def _message_joined(events: list[dict[str, Any]]) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    content: list[dict[str, str]] = []
    usage: dict[str, Any] = {}
    for event in events:
        start = _part(event, "message")
        block, delta = _part(event, "content_block"), _part(event, "delta")
        if event.get("type") == "message_start" or block or delta:
            whole["content"] = content
        usage |= {**_part(start, "usage"), **_part(event, "usage")}
        if block:
            content.append({"type": str(block.get("type")), "text": _texts(block.get("text"))})
        elif delta.get("type") == "text_delta":
            content.append({"type": "text", "text": _texts(delta.get("text"))})
        whole["stop_reason"] = delta.get("stop_reason") or whole.get("stop_reason")
    return {**whole, "usage": usage}


def _first(items: Any) -> dict[str, Any]:
    return items[0] if isinstance(items, list) and items and isinstance(items[0], dict) else {}


def _part(document: Any, name: str) -> dict[str, Any]:
    part = document.get(name) if isinstance(document, dict) else None
    return part if isinstance(part, dict) else {}


def _texts(content: Any) -> str:
    """Returns a message's text, whose content is a string or a list of parts; reasoning is left out."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    parts = (part for part in content if isinstance(part, dict) and "thinking" not in str(part.get("type")))
    return "".join(part["text"] for part in parts if isinstance(part.get("text"), str))


def _count(usage: Any, *names: str) -> int | None:
    for name in names:
        value = usage.get(name) if isinstance(usage, dict) else None
        if type(value) is int and value >= 0:
            return value
    return None


CHAT = Endpoint(
    name="chat",
    path="/chat/completions",
    # OpenAI's newer models refuse max_tokens; most other servers know only max_tokens.
    limits=("max_tokens", "max_completion_tokens"),
    question={"messages": _MESSAGES},
    reply=_chat_reply,
    join=_chat_joined,
)
RESPONSES = Endpoint(
    name="responses",
    path="/responses",
    limits=("max_output_tokens",),
    question={"input": QUESTION},
    reply=_responses_reply,
    join=_responses_joined,
)
EMBEDDINGS = Endpoint(
    name="embeddings",
    path="/embeddings",
    question={"input": QUESTION},
    reply=_embedding_reply,
)
MESSAGES = Endpoint(
    name="messages",
    path="/v1/messages",
    type="anthropic",
    limits=("max_tokens",),
    question={"messages": _MESSAGES},
    reply=_message_reply,
    join=_message_joined,
)
CONVERSING: Mapping[ProviderType, Endpoint] = {"openai-compatible": CHAT, "anthropic": MESSAGES}
"""At which endpoint a provider's models converse, by its type."""
