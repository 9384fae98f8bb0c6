"""Sanitises foreign text, formats counted nouns, and renders tables as text and HTML (SEC-6, UI).

Text from a server or a settings file passes `clean` before it is shown, and `escaped` before it goes into
HTML.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LONGEST_SHOWN_CHARACTERS = 300
"""A name of 10,000 characters is cut here."""

_SEPARATORS = "\t\n\x0b\x0c\r\x85\u2028\u2029"
# Control, format (bidi marks, zero width), surrogate, private use, line and paragraph separators.
_UNSHOWABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def clean(text: object, limit: int = LONGEST_SHOWN_CHARACTERS) -> str:
    """Foreign text as one printable line of at most `limit` characters, cut with an ellipsis.

    Separators become a blank; control and direction characters are removed.
    """
    line = " ".join(printable(str(text)[: limit * 4]).split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def printable(text: str) -> str:
    """A text on one line: separators become blanks, control and direction characters are removed."""
    if text.isascii() and text.isprintable():
        return text
    from unicodedata import category

    return "".join(
        " " if character in _SEPARATORS else character
        for character in text
        if character in _SEPARATORS or category(character) not in _UNSHOWABLE
    )


def escaped(text: object, limit: int = LONGEST_SHOWN_CHARACTERS) -> str:
    """`clean`, escaped for HTML content and attributes."""
    from html import escape

    return escape(clean(text, limit))


def plural(count: int, one: str, many: str = "", *, zero: str = "0") -> str:
    """``1 entry``, ``3 entries``, ``1,204 models``.

    Args:
        count: How many.
        one: The word for one.
        many: The word for several; with an s at its end if empty.
        zero: Replaces 0: ``no`` within a sentence, ``No`` at its beginning.
    """
    number = f"{count:,}" if count else zero
    return f"{number} {one if count == 1 else many or one + 's'}"


def text_table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table as aligned lines of text; None is an empty cell."""
    cells = [list(heads), *([clean("" if cell is None else cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(heads))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    )


def html_table(heads: Sequence[str], rows: Iterable[Sequence[object]], *, caption: str = "") -> str:
    """A table as HTML, every cell escaped; None is an empty cell."""
    left = 'style="text-align:left"'
    head = "".join(f"<th {left}>{escaped(title)}</th>" for title in heads)
    body = "".join(
        "<tr>" + "".join(f"<td {left}>{escaped('' if cell is None else cell)}</td>" for cell in row) + "</tr>"
        for row in rows
    )
    top = f'<caption style="text-align:left">{escaped(caption)}</caption>' if caption else ""
    return f"<table>{top}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
