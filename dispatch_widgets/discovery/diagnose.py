"""What is wrong with a provider, step by step (MD-14, MD-16).

It is asked as discovery asks it, and judged by the same function. Where it refuses or has no list, the other
known ways of the user's own host are tried, in order and within one deadline. Nothing is changed by it.
"""

from __future__ import annotations

import asyncio
import re
import socket
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .._text import plural
from ..presets import preset_for_url
from ..secrets import NO_KEY_NEEDED, key_problem
from ..urls import DEFAULT_PORTS, MODELS_BASE_PATH
from .adapters import ADAPTERS
from .client import ConnectionTrace, new_client
from .environment import proxy_in_words
from .failures import Failure
from .listing import BY_HAND, ask_for_list, context_of, is_no_list

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import httpx

    from .._terms import ProviderType
    from .exchange import RequestContext
    from .models import Target

MAX_ATTEMPTS = 10
"""How many other ways of the same host are tried at most."""

_LOOK_UP_SECONDS = 0.5  # the request has looked the name up already
_ATTEMPT_SECONDS_MIN = 0.05
_LEAST_ATTEMPTS = 4  # that the time is enough for, if a server lets each of them wait
_SERVER_ERROR = 500
_REFUSED_KINDS: frozenset[str] = frozenset({"INVALID_CREDENTIALS", "FORBIDDEN"})
# After one of these the rest would fare no better, or would make it worse.
_ENDS_ATTEMPTS: frozenset[str] = frozenset(
    {"CONNECTION_REFUSED", "UNKNOWN_HOST", "TLS", "PROXY", "RATE_LIMITED", "QUOTA"}
)

# Where APIs begin, with one that begins there. The presets' own are known by their hosts.
_OPENAI_ROOTS = (
    "/v1",  # OpenAI, and most servers that one runs oneself: https://github.com/openai/openai-openapi
    "/api/v1",  # OpenRouter: https://openrouter.ai/docs/quickstart
    "/openai/v1",  # Groq: https://console.groq.com/docs/openai
    "/api",  # Open WebUI: https://docs.openwebui.com/getting-started/api-endpoints
    "/v1beta/openai",  # Gemini: https://ai.google.dev/gemini-api/docs/openai
    "/compatible-mode/v1",  # DashScope: https://help.aliyun.com/zh/dashscope/developer-reference/
    "/api/paas/v4",  # Z.ai: https://docs.z.ai/guides/develop/openai/python
)
_ANTHROPIC_ROOTS = (
    "/anthropic",  # DeepSeek: https://api-docs.deepseek.com/guides/anthropic_api
    "/api/anthropic",  # Z.ai: https://docs.z.ai/scenario-example/develop-tools/claude
)
# https://learn.microsoft.com/azure/foundry/openai/api-version-lifecycle and, for the second,
# https://learn.microsoft.com/azure/ai-foundry/model-inference/concepts/endpoints
_AZURE_ROOTS = ("/openai/v1", MODELS_BASE_PATH)
_AZURE = ".azure.com"
_VERSION = re.compile(r"/v\d+(?:(?:alpha|beta)\d*)?$")
_OTHER_TYPE: Mapping[ProviderType, ProviderType] = {
    "anthropic": "openai-compatible",
    "openai-compatible": "anthropic",
}
_OTHER_HEADER = "api-key"  # Azure's: https://learn.microsoft.com/azure/ai-foundry/openai/reference
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


@dataclass(frozen=True, slots=True)
class Attempt:
    """Another way to ask a target's host.

    Attributes:
        type: As which type.
        base_url: At which base URL.
        header: The header that carries the key, in place of the type's own.
    """

    type: ProviderType
    base_url: str
    header: str = ""

    @property
    def url(self) -> str:
        """The address of the list, as messages name it."""
        return ADAPTERS[self.type].url(self.base_url, "").partition("?")[0]


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
    is_refused = False
    try:
        context = context_of(target, ADAPTERS[target.type].url(target.base_url, ""), timeout_seconds)
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
    except Failure as failure:
        steps.append(Step(ok=False, text=failure.message))
        suggestion = failure.as_error(target.provider_id).hint
        is_refused = _refuses(failure)
        if not is_refused and not is_no_list(failure):
            return Diagnosis(steps=tuple(steps), suggestion=suggestion)
    ways = _Attempts(client, target, timeout_seconds, is_refused=is_refused)
    await ways.run()
    found = ways.listing or ways.refusing
    same_type = found is not None and found.type == target.type and not found.header
    return Diagnosis(
        steps=(*steps, *ways.steps()),
        suggestion=_advice(target, found, lists=ways.listing is not None) if found else suggestion,
        suggested_base_url=found.base_url if found and same_type else None,
        suggested_type=found.type if found and found.type != target.type else None,
    )


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


class _Attempts:
    """The other ways of a target's host, tried in order until one lists models.

    Attributes:
        listing: The way that lists models.
        refusing: The first address that refuses the key, where the given one did not.
    """

    def __init__(
        self, client: httpx.AsyncClient, target: Target, timeout_seconds: float, *, is_refused: bool
    ) -> None:
        self._client = client
        self._target = target
        self._timeout_seconds = timeout_seconds
        self._is_refused = is_refused
        self._without_list: dict[str, None] = {}  # in order, each once
        self._steps: list[Step] = []
        self.listing: Attempt | None = None
        self.refusing: Attempt | None = None

    async def run(self) -> None:
        """Tries them, within the time of one request."""
        clock = asyncio.get_running_loop().time
        deadline = clock() + self._timeout_seconds
        for attempt in islice(_attempts(self._target, is_refused=self._is_refused), MAX_ATTEMPTS):
            left = min(deadline - clock(), self._timeout_seconds / _LEAST_ATTEMPTS)
            if left < _ATTEMPT_SECONDS_MIN:
                self._steps.append(Step(ok=False, text="There was no time for the other known addresses."))
                return
            if await self._try(attempt, left):
                return

    async def _try(self, attempt: Attempt, seconds: float) -> bool:
        """Tries one; tells whether that is the last."""
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
                self._note_no_list(attempt)
                return False
            named = as_what or attempt.url in failure.message
            text = f"{as_what}{failure.message}" if named else f"{attempt.url}: {failure.message}"
            self._steps.append(Step(ok=False, text=text))
            if _refuses(failure) and not self._is_refused and not as_what:
                self.refusing = self.refusing or attempt
            return failure.kind in _ENDS_ATTEMPTS
        if not listing.models:
            self._note_no_list(attempt)
            return False
        self.listing = attempt
        self._steps.append(Step(ok=True, text=f"{as_what}{_answers(attempt.url, len(listing.models))}"))
        return True

    def _note_no_list(self, attempt: Attempt) -> None:
        if attempt.type != self._target.type:
            self._without_list[f"as type `{attempt.type}`"] = None
        else:
            self._without_list[f"at {attempt.url}"] = None

    def steps(self) -> Iterator[Step]:
        """What was tried; the ways that have no list in one step."""
        if self._without_list:
            yield Step(ok=False, text=f"No list of models {', '.join(self._without_list)} either.")
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
            f"The server takes the key as `{_KEY_HEADERS[found.type]}`, which the type `{found.type}` sends: "
            f"change the provider's type to that, with {found.base_url} as the base URL."
        )
    misses = found.base_url == f"{target.base_url.rstrip('/')}/v1"
    lead = "The base URL seems to miss /v1. " if misses else ""
    if lists:
        return f"{lead}Take {found.base_url} as the base URL."
    return (
        f"{lead}There is something at {found.base_url}, but it refuses the key: take it, then check the key."
    )


def _attempts(target: Target, *, is_refused: bool) -> Iterator[Attempt]:
    """The other ways of a target's own origin, the likeliest first.

    A key that was refused may have come in the wrong header; where there is no list, the address is wrong.
    At a well-known server's own base URL neither is in doubt.
    """
    given = Attempt(target.type, target.base_url.rstrip("/"))
    preset = preset_for_url(given.base_url)
    if (
        preset is not None
        and not preset.is_local
        and preset.base_url == given.base_url
        and preset.type == given.type
    ):
        return
    places = [Attempt(target.type, url) for url in _base_urls(target.type, given.base_url)]
    other = _OTHER_TYPE[target.type]
    others = [Attempt(other, url) for url in _base_urls(other, given.base_url)]
    known = [Attempt(preset.type, preset.base_url)] if preset is not None else []
    ways: Iterable[Attempt]
    if not is_refused:
        ways = chain(known, places[: MAX_ATTEMPTS - 3], others[:3])
    elif target.api_key == NO_KEY_NEEDED:
        return
    else:
        in_header = Attempt(target.type, given.base_url, _OTHER_HEADER)
        ways = chain(known, others[:1], places[:2], [in_header])
    origin = _origin(given.base_url)
    for attempt in dict.fromkeys(ways):
        if attempt != given and _origin(attempt.base_url) == origin:
            yield attempt


def _base_urls(type_: ProviderType, base_url: str) -> list[str]:
    """Where on a base URL's server the API of a type may begin, the likeliest first."""
    origin = _origin(base_url)
    path = urlsplit(base_url).path
    names = path.split("/")[1:]
    above = ["".join(f"/{name}" for name in names[:depth]) for depth in range(len(names) - 1, -1, -1)]
    if type_ == "anthropic":
        paths = [path.removesuffix("/v1"), *above, *_ANTHROPIC_ROOTS]
        paths = [each for each in paths if not _VERSION.search(each)]
    else:
        below = [] if _VERSION.search(path) else [f"{path}/v1"]
        roots = _AZURE_ROOTS if (urlsplit(base_url).hostname or "").endswith(_AZURE) else _OPENAI_ROOTS
        is_kept = path.lower() == MODELS_BASE_PATH
        paths = [
            *(["", "/v1"] if is_kept else below),
            *(each for each in above if _VERSION.search(each) or each in roots),
            *roots,
        ]
    return list(dict.fromkeys(f"{origin}{each}" for each in paths))


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
