"""Cleans pasted keys: quotes, ``Bearer``, variable names and the like are stripped (SEC-3)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ._invisible import ZERO_WIDTH

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST_PASTED_CHARACTERS = 8192
"""A longer text is no key, and nothing is stripped from it."""

_QUOTES = {'"': '"', "'": "'", "`": "`", "“": "”", "„": "“", "‘": "’", "‚": "‘", "«": "»"}  # noqa: RUF001
_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_CAPITALS = r"[A-Z_][A-Z0-9_]*"
_KEY_NAME = r"(?=[A-Z0-9_]*(?:KEY|TOKEN|SECRET))[A-Z_][A-Z0-9_]*"
_FIELD_NAME = r"[\w.-]*(?i:key|token|secret)"
_ASSIGNMENT = re.compile(
    rf"(?:(?:export|set|ENV|%env|%set_env)\s+{_NAME}|\$(?i:env):{_NAME}|{_KEY_NAME})\s*="  # shells, env files
    rf"|(?:(?P<quote>[\"']){_KEY_NAME}(?P=quote)\s*:|{_KEY_NAME}\s*:(?=\s))"  # JSON, YAML
    # Python, JSON: with any name of a key, as the value is quoted.
    rf"|(?:(?P<mark>[\"']?){_FIELD_NAME}(?P=mark)|os\.environ\[[\"']{_NAME}[\"']\])\s*[=:]\s*(?=[\"'])"
)
_HEADER = re.compile(
    r"(?:-H|--header)\s+(?=\S)|(?:x-api-key|api-key|x-goog-api-key|authorization)\s*:", re.IGNORECASE
)
_BEARER = re.compile(r"bearer\s+(?=\S)", re.IGNORECASE)
_COMMENT = re.compile(r"\s#")
_REFERENCES = re.compile(
    rf"\$({_CAPITALS})|%({_CAPITALS})%|\$?\{{env:({_NAME})\}}|\$(?i:env):({_NAME})|os\.environ/({_NAME})"
    rf"|os\.(?:environ\[|environ\.get\(|getenv\()[\"']({_NAME})[\"'][\])]|process\.env\.({_NAME})"
)


@dataclass(frozen=True, slots=True, repr=False)
class CleanedKey:
    """A key without what was pasted around it.

    Attributes:
        value: The key or reference; empty if nothing is left.
        notes: What was stripped or changed, one sentence each.
    """

    value: str
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"CleanedKey(notes={self.notes!r})"


def unwrapped_key(pasted: str) -> CleanedKey:
    """Strips what was pasted around a key, and normalises a reference (SEC-3).

    Quotes, ``Bearer``, ``export NAME=``, ``NAME=``, header names and zero-width characters are stripped, also
    when nested. ``$NAME`` and the like become ``${NAME}``. Any other key is returned unchanged; the function
    is idempotent.
    """
    text = pasted.strip()
    if len(text) > LONGEST_PASTED_CHARACTERS:
        return CleanedKey(text)
    notes: dict[str, None] = {}
    while True:
        for take_off, note in _AROUND_A_KEY:
            inner = take_off(text)
            if inner is not None:
                text = inner.strip()
                notes[note] = None
                break
        else:
            break
    reference = _REFERENCES.fullmatch(text)
    if reference is not None:
        text = f"${{{next(filter(None, reference.groups()))}}}"
        notes[f"The reference is kept as it is written here: {text}."] = None
    return CleanedKey(text, tuple(notes))


def without_quotes(value: str) -> str | None:
    """The text within quotes, or None if it is not quoted."""
    inner = value[1:-1]
    closed = len(value) > 1 and _QUOTES.get(value[0]) == value[-1]
    return inner if closed and value[-1] not in inner else None


def _strip_zero_width(text: str) -> str | None:
    inner = text.strip(ZERO_WIDTH)
    return inner if inner != text else None


def _strip_quotes(text: str) -> str | None:
    # An assignment can go on after the quotes; a key never begins with one.
    return without_quotes(_without_tail(text)) if text[:1] in _QUOTES else None


def _strip_assignment(text: str) -> str | None:
    found = _ASSIGNMENT.match(text)
    return _without_tail(text[found.end() :]) if found else None


def _strip_header_name(text: str) -> str | None:
    found = _HEADER.match(text)
    return text[found.end() :] if found else None


def _strip_bearer(text: str) -> str | None:
    found = _BEARER.match(text)
    return text[found.end() :] if found else None


def _without_tail(line: str) -> str:
    """An assigned value without a comment and a trailing semicolon, comma or backslash."""
    code = _COMMENT.split(line, maxsplit=1)[0].rstrip()
    return code[:-1].rstrip() if code.endswith((";", ",", "\\")) else code


_AROUND_A_KEY: tuple[tuple[Callable[[str], str | None], str], ...] = (
    (_strip_zero_width, "Marks that nobody sees were taken off the ends of the key."),
    (_strip_assignment, "The variable's name before the key was taken off."),
    (_strip_quotes, "The quotes around the key were taken off."),
    (_strip_header_name, "The header's name before the key was taken off."),
    (_strip_bearer, "The word Bearer before the key was taken off."),
)
