"""Tries a model with one small real request: whether it answers, with what, how fast, or why not (MD-15).

A request may cost a fraction of a cent, so it is sent only when the user asks for it. It needs no SDK, has a
deadline, and reports failures as discovery does. It is sent again only if the server refused the request as
such (an unsupported field, another endpoint for this model), in the form that the server demands.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from math import floor, log10
from typing import TYPE_CHECKING, Any

from ._text import clean, html_table, plural, text_table
from .errors import DiscoveryError, FieldProblem, InvalidInputError
from .settings.schema import MOCK_TYPE
from .urls import OPENAI_BASE_URL

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from .clients import ResolvedModel
    from .discovery.exchange import RequestContext, Response
    from .discovery.failures import Failure
    from .discovery.model_requests import ModelRequest, Reply
    from .discovery.models import Price
    from .errors import DispatchError

    TryCallback = Callable[[str, "TryResult | DispatchError"], None]

TRY_TIMEOUT_SECONDS = 30.0
"""The deadline of a try, in seconds; long, as a local server may have to load the model first."""

MOST_AT_ONCE = 6
"""How many models are asked at the same time when several are tried."""

_SHORTEST_SECONDS = 0.01
_MOST_REQUESTS = 4
_READ_BYTES = 20_000
_REFUSED_FROM, _TROUBLE_FROM = 400, 500
_MAY_BE_ABOUT_THE_MODEL = frozenset({"HTTP_STATUS", "MALFORMED", "UNKNOWN_MODEL", "FORBIDDEN"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TryResult:
    """The result of trying a model; truthy if the model answered.

    Attributes:
        ok: Whether the model answered.
        latency_seconds: How long the request took, in seconds of wall-clock time, successful or not.
        message: What happened, in a sentence.
        answer: The first line of the model's answer; empty for an embedding or an empty answer.
        input_tokens: The number of tokens that the model read; None if the server does not state it.
        output_tokens: The number of tokens that it wrote, reasoning included; None if not stated.
        error: The error, with ``kind`` and ``hint`` as in discovery; None if there was none.
        model: The model's id.
        provider_name: The provider's name.
        task: The task whose model was tried; empty if the model was given by its id.
        cost_dollars: What the request cost, in US dollars, by the price that the provider's list states; None
            if it states none, or the tokens are not stated.
    """

    ok: bool
    latency_seconds: float
    message: str
    error: DiscoveryError | None = None
    model: str = ""
    provider_name: str = ""
    task: str = ""
    answer: str = ""
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_dollars: float | None = None

    def __bool__(self) -> bool:
        return self.ok

    @property
    def tokens(self) -> str:
        """The numbers of tokens in words: ``12 in, 30 out``; empty if the server does not state them."""
        stated = [
            f"{count:,} {direction}"
            for count, direction in ((self.input_tokens, "in"), (self.output_tokens, "out"))
            if count is not None
        ]
        return ", ".join(stated)

    @property
    def time(self) -> str:
        """The time in words: ``0.35 s``, ``less than 0.01 s``."""
        return _time_in_words(self.latency_seconds)

    @property
    def cost(self) -> str:
        """The cost in words: ``$0.000041``, to two digits that count; empty if it is not known."""
        if not self.cost_dollars:
            return "" if self.cost_dollars is None else "$0"
        return f"${self.cost_dollars:.{max(2, 1 - floor(log10(self.cost_dollars)))}f}"

    @property
    def summary(self) -> str:
        """The message, the answer, the numbers of tokens and the cost, on one line."""
        answer = f" “{self.answer}”" if self.answer else ""
        tokens = f" Tokens: {self.tokens}." if self.tokens else ""
        cost = f" Cost: {self.cost}." if self.cost else ""
        return f"{self.message}{answer}{tokens}{cost}"

    def _rows(self) -> list[tuple[str, str]]:
        rows = [
            ("Task", self.task),
            ("Model", self.model),
            ("Provider", self.provider_name),
            ("Result", self.message),
            ("Answer", self.answer),
            ("Tokens", self.tokens),
            ("Cost", self.cost),
            ("Hint", self.error.hint if self.error else ""),
        ]
        return [(name, value) for name, value in rows if value]

    def __str__(self) -> str:
        return text_table(("Tried", ""), self._rows())

    def _repr_html_(self) -> str:
        return html_table(("Tried", ""), self._rows())


async def try_resolved(
    resolved: ResolvedModel,
    *,
    timeout_seconds: float = TRY_TIMEOUT_SECONDS,
    transport: httpx.AsyncBaseTransport | None = None,
    price: Price | None = None,
) -> TryResult:
    """Sends one small request to a resolved model: for a few words, or for one embedding.

    Args:
        resolved: The model, with its key.
        timeout_seconds: The deadline, in seconds of wall-clock time.
        transport: An httpx transport in place of the network.
        price: What the model costs, if its provider's list states it.

    Raises:
        InvalidInputError: If this version does not know the provider's type.
    """
    from .discovery.failures import Failure, quoted

    stopwatch = _Stopwatch()
    error: DiscoveryError | None = None
    reply: Reply | None = None
    try:
        if resolved.provider_type == MOCK_TYPE:
            reply = _ask_mock(resolved)
        else:
            reply = await _ask(
                resolved, timeout_seconds=timeout_seconds, transport=transport, stopwatch=stopwatch
            )
    except Failure as failure:
        error = failure.as_error_of_a_try(resolved.provider_id)
    seconds = stopwatch.seconds()
    key = resolved.api_key.get_secret_value()
    lines = (line for line in (reply.text if reply else "").splitlines() if line.strip())
    return TryResult(
        ok=reply is not None,
        latency_seconds=seconds,
        message=error.message if error else _success_message(reply, resolved, seconds),
        answer=quoted(next(lines, ""), key),
        input_tokens=reply.input_tokens if reply else None,
        output_tokens=reply.output_tokens if reply else None,
        error=error,
        model=resolved.model,
        provider_name=resolved.provider_name,
        task=resolved.task,
        cost_dollars=_cost(reply, price) if reply else None,
    )


def _time_in_words(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= _SHORTEST_SECONDS else f"less than {_SHORTEST_SECONDS} s"


def _cost(reply: Reply, price: Price | None) -> float | None:
    """What a reply cost in US dollars; None unless everything that it takes is stated."""
    if price is None or reply.input_tokens is None or price.input is None:
        return None
    cost = reply.input_tokens * price.input
    if reply.output_tokens is not None:
        if price.output is None:
            return None
        cost += reply.output_tokens * price.output
    elif not reply.numbers:  # an embedding has no output tokens
        return None
    return cost / 1_000_000


class _Stopwatch:
    """Measures the last request of a try."""

    def __init__(self) -> None:
        self.start()

    def start(self) -> None:
        self._started = time.perf_counter()

    def seconds(self) -> float:
        return time.perf_counter() - self._started


def _success_message(reply: Reply | None, resolved: ResolvedModel, seconds: float) -> str:
    """Returns the message for a model that answered."""
    name, after = clean(resolved.model), f"after {_time_in_words(seconds)}"
    if reply is None or resolved.is_embedding:
        length = f" of {plural(reply.numbers, 'number')}" if reply and reply.numbers else ""
        return f"{name} gave a vector{length} {after}."
    if reply.text.strip():
        return f"{name} gave an answer {after}."
    if reply.thought or reply.ran_out:
        return f"{name} works: it thought until its few tokens were used up, {after}."
    return f"{name} answered without a word {after}."


def _ask_mock(resolved: ResolvedModel) -> Reply:
    from .discovery.model_requests import CHAT, EMBEDDINGS, QUESTION, Reply

    client = resolved.client()
    if resolved.is_embedding:
        made = client.embeddings.create(model=resolved.model, input=QUESTION)
        return EMBEDDINGS.reply(made.model_dump()) or Reply()
    made = client.chat.completions.create(model=resolved.model, **CHAT.question)
    return CHAT.reply(made.model_dump()) or Reply()


async def _ask(
    resolved: ResolvedModel,
    *,
    timeout_seconds: float,
    transport: httpx.AsyncBaseTransport | None,
    stopwatch: _Stopwatch,
) -> Reply:
    """Returns a model's reply to the first request, or to the one that the server demanded instead.

    Raises:
        Failure: If there is none.
    """
    import asyncio

    from .discovery.client import client_of_this_loop
    from .discovery.failures import Failure
    from .discovery.listing import failure_of
    from .discovery.model_refusals import refusal_of_model
    from .discovery.model_requests import Reply
    from .discovery.response_errors import says_error, server_message
    from .secrets import key_problem

    request = _first_request(resolved)
    problem = key_problem(resolved.api_key.get_secret_value())
    if problem:
        raise Failure("INVALID_CREDENTIALS", f"The key of {resolved.provider_name} cannot be sent. {problem}")
    deadline = asyncio.get_running_loop().time() + timeout_seconds
    sent: list[ModelRequest] = []
    client = client_of_this_loop(transport)
    while True:
        stopwatch.start()
        response, context = await _post(client, resolved, request, deadline, timeout_seconds)
        sent.append(request)
        document, readable = _read(response, request)
        is_whole = response.is_success and isinstance(document, dict)
        reply = request.endpoint.reply(document) if is_whole else None
        if reply is not None:
            return reply
        words = response.body[:_READ_BYTES].decode("utf-8", "replace")
        if _REFUSED_FROM <= response.status < _TROUBLE_FROM:
            if refusal_of_model(words) == "used up":
                return Reply(thought=True, ran_out=True)
            other = request.instead(words)
            if other is not None and other not in sent and len(sent) < _MOST_REQUESTS:
                request = other
                continue
        failure = failure_of(
            response, context, document, is_json=readable, wanted="an answer of a model", now=time.time()
        )
        if failure.kind != "MALFORMED" or (readable and says_error(document)):
            failure.hint = _HINTS.get(failure.kind, failure.hint)
            _reword_for_model(failure, context, words, server_message(document, context.key))
        raise failure


def _first_request(resolved: ResolvedModel) -> ModelRequest:
    from .discovery.model_requests import CHAT, EMBEDDINGS, MESSAGES, ModelRequest

    if resolved.provider_type == "anthropic":
        return ModelRequest(endpoint=MESSAGES, model=resolved.model, limit=MESSAGES.limits[0])
    if resolved.provider_type != "openai-compatible":
        raise InvalidInputError(
            [FieldProblem("type", f"{resolved.provider_type} is not a type that this version can ask.")],
            hint="A newer version of this package or of the Dispatch app may know it.",
        )
    if resolved.is_embedding:
        return ModelRequest(endpoint=EMBEDDINGS, model=resolved.model)
    # https://platform.openai.com/docs/api-reference/chat/create (read 2026-11)
    limit = CHAT.limits[1 if resolved.base_url == OPENAI_BASE_URL else 0]
    return ModelRequest(endpoint=CHAT, model=resolved.model, limit=limit)


async def _post(
    client: httpx.AsyncClient,
    resolved: ResolvedModel,
    request: ModelRequest,
    deadline: float,
    timeout_seconds: float,
) -> tuple[Response, RequestContext]:
    from .discovery.adapters import ADAPTERS
    from .discovery.exchange import RequestContext
    from .discovery.fetch import fetch
    from .urls import host_of

    key = resolved.api_key.get_secret_value()
    base = resolved.base_url
    context = RequestContext(
        name=resolved.provider_name,
        host=host_of(base),
        url=request.endpoint.url(base),
        base_url=base,
        key=key,
        timeout_seconds=timeout_seconds,
        model=resolved.model,
    )
    headers = ADAPTERS[request.endpoint.type].headers(key)
    response = await fetch(client, context, headers, deadline=deadline, content=request.body())
    return response, context


def _read(response: Response, request: ModelRequest) -> tuple[Any, bool]:
    """Returns a response's JSON value, or its text, and whether it is JSON."""
    from .discovery.model_requests import document_of

    try:
        return document_of(response.body, request.endpoint), True
    except ValueError:
        return response.body.decode("utf-8", "replace"), False


_HINTS = {
    "RATE_LIMITED": "Wait a little, then try again.",
    "REDIRECT": "Check the base URL.",
    "TOO_LARGE": "Check the base URL.",
    "MALFORMED": "Check the base URL and the key.",
}


def _is_named(model: str, said: str) -> bool:
    """Whether what is not found is the model, as Anthropic says it: ``model: claude-x``."""
    return re.search(rf"(?<![\w/]){re.escape(model)}(?![\w/])", said) is not None


def _reword_for_model(failure: Failure, context: RequestContext, everything: str, said: str) -> None:
    """Replaces discovery's message, where it is about lists, by one about a model.

    Args:
        failure: What discovery would say.
        context: Who was asked.
        everything: All that the server answered.
        said: Its own words, fit to be shown.
    """
    from .discovery.model_refusals import refusal_of_model

    if failure.kind not in _MAY_BE_ABOUT_THE_MODEL or failure.status is None:
        return
    status, shown = failure.status, clean(context.model, 80)
    words = f": “{said}”" if said else "."
    about = refusal_of_model(everything)
    if about == "other purpose":
        failure.kind = "HTTP_STATUS"
        failure.message = f"{context.host} says that {shown} is made for something else ({status}){words}"
        failure.hint = "Check what it can do, and choose another model for this."
    elif failure.kind == "UNKNOWN_MODEL" or (status == 404 and _is_named(context.model, said)):  # noqa: PLR2004
        failure.kind = "UNKNOWN_MODEL"
        failure.message = f"{context.host} does not know the model {shown} ({status}){words}"
        failure.hint = (
            "Check the model's id: it may be misspelt, renamed or gone, or this key may not see it."
        )
    elif failure.kind == "MALFORMED":
        failure.message = f"{context.host} answered with an error in place of an answer of {shown}{words}"
    elif failure.kind != "HTTP_STATUS":
        pass  # it is not about the model
    elif status == 403:  # noqa: PLR2004
        failure.message = f"{context.host} does not let this key use {shown} (403){words}"
        failure.hint = "Choose another model, or ask whoever gave you the key."
    elif status == 404:  # noqa: PLR2004
        failure.message = f"{context.host} knows no {shown}, or answers at another address (404){words}"
        failure.hint = "Check the model's id, then the base URL."
    elif status < _TROUBLE_FROM:
        failure.message = f"{context.host} refused the request to {shown} ({status}){words}"
        failure.hint = "The server's words say what it misses; the model may also be made for something else."
