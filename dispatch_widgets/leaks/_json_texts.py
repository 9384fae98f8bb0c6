"""The texts of a JSON document one after the other, each with the place in the file where it is written.

``json.loads`` would not do: of a name that stands twice it keeps the last value, it gives up on deep
nesting, and what it gives can only be written anew as a whole. Here nothing is lost, depth costs no stack,
and a text can be changed where it stands while all else stays byte for byte.
"""

from __future__ import annotations

import json
import re
from json import JSONDecodeError, JSONDecoder
from typing import TYPE_CHECKING, Any, NamedTuple

from .key_forms import REMOVED, Change

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_DEEPEST = 1_000_000
_LONGEST_PATH = 6  # cells, 3, outputs, 0, data, text/html

_BLANKS = re.compile(r"[ \t\n\r]*+")
_STRING = re.compile(r'"([^"\\]*+(?:\\.[^"\\]*+)*+)"', re.DOTALL)
_LINES = re.compile(rf"\[(?:[ \t\n\r]*+{_STRING.pattern}[ \t\n\r]*+,?+)++\]", re.DOTALL)
_ESCAPE = re.compile(r"\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\u....|\\.")
# Numbers stay texts: Python refuses to turn very long ones into integers.
_DECODER = JSONDecoder(strict=False, parse_int=str, parse_float=str, parse_constant=str)


class NotAnObjectError(ValueError):
    """The text is no JSON object."""


class JsonText(NamedTuple):
    """One text of a document, or several lines in a list, which are one text as Jupyter writes them.

    Attributes:
        path: The first names and numbers that lead to it; for a name, those of its object.
        lines: The text, or the lines.
        start: Where it is written, from its quote or the list's bracket on.
    """

    path: tuple[str | int, ...]
    lines: list[str]
    start: int


def json_texts(text: str) -> Iterator[JsonText]:
    """Every text of a JSON object, names too, at any depth.

    Args:
        text: The document; a byte order mark before it is fine.

    Raises:
        NotAnObjectError: If it turns out to be no JSON object; texts may have been given before.
    """
    return _Reader(text).texts()


class _Bracket:
    """A bracket that is open."""

    __slots__ = ("after", "closing", "count", "name", "path")

    def __init__(self, opening: str, path: tuple[str | int, ...]) -> None:
        self.closing = "}" if opening == "{" else "]"
        self.path = path
        self.after = ""  # an item, a comma, or nothing yet
        self.name: str | int = ""  # of the item
        self.count = 0

    def inner_path(self) -> tuple[str | int, ...]:
        return (*self.path, self.name) if len(self.path) < _LONGEST_PATH else self.path


class _Reader:
    """Goes through a document with its own stack."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 1 if text.startswith("\ufeff") else 0
        self._open: list[_Bracket] = []

    def texts(self) -> Iterator[JsonText]:
        if self._mark() != "{":
            raise NotAnObjectError
        self._enter("{", ())
        while self._open:
            inner = self._open[-1]
            mark = self._mark()
            if mark == inner.closing and inner.after != ",":
                self._at += 1
                self._open.pop()
            elif inner.after == "item":
                self._pass(",")
                inner.after = ","
            else:
                inner.after = "item"
                yield from self._item(inner)
        if self._mark():
            raise NotAnObjectError

    def _item(self, inner: _Bracket) -> Iterator[JsonText]:
        if inner.closing == "}":
            if self._mark() != '"':
                raise NotAnObjectError
            start = self._at
            inner.name = name = self._value()
            yield JsonText(inner.path, [name], start)
            self._pass(":")
        else:
            inner.name = inner.count
            inner.count += 1
        mark = self._mark()
        start = self._at
        if mark == "[" and _LINES.match(self._text, start):
            yield JsonText(inner.inner_path(), self._value(), start)
        elif mark in {"{", "["}:
            self._enter(mark, inner.inner_path())
        else:
            value = self._value()
            if mark == '"':
                yield JsonText(inner.inner_path(), [value], start)

    def _enter(self, opening: str, path: tuple[str | int, ...]) -> None:
        if len(self._open) >= _DEEPEST:
            raise NotAnObjectError
        self._at += 1
        self._open.append(_Bracket(opening, path))

    def _mark(self) -> str:
        """The next character that is no blank; empty at the end."""
        if blanks := _BLANKS.match(self._text, self._at):
            self._at = blanks.end()
        return self._text[self._at : self._at + 1]

    def _pass(self, mark: str) -> None:
        if self._mark() != mark:
            raise NotAnObjectError
        self._at += 1

    def _value(self) -> Any:
        """The next value, which has no brackets in it."""
        try:
            value, self._at = _DECODER.raw_decode(self._text, self._at)
        except JSONDecodeError:
            raise NotAnObjectError from None
        return value


def written_changes(text: str, found: JsonText, made: Sequence[Change]) -> Iterator[Change]:
    """Changes of a text as changes of the document that it is written in.

    Args:
        text: The document.
        found: The text.
        made: Changes of its lines put together, from the beginning on.
    """
    offset = first = 0
    for line, written_line in zip(found.lines, _STRING.finditer(text, found.start), strict=False):
        end = offset + len(line)
        while first < len(made) and made[first].end <= offset:
            first += 1
        last = first
        while last < len(made) and made[last].start < end:
            last += 1
        here = made[first:last]
        cuts = [(max(change.start, offset) - offset, min(change.end, end) - offset) for change in here]
        written = _written_offsets(text, written_line.span(1), [at for cut in cuts for at in cut])
        for number, (change, cut) in enumerate(zip(here, cuts, strict=True)):
            if change.sign_by_sign:
                skipped = cut[0] + offset - change.start
                new = change.text[skipped : skipped + cut[1] - cut[0]]
            else:
                new = REMOVED if change.start >= offset else ""  # once, on the line where it begins
            yield Change(written[2 * number], written[2 * number + 1], json.dumps(new)[1:-1], False)
        offset = end


def _written_offsets(text: str, span: tuple[int, int], wanted: list[int]) -> list[int]:
    """Where in the document characters of a text stand, of which escapes take more than one."""
    if not wanted:
        return []
    start, end = span
    escapes = _ESCAPE.finditer(text, start, end)
    following = next(escapes, None)
    longer = 0
    offsets = []
    for offset in wanted:
        while following and following.start() - start - longer < offset:
            longer += len(following.group()) - 1
            following = next(escapes, None)
        offsets.append(start + offset + longer)
    return offsets
