"""Answers that are no list: what a status, its headers and its body mean (MD-8, MD-10, MD-11, MD-15).

What they can mean is in the table of `refusals`; this is how one is told: with the status, the server's own
words and what to do next.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from ..secrets import NO_KEY_NEEDED, mask
from .connection_errors import proxy_hint, proxy_login_wanted
from .failures import LOCK_SECONDS_MAX, LOCK_SECONDS_MIN, Failure, filled, quoted
from .refusal_words import all_words, says_error, sentence, stated_status
from .refusals import TOO_MANY, UNEXPLAINED_403, plain, reason_for
from .retry_after import is_used_up, retry_after_seconds

if TYPE_CHECKING:
    from typing import Any

    from .exchange import Answer, RequestContext
    from .refusals import Reason

__all__ = ["check_base_url", "explains", "maybe_from_a_proxy", "response_error", "says_error", "words_of"]

_REDIRECTED_FROM, _REFUSED_FROM, _TROUBLE_FROM = 300, 400, 500
_PROXY_LOGIN_WANTED, _TOO_MANY_REQUESTS = 407, 429
_LIST_TAIL = re.compile(r"(?:/v1)?/models/?$")
_STOPS = (".", "!", "?", "…", "。")


def response_error(answer: Answer, context: RequestContext, document: Any, *, now: float) -> Failure:
    """What an answer that is no success means.

    Args:
        answer: Status, headers and body; status 200 where the body says otherwise.
        context: Who answered.
        document: The body as JSON values, or its text where it is no JSON.
        now: The present moment, seconds since 1970, for ``Retry-After`` dates.
    """
    if answer.status == _PROXY_LOGIN_WANTED:
        found = proxy_login_wanted(context)
        found.status = answer.status
        return found
    if _REDIRECTED_FROM <= answer.status < _REFUSED_FROM:
        return _redirect(answer, context)
    # What the body of a success states counts as the server's own status does.
    status = (stated_status(document) if answer.is_success else None) or answer.status
    texts = [plain(text) for text in all_words(document, answer.headers)]
    reason = reason_for(status, texts, asks_model=bool(context.model))
    locks = _locks(status, answer)
    if locks and reason is UNEXPLAINED_403:
        reason = TOO_MANY
    said = sentence(document, lambda text: reason.is_said_in([plain(text)]))
    found = _told(reason, status, context, quoted(said, context.key), texts)
    if locks:
        asked = retry_after_seconds(answer.headers, now=now)
        found.lock_seconds = min(max(asked or 0.0, LOCK_SECONDS_MIN), LOCK_SECONDS_MAX)
        if "{until}" not in found.hint:
            found.hint = f"{found.hint.removesuffix(' {list}')} {{until}}{{list}}"
    return found


def explains(answer: Answer, text: str, context: RequestContext) -> bool:
    """Whether a success that is no JSON says in words why it gives nothing: ``invalid api key``."""
    texts = [plain(words) for words in all_words(text, answer.headers)]
    reason = reason_for(answer.status, texts, asks_model=bool(context.model))
    return reason.kind not in {"HTTP_STATUS", "MALFORMED"}


def words_of(document: Any, key: str) -> str:
    """What a server says in its own words, fit to be shown; empty where it says nothing.

    Args:
        document: The body as JSON values, or its text.
        key: The key that was sent, which it may have echoed.
    """
    return quoted(sentence(document), key)


def _locks(status: int, answer: Answer) -> bool:
    """Whether refresh is off for a while, which no words decide (MD-10, MD-15)."""
    if status == _TOO_MANY_REQUESTS:
        return True
    asks_to_wait = "retry-after" in answer.headers or is_used_up(answer.headers)
    return asks_to_wait and status < _TROUBLE_FROM


def _told(reason: Reason, status: int, context: RequestContext, said: str, texts: list[str]) -> Failure:
    """A reason as the user is told it, with the server's own words (MD-15)."""
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
    """What to do about a server that finds no key, by the header that it names (MD-8)."""
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
    """The hint at a proxy for an answer that may be its own; through a tunnel it cannot speak."""
    return proxy_hint(context) if context.url.startswith("http:") else ""


def check_base_url(context: RequestContext) -> str:
    """What to look at where no list is: the base URL, and for Anthropic whether the server is of its kind.

    Args:
        context: Who was asked.
    """
    if _is_anthropic(context):
        return (
            "Check the base URL; `/v1/models` is added to it. If the server is OpenAI-compatible rather than "
            "like Anthropic's, change the provider's type to `openai-compatible`."
        )
    if context.base_url.rstrip("/").endswith("/v1"):
        return "Check the base URL."
    return "Check the base URL; many servers want /v1 at its end."


def _redirect(answer: Answer, context: RequestContext) -> Failure:
    """Where a redirect leads, if it does, and which base URL that would be; nothing follows it (SEC-5)."""
    found = Failure(
        "REDIRECT",
        f"{context.host} sends to another address ({answer.status}); keys do not follow.",
        "Check the base URL. {list}",
        status=answer.status,
    )
    location = answer.headers.get("location", "").strip()
    if not location:  # 304, say, which is no redirect at all
        found.message = f"{context.host} answered with status {answer.status} and named no other address."
        found.hint = f"Check the base URL.{maybe_from_a_proxy(context)} {{list}}"
        return found
    try:
        target = urlsplit(urljoin(context.url, location))
        host, secret = target.hostname or "", bool(target.username or target.password)
        port = target.port
    except ValueError:
        return found
    if not host or target.scheme not in {"http", "https"}:
        return found
    where = f"{host}:{port}" if port else host
    # Another path of the same host is named by the path.
    shown = quoted(where if where != context.host else target.path or "/", context.key)
    found.message = f"{context.host} sends to another address, {shown} ({answer.status}); keys do not follow."
    if secret:
        found.hint = "Ask the server's operator for its address. {list}"
        return found
    base = quoted(f"{target.scheme}://{where}{_LIST_TAIL.sub('', target.path)}", context.key)
    if target.path.rstrip("/").endswith("/v1/models") and not _is_anthropic(context):
        base += "/v1"
    if base == context.base_url.rstrip("/"):  # to /models/, say: no base URL leads there
        found.hint = "It is the same base URL: tell the server's operator that its list redirects. {list}"
    else:
        found.hint = f"If that address is right, make it the base URL: {base}. {{list}}"
    return found


def _is_anthropic(context: RequestContext) -> bool:
    return urlsplit(context.url).query.startswith("limit=")
