"""Marks that nobody sees: taken off the ends of what was pasted, looked through where a key is sought."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache
from unicodedata import category, normalize

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

ZERO_WIDTH = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f"
    "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064"
    "\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f\u3164\ufe00\ufe0e\ufe0f\ufeff\uffa0"
)
"""Marks of no width that come along when text is copied from pages and chats."""

# What `_text.clean` lets vanish must not hide a key from `redact` before that.
_UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co"})
_SEEN = frozenset("\t\n\r")
_UNSEEN = frozenset(ZERO_WIDTH)
_MAY_BE_WRITTEN = re.compile(r"\\u|&[#a-z]|%[c-f]", re.IGNORECASE)

Span = tuple[int, int, str]
"""From where to where something is replaced, and by what."""


@cache
def _written() -> str:
    """A pattern for the marks as JSON, HTML and URLs write them."""
    codes = "|".join(f"{ord(mark):x}" for mark in ZERO_WIDTH)
    numbers = "|".join(str(ord(mark)) for mark in ZERO_WIDTH)
    octets = "|".join("".join(f"%{octet:x}" for octet in mark.encode()) for mark in ZERO_WIDTH)
    names = "shy|zwj|zwnj|lrm|rlm|nobreak|zerowidthspace"
    return rf"\\u0*(?:{codes})|&(?:{names}|#0*(?:{numbers})|#x0*(?:{codes}));|{octets}"


class VisibleText:
    """A text as a reader sees it: without unseen marks, wide and mathematical letters as plain ones.

    Args:
        text: Any text.

    Attributes:
        text: The bare text; the same text where nothing had to be done.
    """

    def __init__(self, text: str) -> None:
        self._given = text
        self._ends: list[int] = []  # where the pieces of the bare text end, and how far each was moved
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
        """The text as it was given, with places of the bare text replaced, marks within them too.

        Args:
            spans: Places; of two that overlap, the one that begins first and is longest counts.
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
    """A text of the same length in which letters and digits of another look are plain ones."""
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
    """Where a word stands in a text, from left to right, none within another.

    Args:
        text: The text.
        word: The word; not empty.
    """
    at = text.find(word)
    while at >= 0:
        yield at, at + len(word)
        at = text.find(word, at + len(word))


def replaced(text: str, find: Callable[[str], Iterable[Span]]) -> str:
    """A text in which what is found in it, marks looked through, is replaced; takes linear time.

    Args:
        text: Any text.
        find: Finds places in a bare text.
    """
    bare = VisibleText(text)
    return bare.replaced(find(bare.text))
