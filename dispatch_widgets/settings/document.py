"""The settings file as a document: lossless JSON parsing and rendering (MIG-7, ST-4, ST-5).

A document is what ``json`` parses, with three differences: duplicate names are refused, numbers that Python
would write differently keep their text, and objects print with secrets masked. Edits never modify a document;
they make a new one that shares all unchanged parts with the old one.
"""

from __future__ import annotations

import re
from json import JSONDecodeError, JSONDecoder
from json.encoder import encode_basestring as quoted
from typing import Any, Self, TypeVar, cast

from .._secret_names import is_base_url_field
from ..errors import SettingsWriteError, UnreadableSettingsError
from ..secrets import mask, masked_copy, redact
from ..urls import shown_url, shown_urls

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_Node = TypeVar("_Node")

Document = dict[str, Any]
"""The whole file, as returned by `parse`."""

Place = tuple[str | int, ...]
"""A place in a document: names and indexes from its top."""

# Python refuses to turn longer texts into integers unless told otherwise (sys.set_int_max_str_digits,
# 640 at the least), and telling it otherwise would change the user's whole process.
_LONGEST_INTEGER_CHARACTERS = 600
_INDENT = "  "
# The deepest nesting: recursive functions on documents need two or three of Python's thousand frames per
# level, and the caller some hundred.
_MOST_LEVELS = 200
_LONGEST_NAME_CHARACTERS = 40
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_SURROGATE = re.compile("[\ud800-\udfff]")
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],:]|[^\s"{}\[\],:]+', re.DOTALL)
_NEXT_NAME = re.compile(r'"([A-Za-z_][A-Za-z0-9_]{0,30})"\s*:')
_WAYS_OUT = "Nothing is written to it until it is mended, replaced by a backup, or moved away."

# json's messages, which are the same in all supported Python versions, and ours.
_WORDS = {
    "Expecting ',' delimiter": "a comma is missing",
    "Expecting property name enclosed in double quotes": "a name in double quotes is expected here",
    "Expecting value": "a value is expected here",
    "Expecting ':' delimiter": "a colon is missing",
    "Unterminated string starting at": "a text begins here and does not end",
    "Invalid control character at": "a text has a line break or another control character in it",
    "Extra data": "something stands after the end of the settings",
}


class JsonObject(dict[str, Any]):
    """An object of a document; it prints with secrets masked (SEC-1)."""

    __slots__ = ()

    def __repr__(self) -> str:
        return repr(masked(self))


class LosslessNumber(float):
    """A number that keeps its text from the file, where a float would lose it: ``1.50``, ``1e999``."""

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str) -> Self:  # noqa: D102 - the class docstring describes it
        self = super().__new__(cls, text)
        self.text = str(text)
        return self

    def __repr__(self) -> str:
        return self.text

    def __reduce__(self) -> tuple[type[LosslessNumber], tuple[str]]:
        return (LosslessNumber, (self.text,))


class _DuplicateName(Exception):  # noqa: N818 - internal control flow
    """An object has a duplicate name."""


class _NotANumber(Exception):  # noqa: N818 - internal control flow
    """NaN or Infinity, which json accepts and JSON does not allow."""


_CONTAINERS = {JsonObject, list}


def _object(pairs: list[tuple[str, Any]]) -> JsonObject:
    found = JsonObject(pairs)
    if len(found) != len(pairs):
        raise _DuplicateName
    return found


def _integer(text: str) -> int | float:
    if len(text) > _LONGEST_INTEGER_CHARACTERS or text == "-0":
        return LosslessNumber(text)
    return int(text)


def _real(text: str) -> float:
    value = float(text)
    return value if repr(value) == text else LosslessNumber(text)


def _constant(_: str) -> float:
    raise _NotANumber


_DECODER = JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_real, parse_constant=_constant
)


def parse(data: bytes, *, path: str) -> Document:
    """Parses a settings file; `path` is for the error.

    A byte order mark and any line ends are accepted. Numbers of any size and lone surrogate escapes are kept.

    Raises:
        UnreadableSettingsError: If it is empty, cut off, not UTF-8, not JSON, nested too deeply, not an
            object, or has a duplicate name in an object. Line and column say where.
    """
    document, words, line, column = _read(data)
    if document is None:
        where = f"Line {line}, column {column}: " if line else ""
        message = f"{where}{words}." if where else f"{words[0].upper()}{words[1:]}."
        raise UnreadableSettingsError(message, path=path, line=line, column=column, hint=_WAYS_OUT)
    return document


def _read(data: bytes) -> tuple[Document | None, str, int, int]:  # noqa: PLR0911 - one for each case
    # The caller builds the error outside of any handler, so that none of these exceptions, which hold the
    # file's text, becomes its context (SEC-1).
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        return None, "this is not UTF-8 text", *_line_and_column(before, len(before))
    if not text.strip():
        return None, "the file is empty", 1, 1
    try:
        found = _DECODER.decode(text)
    except JSONDecodeError as error:
        return None, _in_words(error, text), error.lineno, error.colno
    except (_DuplicateName, _NotANumber):
        words, offset = _find_refused(text)
        return None, words, *_line_and_column(text, offset)
    except RecursionError:
        return None, "objects and lists are nested too deeply", *_line_and_column(text, _deepest(text))
    if isinstance(found, dict):
        if _is_too_deep(found):
            words = "objects and lists are nested too deeply"
            return None, words, *_line_and_column(text, _deepest(text))
        return found, "", 0, 0
    offset = len(text) - len(text.lstrip())
    return None, "an object in braces is expected here, not another value", *_line_and_column(text, offset)


def _line_and_column(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1


def _in_words(error: JSONDecodeError, text: str) -> str:
    end = len(text.rstrip())
    if error.pos >= end or (error.msg.startswith("Unterminated") and "\n" not in text[error.pos : end]):
        return "the file ends in the middle, as if cut off"
    for known, words in _WORDS.items():
        if error.msg.startswith(known):
            following = _NEXT_NAME.match(text, error.pos) if "missing" in words else None
            return f'{words} before "{following.group(1)}"' if following else words
    # Others are strings with a bad escape and, from Python 3.13 on, trailing commas.
    if "comma" in error.msg:
        return "a comma stands before a closing bracket"
    return "a text has a bad escape in it"


def _is_too_deep(document: Document) -> bool:
    level: list[Any] = [document]
    for _ in range(_MOST_LEVELS):
        level = [
            item
            for node in level
            for item in (node.values() if type(node) is JsonObject else node)
            if type(item) in _CONTAINERS
        ]
        if not level:
            return False
    return True


def _deepest(text: str) -> int:
    """The offset of the first bracket on the deepest level."""
    depth = most = offset = 0
    for token in _TOKEN.finditer(text):
        depth += (token.group() in {"{", "["}) - (token.group() in {"}", "]"})
        if depth > most:
            most, offset = depth, token.start()
    return offset


def _find_refused(text: str) -> tuple[str, int]:
    """Why we refuse a text that json accepts, and the offset."""
    names: list[set[str] | None] = []  # per open bracket: the names so far, or None for a list
    previous = ""
    for token in _TOKEN.finditer(text):
        word = token.group()
        if word in {"{", "["}:
            names.append(set() if word == "{" else None)
        elif word in {"}", "]"}:
            names.pop()
        elif word in {"NaN", "Infinity", "-Infinity"}:
            return f"{word} is no number that JSON knows", token.start()
        elif word[0] == '"' and previous in {"{", ","} and names and (known := names[-1]) is not None:
            name: str = _DECODER.decode(word)
            if name in known:
                return f'the name "{redact(name)[:60]}" stands twice in the same object', token.start()
            known.add(name)
        previous = word
    raise AssertionError("json refused what the scan accepts")


def render(document: Document) -> bytes:
    """Renders a document in the format of the Dispatch app's ``JSON.stringify(x, null, 2)``.

    Two spaces per level, UTF-8, non-ASCII unescaped, lone surrogates escaped, no trailing newline.

    Raises:
        SettingsWriteError: If it is nested too deeply.
        ValueError: If a number is not finite.
        TypeError: If a value is not a JSON value.
    """
    try:
        text = _serialise(document, "\n")
    except RecursionError:
        text = ""
    if not text:
        raise SettingsWriteError(
            "Not saved: objects and lists in the settings are nested too deeply.",
            path="",
            hint="The file is as it was.",
        )
    try:
        return text.encode()
    except UnicodeEncodeError:
        return _SURROGATE.sub(lambda found: f"\\u{ord(found.group()):04x}", text).encode()


def _serialise(value: Any, line: str) -> str:
    # json.dumps(indent=2) runs in pure Python too, and cannot write LosslessNumber.
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, dict):
        if not value:
            return "{}"
        inner = _one_deeper(line)
        items = [
            f"{quoted(name)}: {quoted(item) if type(item) is str else _serialise(item, inner)}"
            for name, item in value.items()
        ]
        return f"{{{inner}{f',{inner}'.join(items)}{line}}}"
    if isinstance(value, (list, tuple)):
        if not value:
            return "[]"
        inner = _one_deeper(line)
        return f"[{inner}{f',{inner}'.join([_serialise(item, inner) for item in value])}{line}]"
    return _plain(value)


def _one_deeper(line: str) -> str:
    if len(line) > _MOST_LEVELS * len(_INDENT):
        raise RecursionError
    return line + _INDENT


def _plain(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, LosslessNumber):
        return value.text
    if isinstance(value, float):
        if value - value != 0:
            raise ValueError("a number that is not finite cannot be written as JSON")
        return float.__repr__(value)
    raise TypeError(f"a {type(value).__name__} cannot be written as JSON")


def json_equal(one: Any, other: Any) -> bool:
    """Whether two JSON values are written as the same text: order of names and types of numbers count.

    Parts that both share are not looked into, so comparing a document with an edit of it is quick.
    """
    if one is other:
        return True
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(json_equal(item, other[name]) for name, item in one.items())
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(map(json_equal, one, other))
    return type(one) is type(other) and repr(one) == repr(other)


def set_in(node: _Node, path: Sequence[str | int], value: Any) -> _Node:
    """Returns a copy with another value at a path, and shares everything beside the path with the original.

    The path holds names and indexes; the last one may be a new name.
    """
    first, *rest = path
    old: Any = node
    copy: Any = JsonObject(old) if isinstance(old, dict) else list(old)
    copy[first] = set_in(old[first], rest, value) if rest else value
    return cast("_Node", copy)


def pointer(place: Place) -> str:
    """A place as text: ``search.apiKey``, ``providers[0].credentials``.

    A name that could not be a field's is left out, as it may be a secret itself.
    """
    steps = []
    for step in place:
        if isinstance(step, int):
            steps.append(f"[{step}]")
        elif len(step) <= _LONGEST_NAME_CHARACTERS and _PLAIN_NAME.fullmatch(step):
            steps.append(f".{step}")
        else:
            steps.append(".…")
    return "".join(steps).removeprefix(".")


def masked(value: Any) -> Any:
    """A plain copy of a JSON value with secrets masked and `shown_url` applied to URLs (SEC-1)."""
    return _with_shown_urls(masked_copy(_without_older_keys(value)))


def _without_older_keys(value: Any) -> Any:
    """A copy with the keys masked that the app's first formats had as plain values under ``providers``."""
    if isinstance(value, dict):
        return {
            name: _masked_texts(item) if name == "providers" else _without_older_keys(item)
            for name, item in value.items()
        }
    return [_without_older_keys(item) for item in value] if isinstance(value, list) else value


def older_keys(value: Any) -> Iterator[str]:
    """The keys that the app's first formats had as plain values under ``providers``."""
    if isinstance(value, dict):
        for name, item in value.items():
            if name == "providers" and isinstance(item, dict):
                yield from (text for text in item.values() if isinstance(text, str))
            yield from older_keys(item)
    elif isinstance(value, list):
        for item in value:
            yield from older_keys(item)


def _masked_texts(providers: Any) -> Any:
    if not isinstance(providers, dict):
        return _without_older_keys(providers)
    return {
        name: mask(item) if isinstance(item, str) else _without_older_keys(item)
        for name, item in providers.items()
    }


def _with_shown_urls(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _with_shown_urls(item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [_with_shown_urls(item) for item in value]
    if isinstance(value, str):
        return shown_url(value) if is_base_url_field(name) else shown_urls(value)
    return value
