"""Sends one tiny real request to a model: whether it answers, how fast, and if not, why (MD-15).

It is sent only on the user's request, as it may cost a fraction of a cent. It needs no SDK, has a time-out on
the wall clock, and classifies failures as discovery does.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from ._text import clean, html_table, text_table
from .errors import DiscoveryError, FieldProblem, InvalidInputError
from .urls import OPENAI_BASE_URL

if TYPE_CHECKING:
    import httpx

    from .clients import ResolvedModel
    from .discovery.exchange import Answer, RequestContext
    from .discovery.failures import Failure

TRY_TIMEOUT_SECONDS = 30.0
"""How long one try may take: a local server may have to load the model first."""
TRY_TOKENS = 16
"""How much the model may write: some servers refuse less."""
QUESTION = "Say hello."

Ask = Literal["chat", "embedding", "message"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TryResult:
    """The result of one request to a model; true if the model answered.

    Attributes:
        ok: Whether the model answered.
        latency_seconds: How long the request took, successful or not.
        message: What happened, in a sentence.
        error: The failure, with ``kind`` and ``hint`` as in discovery; None if there was none.
        model: The model that was asked.
        provider_name: Its provider.
        task: The task it was asked for; empty if it was named.
    """

    ok: bool
    latency_seconds: float
    message: str
    error: DiscoveryError | None = None
    model: str = ""
    provider_name: str = ""
    task: str = ""

    def __bool__(self) -> bool:
        return self.ok

    def _rows(self) -> list[tuple[str, str]]:
        rows = [
            ("Task", self.task),
            ("Model", self.model),
            ("Provider", self.provider_name),
            ("Result", self.message),
            ("Hint", self.error.hint if self.error else ""),
        ]
        return [(name, value) for name, value in rows if value]

    def __str__(self) -> str:
        return text_table(("Tried", ""), self._rows())

    def _repr_html_(self) -> str:
        return html_table(("Tried", ""), self._rows())


async def attempt(
    resolved: ResolvedModel,
    *,
    timeout_seconds: float = TRY_TIMEOUT_SECONDS,
    transport: httpx.AsyncBaseTransport | None = None,
) -> TryResult:
    """Sends one tiny request to a model: a few tokens, or one embedding.

    Args:
        resolved: The model, with its key.
        timeout_seconds: How long it may take, by the wall.
        transport: What to send through in place of the network, in tests.

    Raises:
        InvalidInputError: If this version does not know the provider's type.
    """
    from .discovery.failures import Failure

    started = time.perf_counter()
    error: DiscoveryError | None = None
    try:
        if resolved.provider_type == "mock":
            _ask_mock(resolved)
        else:
            await _ask(resolved, timeout_seconds=timeout_seconds, transport=transport)
    except Failure as failure:
        error = failure.as_error_of_a_try(resolved.provider_id)
    seconds = time.perf_counter() - started
    what = "a vector" if resolved.is_embedding else "an answer"
    return TryResult(
        ok=error is None,
        latency_seconds=seconds,
        message=f"{clean(resolved.model)} gave {what} after {seconds:.2f} s."
        if error is None
        else error.message,
        error=error,
        model=resolved.model,
        provider_name=resolved.provider_name,
        task=resolved.task,
    )


def _ask_mock(resolved: ResolvedModel) -> None:
    client = resolved.client()
    if resolved.is_embedding:
        client.embeddings.create(model=resolved.model, input=QUESTION)
    else:
        client.chat.completions.create(model=resolved.model, messages=_MESSAGES)


async def _ask(
    resolved: ResolvedModel, *, timeout_seconds: float, transport: httpx.AsyncBaseTransport | None
) -> None:
    import asyncio

    from .discovery.client import new_client
    from .discovery.failures import Failure
    from .secrets import key_problem

    kind = _kind_of(resolved)
    problem = key_problem(resolved.api_key.get_secret_value())
    if problem:
        raise Failure("INVALID_CREDENTIALS", f"The key of {resolved.provider_name} cannot be sent. {problem}")
    deadline = asyncio.get_running_loop().time() + timeout_seconds
    async with new_client(transport) as client:
        answer, context = await _post(client, resolved, _body(resolved, kind), deadline, timeout_seconds)
        if kind == "chat" and _wants_max_completion_tokens(answer):
            body = _body(resolved, kind, limit="max_completion_tokens")
            answer, context = await _post(client, resolved, body, deadline, timeout_seconds)
    _check(answer, context, kind, resolved.model)


async def _post(
    client: httpx.AsyncClient,
    resolved: ResolvedModel,
    body: dict[str, Any],
    deadline: float,
    timeout_seconds: float,
) -> tuple[Answer, RequestContext]:
    from .discovery.adapters import ADAPTERS
    from .discovery.exchange import RequestContext
    from .discovery.fetch import fetch
    from .urls import host_of

    kind = _kind_of(resolved)
    key = resolved.api_key.get_secret_value()
    base = resolved.base_url
    context = RequestContext(
        name=resolved.provider_name,
        host=host_of(base),
        url=f"{base}{_PATHS[kind]}",
        base_url=base,
        key=key,
        timeout_seconds=timeout_seconds,
    )
    answer = await fetch(
        client,
        context,
        ADAPTERS["anthropic" if kind == "message" else "openai-compatible"].headers(key),
        deadline=deadline,
        content=json.dumps(body).encode(),
    )
    return answer, context


_PATHS: dict[Ask, str] = {
    "chat": "/chat/completions",
    "embedding": "/embeddings",
    "message": "/v1/messages",
}
_MESSAGES = [{"role": "user", "content": QUESTION}]


def _kind_of(resolved: ResolvedModel) -> Ask:
    if resolved.provider_type == "anthropic":
        return "message"
    if resolved.provider_type != "openai-compatible":
        raise InvalidInputError(
            [FieldProblem("type", f"{resolved.provider_type} is not a type that this version can ask.")],
            hint="A newer version of this package or of the Dispatch app may know it.",
        )
    return "embedding" if resolved.is_embedding else "chat"


def _body(resolved: ResolvedModel, kind: Ask, *, limit: str = "") -> dict[str, Any]:
    if kind == "embedding":
        return {"model": resolved.model, "input": QUESTION}
    # OpenAI's newer models refuse max_tokens, and most other servers know only that.
    # https://platform.openai.com/docs/api-reference/chat/create (read 2026-11)
    new = kind == "chat" and resolved.base_url == OPENAI_BASE_URL
    limit = limit or ("max_completion_tokens" if new else "max_tokens")
    return {"model": resolved.model, "messages": _MESSAGES, limit: TRY_TOKENS}


def _wants_max_completion_tokens(answer: Answer) -> bool:
    return answer.status == 400 and b"max_completion_tokens" in answer.body  # noqa: PLR2004


def _check(answer: Answer, context: RequestContext, kind: Ask, model: str) -> None:
    """Raises the failure that a response stands for, unless it is a model's answer."""
    from .discovery.failures import Failure
    from .discovery.parsing import describe, parse
    from .discovery.response_errors import response_error, says_error, words_of

    try:
        document = parse(answer.body)
        readable = True
    except ValueError:
        document, readable = answer.body.decode("utf-8", "replace"), False
    if answer.is_success and readable and _is_an_answer(document, kind):
        return
    if answer.is_success and not (readable and says_error(document)):
        what = describe(answer.body, answer.headers.get("content-type", ""), readable=readable)
        raise Failure(
            "MALFORMED",
            f"{context.host} answered with {what}, not with an answer of a model.",
            "Check the base URL.",
            status=answer.status,
        )
    failure = response_error(answer, context, document, now=time.time())
    said = words_of(document, context.key)
    if failure.kind == "HTTP_STATUS":
        _reword_for_model(failure, failure.status or answer.status, context, said, model)
    elif failure.kind in _HINTS:
        failure.hint = _HINTS[failure.kind]
    raise failure


_HINTS = {
    "RATE_LIMITED": "Wait a little, then try again.",
    "REDIRECT": "Check the base URL.",
    "TOO_LARGE": "Check the base URL.",
    "MALFORMED": "Check the base URL and the key.",
}


def _reword_for_model(failure: Failure, status: int, context: RequestContext, said: str, model: str) -> None:
    """Replaces discovery's message for a status, which is about lists, by one about a model."""
    shown = clean(model, 80)
    words = f": “{said}”" if said else "."
    if status == 403:  # noqa: PLR2004
        failure.message = f"{context.host} does not let this key use {shown} (403){words}"
        failure.hint = "Choose another model, or ask whoever gave you the key."
    elif status == 404:  # noqa: PLR2004
        failure.message = f"{context.host} knows no {shown}, or answers at another address (404){words}"
        failure.hint = "Check the model's id, then the base URL."
    elif status < 500:  # noqa: PLR2004
        failure.message = f"{context.host} refused the request to {shown} ({status}){words}"
        failure.hint = "The model may be made for something else: check what it can do."


def _is_an_answer(document: Any, kind: Ask) -> bool:
    field = {"chat": "choices", "embedding": "data", "message": "content"}[kind]
    items = document.get(field) if isinstance(document, dict) else None
    if not isinstance(items, list):
        return False
    if kind == "embedding":
        return bool(items) and isinstance(items[0], dict) and bool(items[0].get("embedding"))
    return kind == "message" or bool(items)
