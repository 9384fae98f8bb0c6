"""What is wrong with a base URL, step by step (MD-14).

Only the user's own host is tried: the address as it is, then at most two others of the same origin
where model lists are often found. Nothing is changed by it.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .._text import plural
from ..secrets import key_problem
from .breakdowns import breakdown
from .endpoints import ENDPOINTS, ask_once, place_of
from .failures import Failure
from .network import ClosableProtocol, connect, look_up
from .transport import open_transport, proxy_for, proxy_in_words, shared_context

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from .models import Target
    from .refusals import Place

_DEFAULT_PORTS = {"http": 80, "https": 443}
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
        timeout_seconds: How long each step may take, by the wall.
        transport: What to send through in place of the network; then only the request is tried.
    """
    steps: list[Step] = []
    way = open_transport(transport)
    try:
        problem = key_problem(target.api_key)
        if problem:
            return Diagnosis(steps=(Step(ok=False, text="The key cannot be sent."),), suggestion=problem)
        place = place_of(target, ENDPOINTS[target.type].url(target.base_url, ""))
        if transport is None:
            await _reach(place, steps, timeout_seconds)
        found = await ask_once(way, target, timeout_seconds=timeout_seconds)
        text = f"{place.shown_url} answers with {plural(len(found.models), 'model')}."
        steps.append(Step(ok=True, text=text))
        return Diagnosis(steps=tuple(steps), suggestion="Nothing needs to be changed.")
    except Failure as failure:
        steps.append(Step(ok=False, text=failure.message))
        suggestion = failure.as_error(target.provider_id).hint
        if failure.status in _NOT_THERE or failure.is_answer:
            base_url, lists = await _elsewhere(way, target, steps, timeout_seconds)
            if base_url:
                suggestion = _advice(target, base_url, lists=lists)
                return Diagnosis(steps=tuple(steps), suggestion=suggestion, suggested_base_url=base_url)
        return Diagnosis(steps=tuple(steps), suggestion=suggestion)
    finally:
        await way.aclose()


async def _reach(place: Place, steps: list[Step], timeout_seconds: float) -> None:
    """Looks the name up, connects, checks the certificate; behind a proxy these are the proxy's affair.

    Raises:
        Failure: At the first step that fails.
    """
    parts = urlsplit(place.url)
    host, port = parts.hostname or "", parts.port or _DEFAULT_PORTS[parts.scheme]
    try:
        async with asyncio.timeout(timeout_seconds):
            proxy = proxy_for(parts.scheme, host, parts.port)
            if proxy:
                steps.append(Step(ok=True, text=f"The way goes through {proxy_in_words(place.url)}."))
                return
            addresses = await look_up(host, port)
            if addresses != [host]:
                steps.append(Step(ok=True, text=f"{host} is {', '.join(addresses[:3])}."))
        async with asyncio.timeout(timeout_seconds):
            (await connect(_Knock, host, port, None)).close()
            steps.append(Step(ok=True, text=f"Something answers on {host}:{port}."))
        if parts.scheme == "https":
            async with asyncio.timeout(timeout_seconds):
                (await connect(_Knock, host, port, shared_context())).close()
            steps.append(Step(ok=True, text=f"The certificate of {host} is trusted."))
    except Exception as error:  # noqa: BLE001 - whatever is wrong on the way is what was asked for
        found = breakdown(error, place, timeout_seconds=timeout_seconds)
    else:
        return
    raise found


class _Knock(ClosableProtocol):
    """A connection that is only made to see whether it can be."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection stands."""
        if isinstance(transport, asyncio.Transport):
            self._transport = transport

    def close(self) -> None:
        """Ends it."""
        if self._transport is not None:
            self._transport.abort()


async def _elsewhere(
    way: httpx.AsyncBaseTransport, target: Target, steps: list[Step], timeout_seconds: float
) -> tuple[str, bool]:
    """The first other base URL of the same origin that answers with models, or else refuses the key.

    Returns:
        The base URL, empty if there is none, and whether it answers with models.
    """
    refused = ""
    for base_url in _candidates(target):
        endpoint = ENDPOINTS[target.type]
        url = endpoint.url(base_url, "").partition("?")[0]
        try:
            found = await ask_once(way, target, base_url=base_url, timeout_seconds=timeout_seconds)
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
