"""How each type of provider is asked for its models (MD-1, MD-2), and how an answer becomes a list.

One adapter per type behind the `Endpoint` protocol; `list_models` drives them all: page after page,
each request with its own deadline, and nothing unless every page came whole.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote, urlsplit

from .._text import plural
from ..secrets import key_problem, mask
from .capabilities import infer_capabilities
from .documents import describe, parse
from .failures import Failure
from .fetch import fetch
from .normalise import Found, anthropic_capabilities, find_list, is_native_list, normalise
from .refusals import Place, check_base_url, maybe_from_a_proxy, refusal, says_error

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx

    from .._terms import ProviderType
    from .fetch import Answer
    from .models import DiscoveredModel, Target
    from .normalise import Infer

ANTHROPIC_VERSION = "2023-06-01"
"""The version header that Anthropic wants: https://platform.claude.com/docs/en/api/versioning."""
ANTHROPIC_PAGE_SIZE = 1000
"""The most models a page may have: https://platform.claude.com/docs/en/api/models/list."""
MAX_PAGES = 50
"""How many pages of one list are read: 50,000 models, fifty times what the largest gateways list."""
PAGES_TIMEOUT_FACTOR = 3
"""All pages together may take this many times the time-out of one request."""

_PROBE_SECONDS_MIN = 0.05
_SHORTEST_KEY_CHARACTERS = 16
# What is no ASCII can stand between a key's characters and not be seen there: a soft hyphen, a joiner.
_MARKS_BETWEEN = rb"(?:[\x80-\xff]|\\u[0-9A-Fa-f]{4})*+"


class Endpoint(Protocol):
    """What differs between types of provider."""

    infer: Infer

    def url(self, base_url: str, cursor: str) -> str:
        """The address of a page; the cursor is empty for the first."""

    def headers(self, api_key: str) -> Mapping[str, str]:
        """The headers that carry the key."""

    def next_cursor(self, document: Any) -> str:
        """Where the next page begins; empty when this was the last."""


class OpenAICompatible:
    """``GET {base}/models`` with a bearer token; the list comes whole (MD-2)."""

    infer: Infer = staticmethod(infer_capabilities)

    def url(self, base_url: str, cursor: str) -> str:  # noqa: ARG002 - part of the protocol
        """The address of the list, with one slash between the base URL and ``models``."""
        return f"{base_url.rstrip('/')}/models"

    def headers(self, api_key: str) -> Mapping[str, str]:
        """The bearer token."""
        return {"authorization": f"Bearer {api_key}"}

    def next_cursor(self, document: Any) -> str:  # noqa: ARG002 - part of the protocol
        """There are no further pages."""
        return ""


class Anthropic:
    """``GET {base}/v1/models``, a thousand at a time, until ``has_more`` is false (MD-1)."""

    infer: Infer = staticmethod(anthropic_capabilities)

    def url(self, base_url: str, cursor: str) -> str:
        """The address of a page; a ``/v1`` that the base URL has already is not doubled."""
        base = base_url.rstrip("/").removesuffix("/v1")
        after = f"&after_id={quote(cursor, safe='')}" if cursor else ""
        return f"{base}/v1/models?limit={ANTHROPIC_PAGE_SIZE}{after}"

    def headers(self, api_key: str) -> Mapping[str, str]:
        """The key and the version of the protocol."""
        return {"x-api-key": api_key, "anthropic-version": ANTHROPIC_VERSION}

    def next_cursor(self, document: Any) -> str:
        """``last_id``, or the id of the last model where a gateway leaves that out."""
        if not isinstance(document, dict) or document.get("has_more") is not True:
            return ""
        if _names_its_end(document):
            return str(document["last_id"])
        items = find_list(document)
        last = items[-1].get("id") if items and isinstance(items[-1], dict) else ""
        return last if isinstance(last, str) else ""


def _names_its_end(document: Any) -> bool:
    last = document.get("last_id")
    return isinstance(last, str) and bool(last)


ENDPOINTS: Mapping[ProviderType, Endpoint] = {
    "openai-compatible": OpenAICompatible(),
    "anthropic": Anthropic(),
}


@dataclass(slots=True)
class Listing(Found):
    """All models of a provider, and what was left out.

    Attributes:
        has_more: Whether the server speaks of more models than its protocol can be asked for.
        body_hash: The hash, within this process, of the one answer that held it all; None for several.
    """

    has_more: bool = False
    body_hash: int | None = None


def place_of(target: Target, url: str) -> Place:
    """How messages speak of a target.

    Args:
        target: Whom to ask.
        url: The address that is asked.

    Raises:
        Failure: If the address is none that can be asked, or carries a user name and password, which
            would be sent in the key's place.
    """
    try:
        parts = urlsplit(url)
        usable = (
            parts.scheme in {"http", "https"} and parts.hostname and not (parts.username or parts.password)
        )
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
        if parts.port is not None:
            host = f"{host}:{parts.port}"
    except ValueError:
        usable, host = False, ""
    if not usable:
        raise Failure(
            "UNKNOWN_HOST",
            f"The base URL of {target.name} is none that can be asked.",
            "Correct it: https://, the host, and the path before /models. {list}",
        )
    return Place(name=target.name, host=host, url=url, base_url=target.base_url, key=target.api_key)


async def list_models(
    transport: httpx.AsyncBaseTransport,
    target: Target,
    *,
    timeout_seconds: float,
    now: Callable[[], float],
    before: Listing | None = None,
) -> Listing:
    """Asks a provider for all its models.

    Args:
        transport: What to send through.
        target: Whom to ask.
        timeout_seconds: How long one request may take, by the wall.
        now: The wall clock, for ``Retry-After`` dates.
        before: What it listed the time before. If it now answers with the same bytes, that is given back.

    Raises:
        Failure: If any request failed or any answer is no list. What came before it is dropped.
    """
    problem = key_problem(target.api_key)
    if problem:
        raise Failure("INVALID_CREDENTIALS", f"The key of {target.name} cannot be sent. {problem}", "{list}")
    endpoint = ENDPOINTS[target.type]
    loop = asyncio.get_running_loop()
    give_up = loop.time() + PAGES_TIMEOUT_FACTOR * timeout_seconds
    listing = Listing()
    known = before.models if before is not None and before.is_plain else None
    cursor = ""
    seen: set[str] = set()
    for _ in range(MAX_PAGES):
        deadline = min(loop.time() + timeout_seconds, give_up)
        place = place_of(target, endpoint.url(target.base_url, cursor))
        try:
            answer = await fetch(
                transport,
                place,
                endpoint.headers(target.api_key),
                deadline=deadline,
                timeout_seconds=timeout_seconds,
            )
            if (
                before is not None
                and not cursor
                and answer.is_success
                and before.body_hash == hash(answer.body)
            ):
                return before
            document = read(answer, place, now=now())
        except Failure as failure:
            found = await _with_suggestion(failure, transport, target, deadline=deadline)
            raise found from None
        had = len(listing.models)
        _take(listing, document, endpoint, known)
        cursor = endpoint.next_cursor(document)
        if not cursor:
            listing.has_more = isinstance(document, dict) and document.get("has_more") is True
            listing.body_hash = None if seen else hash(answer.body)
            return _whole(listing, place)
        if cursor in seen:
            raise _unfinished(_why_again(place, document, has_new_models=len(listing.models) > had))
        seen.add(cursor)
    raise _unfinished(f"The list at {place.host} has no end: there are more than {MAX_PAGES} pages.")


def _without_key(body: bytes, place: Place) -> bytes:
    """An answer in which a server that sends the key back, as a model's name say, has it masked (SEC-1)."""
    key = place.key.encode()
    # What is shorter may be a word in place of a key, such as `ollama`, which models' names have too.
    if len(key) < _SHORTEST_KEY_CHARACTERS:
        return body
    shown = mask(place.key).encode()
    if key in body:
        body = body.replace(key, shown)
    if body.isascii() and rb"\u" not in body:
        return body
    with_marks = _MARKS_BETWEEN.join(re.escape(key[at : at + 1]) for at in range(len(key)))
    return re.sub(with_marks, shown, body)


def read(answer: Answer, place: Place, *, now: float) -> Any:
    """The JSON value of an answer that holds a list.

    Args:
        answer: What came.
        place: Who answered.
        now: The present moment, seconds since 1970.

    Raises:
        Failure: If the status, or the body of a success, says something else.
    """
    body = _without_key(answer.body, place)
    try:
        document = parse(body)
    except ValueError:
        document = body.decode("utf-8", "replace")
        readable = False
    else:
        readable = True
    if not answer.is_success:
        raise refusal(answer, place, document, now=now)
    listed = find_list(document) if readable else None
    # An error in disguise may come with an empty list beside it; one that has models is a list.
    if readable and not listed and says_error(document):
        raise refusal(answer, place, document, now=now)
    if listed is not None:
        return document
    what = describe(body, answer.headers.get("content-type", ""), readable=readable)
    raise Failure(
        "MALFORMED",
        f"{place.host} answered with {what}, not with a list of models.",
        f"{{list}}{check_base_url(place)}{maybe_from_a_proxy(place)}",
        status=answer.status,
        is_answer=True,
    )


def _take(
    listing: Listing, document: Any, endpoint: Endpoint, known: Mapping[str, DiscoveredModel] | None = None
) -> None:
    """Adds the models of a page to a listing."""
    page = normalise(
        find_list(document) or [], infer=endpoint.infer, named=is_native_list(document), known=known
    )
    listing.skipped += page.skipped
    listing.is_plain = listing.is_plain and page.is_plain
    if listing.models:
        for model_id, model in page.models.items():
            listing.models.setdefault(model_id, model)
    else:
        listing.models = page.models


def _whole(listing: Listing, place: Place) -> Listing:
    """The listing, unless it has entries and none of them is a model: that is no list of models."""
    if listing.models or not listing.skipped:
        return listing
    raise Failure(
        "MALFORMED",
        f"{place.host} answered with {plural(listing.skipped, 'entry', 'entries')}, none of them with an id.",
        "{list}Check the base URL.",
        is_answer=True,
    )


def _unfinished(why: str) -> Failure:
    return Failure("MALFORMED", why, "{list}Nothing of it was taken. Tell the server's operator.")


def _why_again(place: Place, document: Any, *, has_new_models: bool) -> str:
    """What it means that a page ends where one before it ended."""
    if not _names_its_end(document):
        return f"The list at {place.host} says that there is more (has_more), but not from where (last_id)."
    what = "last_id" if has_new_models else "page"
    return f"The list at {place.host} has no end: the same {what} came twice."


async def _with_suggestion(
    failure: Failure, transport: httpx.AsyncBaseTransport, target: Target, *, deadline: float
) -> Failure:
    """The failure, with ``{base}/v1`` suggested if that is where the list lies (MD-14)."""
    base = target.base_url.rstrip("/")
    wrong_place = failure.status == 404 or failure.is_answer  # noqa: PLR2004
    if target.type != "openai-compatible" or not wrong_place or base.endswith("/v1"):
        return failure
    left = deadline - asyncio.get_running_loop().time()
    if left < _PROBE_SECONDS_MIN:
        return failure
    base = f"{base}/v1"
    try:
        found = await ask_once(transport, target, base_url=base, timeout_seconds=left)
    except Failure:
        return failure
    return failure.suggesting(base, len(found.models)) if found.models else failure


async def ask_once(
    transport: httpx.AsyncBaseTransport,
    target: Target,
    *,
    timeout_seconds: float,
    base_url: str | None = None,
) -> Listing:
    """Asks for one page, to see whether a list is there.

    Args:
        transport: What to send through.
        target: Whom to ask.
        timeout_seconds: How long it may take, by the wall.
        base_url: Another base URL of the same host.

    Raises:
        Failure: If there is no list.
    """
    endpoint = ENDPOINTS[target.type]
    place = place_of(target, endpoint.url(target.base_url if base_url is None else base_url, ""))
    answer = await fetch(
        transport,
        place,
        endpoint.headers(target.api_key),
        deadline=asyncio.get_running_loop().time() + timeout_seconds,
        timeout_seconds=timeout_seconds,
    )
    listing = Listing()
    _take(listing, read(answer, place, now=0.0), endpoint)
    return listing
