"""Pagination: whether a response has a next page, and its URL (MD-1, MD-5).

Only documented kinds of pagination are followed. If a response says that there is more in another way, the
user gets a warning.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit

import httpx

from .parsing import find_list

if TYPE_CHECKING:
    from collections.abc import Mapping

# Fields with the next page's URL. The `Link` header is https://www.rfc-editor.org/rfc/rfc8288
_LINKS = (
    ("next",),  # Replicate, Django REST framework
    ("next", "href"),  # IBM watsonx
    ("links", "next"),  # JSON:API
    ("links", "next", "href"),
    ("_links", "next", "href"),  # HAL
    ("nextLink",),  # Azure
    ("@odata.nextLink",),  # OData
    ("next_page_url",),  # Laravel
)
# In a body, any other text there is a token whose query parameter is not known.
_LINK_START = re.compile(r"https?://|[/?]", re.IGNORECASE)
_LINK_HEADER = re.compile(r'<([^<>]*)>[^<>]*;\s*rel="?next\b', re.IGNORECASE)

# Fields with a token for the next page, and the query parameter that takes it.
_TOKENS = {
    "next_page_token": "page_token",  # Cohere: https://docs.cohere.com/reference/list-models
    "nextPageToken": "pageToken",  # Gemini: https://ai.google.dev/api/models; Fireworks
    "nextToken": "nextToken",  # Amazon Bedrock
    "next_cursor": "cursor",  # fal
}
# These say that there is more, and not how to ask for it; in the object itself, or in one of these.
_SIGNS = (
    "has_more",
    "hasMore",
    "has_next",
    "hasNext",
    "has_next_page",
    "hasNextPage",
    "continuation_token",
    "continuationToken",
    "nextCursor",
    "next_page",
    "nextPage",
)
_SIGNS_INSIDE = (*_SIGNS, "next", *_TOKENS)
_ENVELOPES = ("meta", "pagination", "paging", "page_info", "pageInfo", "page")


class NextPage(NamedTuple):
    """What a response says about the next page.

    Attributes:
        url: Its URL; empty if there is none or its URL is not known.
        is_said: Whether the response says that there are more models.
        is_documented: Whether the server documents that the next page is at this URL.
    """

    url: str = ""
    is_said: bool = False
    is_documented: bool = True


def next_page(document: Any, headers: Mapping[str, str], url: str, *, after: str) -> NextPage:
    """Returns what a response says about its next page.

    Args:
        document: The parsed body.
        headers: The response's headers.
        url: The URL of this page. The key is sent to no other host (SEC-8).
        after: The query parameter for the id of the page's last model, used with ``has_more``: ``after_id``
            (Anthropic, documented for models) or ``after`` (OpenAI, documented for its other lists).
    """
    header = _LINK_HEADER.search(headers.get("link", ""))
    found = header[1] if header else ""
    if not isinstance(document, dict):
        return NextPage(_on_the_same_host(url, found), is_said=True) if found else NextPage()
    nexts = [text for path in _LINKS if (text := _text_at(document, path))]
    found = found or next((text for text in nexts if _LINK_START.match(text)), "")
    if found:
        return NextPage(_on_the_same_host(url, found), is_said=True)
    for name, parameter in _TOKENS.items():
        if token := _text_at(document, (name,)):
            return NextPage(_with_parameter(url, parameter, token), is_said=True)
    is_said = bool(nexts) or _says(document, (*_SIGNS, "next"))
    is_said = is_said or any(
        _says(part, _SIGNS_INSIDE) for name in _ENVELOPES if isinstance(part := document.get(name), dict)
    )
    last = _last_id(document, is_implied=after == "after_id") if document.get("has_more") is True else ""
    if last:
        return NextPage(_with_parameter(url, after, last), is_said=True, is_documented=after == "after_id")
    return NextPage(is_said=is_said)


def names_its_end(document: Any) -> bool:
    """Whether a page has ``last_id``."""
    return isinstance(document, dict) and bool(_text_at(document, ("last_id",)))


def _last_id(document: dict[str, Any], *, is_implied: bool) -> str:
    """Returns ``last_id``, or the last model's id if a gateway omits it."""
    if names_its_end(document) or not is_implied:
        return _text_at(document, ("last_id",))
    items = find_list(document)
    return _text_at(items[-1], ("id",)) if items else ""


def _text_at(value: Any, path: tuple[str, ...]) -> str:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""


def _says(part: dict[str, Any], signs: tuple[str, ...]) -> bool:
    values = [part.get(name) for name in signs]
    return any(value not in {False, ""} for value in values if isinstance(value, (str, int, bool)))


def _on_the_same_host(url: str, link: str) -> str:
    """Resolves a link, with the scheme and port of the request; empty if it leads to no page of this host."""
    try:
        here, there = urlsplit(url), urlsplit(urljoin(url, link))
        is_here = there.hostname == here.hostname and there.scheme in {"http", "https"}
    except ValueError:
        return ""
    # A server behind a reverse proxy may write its own scheme and port.
    there = there._replace(scheme=here.scheme, netloc=here.netloc, fragment="")
    return _requestable(there.geturl()) if is_here else ""


def _with_parameter(url: str, name: str, value: str) -> str:
    parts = urlsplit(url)
    others = [(key, old) for key, old in parse_qsl(parts.query, keep_blank_values=True) if key != name]
    query = urlencode([*others, (name, value)], quote_via=quote, safe="")
    return _requestable(parts._replace(query=query).geturl())


def _requestable(url: str) -> str:
    """Returns a URL, or an empty text if it is too long or has control characters."""
    try:
        httpx.URL(url)
    except httpx.InvalidURL:
        return ""
    return url
