"""What is wrong with a provider, step by step (MD-14, MD-16).

It is asked as discovery asks it, and judged by the same function. Where it refuses or has no list, the other
known ways of the user's own host are tried, in order and within one deadline. Nothing is changed by it.
"""

from __future__ import annotations

import asyncio
import socket
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .._text import plural
from ..secrets import key_problem
from ..urls import DEFAULT_PORTS
from .adapters import ADAPTERS
from .client import ConnectionTrace, new_client
from .environment import proxy_in_words
from .failures import Failure
from .fetch import fetch
from .known_ways import Attempt, bases_of_chat, is_presets_own, other_ways
from .listing import ask_for_list, context_of, is_no_list
from .model_requests import CONVERSING
from .refusals import BY_HAND

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import httpx

    from .._terms import ProviderType
    from ..errors import DiscoveryKind
    from .exchange import RequestContext
    from .models import Target

MAX_ATTEMPTS = 12
"""How many requests are made at most for the other ways of the same host."""

_LOOK_UP_SECONDS = 0.5  # the request has looked the name up already
_ATTEMPT_SECONDS_MIN = 0.05
_LEAST_ATTEMPTS = 4  # that the time is enough for, if a server lets each of them wait
_CHAT_ATTEMPTS = 2  # of them, for whether a model answers where there is no list
_METHOD_NOT_ALLOWED = 405
_SERVER_ERROR = 500
_REFUSED_KINDS: frozenset[str] = frozenset({"INVALID_CREDENTIALS", "FORBIDDEN"})
# After one of these the rest would fare no better, or would make it worse.
_ENDS_ATTEMPTS: frozenset[str] = frozenset(
    {"CONNECTION_REFUSED", "UNKNOWN_HOST", "TLS", "PROXY", "RATE_LIMITED", "QUOTA"}
)

_KEY_HEADERS: Mapping[ProviderType, str] = {
    "anthropic": "x-api-key",
    "openai-compatible": "Authorization: Bearer",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that was tried.

    Attributes:
        ok: Whether it went well.
        text: What was found, in a sentence without a key.
    """

    ok: bool
    text: str

    def __str__(self) -> str:
        return f"{'✓' if self.ok else '✕'} {self.text}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What was tried, and what to change.

    Attributes:
        steps: What was tried, in order.
        suggestion: What to change, in a sentence.
        suggested_base_url: A base URL of the same host that answers with models, or refuses the key where
            the given one has no list; ready to take, with the type as it is.
        suggested_type: The provider's other type, where the server answers only as that; the suggestion names
            the base URL that goes with it.
    """

    steps: tuple[Step, ...]
    suggestion: str
    suggested_base_url: str | None = None
    suggested_type: ProviderType | None = None

    @property
    def ok(self) -> bool:
        """Whether there is nothing to change."""
        return all(step.ok for step in self.steps)

    def __str__(self) -> str:
        return "\n".join([*map(str, self.steps), self.suggestion])


async def diagnose(
    target: Target,
    *,
    timeout_seconds: float = 10.0,
    transport: httpx.AsyncBaseTransport | None = None,
) -> Diagnosis:
    """Tries to reach a provider, one step after the other, and says where it fails.

    Args:
        target: Whom to reach. Its base URL is tried as it is; then, where that has no list or refuses the
            key, at most `MAX_ATTEMPTS` other ways of the same origin.
        timeout_seconds: How long each request may take, by the wall, and how long all other ways together.
        transport: What to send through in place of the network.
    """
    problem = key_problem(target.api_key)
    if problem:
        return Diagnosis(steps=(Step(ok=False, text="The key cannot be sent."),), suggestion=problem)
    async with new_client(transport) as client:
        return await _diagnose(client, target, timeout_seconds)


async def _diagnose(client: httpx.AsyncClient, target: Target, timeout_seconds: float) -> Diagnosis:
    steps: list[Step] = []
    trace = ConnectionTrace()
    failure: Failure | None = None
    try:
        context = context_of(target, ADAPTERS[target.type].url(target.base_url), timeout_seconds)
        try:
            listing = await ask_for_list(
                client, target, timeout_seconds=timeout_seconds, now=time.time, trace=trace
            )
        finally:
            steps += await _connection_steps(trace, context)
        if listing.models:
            steps.append(Step(ok=True, text=_answers(context.shown_url, len(listing.models))))
            return Diagnosis(steps=tuple(steps), suggestion="Nothing needs to be changed.")
        steps.append(Step(ok=False, text=f"{context.shown_url} answers, and lists no models."))
        suggestion = f"The base URL may be another one. {BY_HAND}"
    except Failure as caught:
        failure = caught
        steps.append(Step(ok=False, text=failure.message))
        suggestion = failure.as_error(target.provider_id).hint
    first = Diagnosis(steps=tuple(steps), suggestion=suggestion)
    is_settled = failure is not None and not _refuses(failure) and not is_no_list(failure)
    if is_settled or is_presets_own(target):
        return first
    return await _Search(client, target, timeout_seconds, failure).run(first)


def _refuses(failure: Failure) -> bool:
    """Whether a server turned the request away for who asks, or does not say for what."""
    if failure.kind == "HTTP_STATUS":
        return not is_no_list(failure) and (failure.status or 0) < _SERVER_ERROR
    return failure.kind in _REFUSED_KINDS


def _answers(url: str, models: int) -> str:
    return f"{url} answers with {plural(models, 'model')}."


async def _connection_steps(trace: ConnectionTrace, context: RequestContext) -> list[Step]:
    """How far the request came: name, connection, certificate. With a proxy these are the proxy's affair."""
    if not trace.is_new:  # what was sent through is not the network
        return []
    proxy = proxy_in_words(context.url)
    if proxy:
        return [Step(ok=True, text=f"The way goes through {proxy}.")]
    parts = urlsplit(context.url)
    host, port = parts.hostname or "", parts.port or DEFAULT_PORTS[parts.scheme]
    steps = []
    addresses = [trace.address] if trace.address else await _addresses(host)
    if addresses and addresses != [host]:
        steps.append(Step(ok=True, text=f"{host} is {', '.join(addresses[:3])}."))
    if trace.opened is not None:
        steps.append(Step(ok=True, text=f"Something answers on {host}:{port}."))
    if trace.is_secured:
        steps.append(Step(ok=True, text=f"The certificate of {host} is trusted."))
    return steps


async def _addresses(host: str) -> list[str]:
    """The addresses of a host that did not answer there; none where they are not known at once."""
    with suppress(OSError, UnicodeError):
        async with asyncio.timeout(_LOOK_UP_SECONDS):
            look_up = asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
            return list(dict.fromkeys(str(address[0]) for *_, address in await look_up))
    return []


class _Search:
    """Tries the other ways of a target's host, in order, until one lists models."""

    def __init__(
        self, client: httpx.AsyncClient, target: Target, timeout_seconds: float, failure: Failure | None
    ) -> None:
        self._client = client
        self._target = target
        self._timeout_seconds = timeout_seconds
        self._is_refused = failure is not None and _refuses(failure)
        # A server that says 405 to this request may say it to any GET.
        self._chat_would_tell = failure is not None and failure.status != _METHOD_NOT_ALLOWED
        self._deadline = 0.0
        self._missing: dict[str, None] = {}  # paths and types without a list, in order, each once
        self._steps: list[Step] = []
        self._refusing: Attempt | None = None  # the first address that refuses a key which the given one took

    async def run(self, first: Diagnosis) -> Diagnosis:
        """Tries them within the time of one request.

        Args:
            first: What came of the way that the user gave; its suggestion stands unless there is a better.
        """
        self._deadline = asyncio.get_running_loop().time() + self._timeout_seconds
        listing = await self._listing()
        found = listing or self._refusing
        suggestion = first.suggestion
        if found:
            suggestion = _advice(self._target, found, lists=listing is not None)
        elif not self._is_refused and self._chat_would_tell:
            found = await self._answering()
            if found:
                suggestion = "The server has no list of models there: type a model id by hand."
                if found.base_url != self._target.base_url:
                    suggestion = f"Take {found.base_url} as the base URL. {suggestion}"
        is_other = found is not None and found.type != self._target.type
        is_elsewhere = found is not None and not found.header and found.base_url != self._target.base_url
        return Diagnosis(
            steps=(*first.steps, *self._tried()),
            suggestion=suggestion,
            suggested_base_url=found.base_url if found and is_elsewhere and not is_other else None,
            suggested_type=found.type if found and is_other else None,
        )

    async def _listing(self) -> Attempt | None:
        """The first way that lists models."""
        ways = other_ways(self._target, is_refused=self._is_refused)
        for attempt in islice(ways, MAX_ATTEMPTS - _CHAT_ATTEMPTS):
            left = self._left()
            if not left:
                self._steps.append(Step(ok=False, text="There was no time for the other known addresses."))
                break
            outcome = await self._try(attempt, left)
            if outcome is None:
                return attempt
            if outcome in _ENDS_ATTEMPTS:
                break
        return None

    def _left(self) -> float:
        """How long the next request may take, in seconds; 0 if the time is up."""
        left = self._deadline - asyncio.get_running_loop().time()
        left = min(left, self._timeout_seconds / _LEAST_ATTEMPTS)
        return left if left >= _ATTEMPT_SECONDS_MIN else 0.0

    async def _try(self, attempt: Attempt, seconds: float) -> DiscoveryKind | None:
        """Tries one; gives the kind of its failure, None if it lists models."""
        as_what = _as_what(self._target, attempt)
        try:
            listing = await ask_for_list(
                self._client,
                replace(self._target, type=attempt.type, base_url=attempt.base_url),
                timeout_seconds=seconds,
                now=time.time,
                headers={attempt.header: self._target.api_key} if attempt.header else None,
            )
        except Failure as failure:
            if is_no_list(failure):
                self._note_missing(attempt)
                return failure.kind
            named = as_what or attempt.url in failure.message
            text = f"{as_what}{failure.message}" if named else f"{attempt.url}: {failure.message}"
            self._steps.append(Step(ok=False, text=text))
            if _refuses(failure) and not self._is_refused and not as_what:
                self._refusing = self._refusing or attempt
            return failure.kind
        if not listing.models:
            self._note_missing(attempt)
            return "MALFORMED"
        self._steps.append(Step(ok=True, text=f"{as_what}{_answers(attempt.url, len(listing.models))}"))
        return None

    async def _answering(self) -> Attempt | None:
        """The base URL at which models are asked for answers: a GET is told so by 405, and costs nothing."""
        adapter = ADAPTERS[self._target.type]
        for base_url in bases_of_chat(self._target):
            left = self._left()
            if not left:
                break
            context = context_of(self._target, CONVERSING[self._target.type].url(base_url), left)
            deadline = asyncio.get_running_loop().time() + left
            headers = adapter.headers(self._target.api_key)
            with suppress(Failure):
                answer = await fetch(self._client, context, headers, deadline=deadline)
                if answer.status == _METHOD_NOT_ALLOWED:
                    text = f"{context.shown_url} is there: models can be asked for answers."
                    self._steps.append(Step(ok=True, text=text))
                    return Attempt(self._target.type, base_url)
        return None

    def _note_missing(self, attempt: Attempt) -> None:
        is_other = attempt.type != self._target.type
        self._missing[f"as type `{attempt.type}`" if is_other else urlsplit(attempt.url).path] = None

    def _tried(self) -> Iterator[Step]:
        """The steps; the ways that have no list in one of them."""
        if self._missing:
            yield Step(ok=False, text=f"No list of models either: {', '.join(self._missing)}.")
        yield from self._steps


def _as_what(target: Target, attempt: Attempt) -> str:
    """In what an attempt differs from the target beside the address, as a sentence begins with it."""
    if attempt.header:
        return f"With the key in the header `{attempt.header}`: "
    return f"As type `{attempt.type}`: " if attempt.type != target.type else ""


def _advice(target: Target, found: Attempt, *, lists: bool) -> str:
    """What to change, where another way has turned out to be the one."""
    if found.header:
        return (
            f"The server takes the key in the header `{found.header}`, which no type of provider sends: "
            "ask its operator for an address that takes `Authorization: Bearer`."
        )
    if found.type != target.type:
        return (
            f"The server answers as type `{found.type}`, which sends the key as "
            f"`{_KEY_HEADERS[found.type]}`: change the provider's type to that, with {found.base_url} as the "
            "base URL."
        )
    misses = found.base_url == f"{target.base_url.rstrip('/')}/v1"
    lead = "The base URL seems to miss /v1. " if misses else ""
    if lists:
        return f"{lead}Take {found.base_url} as the base URL."
    return (
        f"{lead}There is something at {found.base_url}, but it refuses the key: take it, then check the key."
    )
