"""Excerpts of a settings file for display: before and after, and the lines around a mistake.

In a file that cannot be parsed, keys can be told only by their looks. So it is masked generously: every text
that could be a key, whatever field it is in (SEC-1).
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from ...._secret_names import is_base_url_field, is_secret_field
from ...._text import clean
from ....secrets import HIDDEN, mask, redact
from ....urls import shown_url
from ..shared.views import Code, CodeLine, Comparison

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Literal

MOST_LINES = 80
"""The most lines of a file that a comparison shows."""

LINES_BEFORE, LINES_AFTER = 2, 1
LONGEST_LINE_CHARACTERS = 160
LONGEST_COMPARED_CHARACTERS = 400
LARGEST_SHOWN_BYTES = 4 * 1024 * 1024

# The values of these fields are no secrets, and help to find the place.
_PLAIN_NAMES = frozenset(
    {"id", "name", "type", "providerid", "model", "label", "task", "modelid", "providertype"}
)
_STRING = re.compile(r'"((?:[^"\\\n]|\\.)*)("?)')
_BARE = re.compile(r"[A-Za-z0-9_+/=.\-]{16,}")
_BRACKET = re.compile(r"[{}\[\]]")
_NUMBER = re.compile(r"\d[\d.eE+-]*")
_LONG = 12


def masked_source(text: str) -> str:
    """A JSON text, possibly broken, in which everything that could be a key is masked.

    Args:
        text: The text; its line breaks are kept.
    """
    pieces: list[str] = []
    place = 0
    name = ""
    depth = secret_depth = 0  # the current depth, and the depth from which everything is secret
    for found in _STRING.finditer(text):
        between = text[place : found.start()]
        pieces.append(_masked_between(between, secret=bool(secret_depth)))
        for sign in _BRACKET.findall(between):
            if sign in "{[":
                depth += 1
                if not secret_depth and is_secret_field(name):
                    secret_depth = depth
            else:
                secret_depth = 0 if secret_depth == depth else secret_depth
                depth = max(0, depth - 1)
        if "," in between or "}" in between:
            name = ""
        content, closed = found.group(1), found.group(2)
        is_name = bool(re.match(r"\s*:", text[found.end() :]))
        shown = content if is_name else _masked_text(content, name, secret=bool(secret_depth))
        pieces.append(f'"{shown}{closed}')
        if is_name:
            name = content
        place = found.end()
    pieces.append(_masked_between(text[place:], secret=bool(secret_depth)))
    return redact("".join(pieces))


def _masked_between(text: str, *, secret: bool) -> str:
    if secret:
        text = _NUMBER.sub(HIDDEN, text)
    return _BARE.sub(lambda bare: mask(bare.group()), text)


def _masked_text(content: str, name: str, *, secret: bool) -> str:
    plain = name.replace("_", "").lower() in _PLAIN_NAMES
    if is_base_url_field(name):
        return shown_url(content)
    if secret or is_secret_field(name):
        return mask(content)
    if plain or len(content) < _LONG or " " in content:
        return content
    return shown_url(content) if "://" in content else mask(content)


def excerpt(path: Path, line: int, column: int) -> Code | None:
    """The lines around a mistake, with keys masked; None if there are none to show.

    Args:
        path: The file.
        line: The mistake's line, counted from 1.
        column: Its column, counted from 1.
    """
    try:
        with path.open("rb") as file:
            source = file.read(LARGEST_SHOWN_BYTES).decode("utf-8-sig", "replace")
    except OSError:
        return None
    plain_lines, lines = _lines(source), _lines(masked_source(source))
    if line < 1 or not lines:
        return None
    line = min(line, len(lines))
    first, last = max(1, line - LINES_BEFORE), min(len(lines), line + LINES_AFTER)
    shown = []
    for number in range(first, last + 1):
        here = number == line
        text, start = lines[number - 1], 0
        # Masking shortens texts, so the mistake is where the masked text before it ends.
        place = len(masked_source(plain_lines[number - 1][: column - 1])) if here and column > 0 else -1
        if len(text) > LONGEST_LINE_CHARACTERS:
            start = max(0, min(place - LONGEST_LINE_CHARACTERS // 2, len(text) - LONGEST_LINE_CHARACTERS))
            text = text[start : start + LONGEST_LINE_CHARACTERS]
        pointer = place - start if place >= 0 else -1
        shown.append(CodeLine(_line(text), number, "here" if here else "", pointer))
    return Code(f"Lines {first} to {last}", tuple(shown))


def _lines(text: str) -> list[str]:
    """The lines as the error counts them; `str.splitlines` also splits at signs within a text."""
    lines = text.split("\n")
    return lines if lines[-1] else lines[:-1]


def compared(before: str, after: str, *, is_open: bool) -> Comparison:
    """Two texts side by side, with the differences marked.

    Args:
        before: The old text; keys are already masked.
        after: The new text; keys are already masked.
        is_open: Whether the comparison is expanded at first.
    """
    old, new = _lines(before), _lines(after)
    old_shown, new_shown = old[:MOST_LINES], new[:MOST_LINES]
    matcher = SequenceMatcher(
        None,
        [line.strip(" ,") for line in old_shown],
        [line.strip(" ,") for line in new_shown],
        autojunk=False,
    )
    same_old: set[int] = set()
    same_new: set[int] = set()
    for a, b, size in matcher.get_matching_blocks():
        same_old.update(range(a, a + size))
        same_new.update(range(b, b + size))
    return Comparison(
        _side("Before", old, same_old, "removed"), _side("After", new, same_new, "added"), open=is_open
    )


def _side(title: str, lines: list[str], same: set[int], mark: Literal["removed", "added"]) -> Code:
    shown = tuple(
        CodeLine(_line(line), mark="" if index in same else mark)
        for index, line in enumerate(lines[:MOST_LINES])
    )
    return Code(title, shown, left_out=max(0, len(lines) - MOST_LINES))


def _line(line: str) -> str:
    """A line for display; `clean` would drop its indentation, which has a meaning here."""
    indent = len(line) - len(line.lstrip(" "))
    return " " * indent + clean(line, LONGEST_COMPARED_CHARACTERS)
