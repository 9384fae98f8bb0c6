"""The mock provider's clients: canned responses without a network (PM-7, API-5).

They have the methods of both SDKs: ``chat.completions.create`` and ``embeddings.create`` of OpenAI's client,
``messages.create`` and ``messages.stream`` of Anthropic's, with streams, sync and async. No SDK is needed.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Self

from ..errors import FieldProblem, InvalidInputError
from . import canned

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

WHO = "the mock provider"


class MockAnswer(SimpleNamespace):
    """A response, or a part of one, with its fields as attributes, as in the SDKs."""

    def model_dump(self, **_: Any) -> dict[str, Any]:
        """The response as plain values."""
        return {name: _plain(value) for name, value in vars(self).items()}

    def to_dict(self, **_: Any) -> dict[str, Any]:
        """The same as `model_dump`."""
        return self.model_dump()

    def model_dump_json(self, *, indent: int | None = None, **_: Any) -> str:
        """The response as JSON.

        Args:
            indent: Spaces per level; None for a single line.
        """
        import json

        return json.dumps(self.model_dump(), indent=indent, ensure_ascii=False)


def _object(value: Any) -> Any:
    if isinstance(value, dict):
        # The arguments of a tool are a dict in the SDK too.
        plain = {"input"} if value.get("type") == "tool_use" else set()
        return MockAnswer(**{name: item if name in plain else _object(item) for name, item in value.items()})
    if isinstance(value, list) and not (value and isinstance(value[0], float)):
        return [_object(item) for item in value]
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, MockAnswer):
        return value.model_dump()
    return [_plain(item) for item in value] if isinstance(value, list) else value


class MockStream:
    """The chunks of a response; also a context manager."""

    def __init__(self, pieces: Iterator[dict[str, Any]]) -> None:
        self._pieces = pieces

    def __iter__(self) -> Iterator[MockAnswer]:
        return self

    def __next__(self) -> MockAnswer:
        piece: MockAnswer = _object(next(self._pieces))
        return piece

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the stream."""
        self._pieces = iter(())

    @property
    def text_stream(self) -> Iterator[str]:
        """Only the text of ``messages.stream``, piece by piece."""
        return (
            event.delta.text
            for event in self
            if event.type == "content_block_delta" and event.delta.type == "text_delta"
        )


class AsyncMockStream:
    """`MockStream` for ``async for`` and ``async with``."""

    def __init__(self, stream: MockStream) -> None:
        self._stream = stream

    def __aiter__(self) -> AsyncIterator[MockAnswer]:
        return self

    async def __anext__(self) -> MockAnswer:
        try:
            return next(self._stream)
        except StopIteration:
            raise StopAsyncIteration from None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stream.close()

    async def close(self) -> None:
        """Ends the stream."""
        self._stream.close()

    @property
    def text_stream(self) -> AsyncIterator[str]:
        """Only the text of ``messages.stream``, piece by piece."""

        async def texts() -> AsyncIterator[str]:
            for text in self._stream.text_stream:
                yield text

        return texts()


def _asked(make: Any, request: Mapping[str, Any], **more: Any) -> Any:
    """A canned response; raises the package's error if the real service would refuse the request."""
    try:
        return make(request, **more)
    except canned.CannedRefusal as refusal:
        problem = FieldProblem(refusal.field, f"{refusal.message}.")
    raise InvalidInputError([problem], hint="The mock provider checks what the real ones check.")


class _Completions:
    def create(self, *, model: str, messages: list[Any], stream: bool = False, **more: Any) -> Any:
        """A canned response, or a `MockStream` of it."""
        request = {"model": model, "messages": messages, **more}
        if stream:
            return MockStream(_asked(canned.chat_chunks, request, who=WHO))
        return _object(_asked(canned.chat_completion, request, who=WHO))


class _Embeddings:
    def create(self, *, model: str, input: Any, **more: Any) -> Any:  # noqa: A002 - the real one's word
        """Canned vectors, one for each text."""
        request = {"model": model, "input": input, **more}
        if more.get("encoding_format") != "base64":
            # The SDK requests base64 and decodes it, so its user gets numbers.
            request.pop("encoding_format", None)
        return _object(_asked(canned.embeddings, request))


class _Messages:
    def create(
        self, *, model: str, messages: list[Any], max_tokens: int, stream: bool = False, **more: Any
    ) -> Any:
        """A canned message, or a `MockStream` of its events."""
        request = {"model": model, "messages": messages, "max_tokens": max_tokens, **more}
        if stream:
            return MockStream(_asked(canned.message_events, request, who=WHO))
        return _object(_asked(canned.message, request, who=WHO))

    def stream(self, **asked: Any) -> Any:
        """A context manager with the events, and their text as ``text_stream``."""
        return self.create(**asked, stream=True)


class _Async:
    """A part of the client, whose ``create`` is awaited."""

    def __init__(self, part: Any) -> None:
        self._part = part

    async def create(self, **asked: Any) -> Any:
        """A canned response, or an `AsyncMockStream` of it."""
        made = self._part.create(**asked)
        return AsyncMockStream(made) if isinstance(made, MockStream) else made


class _AsyncMessages(_Async):
    def stream(self, **asked: Any) -> AsyncMockStream:
        """The context manager of `_Messages.stream`."""
        return AsyncMockStream(self._part.stream(**asked))


class MockClient:
    """A client with the methods of OpenAI's and Anthropic's, and canned responses.

    Attributes:
        chat: ``chat.completions.create(model=…, messages=…, stream=…)``.
        embeddings: ``embeddings.create(model=…, input=…)``.
        messages: ``messages.create(model=…, max_tokens=…, messages=…, stream=…)`` and ``stream``.
    """

    def __init__(self) -> None:
        self.chat = SimpleNamespace(completions=_Completions())
        self.embeddings = _Embeddings()
        self.messages = _Messages()

    def __repr__(self) -> str:
        return "MockClient()"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Nothing is open; the real clients have this too."""


class AsyncMockClient:
    """The async `MockClient`.

    Attributes:
        chat: ``await chat.completions.create(…)``.
        embeddings: ``await embeddings.create(…)``.
        messages: ``await messages.create(…)`` and ``stream``.
    """

    def __init__(self) -> None:
        self.chat = SimpleNamespace(completions=_Async(_Completions()))
        self.embeddings = _Async(_Embeddings())
        self.messages = _AsyncMessages(_Messages())

    def __repr__(self) -> str:
        return "AsyncMockClient()"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Nothing is open; the real clients have this too."""
