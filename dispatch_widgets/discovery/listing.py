"""A provider's whole list: page after page, under one deadline (MD-1, MD-5, MD-9).

Nothing is given back unless every page came whole.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .._text import plural
from ..secrets import key_problem, mask
from .adapters import ADAPTERS
from .connection_errors import timed_out
from .exchange import RequestContext
from .failures import Failure
from .fetch import MAX_ANSWER_BYTES, fetch
from .paging import names_its_end, next_page
from .parsing import Listing, describe, find_list, normalise, parse
from .response_errors import check_base_url, maybe_from_a_proxy, response_error, says_error
from .slicing import MAX_MODELS, in_slices, too_large, too_many_models

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx

    from .adapters import Adapter
    from .client import ConnectionTrace
    from .exchange import Answer
    from .models import DiscoveredModel, Target

MAX_PAGES = 50
"""How many pages of one list are read: 50,000 models, fifty times what the largest gateways list."""
_ITEMS_AT_A_TIME = 500  # of a list, before others get their turn: some milliseconds (MD-19)
_PROBE_SECONDS_MIN = 0.05
_SHORTEST_KEY_CHARACTERS = 16
# What is no ASCII can stand between a key's characters and not be seen there: a soft hyphen, a joiner.
_MARKS_BETWEEN = rb"(?:[\x80-\xff]|\\u[0-9A-Fa-f]{4})*+"


def context_of(target: Target, url: str, timeout_seconds: float) -> RequestContext:
    """Whom a request to a target asks.

    Args:
        target: Whom to ask.
        url: The address that is asked.
        timeout_seconds: How long the request may take, by the wall.

    Raises:
        Failure: If the address is none that can be asked, or carries a user name and password, which
            would be sent in the key's context.
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
    return RequestContext(
        name=target.name,
        host=host,
        url=url,
        base_url=target.base_url,
        key=target.api_key,
        timeout_seconds=timeout_seconds,
    )


async def list_models(
    client: httpx.AsyncClient,
    target: Target,
    *,
    timeout_seconds: float,
    now: Callable[[], float],
    before: Listing | None = None,
) -> Listing:
    """Asks a provider for all its models.

    Args:
        client: What to send with.
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
    adapter = ADAPTERS[target.type]
    deadline = asyncio.get_running_loop().time() + timeout_seconds
    listing = Listing()
    known = before.models if before is not None and before.is_plain else None
    url = adapter.url(target.base_url)
    seen = {url}
    bytes_left = MAX_ANSWER_BYTES
    is_promised = True
    for _ in range(MAX_PAGES):
        context = context_of(target, url, timeout_seconds)
        try:
            answer = await fetch(client, context, adapter.headers(target.api_key), deadline=deadline)
            body_hash = hash(answer.body) if answer.is_success and len(seen) == 1 else None
            if before is not None and body_hash is not None and before.body_hash == body_hash:
                return before
            bytes_left -= len(answer.body)
            if bytes_left < 0:
                raise too_large(context, f"with more than {MAX_ANSWER_BYTES // (1024 * 1024)} MiB")
            had = len(listing.models)
            document = await _add_answer(
                listing, answer, context, adapter, deadline=deadline, now=now(), known=known
            )
        except Failure as failure:
            if failure.kind == "HTTP_STATUS" and not is_promised:
                listing.has_more = True
                return _whole(listing, context)
            found = await _with_suggestion(failure, client, target, deadline=deadline)
            raise found from None
        page = next_page(document, answer.headers, url, after=adapter.after)
        is_repeated = page.url in seen
        if not page.url or (is_repeated and not page.is_documented):
            listing.has_more = page.is_said
            listing.body_hash = body_hash
            return _whole(listing, context)
        if is_repeated:
            raise _unfinished(_why_again(context, document, has_new_models=len(listing.models) > had))
        url, is_promised = page.url, page.is_documented
        seen.add(url)
    raise _unfinished(f"The list at {context.host} has no end: there are more than {MAX_PAGES} pages.")


def _without_key(body: bytes, context: RequestContext) -> bytes:
    """An answer in which a server that sends the key back, as a model's name say, has it masked (SEC-1)."""
    key = context.key.encode()
    # What is shorter may be a word in place of a key, such as `ollama`, which models' names have too.
    if len(key) < _SHORTEST_KEY_CHARACTERS:
        return body
    shown = mask(context.key).encode()
    if key in body:
        body = body.replace(key, shown)
    if body.isascii() and rb"\u" not in body:
        return body
    with_marks = _MARKS_BETWEEN.join(re.escape(key[at : at + 1]) for at in range(len(key)))
    return re.sub(with_marks, shown, body)


def read(answer: Answer, context: RequestContext, *, now: float) -> Any:
    """The JSON value of an answer that holds a list.

    Args:
        answer: What came.
        context: Who answered.
        now: The present moment, seconds since 1970.

    Raises:
        Failure: If the status, or the body of a success, says something else.
    """
    body = _without_key(answer.body, context)
    try:
        document = parse(body)
    except ValueError:
        document = body.decode("utf-8", "replace")
        readable = False
    else:
        readable = True
    if not answer.is_success:
        raise response_error(answer, context, document, now=now)
    listed = find_list(document) if readable else None
    # An error in disguise may come with an empty list beside it; one that has models is a list.
    if readable and not listed and says_error(document):
        raise response_error(answer, context, document, now=now)
    if listed is not None:
        return document
    what = describe(body, answer.headers.get("content-type", ""), readable=readable)
    raise Failure(
        "MALFORMED",
        f"{context.host} answered with {what}, not with a list of models.",
        f"{{list}}{check_base_url(context)}{maybe_from_a_proxy(context)}",
        status=answer.status,
        is_answer=True,
    )


async def _add_answer(
    listing: Listing,
    answer: Answer,
    context: RequestContext,
    adapter: Adapter,
    *,
    deadline: float,
    now: float,
    known: Mapping[str, DiscoveredModel] | None = None,
) -> Any:
    """Adds the models of an answer to a listing; returns the JSON value of its end (MD-19)."""
    document = None
    try:
        async with asyncio.timeout_at(deadline):
            for body in await in_slices(answer.body, context):
                document = read(replace(answer, body=body), context, now=now)
                items = iter(find_list(document) or [])
                while some := list(islice(items, _ITEMS_AT_A_TIME)):
                    normalise(some, infer=adapter.infer, known=known, listing=listing)
                    if len(listing.models) > MAX_MODELS:
                        raise too_many_models(context)
                    if len(some) == _ITEMS_AT_A_TIME or body is not answer.body:
                        await asyncio.sleep(0)
    except TimeoutError:
        raise timed_out(context) from None
    return document


def _whole(listing: Listing, context: RequestContext) -> Listing:
    """The listing, unless it has entries and none of them is a model: that is no list of models."""
    entries = listing.skipped + listing.patterns
    if listing.models or not entries:
        return listing
    raise Failure(
        "MALFORMED",
        f"{context.host} answered with {plural(entries, 'entry', 'entries')}, "
        f"none of them {'the id of a model' if listing.patterns else 'with an id'}.",
        "{list}Check the base URL.",
        is_answer=True,
    )


def _unfinished(why: str) -> Failure:
    return Failure("MALFORMED", why, "{list}Nothing of it was taken. Tell the server's operator.")


def _why_again(context: RequestContext, document: Any, *, has_new_models: bool) -> str:
    """What it means that a page ends where one before it ended."""
    has_last_id = names_its_end(document)
    if isinstance(document, dict) and document.get("has_more") is True and not has_last_id:
        return f"The list at {context.host} says that there is more (has_more), but not from where (last_id)."
    what = "last_id" if has_new_models and has_last_id else "page"
    return f"The list at {context.host} has no end: the same {what} came twice."


async def _with_suggestion(
    failure: Failure, client: httpx.AsyncClient, target: Target, *, deadline: float
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
        found = await ask_once(client, target, base_url=base, timeout_seconds=left)
    except Failure:
        return failure
    return failure.suggesting(base, len(found.models)) if found.models else failure


async def ask_once(
    client: httpx.AsyncClient,
    target: Target,
    *,
    timeout_seconds: float,
    base_url: str | None = None,
    trace: ConnectionTrace | None = None,
) -> Listing:
    """Asks for one page, to see whether a list is there.

    Args:
        client: What to send with.
        target: Whom to ask.
        timeout_seconds: How long it may take, by the wall.
        base_url: Another base URL of the same host.
        trace: Is told how far the request came.

    Raises:
        Failure: If there is no list.
    """
    adapter = ADAPTERS[target.type]
    url = adapter.url(target.base_url if base_url is None else base_url)
    context = context_of(target, url, timeout_seconds)
    deadline = asyncio.get_running_loop().time() + timeout_seconds
    answer = await fetch(client, context, adapter.headers(target.api_key), deadline=deadline, trace=trace)
    listing = Listing()
    await _add_answer(listing, answer, context, adapter, deadline=deadline, now=0.0)
    return listing
