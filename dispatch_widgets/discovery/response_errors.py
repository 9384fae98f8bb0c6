"""Makes a failure of an error response: of its status, headers and body (MD-8, MD-10, MD-11, MD-15).

The table of reasons is in `refusals`. A message holds the status and the server's own words; the hint says
what to do next.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from ..secrets import NO_KEY_NEEDED, mask
from .connection_errors import proxy_hint, proxy_login_wanted
from .failures import LOCK_SECONDS_MAX, LOCK_SECONDS_MIN, Failure, filled, quoted
from .refusal_words import all_texts, says_error, sentence, stated_status
from .refusals import NO_LIST_STATUSES, TOO_MANY, UNEXPLAINED_403, plain, reason_for
from .retry_after import is_used_up, retry_after_seconds

if TYPE_CHECKING:
    from typing import Any

    from .exchange import RequestContext, Response
    from .refusals import Reason

__all__ = [
    "check_base_url",
    "explains",
    "maybe_from_a_proxy",
    "response_error",
    "says_error",
    "server_message",
]

_REDIRECTED_FROM, _REFUSED_FROM, _TROUBLE_FROM = 300, 400, 500
_PROXY_LOGIN_WANTED, _TOO_MANY_REQUESTS = 407, 429
_LIST_TAIL = re.compile(r"(?:/v1)?/models/?$")
_STOPS = (".", "!", "?", "…", "。")


def response_error(response: Response, context: RequestContext, document: Any, *, now: float) -> Failure:
    """Returns the failure for an error response.

    Args:
        response: The response; its status is 200 if only the body says that it is an error.
        context: The request.
        document: The parsed body, or its text if it is not JSON.
        now: The current time, in seconds since 1970, for ``Retry-After`` dates.
    """
    if response.status == _PROXY_LOGIN_WANTED:
        found = proxy_login_wanted(context)
        found.status = response.status
        return found
    if _REDIRECTED_FROM <= response.status < _REFUSED_FROM:
        return _redirect(response, context)
    # A status in the body of a 200 counts as the response's own.
    status = (stated_status(document) if response.is_success else None) or response.status
    # A server's page for a missing path or its own trouble also has menus, and words for browsers.
    whole_page = status not in NO_LIST_STATUSES and status < _TROUBLE_FROM
    texts = [plain(text) for text in all_texts(document, response.headers, whole_page=whole_page)]
    reason = reason_for(status, texts, asks_model=bool(context.model))
    locks = _locks(status, response)
    if locks and reason is UNEXPLAINED_403:
        reason = TOO_MANY
    said = sentence(document, lambda text: reason.is_said_in([plain(text)]))
    failure = _failure_for(reason, status, context, quoted(said, context.key), texts)
    if locks:
        asked = retry_after_seconds(response.headers, now=now)
        failure.lock_seconds = min(max(asked or 0.0, LOCK_SECONDS_MIN), LOCK_SECONDS_MAX)
        if "{until}" not in failure.hint:
            failure.hint = f"{failure.hint.removesuffix(' {list}')} {{until}}{{list}}"
    return failure


def explains(response: Response, text: str, context: RequestContext) -> bool:
    """Whether a success that is no JSON says in words why it gives nothing: ``invalid api key``."""
    texts = [plain(words) for words in all_texts(text, response.headers)]
    reason = reason_for(response.status, texts, asks_model=bool(context.model))
    return reason.kind not in {"HTTP_STATUS", "MALFORMED"}


def server_message(document: Any, key: str) -> str:
    """What a server says in its own words, fit to be shown; empty where it says nothing.

    Args:
        document: The body as JSON values, or its text.
        key: The key that was sent, which it may have echoed.
    """
    return quoted(sentence(document), key)


def _locks(status: int, response: Response) -> bool:
    """Whether to turn refresh off for a while. Only status and headers decide that (MD-10, MD-15)."""
    if status == _TOO_MANY_REQUESTS:
        return True
    asks_to_wait = "retry-after" in response.headers or is_used_up(response.headers)
    return asks_to_wait and status < _TROUBLE_FROM


def _failure_for(
    reason: Reason, status: int, context: RequestContext, said: str, texts: list[str]
) -> Failure:
    """Fills a reason's message and hint with the request and the server's own words (MD-15)."""
    message, hint = reason.message, reason.hint
    if reason.kind == "INVALID_CREDENTIALS" and context.key == NO_KEY_NEEDED:
        message, hint = "{name} wants a key", "Give the provider one. {list}"
    message = filled(
        message, name=context.name, host=context.host, url=context.shown_url, key=mask(context.key)
    )
    hint = filled(
        hint,
        base_url=check_base_url(context),
        proxy=maybe_from_a_proxy(context),
        where_the_key_went=_where_the_key_went(context, texts),
    )
    quote = f": “{said}”{'' if said.endswith(_STOPS) else '.'}" if said else "."
    return Failure(
        reason.kind,
        f"{message} ({status}){quote}",
        hint,
        status=status,
        is_answer=reason.kind == "MALFORMED",
    )


def _where_the_key_went(context: RequestContext, texts: list[str]) -> str:
    """Returns the hint for a server that found no key, by the header that its message names (MD-8)."""
    if _is_anthropic(context):
        if any("authorization" in text or "bearer" in text for text in texts):
            return (
                "The key was sent as `x-api-key`, as Anthropic wants it. This server takes only "
                "`Authorization: Bearer`, so it cannot be used as type `anthropic`; if it speaks OpenAI's "
                "protocol as well, change the provider's type to `openai-compatible`."
            )
    elif any("x api key" in text for text in texts):
        return (
            "The key was sent as `Authorization: Bearer`, and this server wants it as `x-api-key`, as "
            "Anthropic's do: try the type `anthropic`."
        )
    return (
        "The server found no key where it looks for one: check the base URL, and whether it wants the key in "
        "a header of its own, which cannot be set here."
    )


def maybe_from_a_proxy(context: RequestContext) -> str:
    """Returns a hint at the proxy if the response may be its own, which it cannot be inside a TLS tunnel."""
    return proxy_hint(context) if context.url.startswith("http:") else ""


def check_base_url(context: RequestContext) -> str:
    """Returns the hint to check the base URL, and for Anthropic also the type."""
    if _is_anthropic(context):
        return (
            "Check the base URL; `/v1/models` is added to it. If the server is OpenAI-compatible rather than "
            "like Anthropic's, change the provider's type to `openai-compatible`."
        )
    if context.base_url.rstrip("/").endswith("/v1"):
        return "Check the base URL."
    return "Check the base URL; many servers want /v1 at its end."


def _redirect(response: Response, context: RequestContext) -> Failure:
    """Returns the failure for a 3xx, which is never followed, with the base URL it points to (SEC-5)."""
    status = response.status
    failure = Failure(
        "REDIRECT",
        f"{context.host} sends to another address ({status}); keys do not follow.",
        "Check the base URL. {list}",
        status=status,
    )
    location = response.headers.get("location", "").strip()
    if not location:  # such as 304
        failure.message = f"{context.host} answered with status {status} and named no other address."
        failure.hint = f"Check the base URL.{maybe_from_a_proxy(context)} {{list}}"
        return failure
    try:
        target = urlsplit(urljoin(context.url, location))
        host, secret = target.hostname or "", bool(target.username or target.password)
        port = target.port
    except ValueError:
        return failure
    if not host or target.scheme not in {"http", "https"}:
        return failure
    where = f"{host}:{port}" if port else host
    # Another path of the same host is named by the path.
    shown = quoted(where if where != context.host else target.path or "/", context.key)
    failure.message = f"{context.host} sends to another address, {shown} ({status}); keys do not follow."
    if secret:
        failure.hint = "Ask the server's operator for its address. {list}"
        return failure
    base = quoted(f"{target.scheme}://{where}{_LIST_TAIL.sub('', target.path)}", context.key)
    if target.path.rstrip("/").endswith("/v1/models") and not _is_anthropic(context):
        base += "/v1"
    if base == context.base_url.rstrip("/"):  # a redirect to /models/, say, which no base URL produces
        failure.hint = "It is the same base URL: tell the server's operator that its list redirects. {list}"
    else:
        failure.hint = f"If that address is right, make it the base URL: {base}. {{list}}"
    return failure


def _is_anthropic(context: RequestContext) -> bool:
    return urlsplit(context.url).query.startswith("limit=")
