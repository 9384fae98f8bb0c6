"""Invisible characters: stripped from pasted keys, and ignored when a text is searched for keys."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from functools import cache
from unicodedata import category, normalize

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

# Unicode's Default_Ignorable_Code_Point: https://www.unicode.org/Public/14.0.0/ucd/DerivedCoreProperties.txt
_IGNORABLE = (
    *((0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F)),
    *((0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F)),
    *((0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A)),
    (0xE0000, 0xE0FFF),
)
ZERO_WIDTH = "".join(chr(code) for first, last in _IGNORABLE for code in range(first, last + 1))
"""Characters that are shown as nothing, as they come along when text is copied from pages and chats."""

# Characters that `_text.clean` removes later must not hide a key from `redact`.
_UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co"})
_SEEN = frozenset("\t\n\r")
_UNSEEN = frozenset(ZERO_WIDTH)
_TAGS = "\U000e0000"  # the first of thousands
_MAY_BE_WRITTEN = re.compile(r"\\u|&[#a-z]|%[c-f]", re.IGNORECASE)

Span = tuple[int, int, str]
"""Start and end of a part of a text, and its replacement."""


@cache
def _written() -> str:
    """A pattern for these characters as escaped in JSON, HTML and URLs."""
    marks = [mark for mark in ZERO_WIDTH if mark < _TAGS]
    codes = "|".join(f"{ord(mark):x}" for mark in marks)
    numbers = "|".join(str(ord(mark)) for mark in marks)
    octets = "|".join("".join(f"%{octet:x}" for octet in mark.encode()) for mark in marks)
    pairs = "|".join(json.dumps(mark)[1:-1].replace("\\", r"\\") for mark in marks if mark > "\uffff")
    names = "shy|zwj|zwnj|lrm|rlm|nobreak|zerowidthspace"
    return (
        rf"\\u0*(?:{codes})|{pairs}|&(?:{names}|#0*(?:{numbers})|#x0*(?:{codes}));|{octets}"
        # For the thousands from E0000 on, and a few numbers around them.
        r"|\\udb4[0-3]\\ud[c-f]..|&#(?:x0*e0...|0*9(?:1[7-9]|2[01])...);|%f3%a0%[89ab].%[89ab]."
    )


class VisibleText:
    """A text as a reader sees it: invisible characters removed, wide and mathematical letters as ASCII.

    Attributes:
        text: The visible text; the original object if it is the same.
    """

    def __init__(self, text: str) -> None:
        self._given = text
        self._ends: list[int] = []  # where each piece of the visible text ends, and how far it was moved
        self._moved: list[int] = [0]
        self.text = self._without_marks(_plain(text))

    def _without_marks(self, text: str) -> str:
        unseen = [mark for mark in set(text) if mark not in _SEEN and _is_unseen(mark)]
        pattern = re.compile(f"[{re.escape(''.join(unseen))}]+") if unseen else None
        if _MAY_BE_WRITTEN.search(text):
            either = f"{_written()}|{pattern.pattern}" if pattern else _written()
            pattern = re.compile(f"(?:{either})+", re.IGNORECASE)
        if pattern is None:
            return text
        pieces: list[str] = []
        at = length = 0
        for found in pattern.finditer(text):
            pieces.append(text[at : found.start()])
            length += found.start() - at
            at = found.end()
            self._ends.append(length)
            self._moved.append(at - length)
        return "".join([*pieces, text[at:]]) if pieces else text

    def replaced(self, spans: Iterable[Span]) -> str:
        """The original text with spans of the visible text replaced, invisible characters in them included.

        Of spans that overlap, the one that begins first counts, then the longest.
        """
        pieces: list[str] = []
        at = done = 0
        for start, end, words in sorted(spans, key=lambda span: (span[0], -span[1])):
            if start < done:
                continue
            first, last = self._place(start), self._place(end - 1) + 1
            pieces += (self._given[at:first], words)
            at, done = last, end
        return "".join([*pieces, self._given[at:]]) if pieces else self._given

    def _place(self, index: int) -> int:
        return index + self._moved[bisect_right(self._ends, index)]


def _is_unseen(mark: str) -> bool:
    return mark in _UNSEEN or category(mark) in _UNSEEN_CATEGORIES


def _plain(text: str) -> str:
    """A text of the same length with compatibility letters and digits as ASCII."""
    if text.isascii():
        return text
    plain = {}
    for sign in set(text):
        if not sign.isascii():
            known = normalize("NFKC", sign)
            if len(known) == 1 and known.isascii():
                plain[ord(sign)] = known
    return text.translate(plain) if plain else text


def occurrences(text: str, word: str) -> Iterable[tuple[int, int]]:
    """Start and end of each occurrence of a non-empty word, without overlaps."""
    at = text.find(word)
    while at >= 0:
        yield at, at + len(word)
        at = text.find(word, at + len(word))


def replaced(text: str, find: Callable[[str], Iterable[Span]]) -> str:
    """Replaces the spans that `find` gives for the visible text, in linear time."""
    bare = VisibleText(text)
    return bare.replaced(find(bare.text))
