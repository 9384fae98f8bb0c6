"""The forms that a key takes in files: plain, and encoded in JSON, HTML, URLs and base64."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Self

from .._key_encodings import encoded_forms, packed_forms
from ..secrets import NO_KEY_NEEDED, is_reference, mask

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

SHORTEST_KEY = 8
"""A shorter key would be found in ordinary words."""
REMOVED = "KEY-REMOVED"
"""The replacement for a key, which needs no escaping in source, JSON, HTML and URLs."""

_LONG_WITHOUT_DIGITS = 16
_FILLER = "A"
_BREAK_OR_SIGN = re.compile(r"(\\[rn]|\s)|.", re.DOTALL)
_CHUNK_CHARACTERS = 1 << 20
_HTML_NAMES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
# One printable ASCII character as JSON, a URL or HTML may escape it, once or more often.
_SPELLED = re.compile(
    r"\\{1,8}(?:(?:u00|x)([2-7][0-9A-Fa-f])|([!-/:-@\[\]-`{-~]))"
    r"|%(?:25){0,3}([2-7][0-9A-Fa-f])"
    r"|&(?:amp;){0,3}(?:#[xX]0{0,6}([2-7][0-9A-Fa-f])|#0{0,6}([0-9]{2,3})|(amp|lt|gt|quot|apos));"
)


class Match(NamedTuple):
    """A key found in a text.

    Attributes:
        start: The offset of its first character.
        end: The offset after its last one.
        shown: The masked key.
        packed: Whether it is in base64.
    """

    start: int
    end: int
    shown: str
    packed: bool


class Replacement(NamedTuple):
    """A replacement for a part of a text.

    Attributes:
        start: The offset of the first character to replace.
        end: The offset after the last one.
        text: The new text.
        same_length: Whether the new text has the length of the old one, so that both can be split alike.
    """

    start: int
    end: int
    text: str
    same_length: bool


@dataclass(frozen=True, slots=True, repr=False)
class KeyForms:
    """A key and how to find it.

    Attributes:
        shown: The masked key.
        plain: Its text forms, the key itself among them.
        packed: The part of its base64 forms that does not depend on what surrounds the key.
        pattern: Matches all of them; base64 also where it is wrapped.
        key: The key itself; empty if it is not printable ASCII.
    """

    shown: str
    plain: tuple[str, ...]
    packed: tuple[str, ...]
    pattern: re.Pattern[str]
    key: str

    def __repr__(self) -> str:
        return f"KeyForms({self.shown!r})"

    @classmethod
    def of(cls, key: str) -> Self | None:
        """The forms of a key; None if it is no secret or could be an ordinary word."""
        telling = any(character.isdigit() for character in key) or len(key) >= _LONG_WITHOUT_DIGITS
        if key == NO_KEY_NEEDED or is_reference(key) or len(key) < SHORTEST_KEY or not telling:
            return None
        plain, packed = encoded_forms(key), packed_forms(key)
        # Line ends between base64 characters, plain or escaped as in JSON.
        broken = (r"(?:\s|\\r|\\n)*+".join(re.escape(sign) for sign in form) for form in packed)
        alternatives = [*map(re.escape, plain), *broken]
        usual = key if key.isascii() and key.isprintable() else ""
        return cls(mask(key), plain, packed, re.compile("|".join(alternatives)), usual)

    def is_in(self, text: str, compact: str, bare: str | None = None) -> bool:
        """Whether a text has the key, much faster than `matches`.

        `compact` is the text from `without_breaks`, `bare` the one from `without_spelling` if known.
        """
        if any(form in text for form in self.plain) or any(form in compact for form in self.packed):
            return True
        return bool(self.key) and self.key in (without_spelling(text) if bare is None else bare)

    def matches(self, text: str) -> Iterator[Match]:
        """The matches in a text from left to right, without overlaps."""
        found = [(*match.span(), match.group() not in self.plain) for match in self.pattern.finditer(text)]
        if self.key and _SPELLED.search(text):
            # Compiled here, as most keys never need it; re caches it.
            spelled = re.compile("".join(map(_spellings, self.key)))
            found += [(*match.span(), False) for match in spelled.finditer(text)]
        end = 0
        for start, stop, packed in sorted(found, key=lambda match: (match[0], -match[1])):
            if start >= end:
                yield Match(start, stop, self.shown, packed)
                end = stop

    def removed_from(self, text: str) -> str:
        """The text without the key; base64 stays base64 of the same length."""
        return apply_replacements(text, replacements(text, list(self.matches(text))))


def find(text: str, keys: Iterable[KeyForms]) -> list[Match]:
    """The keys in a text, from left to right."""
    if len(text) < SHORTEST_KEY:
        return []
    compact, bare = without_breaks(text), without_spelling(text)
    return sorted(match for key in keys if key.is_in(text, compact, bare) for match in key.matches(text))


def replacements(text: str, matches: Sequence[Match]) -> list[Replacement]:
    """The replacements for matches in order; overlapping matches, such as a key and its prefix, give one."""
    merged: list[tuple[int, int, bool]] = []
    for match in matches:
        if merged and match.start < merged[-1][1]:
            start, end, packed = merged[-1]
            merged[-1] = (start, max(end, match.end), packed and match.packed)
        else:
            merged.append((match.start, match.end, match.packed))
    return [
        Replacement(
            start,
            end,
            _BREAK_OR_SIGN.sub(lambda part: part.group(1) or _FILLER, text[start:end]) if packed else REMOVED,
            packed,
        )
        for start, end, packed in merged
    ]


def apply_replacements(text: str, made: Iterable[Replacement]) -> str:
    """The text with replacements, which are in order."""
    parts = []
    at = 0
    for change in made:
        parts += [text[at : change.start], change.text]
        at = change.end
    return "".join([*parts, text[at:]])


def without_breaks(text: str) -> str:
    """The text without whitespace, and without line ends that are escaped as in JSON."""
    # In chunks, so that a text of many short words does not become as many strings at once.
    pieces = (
        "".join(text[at : at + _CHUNK_CHARACTERS].split()) for at in range(0, len(text), _CHUNK_CHARACTERS)
    )
    return "".join(pieces).replace("\\r", "").replace("\\n", "")


def without_spelling(text: str) -> str:
    r"""The text with escapes such as ``\u0073``, ``%73`` and ``&#115;`` resolved.

    Where that leaves more of them, as ``\&#115;`` does, the text follows again with those resolved too.
    """
    if not ("\\" in text or "%" in text or "&" in text):
        return text
    once = _SPELLED.sub(_spelled_character, text)
    twice = _SPELLED.sub(_spelled_character, once) if "%" in once or "&" in once else once
    return once if twice == once else f"{once}\0{twice}"


def _spelled_character(found: re.Match[str]) -> str:
    escaped, sign, url, page, decimal, name = found.groups()
    if digits := escaped or url or page:
        return chr(int(digits, 16))
    if decimal:
        return chr(int(decimal))
    return sign or _HTML_NAMES[name]


def _spellings(character: str) -> str:
    """A pattern for a character and all its escapes that `_SPELLED` matches."""
    code = "".join(
        f"[{digit}{digit.upper()}]" if digit.isalpha() else digit for digit in f"{ord(character):02x}"
    )
    named = "".join(f"|{name}" for name, sign in _HTML_NAMES.items() if sign == character)
    sign = rf"|\\{{1,8}}{re.escape(character)}" if not character.isalnum() else ""
    return (
        rf"(?:{re.escape(character)}|\\{{1,8}}(?:u00|x){code}|%(?:25){{0,3}}{code}"
        rf"|&(?:amp;){{0,3}}(?:#[xX]0{{0,6}}{code}|#0{{0,6}}{ord(character)}{named});{sign})"
    )
