"""What is wrong with a base URL, step by step (MD-14).

Only the user's own host is tried: the address as it is, then at most two others of the same origin
where model lists are often found. Nothing is changed by it.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .._text import plural
from ..secrets import key_problem
from ..urls import DEFAULT_PORTS
from .adapters import ADAPTERS
from .client import ConnectionTrace, new_client
from .environment import proxy_in_words
from .failures import Failure
from .listing import ask_once, context_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from .exchange import RequestContext
    from .models import Target

_LOOK_UP_SECONDS = 0.5  # the request has looked the name up already
_NOT_THERE = frozenset({404, 405, 410})
_REFUSED = frozenset({401, 403})


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
        steps: What was tried, in order; the last one that is not ok is where it fails.
        suggestion: What to change, in a sentence.
        suggested_base_url: A base URL of the same host that answers with models, or refuses the key where
            the given one has no list; ready to take.
    """

    steps: tuple[Step, ...]
    suggestion: str
    suggested_base_url: str | None = None

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
        target: Whom to reach. Its base URL is tried as it is.
        timeout_seconds: How long each request may take, by the wall.
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
    try:
        context = context_of(target, ADAPTERS[target.type].url(target.base_url), timeout_seconds)
        try:
            found = await ask_once(client, target, timeout_seconds=timeout_seconds, trace=trace)
        finally:
            steps += await _way_there(trace, context)
        text = f"{context.shown_url} answers with {plural(len(found.models), 'model')}."
        steps.append(Step(ok=True, text=text))
        return Diagnosis(steps=tuple(steps), suggestion="Nothing needs to be changed.")
    except Failure as failure:
        steps.append(Step(ok=False, text=failure.message))
        suggestion = failure.as_error(target.provider_id).hint
        if failure.status in _NOT_THERE or failure.is_answer:
            base_url, lists = await _elsewhere(client, target, steps, timeout_seconds)
            if base_url:
                suggestion = _advice(target, base_url, lists=lists)
                return Diagnosis(steps=tuple(steps), suggestion=suggestion, suggested_base_url=base_url)
        return Diagnosis(steps=tuple(steps), suggestion=suggestion)


async def _way_there(trace: ConnectionTrace, context: RequestContext) -> list[Step]:
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


async def _elsewhere(
    client: httpx.AsyncClient, target: Target, steps: list[Step], timeout_seconds: float
) -> tuple[str, bool]:
    """The first other base URL of the same origin that answers with models, or else refuses the key.

    Returns:
        The base URL, empty if there is none, and whether it answers with models.
    """
    refused = ""
    for base_url in _candidates(target):
        adapter = ADAPTERS[target.type]
        url = adapter.url(base_url).partition("?")[0]
        try:
            found = await ask_once(client, target, base_url=base_url, timeout_seconds=timeout_seconds)
        except Failure as failure:
            named = url in failure.message
            steps.append(Step(ok=False, text=failure.message if named else f"{url}: {failure.message}"))
            if failure.kind == "INVALID_CREDENTIALS" or failure.status in _REFUSED:
                refused = refused or base_url
            continue
        if found.models:
            text = f"{url} answers with {plural(len(found.models), 'model')}."
            steps.append(Step(ok=True, text=text))
            return base_url, True
    return refused, False


def _advice(target: Target, base_url: str, *, lists: bool) -> str:
    """What to change, where another base URL has turned out to be the one."""
    misses = base_url == f"{target.base_url.rstrip('/')}/v1"
    lead = "The base URL seems to miss /v1. " if misses else ""
    if lists:
        return f"{lead}Take {base_url} as the base URL."
    return f"{lead}There is something at {base_url}, but it refuses the key: take it, then check the key."


def _candidates(target: Target) -> Iterator[str]:
    """Where lists are often found: ``/v1`` below the base URL, and at the root."""
    given = target.base_url.rstrip("/")
    parts = urlsplit(given)
    origin = f"{parts.scheme}://{parts.netloc}"
    places = [f"{given}/v1", f"{origin}/v1"] if target.type == "openai-compatible" else [origin]
    for place in dict.fromkeys(places):
        if place != given and not place.endswith("/v1/v1"):
            yield place
