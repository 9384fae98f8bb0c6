"""Extracts the texts of an error response: its message, all its texts, the status in its body (MD-15).

Servers report errors in JSON fields of many names and depths, in JSON inside a text, in plain text, in XML
and in web pages.
"""

from __future__ import annotations

import json
import re
from html import unescape
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

_DEEPEST = 8
_MOST_ITEMS = 20
_MOST_TEXTS = 60
# Limits on the characters that are searched, in total and for one text, to keep matching fast.
_MOST_CHARACTERS = 4000
_LONGEST_TEXT = 1500
_LONGEST_PAGE = 20_000

# Fields that hold messages, by their names in letters only, the most telling first.
_SENTENCE_FIELDS = (
    (
        "message",
        "msg",
        "errormessage",
        "errormsg",
        "errmsg",
        "statusmsg",
        "statusmessage",
        "resultmsg",
        "resultmessage",
        "retmsg",
        "returnmsg",
        "messagezh",
        "usermessage",
    ),
    (
        "detail",
        "details",
        "errordescription",
        "description",
        "desc",
        "resultdesc",
        "faultstring",
        "error",
        "err",
        "cause",
        "text",
        "h1",
        "h2",
        "h3",
    ),
    ("title", "reason", "raw", "hint", "info", "exception"),
)
_RANK = {name: rank for rank, names in enumerate(_SENTENCE_FIELDS) for name in names}
_RANK_OF_OTHERS = len(_SENTENCE_FIELDS)
_WHOLE_PAGE = "page"
# Fields that repeat the request or identify it.
_NOT_ITS_WORDS = frozenset(
    (
        "input",
        "url",
        "path",
        "instance",
        "requestid",
        "traceid",
        "timestamp",
        "param",
        "id",
        "object",
        "helpurl",
    )
)
_TELLING_HEADERS = ("x-amzn-errortype", "www-authenticate", "cf-mitigated", "x-error-code")

_STATUS_FIELDS = ("code", "status", "status_code", "statusCode", "http_code", "httpStatus", "error_code")
_ERROR_FIELDS = frozenset({"error", "errors"})
_CODE_FIELDS = frozenset(
    {"code", "statuscode", "errorcode", "errcode", "resultcode", "retcode", "returncode"}
)
_GOOD_WORDS = frozenset({"ok", "success", "succeeded", "successful", "true", "false", "成功", ""})
_BAD_WORDS = frozenset({"error", "fail", "failed", "failure", "false"})
_HEADING = re.compile(
    r"<(title|h[1-3]|message|faultstring|msg|code)\b[^<>]{0,300}>(.{0,500}?)</\1\s*>",
    re.IGNORECASE | re.DOTALL,
)
_NOT_SHOWN = (("<!--", "-->"), ("<script", "</script"), ("<style", "</style"))
_TAG = re.compile(r"<[^<>]{0,1000}>")
_STATUS_NAMES = frozenset(status.phrase.lower() for status in HTTPStatus)


class ServerText(NamedTuple):
    """A text in a response, with its field's name in letters only and its depth."""

    field: str
    text: str
    depth: int


def sentence(document: Any, names_reason: Callable[[str], bool] = lambda _: False) -> str:
    """Returns the server's error message; its error code if there is no message, else an empty text.

    Args:
        document: The parsed body, or its text if it is not JSON.
        names_reason: Whether a text names the reason; such a text is preferred.
    """
    said = server_texts(document)
    shown = [part for part in said if part.field != _WHOLE_PAGE] or said
    return max(shown, key=lambda part: _weight(part, names_reason), default=ServerText("", "", 0)).text


def all_texts(document: Any, headers: Mapping[str, str], *, whole_page: bool = True) -> list[str]:
    """Returns all texts that may name the reason, including those of some headers.

    Args:
        document: The parsed body, or its text if it is not JSON.
        headers: The response's headers.
        whole_page: Whether the whole text of a web page counts, also if it has headings.
    """
    words = [f"{name} {headers[name]}"[:_LONGEST_TEXT] for name in _TELLING_HEADERS if name in headers]
    left = _MOST_CHARACTERS
    texts = server_texts(document)
    if not whole_page:
        texts = [said for said in texts if said.field != _WHOLE_PAGE] or texts
    for said in texts:
        words.append(said.text[: min(_LONGEST_TEXT, left)])
        left -= len(words[-1])
        if left <= 0:
            break
    return words


def _weight(said: ServerText, names_reason: Callable[[str], bool]) -> tuple[bool, bool, bool, int, int]:
    """Ranks a text: sentences before single words and codes, then by field, then the outermost first."""
    is_sentence = len(said.text.split()) > 1 or not said.text.isascii()
    is_sentence = is_sentence and said.text.lower() not in _STATUS_NAMES  # which says what the status says
    rank = _RANK.get(said.field, _RANK_OF_OTHERS)
    return (
        is_sentence and names_reason(said.text[:_LONGEST_TEXT]),
        is_sentence and rank < _RANK_OF_OTHERS,
        is_sentence or rank < _RANK_OF_OTHERS,
        -rank,
        -said.depth,
    )


def server_texts(document: Any) -> list[ServerText]:
    """Returns the texts of a response that are not copied from the request, up to a limit."""
    found: list[ServerText] = []
    for said in _walk(document, "", 0):
        found.append(said)
        if len(found) == _MOST_TEXTS:
            break
    return found


def _walk(value: Any, field: str, depth: int) -> Iterator[ServerText]:
    if isinstance(value, str):
        yield from _of_text(value.strip(), field, depth)
    elif depth < _DEEPEST and isinstance(value, dict):
        for name, item in list(value.items())[:_MOST_ITEMS]:
            if _letters_of(name) not in _NOT_ITS_WORDS:
                yield from _walk(item, _letters_of(name), depth + 1)
    elif depth < _DEEPEST and isinstance(value, list):
        for item in value[:_MOST_ITEMS]:
            yield from _walk(item, field, depth + 1)


def _of_text(text: str, field: str, depth: int) -> Iterator[ServerText]:
    if text[:1] == "<":
        yield from _of_markup(text, depth)
        return
    inner = _json_within(text) if depth < _DEEPEST else None
    if inner is not None:
        before = text[: text.index("{")].strip(" :-\n")
        yield from (ServerText("", before, depth),) if before and field else ()
        yield from _walk(inner, field, depth + 1)
    elif text and not text.isdigit() and not (field and text.lower() in _GOOD_WORDS):
        yield ServerText(field, text, depth)


def _json_within(text: str) -> Any:
    """Returns the JSON object inside a text, such as a quoted upstream error or a stream event."""
    start = text.find("{")
    if start < 0 or '"' not in text:
        return None
    try:
        value, _ = json.JSONDecoder().raw_decode(text[start:])
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and value else None


def _of_markup(text: str, depth: int) -> Iterator[ServerText]:
    """Yields a web page's headings or XML's messages, then the whole text, which is only searched."""
    text = text[:_LONGEST_PAGE]
    for begin, end in _NOT_SHOWN:
        text = _without(text, begin, end)
    for tag, inner in _HEADING.findall(text)[:_MOST_ITEMS]:
        words = _text_of_markup(inner)
        if words:
            yield ServerText(tag.lower(), words, depth)
    yield ServerText(_WHOLE_PAGE, _text_of_markup(text), _DEEPEST)


def _without(text: str, begin: str, end: str) -> str:
    """Removes everything between two lower-case markers; to the end if the last one is not closed."""
    lower, parts, place = text.lower(), [], 0
    while (start := lower.find(begin, place)) >= 0:
        parts.append(text[place:start])
        place = lower.find(end, start)
        if place < 0:
            return " ".join(parts)
        place += len(end)
    return " ".join([*parts, text[place:]])


def _text_of_markup(markup: str) -> str:
    return " ".join(unescape(_TAG.sub(" ", markup)).split())


def stated_status(document: Any) -> int | None:
    """Returns the error status that a body states, or None."""
    inner = document.get("error") if isinstance(document, dict) else None
    parts = [part for part in (document, inner) if isinstance(part, dict)]
    for part in parts:
        for field in _STATUS_FIELDS:
            code = part.get(field)
            if isinstance(code, str) and re.fullmatch(r"[45]\d\d", code):
                code = int(code)
            if isinstance(code, int) and 400 <= code < 600:  # noqa: PLR2004
                return code
    return None


def says_error(document: Any) -> bool:
    """Whether the parsed body of a 2xx reports an error: ``{"code": 401, "success": false}``."""
    if isinstance(document, str):  # a JSON string in place of a list
        return bool(document.strip())
    if isinstance(document, list):
        return bool(document) and all(map(_has_an_error, document))
    if not isinstance(document, dict):
        return False
    return (
        any(_has_an_error(part) for part in (document, *document.values()))
        or any(isinstance(part, list) and says_error(part) for part in document.values())
        or any(_says_failure(document.get(name)) for name in ("success", "ok", "status", "result"))
        or any(_is_an_error_code(document.get(name)) for name in ("error_code", "errcode", "errorCode"))
        or any(document.get(name) for name in ("error_msg", "errmsg", "error_message", "errorMessage"))
        or any(_holds_a_refusal(part) for part in (document, *document.values()))
        or stated_status(document) is not None
        or _is_only_a_message(document)
    )


def _has_an_error(part: Any) -> bool:
    """Whether it has an error in a field of its own: also Tencent's ``{"Response": {"Error": {…}}}``."""
    return isinstance(part, dict) and any(
        bool(value) and str(name).lower() in _ERROR_FIELDS for name, value in part.items()
    )


def _says_failure(value: Any) -> bool:
    return value is False or (isinstance(value, str) and value.lower() in _BAD_WORDS)


def _is_an_error_code(value: Any) -> bool:
    return isinstance(value, int | str) and str(value).lower() not in {*_GOOD_WORDS, "0", "200"}


def _holds_a_refusal(part: Any) -> bool:
    """Whether an object holds an error code and a message: ``{"status_code": 1004, "status_msg": "…"}``."""
    if not isinstance(part, dict):
        return False
    codes = [code for name, code in part.items() if _letters_of(name) in _CODE_FIELDS]
    return any(_is_an_error_code(code) for code in codes) and any(
        isinstance(value, str)
        and value.strip().lower() not in _GOOD_WORDS
        and _RANK.get(_letters_of(name), 2) < 2  # noqa: PLR2004
        for name, value in part.items()
    )


def _letters_of(name: object) -> str:
    """A field's name in lower-case letters and digits only: ``statusMsg`` and ``status_msg`` are equal."""
    return re.sub(r"[^a-z0-9]", "", str(name).lower())


def _is_only_a_message(document: Mapping[str, Any]) -> bool:
    """Whether a body is only a message: ``{"message": "no Route matched with those values"}``."""
    if any(isinstance(value, dict | list) for value in document.values()) or "data" in document:
        return False
    said = [value for name, value in document.items() if _letters_of(name) in _RANK]
    return any(isinstance(text, str) and text.strip().lower() not in _GOOD_WORDS for text in said)
