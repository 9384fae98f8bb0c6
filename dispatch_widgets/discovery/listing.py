"""Requests all pages of a provider's list under one deadline (MD-1, MD-5, MD-9).

It returns all pages or fails. Responses are judged only here: by `ask_for_list` for discovery, diagnosis,
Test and Found here, and by `failure_of` for Try as well (MD-15, MD-16).
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
from ..urls import MODELS_BASE_PATH
from .adapters import ADAPTERS
from .connection_errors import timed_out
from .exchange import RequestContext
from .failures import Failure
from .fetch import MAX_ANSWER_BYTES, fetch
from .paging import names_its_end, next_page
from .parsing import WEB_PAGE, Listing, describe, find_list, id_of, normalise, parse
from .refusals import BY_HAND, NO_LIST_STATUSES
from .response_errors import (
    check_base_url,
    explains,
    maybe_from_a_proxy,
    response_error,
    says_error,
    server_message,
)
from .slicing import MAX_MODELS, Turns, in_slices, too_large, too_many_models

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx

    from .adapters import Adapter
    from .client import ConnectionTrace
    from .exchange import Response
    from .models import DiscoveredModel, Target

MAX_PAGES = 50
"""The most pages of one list: 50,000 models, fifty times what the largest gateways list."""
_ITEMS_AT_A_TIME = 500  # of a list, before the loop runs other tasks: some milliseconds (MD-19)
_ENTRIES_LOOKED_AT = 100  # for an id, before a list is taken for one of errors
_PROBE_SECONDS_MIN = 0.05
_SHORTEST_KEY_CHARACTERS = 16
# Invisible non-ASCII characters, such as soft hyphens and joiners, may be between a key's characters.
_MARKS_BETWEEN = rb"(?:[\x80-\xff]|\\u[0-9A-Fa-f]{4})*+"


def context_of(target: Target, url: str, timeout_seconds: float) -> RequestContext:
    """Makes the context of a request to a target.

    Args:
        target: The provider.
        url: The URL to request.
        timeout_seconds: The request's time-out, in seconds of wall-clock time.

    Raises:
        Failure: If the URL is invalid, or contains a user name and password.
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
    """Requests all models as `ask_for_list` does; a failure suggests ``/v1`` if the list is there.

    Args:
        client: The HTTP client.
        target: The provider.
        timeout_seconds: The deadline for all pages together, in seconds of wall-clock time.
        now: The wall clock, for ``Retry-After`` dates.
        before: The previous list; returned if the response has the same bytes.

    Raises:
        Failure: If any request failed or any response is not a list; earlier pages are dropped.
    """
    deadline = asyncio.get_running_loop().time() + timeout_seconds
    try:
        return await ask_for_list(client, target, timeout_seconds=timeout_seconds, now=now, before=before)
    except Failure as failure:
        raise await _with_suggestion(failure, client, target, deadline=deadline, now=now) from None


async def ask_for_list(
    client: httpx.AsyncClient,
    target: Target,
    *,
    timeout_seconds: float,
    now: Callable[[], float],
    before: Listing | None = None,
    headers: Mapping[str, str] | None = None,
    trace: ConnectionTrace | None = None,
) -> Listing:
    """Requests all models of a provider, at its base URL only.

    Args:
        client: The HTTP client.
        target: The provider.
        timeout_seconds: The deadline for all pages together, in seconds of wall-clock time.
        now: The wall clock, for ``Retry-After`` dates.
        before: The previous list; returned if the response has the same bytes.
        headers: The headers with the key; those of the target's type if None.
        trace: Records the progress of the first request.

    Raises:
        Failure: If any request failed or any response is not a list; earlier pages are dropped.
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
        is_first = len(seen) == 1
        try:
            answer = await fetch(
                client,
                context,
                adapter.headers(target.api_key) if headers is None else headers,
                deadline=deadline,
                trace=trace if is_first else None,
            )
            body_hash = hash(answer.body) if answer.is_success and is_first else None
            if before is not None and body_hash is not None and before.body_hash == body_hash:
                return before
            bytes_left -= len(answer.body)
            if bytes_left < 0:
                raise too_large(context, f"with more than {MAX_ANSWER_BYTES // (1024 * 1024)} MiB")
            had, left_out = len(listing.models), (listing.skipped, listing.patterns)
            document = await _add_answer(
                listing, answer, context, adapter, deadline=deadline, now=now(), known=known
            )
        except Failure as failure:
            # A server that does not know the parameter answers in many ways, which say nothing of the key.
            if is_promised or failure.status is None or failure.lock_seconds:
                raise
            listing.has_more = True
            return _with_models(listing, context)
        if not is_promised and len(listing.models) == had:  # it is an earlier page again
            listing.skipped, listing.patterns = left_out
        page = next_page(document, answer.headers, url, after=adapter.after)
        is_repeated = page.url in seen
        if not page.url or (is_repeated and not page.is_documented):
            listing.has_more = page.is_said
            listing.body_hash = body_hash
            return _with_models(listing, context)
        if is_repeated:
            raise _unfinished(_why_again(context, document, has_new_models=len(listing.models) > had))
        url, is_promised = page.url, page.is_documented
        seen.add(url)
    raise _unfinished(f"The list at {context.host} has no end: there are more than {MAX_PAGES} pages.")


def is_no_list(failure: Failure) -> bool:
    """Whether the server answered, but has no list at that URL, whatever its words (MD-16)."""
    return failure.is_answer or failure.status in NO_LIST_STATUSES


def _without_key(body: bytes, context: RequestContext) -> bytes:
    """Masks the key in a response that echoes it, for example as a model's name (SEC-1)."""
    key = context.key.encode()
    # A shorter one may be a placeholder such as `ollama`, which also occurs in model names.
    if len(key) < _SHORTEST_KEY_CHARACTERS:
        return body
    shown = mask(context.key).encode()
    if key in body:
        body = body.replace(key, shown)
    if body.isascii() and rb"\u" not in body:
        return body
    with_marks = _MARKS_BETWEEN.join(re.escape(key[at : at + 1]) for at in range(len(key)))
    return re.sub(with_marks, shown, body)


def failure_of(
    answer: Response, context: RequestContext, document: Any, *, is_json: bool, wanted: str, now: float
) -> Failure:
    """Returns the failure for a response that is neither a list nor a model's answer.

    Args:
        answer: The response.
        context: The request.
        document: The parsed body, or its text.
        is_json: Whether the body is JSON.
        wanted: What was requested, for the message: ``a list of models``.
        now: The current time, in seconds since 1970.
    """
    what = describe(answer.body, answer.headers.get("content-type", ""), readable=is_json)
    is_text = not is_json and answer.body.lstrip()[:1] not in {b"{", b"["}
    is_error = (
        says_error(document)
        if is_json
        else is_text and what != WEB_PAGE and explains(answer, document, context)
    )
    if not answer.is_success or is_error:
        return response_error(answer, context, document, now=now)
    said = server_message(document, context.key) if is_text else ""
    quote = f" (“{said}”)" if said and "\ufffd" not in said else ""  # that would be no text
    return Failure(
        "MALFORMED",
        f"{context.host} answered with {what}{quote}, not with {wanted}.",
        f"{{list}}{check_base_url(context)}{maybe_from_a_proxy(context)}",
        status=answer.status,
        is_answer=True,
    )


def _read_page(answer: Response, context: RequestContext, *, now: float) -> Any:
    """Parses a page of a list, or raises the failure that it is instead."""
    body = _without_key(answer.body, context)
    try:
        document, is_json = parse(body), True
    except ValueError:
        document, is_json = body.decode("utf-8", "replace"), False
    if answer.is_success and is_json and _is_list(document):
        return document
    failure = failure_of(answer, context, document, is_json=is_json, wanted="a list of models", now=now)
    if is_no_list(failure) and BY_HAND not in failure.hint:
        failure.hint = f"{failure.hint} {BY_HAND}"
    raise failure


def _is_list(document: Any) -> bool:
    """Whether a JSON value is a page of a list. An error may be in a list of its own, but has no models."""
    listed = find_list(document)
    if listed is None:
        return False
    return any(id_of(item) for item in islice(listed, _ENTRIES_LOOKED_AT)) or not says_error(document)


async def list_in(
    answer: Response, context: RequestContext, adapter: Adapter, *, deadline: float, now: float
) -> Listing:
    """Returns the models of a single response.

    Args:
        answer: The response.
        context: The request.
        adapter: The adapter of the provider type.
        deadline: The deadline, in seconds on the running loop's clock.
        now: The current time, in seconds since 1970.

    Raises:
        Failure: If it is not a list.
    """
    listing = Listing()
    await _add_answer(listing, answer, context, adapter, deadline=deadline, now=now)
    return _with_models(listing, context)


async def _add_answer(
    listing: Listing,
    answer: Response,
    context: RequestContext,
    adapter: Adapter,
    *,
    deadline: float,
    now: float,
    known: Mapping[str, DiscoveredModel] | None = None,
) -> Any:
    """Adds the models of a response to a listing; returns the last parsed document (MD-19)."""
    document, before = None, None
    turns = Turns()
    try:
        async with asyncio.timeout_at(deadline):
            for body in await in_slices(answer.body, context, turns):
                document = _read_page(replace(answer, body=body), context, now=now)
                listed = find_list(document) or []
                if listed == before:  # all of it is in each slice, if it is another list that was sliced
                    continue
                before, items = listed, iter(listed)
                while some := list(islice(items, _ITEMS_AT_A_TIME)):
                    normalise(some, infer=adapter.infer, known=known, listing=listing)
                    if len(listing.models) > MAX_MODELS:
                        raise too_many_models(context)
                    await turns.give()
    except TimeoutError:
        raise timed_out(context) from None
    return document


def _with_models(listing: Listing, context: RequestContext) -> Listing:
    """Returns the listing, or raises if it has entries but none of them is a model."""
    entries = listing.skipped + listing.patterns
    if listing.models or not entries:
        return listing
    raise Failure(
        "MALFORMED",
        f"{context.host} answered with {plural(entries, 'entry', 'entries')}, "
        f"none of them {'the id of a model' if listing.patterns else 'with an id'}.",
        f"{{list}}{check_base_url(context)} {BY_HAND}",
        is_answer=True,
    )


def _unfinished(why: str) -> Failure:
    return Failure("MALFORMED", why, "{list}Nothing of it was taken. Tell the server's operator.")


def _why_again(context: RequestContext, document: Any, *, has_new_models: bool) -> str:
    """Explains why a page repeats an earlier one."""
    has_last_id = names_its_end(document)
    if isinstance(document, dict) and document.get("has_more") is True and not has_last_id:
        return f"The list at {context.host} says that there is more (has_more), but not from where (last_id)."
    what = "last_id" if has_new_models and has_last_id else "page"
    return f"The list at {context.host} has no end: the same {what} came twice."


async def _with_suggestion(
    failure: Failure,
    client: httpx.AsyncClient,
    target: Target,
    *,
    deadline: float,
    now: Callable[[], float],
) -> Failure:
    """Adds the base URL of the same host that lists models, if there is one (MD-14)."""
    base = target.base_url.rstrip("/")
    if target.type != "openai-compatible" or not is_no_list(failure) or base.endswith("/v1"):
        return failure
    is_kept = urlsplit(base).path.lower() == MODELS_BASE_PATH
    above = base[: -len(MODELS_BASE_PATH)]
    for other in (above, f"{above}/v1") if is_kept else (f"{base}/v1",):
        left = deadline - asyncio.get_running_loop().time()
        if left < _PROBE_SECONDS_MIN:
            break
        try:
            found = await ask_for_list(client, replace(target, base_url=other), timeout_seconds=left, now=now)
        except Failure:
            continue
        if found.models and is_kept:
            lists = f"{other}/models does answer with {plural(len(found.models), 'model')}"
            return replace(failure, hint=f"{{list}}{lists}: leave /models out.", suggested_base_url=other)
        if found.models:
            return failure.suggesting(other, len(found.models))
    return failure
