"""Diagnoses a provider step by step (MD-14, MD-16).

It sends discovery's own request and reads the response with the same function. If the server refuses or has
no list, the other known ways of the same host are tried, in order and within one deadline. It changes
nothing.
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
"""The most requests for the other ways of the same host."""

_LOOK_UP_SECONDS = 0.5  # short, as the request has already looked the name up
_ATTEMPT_SECONDS_MIN = 0.05
_LEAST_ATTEMPTS = 4  # that fit into the deadline even if each of them times out
_CHAT_ATTEMPTS = 2  # of MAX_ATTEMPTS, reserved for chat URLs
_METHOD_NOT_ALLOWED = 405
_SERVER_ERROR = 500
_REFUSED_KINDS: frozenset[str] = frozenset({"INVALID_CREDENTIALS", "FORBIDDEN"})
# After one of these, further requests would fail too, or prolong a rate limit.
_ENDS_ATTEMPTS: frozenset[str] = frozenset(
    {"CONNECTION_REFUSED", "UNKNOWN_HOST", "TLS", "PROXY", "RATE_LIMITED", "QUOTA"}
)

_KEY_HEADERS: Mapping[ProviderType, str] = {
    "anthropic": "x-api-key",
    "openai-compatible": "Authorization: Bearer",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a diagnosis.

    Attributes:
        ok: Whether it succeeded.
        text: The result, in a sentence without a key.
    """

    ok: bool
    text: str

    def __str__(self) -> str:
        return f"{'✓' if self.ok else '✕'} {self.text}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """The result of a diagnosis.

    Attributes:
        steps: What was tried, in order.
        suggestion: What to change, in a sentence.
        suggested_base_url: A base URL of the same host, for the same type, that lists models, or refuses the
            key while the current one has no list.
        suggested_type: The other provider type, if the server answers only as that; the suggestion names the
            base URL to use with it.
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
    """Requests a provider's models step by step, and reports where that fails.

    Args:
        target: The provider. Its base URL is tried first; if that has no list or refuses the key, up to
            `MAX_ATTEMPTS` other ways of the same origin follow.
        timeout_seconds: The deadline for the first request, and for all the others together, in seconds of
            wall-clock time.
        transport: An httpx transport in place of the network.
    """
    problem = key_problem(target.api_key)
    if problem:
        return Diagnosis(steps=(Step(ok=False, text="The key cannot be sent."),), suggestion=problem)
    client = new_client(transport)  # of its own, as it shows how a connection is opened
    try:
        return await _diagnose(client, target, timeout_seconds)
    finally:
        if transport is None:  # a given one is closed by its owner
            await client.aclose()


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
    """Whether a server refused the key, or refused without a known reason."""
    if failure.kind == "HTTP_STATUS":
        return not is_no_list(failure) and (failure.status or 0) < _SERVER_ERROR
    return failure.kind in _REFUSED_KINDS


def _answers(url: str, models: int) -> str:
    return f"{url} answers with {plural(models, 'model')}."


async def _connection_steps(trace: ConnectionTrace, context: RequestContext) -> list[Step]:
    """Returns the steps up to TLS: name, connection, certificate; with a proxy, only the proxy."""
    if not trace.is_new:  # a transport in place of the network
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
    """Looks up the addresses of a host that could not be reached; none if that takes too long."""
    with suppress(OSError, UnicodeError):
        async with asyncio.timeout(_LOOK_UP_SECONDS):
            look_up = asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
            return list(dict.fromkeys(str(address[0]) for *_, address in await look_up))
    return []


class _Search:
    """Tries the other ways of a target's host until one lists models."""

    def __init__(
        self, client: httpx.AsyncClient, target: Target, timeout_seconds: float, failure: Failure | None
    ) -> None:
        self._client = client
        self._target = target
        self._timeout_seconds = timeout_seconds
        self._is_refused = failure is not None and _refuses(failure)
        # A server that sends 405 here may send it for any GET.
        self._chat_would_tell = failure is not None and failure.status != _METHOD_NOT_ALLOWED
        self._deadline = 0.0
        self._said_first = failure.message if failure is not None else ""
        self._missing: dict[str, None] = {}  # paths and types without a list, as an ordered set
        self._alike: list[str] = []  # ways that fail as the first one did
        self._steps: list[Step] = []
        self._refusing: Attempt | None = None  # the first that refuses the key, if the given URL did not

    async def run(self, first: Diagnosis) -> Diagnosis:
        """Adds the other ways to `first`, and replaces its suggestion if one of them is better."""
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
        """Returns the first way that lists models."""
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
        """Returns the time-out of the next request, in seconds; 0 if the deadline has passed."""
        left = self._deadline - asyncio.get_running_loop().time()
        left = min(left, self._timeout_seconds / _LEAST_ATTEMPTS)
        return left if left >= _ATTEMPT_SECONDS_MIN else 0.0

    async def _try(self, attempt: Attempt, seconds: float) -> DiscoveryKind | None:
        """Tries one way; returns the kind of its failure, or None if it lists models."""
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
            if is_no_list(failure) and not _refuses(failure):
                self._note_missing(attempt)
                return failure.kind
            if failure.message == self._said_first:
                self._alike.append(as_what.removesuffix(": ") or f"At {urlsplit(attempt.url).path}")
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
        """Returns the way whose chat URL exists: a GET there gets 405, and costs nothing."""
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
        """Yields the steps, with those that have no list, or fail as the first way did, in one step each."""
        if self._missing:
            yield Step(ok=False, text=f"No list of models either: {', '.join(self._missing)}.")
        yield from self._steps
        if self._alike:
            yield Step(ok=False, text=f"{' or '.join(_continued(self._alike))}: the same answer.")


def _continued(parts: list[str]) -> list[str]:
    return [parts[0], *(part[0].lower() + part[1:] for part in parts[1:])]


def _as_what(target: Target, attempt: Attempt) -> str:
    """Returns the start of a sentence that says how an attempt differs, apart from its URL."""
    if attempt.header:
        return f"With the key in the header `{attempt.header}`: "
    return f"As type `{attempt.type}`: " if attempt.type != target.type else ""


def _advice(target: Target, found: Attempt, *, lists: bool) -> str:
    """Returns the suggestion for another way that works."""
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
