"""The forms in which a key stands in files: as it is, in JSON, in HTML, in a URL, in base64."""

from __future__ import annotations

import base64
import html
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from urllib.parse import quote

from ..secrets import NO_KEY_NEEDED, is_reference, mask

if TYPE_CHECKING:
    from collections.abc import Iterator

SHORTEST_KEY = 8
"""A shorter key would be found in ordinary words."""
REMOVED = "KEY-REMOVED"
"""What stands in a key's place afterwards: the same in source, JSON, HTML and a URL."""

_LONG_WITHOUT_DIGITS = 16
_FILLER = "A"
_BITS_OF_A_BYTE = 8
_BITS_OF_A_SIGN = 6
_BREAK_OR_SIGN = re.compile(r"(\\[rn]|\s)|.", re.DOTALL)
_BREAK = re.compile(r"\\[rn]|\s+")


@dataclass(frozen=True, slots=True, repr=False)
class KeyForms:
    """One key and how to find it.

    Attributes:
        shown: The key in the form that may be shown.
        plain: Its forms in text.
        packed: The middle of its base64 forms, which is the same whatever stands around the key.
        pattern: Finds all of them; base64 also where it is broken into lines.
    """

    shown: str
    plain: tuple[str, ...]
    packed: tuple[str, ...]
    pattern: re.Pattern[str]

    def __repr__(self) -> str:
        return f"KeyForms({self.shown!r})"

    @classmethod
    def of(cls, key: str) -> Self | None:
        """The forms of a key; None for what is no secret or could be an ordinary word.

        Args:
            key: The key itself.
        """
        telling = any(character.isdigit() for character in key) or len(key) >= _LONG_WITHOUT_DIGITS
        if key == NO_KEY_NEEDED or is_reference(key) or len(key) < SHORTEST_KEY or not telling:
            return None
        plain, packed = _plain_forms(key), _packed_forms(key)
        # Between the signs of base64: a line's end, as it is or as JSON writes it.
        broken = (r"(?:\s|\\r|\\n)*".join(re.escape(sign) for sign in form) for form in packed)
        alternatives = [*map(re.escape, plain), *broken]
        return cls(mask(key), plain, packed, re.compile("|".join(alternatives)))

    def is_in(self, text: str, compact: str) -> bool:
        """Whether it stands in a text; much faster than looking where.

        Args:
            text: A text out of a file.
            compact: The same from `without_breaks`.
        """
        return any(form in text for form in self.plain) or any(form in compact for form in self.packed)

    def places(self, text: str) -> Iterator[int]:
        """Where in a text it stands.

        Args:
            text: A text out of a file.
        """
        return (found.start() for found in self.pattern.finditer(text))

    def removed_from(self, text: str) -> str:
        """A text without it; base64 stays base64 of the same length.

        Args:
            text: A text out of a file.
        """

        def instead(found: re.Match[str]) -> str:
            if found.group() in self.plain:
                return REMOVED
            return _BREAK_OR_SIGN.sub(lambda part: part.group(1) or _FILLER, found.group())

        return self.pattern.sub(instead, text)


def without_breaks(text: str) -> str:
    """A text without blanks and line ends, also those that JSON has written as escapes.

    Args:
        text: Any text.
    """
    return _BREAK.sub("", text)


def _plain_forms(key: str) -> tuple[str, ...]:
    """A key as text, JSON (once and twice over), HTML and URLs write it; the longest first."""
    once = json.dumps(key)[1:-1]
    written = {key, once, json.dumps(once)[1:-1]}
    for form in (key, once):
        escaped = html.escape(form, quote=False)
        written |= {
            escaped,
            html.escape(form),
            html.escape(form).replace("&#x27;", "&#39;").replace("&quot;", "&#34;"),
            # JSON inside a page's script: what could end it is written as an escape.
            form.replace("&", "\\u0026")
            .replace("<", "\\u003c")
            .replace(">", "\\u003e")
            .replace("'", "\\u0027"),
            form.replace("/", "\\/"),
        }
    for safe in ("", "/", "~", "/:+@"):
        encoded = quote(key, safe=safe)
        written |= {encoded, re.sub(r"%[0-9A-F]{2}", lambda code: code.group().lower(), encoded)}
    return tuple(sorted(written, key=lambda form: (-len(form), form)))


def _packed_forms(key: str) -> tuple[str, ...]:
    """The signs of base64 that depend on the key alone, for its three places in a group of bytes."""
    raw = key.encode("utf-8", "surrogatepass")
    found: dict[str, None] = {}
    for before in range(3):
        first = -(-_BITS_OF_A_BYTE * before // _BITS_OF_A_SIGN)
        last = _BITS_OF_A_BYTE * (before + len(raw)) // _BITS_OF_A_SIGN
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            found.setdefault(encode(b"\0" * before + raw).decode("ascii")[first:last])
    return tuple(found)
