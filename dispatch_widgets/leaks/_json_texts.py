"""The texts of a JSON document one after the other, each with the place in the file where it is written.

``json.loads`` would not do: of a name that stands twice it keeps the last value, it gives up on deep
nesting, and what it gives can only be written anew as a whole. Here nothing is lost, depth costs no stack,
and a text can be changed where it stands while all else stays byte for byte.
"""

from __future__ import annotations

import json
import re
from itertools import islice, takewhile
from json import JSONDecodeError, JSONDecoder
from typing import TYPE_CHECKING, NamedTuple

from .key_forms import REMOVED, Change

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_DEEPEST = 1_000_000
_LONGEST_PATH = 6  # cells, 3, outputs, 0, data, text/html
_MOST_LINES = 200_000  # of one list that are held in memory together

_BLANKS = re.compile(r"[ \t\n\r]*+")
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
        spans: Where each is written, without its quotes.
    """

    path: tuple[str | int, ...]
    lines: list[str]
    spans: list[tuple[int, int]]


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

    __slots__ = ("after", "closing", "count", "lines", "mixed", "name", "path", "spans")

    def __init__(self, opening: str, path: tuple[str | int, ...]) -> None:
        self.closing = "}" if opening == "{" else "]"
        self.path = path
        self.after = ""  # an item, a comma, or nothing yet
        self.name: str | int = ""  # of the item
        self.count = 0
        self.mixed = False  # whether a list holds more than lines
        self.lines: list[str] = []
        self.spans: list[tuple[int, int]] = []

    def inner_path(self) -> tuple[str | int, ...]:
        return (*self.path, self.name) if len(self.path) < _LONGEST_PATH else self.path

    def taken_lines(self, *, mixed: bool = False) -> Iterator[JsonText]:
        self.mixed = self.mixed or mixed
        if self.lines and not self.mixed:
            yield JsonText(self.path, self.lines, self.spans)
        else:
            for line, span in zip(self.lines, self.spans, strict=True):
                yield JsonText(self.path, [line], [span])
        self.lines, self.spans = [], []


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
                yield from inner.taken_lines()
            elif inner.after == "item":
                self._pass(",")
                inner.after = ","
            else:
                inner.after = "item"
                yield from self._item(inner)
        if self._mark():
            raise NotAnObjectError

    def _item(self, inner: _Bracket) -> Iterator[JsonText]:
        in_object = inner.closing == "}"
        if in_object:
            if self._mark() != '"':
                raise NotAnObjectError
            inner.name, span = self._scalar()
            yield JsonText(inner.path, [inner.name], [span])
            self._pass(":")
        else:
            inner.name = inner.count
            inner.count += 1
        mark = self._mark()
        if mark in {"{", "["}:
            yield from inner.taken_lines(mixed=True)
            self._enter(mark, inner.inner_path())
            return
        value, span = self._scalar()
        if mark != '"':
            yield from inner.taken_lines(mixed=True)
        elif in_object:
            yield JsonText(inner.inner_path(), [value], [span])
        else:
            inner.lines.append(value)
            inner.spans.append(span)
            if len(inner.lines) >= _MOST_LINES:
                yield from inner.taken_lines()

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

    def _scalar(self) -> tuple[str, tuple[int, int]]:
        start = self._at
        try:
            value, self._at = _DECODER.raw_decode(self._text, start)
        except JSONDecodeError:
            raise NotAnObjectError from None
        return value, (start + 1, self._at - 1)


def written_changes(text: str, found: JsonText, made: Sequence[Change]) -> Iterator[Change]:
    """Changes of a text as changes of the document that it is written in.

    Args:
        text: The document.
        found: The text.
        made: Changes of its lines put together, from the beginning on.
    """
    offset = first = 0
    for line, span in zip(found.lines, found.spans, strict=True):
        end = offset + len(line)
        while first < len(made) and made[first].end <= offset:
            first += 1
        here = list(takewhile(lambda change: change.start < end, islice(made, first, None)))  # noqa: B023
        cuts = [(max(change.start, offset) - offset, min(change.end, end) - offset) for change in here]
        written = _written_offsets(text, span, [at for cut in cuts for at in cut])
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
