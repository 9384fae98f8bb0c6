"""The demo server's model responses: canned and well-formed, complete or streamed.

``/chat/completions``, ``/responses`` and ``/embeddings`` below an OpenAI-compatible account's ``/v1``,
``/v1/messages`` at the Anthropic one. A model must be in the account's list and have the capability.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ..clients import canned
from .accounts import ANTHROPIC_PAGE_LIMIT, DemoResponse, encode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from ._http import Exchange
    from .accounts import Account

    Reply = Callable[[Account, Exchange], DemoResponse]

WHO = "the demo server"
_LIST_METHODS = frozenset({"GET", "HEAD"})
_ASK_METHODS = frozenset({"POST"})


def reply_of(account: Account, path: str) -> Reply | None:
    """The handler for model requests at a path, or None."""
    return _REPLIES.get((account.dialect, path.removeprefix(account.prefix)))


def answer(account: Account, exchange: Exchange, *, page_cap: int = ANTHROPIC_PAGE_LIMIT) -> DemoResponse:
    """The right answer to a request: the list, or what a model would say."""
    reply = reply_of(account, exchange.path)
    return account.listing(exchange, page_cap=page_cap) if reply is None else reply(account, exchange)


def methods_at(account: Account, path: str) -> frozenset[str]:
    """The HTTP methods that a path accepts."""
    return _LIST_METHODS if reply_of(account, path) is None else _ASK_METHODS


def _chat(account: Account, exchange: Exchange) -> DemoResponse:
    request = _read(exchange)
    refused = _refused(account, request, needs="chat")
    if refused is not None:
        return refused
    if request.get("stream") is True:
        return _stream(account, [*map(_data, canned.chat_chunks(request, who=WHO)), b"data: [DONE]\n\n"])
    return _whole(account, canned.chat_completion(request, who=WHO))


def _embeddings(account: Account, exchange: Exchange) -> DemoResponse:
    request = _read(exchange)
    refused = _refused(account, request, needs="embedding")
    return refused if refused is not None else _whole(account, canned.embeddings(request))


def _messages(account: Account, exchange: Exchange) -> DemoResponse:
    request = _read(exchange)
    refused = _refused(account, request, needs="chat")
    if refused is not None:
        return refused
    if request.get("stream") is True:
        return _stream(account, map(_event, canned.message_events(request, who=WHO)))
    return _whole(account, canned.message(request, who=WHO))


def _responses(account: Account, exchange: Exchange) -> DemoResponse:
    request = _read(exchange)
    refused = _refused(account, request, needs="chat")
    if refused is not None:
        return refused
    if request.get("stream") is True:
        return _stream(account, map(_event, canned.response_events(request, who=WHO)))
    return _whole(account, canned.response(request, who=WHO))


def _guarded(reply: Reply) -> Reply:
    """Answers 400 to a body that the real service would reject."""

    def guarded(account: Account, exchange: Exchange) -> DemoResponse:
        try:
            return reply(account, exchange)
        except canned.CannedRefusal as refusal:
            return account.error(400, str(refusal))

    return guarded


_REPLIES: Mapping[tuple[str, str], Reply] = {
    ("openai", "/v1/chat/completions"): _guarded(_chat),
    ("openai", "/v1/embeddings"): _guarded(_embeddings),
    ("openai", "/v1/responses"): _guarded(_responses),
    ("anthropic", "/v1/messages"): _guarded(_messages),
}


def _read(exchange: Exchange) -> dict[str, Any]:
    try:
        request = json.loads(exchange.body)
    except (ValueError, RecursionError):
        request = None
    if not isinstance(request, dict):
        raise canned.CannedRefusal("body", "a JSON object is expected")
    return request


def _refused(account: Account, request: Mapping[str, Any], *, needs: str) -> DemoResponse | None:
    """The error response if the model does not exist or lacks the capability, else None."""
    wanted = request.get("model")
    model = next((model for model in account.models if model.id == wanted), None)
    if not isinstance(wanted, str) or model is None:
        shown = wanted[:80] if isinstance(wanted, str) else "none"
        return account.error(
            404, f"The model {shown} does not exist here.", _code(account, "model_not_found")
        )
    if model.kind != needs:
        return account.error(400, f"The model {wanted} cannot be used for this: it is no {needs} model.")
    return None


def _code(account: Account, code: str) -> str | None:
    return code if account.dialect == "openai" else None


def _whole(account: Account, document: Mapping[str, Any]) -> DemoResponse:
    return DemoResponse(200, encode(document), account.answer_headers())


def _stream(account: Account, events: Iterable[bytes]) -> DemoResponse:
    pieces = tuple(events)
    return DemoResponse(200, b"".join(pieces), account.answer_headers(), pieces)


def _data(document: Mapping[str, Any]) -> bytes:
    return b"data: " + json.dumps(document, ensure_ascii=False).encode() + b"\n\n"


def _event(document: Mapping[str, Any]) -> bytes:
    return f"event: {document['type']}\n".encode() + _data(document)
