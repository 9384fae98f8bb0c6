"""Answers that are no list: what a status, its headers and its body mean (MD-8, MD-10, MD-11, MD-15).

The tables come from the recorded error answers in ``tests/data/error_answers.json``; servers disagree
about status, field names and even the JSON type of an error, so the words decide where the status
does not.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from ..secrets import NO_KEY_NEEDED, mask
from .connection_errors import proxy_hint, proxy_login_wanted
from .failures import LOCK_SECONDS_MAX, LOCK_SECONDS_MIN, Failure, quoted
from .retry_after import retry_after_seconds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from ..errors import DiscoveryKind
    from .exchange import Answer, RequestContext

# Words of fields such as code, type, status and reason, in lower case.
_CODES: Mapping[str, DiscoveryKind] = {
    "invalid_api_key": "INVALID_CREDENTIALS",
    "incorrect_api_key": "INVALID_CREDENTIALS",
    "api_key_invalid": "INVALID_CREDENTIALS",
    "api_key_expired": "INVALID_CREDENTIALS",
    "authentication_error": "INVALID_CREDENTIALS",
    "authentication_failed": "INVALID_CREDENTIALS",
    "invalid_authentication_error": "INVALID_CREDENTIALS",
    "unauthenticated": "INVALID_CREDENTIALS",
    "unauthorized": "INVALID_CREDENTIALS",
    "invalid_token": "INVALID_CREDENTIALS",
    "insufficient_quota": "QUOTA",
    "insufficient_balance": "QUOTA",
    "insufficient_credits": "QUOTA",
    "exceeded_current_quota_error": "QUOTA",
    "billing_error": "QUOTA",
    "billing_hard_limit_reached": "QUOTA",
    "billing_not_active": "QUOTA",
    "payment_required": "QUOTA",
    "rate_limit_error": "RATE_LIMITED",
    "rate_limit_exceeded": "RATE_LIMITED",
    "rate_limit_reached_error": "RATE_LIMITED",
    "too_many_requests": "RATE_LIMITED",
    "resource_exhausted": "RATE_LIMITED",
}
_PHRASES: tuple[tuple[DiscoveryKind, re.Pattern[str]], ...] = (
    (
        "QUOTA",
        re.compile(
            r"insufficient (?:credits?|balance|funds|quota)|credit balance is too low"
            r"|exceeded your current quota|billing hard limit|payment required|out of credits?"
            r"|(?:no|not enough) credits?\b|余额不足|欠费",
            re.IGNORECASE,
        ),
    ),
    (
        "INVALID_CREDENTIALS",
        re.compile(
            r"(?:incorrect|invalid|wrong|expired|revoked|missing|unknown|bad) (?:x-)?api[ _-]?(?:key|token)"
            r"|api[ _-]?key(?: you)?(?: provided)? (?:is |was |has )?"
            r"(?:not valid|invalid|incorrect|expired|missing|not found|been revoked)"
            r"|(?:invalid|incorrect|expired|missing) (?:bearer |access |auth\w* )?(?:token|credentials?)"
            r"|authentication (?:fail|key is required)|invalid authentication|^unauthori[sz]ed\W*$|令牌|密钥",
            re.IGNORECASE,
        ),
    ),
)
_WORD_FIELDS = frozenset({"code", "type", "status", "reason"})
_TEXT_FIELDS = ("message", "msg", "detail", "error", "error_description", "title", "errors")
_DEEPEST = 6
_MOST_ITEMS = 20

_PROXY_LOGIN_WANTED = 407
_KIND_OF_STATUS: Mapping[int, DiscoveryKind] = {
    401: "INVALID_CREDENTIALS",
    402: "QUOTA",
    _PROXY_LOGIN_WANTED: "PROXY",
}
_BODY_DECIDES = frozenset({200, 400, 403, 409, 422, 429})
_LIST_TAIL = re.compile(r"(?:/v1)?/models/?$")


def response_error(answer: Answer, context: RequestContext, document: Any, *, now: float) -> Failure:
    """What an answer that is no success means.

    Args:
        answer: Status, headers and body; status 200 where the body says otherwise.
        context: Who answered.
        document: The body as JSON values, or its text where it is no JSON.
        now: The present moment, seconds since 1970, for ``Retry-After`` dates.
    """
    status = _stated_status(document) if answer.status == 200 else answer.status  # noqa: PLR2004
    kind = _kind(status, document)
    text = quoted(_text(document), context.key)
    found = _WORDING[kind](status, context, text)
    # The one that the message names: what the body of a 200 states counts as the server's own status does.
    found.status = status
    if kind == "RATE_LIMITED":
        asked = retry_after_seconds(answer.headers, now=now)
        found.lock_seconds = min(max(asked or 0.0, LOCK_SECONDS_MIN), LOCK_SECONDS_MAX)
    elif kind == "REDIRECT":
        _name_target(found, answer, context)
    return found


def words_of(document: Any, key: str) -> str:
    """What a server says in its own words, fit to be shown; empty for web pages and unknown shapes.

    Args:
        document: The body as JSON values, or its text.
        key: The key that was sent, which it may have echoed.
    """
    return quoted(_text(document), key)


def says_error(document: Any) -> bool:
    """Whether the body of a 200 is an error in disguise: ``{"code": 401, "success": false}``."""
    if not isinstance(document, dict):
        return False
    return bool(document.get("error")) or document.get("success") is False or _stated_status(document) != 200  # noqa: PLR2004


def _stated_status(document: Any) -> int:
    """The status that a body states for itself, 200 where it states none."""
    inner = document.get("error") if isinstance(document, dict) else None
    for part in (document, inner):
        code = part.get("code") if isinstance(part, dict) else None
        if isinstance(code, str) and re.fullmatch(r"[45]\d\d", code):
            code = int(code)
        if isinstance(code, int) and 400 <= code < 600:  # noqa: PLR2004
            return code
    return 200


def _kind(status: int, document: Any) -> DiscoveryKind:
    if status in _KIND_OF_STATUS:
        return _KIND_OF_STATUS[status]
    if 300 <= status < 400:  # noqa: PLR2004
        return "REDIRECT"
    spoken = _spoken_kind(document) if status in _BODY_DECIDES else None
    if status == 429:  # noqa: PLR2004
        return "QUOTA" if spoken == "QUOTA" else "RATE_LIMITED"
    return spoken or ("MALFORMED" if status == 200 else "HTTP_STATUS")  # noqa: PLR2004


def _spoken_kind(document: Any) -> DiscoveryKind | None:
    """What the words of a body say; codes before phrases, because codes are meant for programs."""
    texts: list[str] = []
    found: list[DiscoveryKind] = []
    for field, value in _strings(document):
        if field in _WORD_FIELDS and value.lower() in _CODES:
            found.append(_CODES[value.lower()])
        texts.append(value)
    for kind in ("QUOTA", "INVALID_CREDENTIALS", "RATE_LIMITED"):
        if kind in found:
            return kind
    for kind, phrase in _PHRASES:
        if any(phrase.search(text[:2000]) for text in texts):
            return kind
    return None


def _strings(value: Any, field: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Every text of a JSON value with the name of its field, not too deep and not too many."""
    if isinstance(value, str):
        yield field, value.strip()
    elif depth < _DEEPEST and isinstance(value, dict):
        for name, item in list(value.items())[:_MOST_ITEMS]:
            yield from _strings(item, str(name), depth + 1)
    elif depth < _DEEPEST and isinstance(value, list):
        for item in value[:_MOST_ITEMS]:
            yield from _strings(item, field, depth + 1)


def _text(document: Any, depth: int = 0) -> str:
    """The sentence in which a server explains itself; empty for web pages and unknown shapes."""
    if isinstance(document, str):
        return "" if document.lstrip()[:1] == "<" else document
    if depth >= _DEEPEST:
        return ""
    if isinstance(document, list):
        return next((text for item in document[:_MOST_ITEMS] if (text := _text(item, depth + 1))), "")
    if isinstance(document, dict):
        for field in _TEXT_FIELDS:
            text = _text(document.get(field), depth + 1)
            if text:
                return text
    return ""


def _credentials(status: int, context: RequestContext, _: str) -> Failure:
    if context.key == NO_KEY_NEEDED:
        return Failure(
            "INVALID_CREDENTIALS", f"{context.name} wants a key ({status}).", "Give the provider one. {list}"
        )
    return Failure(
        "INVALID_CREDENTIALS",
        f"{context.name} refused the key {mask(context.key)} ({status}).",
        "It may be incomplete, revoked or from another account. {list}",
    )


def _quota(_: int, context: RequestContext, __: str) -> Failure:
    return Failure(
        "QUOTA",
        f"{context.name} says that the account has no credit left.",
        "This is about billing, not speed. {list}",
    )


def _limited(status: int, context: RequestContext, _: str) -> Failure:
    return Failure(
        "RATE_LIMITED",
        f"{context.name} answered: too many requests ({status}).",
        "{list}{until}Using the models is not affected.",
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


def _redirect(status: int, context: RequestContext, _: str) -> Failure:
    return Failure(
        "REDIRECT",
        f"{context.host} sends to another address ({status}); keys do not follow.",
        "Check the base URL. {list}",
    )


def _disguised(_: int, context: RequestContext, text: str) -> Failure:
    said = f": “{text}”" if text else "."
    return Failure(
        "MALFORMED",
        f"{context.host} answered with an error in place of a list of models{said}",
        "{list}Check the base URL and the key.",
        is_answer=True,
    )


def _status(status: int, context: RequestContext, text: str) -> Failure:
    said = f": “{text}”" if text else "."
    if status == 403:  # noqa: PLR2004
        return Failure(
            "HTTP_STATUS",
            f"This key may not list models at {context.host} (403).",
            f"It may still be good for chat: type a model id by hand.{maybe_from_a_proxy(context)} {{list}}",
        )
    if status == 404:  # noqa: PLR2004
        return Failure(
            "HTTP_STATUS",
            f"There is no model list at {context.shown_url} (404).",
            f"{check_base_url(context)} {{list}}",
        )
    if status >= 500:  # noqa: PLR2004
        trouble = "is overloaded" if status == 529 else "has a problem of its own"  # noqa: PLR2004
        return Failure(
            "HTTP_STATUS",
            f"{context.host} {trouble} ({status}){said}",
            f"{{list}}Nothing to change here; try again in a minute.{maybe_from_a_proxy(context)}",
        )
    return Failure(
        "HTTP_STATUS",
        f"{context.host} answered with status {status}{said}",
        "Check the base URL and the key. {list}",
    )


_WORDING = {
    "INVALID_CREDENTIALS": _credentials,
    "QUOTA": _quota,
    "RATE_LIMITED": _limited,
    "PROXY": lambda _, context, __: proxy_login_wanted(context),
    "REDIRECT": _redirect,
    "MALFORMED": _disguised,
    "HTTP_STATUS": _status,
}


def _name_target(found: Failure, answer: Answer, context: RequestContext) -> None:
    """Says where a redirect leads, if it does, and which base URL that would be."""
    location = answer.headers.get("location", "").strip()
    if not location:  # 304, say, which is no redirect at all
        found.message = f"{context.host} answered with status {answer.status} and named no other address."
        found.hint = f"Check the base URL.{maybe_from_a_proxy(context)} {{list}}"
        return
    try:
        target = urlsplit(urljoin(context.url, location))
        host, secret = target.hostname or "", bool(target.username or target.password)
        port = target.port
    except ValueError:
        return
    if not host or target.scheme not in {"http", "https"}:
        return
    where = f"{host}:{port}" if port else host
    shown = quoted(where, context.key)
    found.message = f"{context.host} sends to another address, {shown} ({answer.status}); keys do not follow."
    if secret:
        found.hint = "Ask the server's operator for its address. {list}"
        return
    base = quoted(f"{target.scheme}://{where}{_LIST_TAIL.sub('', target.path)}", context.key)
    if target.path.rstrip("/").endswith("/v1/models") and not _is_anthropic(context):
        base += "/v1"
    if base == context.base_url.rstrip("/"):  # to /models/, say: no base URL leads there
        found.hint = "It is the same base URL: tell the server's operator that its list redirects. {list}"
        return
    found.hint = f"If that address is right, make it the base URL: {base}. {{list}}"


def _is_anthropic(context: RequestContext) -> bool:
    return urlsplit(context.url).query.startswith("limit=")
