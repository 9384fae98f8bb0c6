"""Iterates over the strings of a JSON document, each with its offset in the file.

``json.loads`` drops the earlier value of a duplicate name, fails on deep nesting, and loses the formatting.
Here every string is found, nesting uses no stack, and a string can be replaced while the rest of the file
stays byte for byte.
"""

from __future__ import annotations

import json
import re
from json import JSONDecodeError, JSONDecoder
from typing import TYPE_CHECKING, Any, NamedTuple

from .key_forms import REMOVED, Replacement

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
    """A string of a document, or a list of lines, which is how Jupyter writes a long string.

    Attributes:
        path: The first names and indexes that lead to it; for a name, those of its object.
        lines: The string, or the lines.
        start: The offset of its quote, or of the list's bracket.
    """

    path: tuple[str | int, ...]
    lines: list[str]
    start: int


def json_texts(text: str) -> Iterator[JsonText]:
    """All strings of a JSON object, names included, at any depth; a byte order mark is allowed.

    Raises:
        NotAnObjectError: If it is no JSON object, which may turn out after some strings were yielded.
    """
    return _Reader(text).texts()


class _Bracket:
    """An open bracket."""

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
    """Parses a document with its own stack."""

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
        """The next character that is no whitespace; empty at the end."""
        if blanks := _BLANKS.match(self._text, self._at):
            self._at = blanks.end()
        return self._text[self._at : self._at + 1]

    def _pass(self, mark: str) -> None:
        if self._mark() != mark:
            raise NotAnObjectError
        self._at += 1

    def _value(self) -> Any:
        """The next value, which has no brackets."""
        try:
            value, self._at = _DECODER.raw_decode(self._text, self._at)
        except JSONDecodeError:
            raise NotAnObjectError from None
        return value


def document_replacements(text: str, found: JsonText, made: Sequence[Replacement]) -> Iterator[Replacement]:
    """Translates replacements in a string, its lines joined, into replacements in the document's text."""
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
            if change.same_length:
                skipped = cut[0] + offset - change.start
                new = change.text[skipped : skipped + cut[1] - cut[0]]
            else:
                new = REMOVED if change.start >= offset else ""  # once, on the line where it begins
            yield Replacement(written[2 * number], written[2 * number + 1], json.dumps(new)[1:-1], False)
        offset = end


def _written_offsets(text: str, span: tuple[int, int], wanted: list[int]) -> list[int]:
    """Translates offsets in a string into offsets in the document, where escapes are longer."""
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
