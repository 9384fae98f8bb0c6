"""Finds and removes keys in the bytes of one file."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .._text import clean
from ..errors import DispatchError
from ._json_texts import NotAnObjectError, document_replacements, json_texts
from .key_forms import apply_replacements, find, replacements

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .key_forms import KeyForms, Match, Replacement

_WIDGET_STATE = "application/vnd.jupyter.widget-state+json"
_LONGEST_NAME_CHARACTERS = 60
_ATTEMPTS = 3
_MARKS = (
    (b"\xff\xfe\0\0", "utf-32-le"),
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
# Where the first two characters are ASCII, as in JSON and HTML, the zeros tell (RFC 4627, section 3).
_ZEROS: dict[tuple[bool, ...], str] = {
    (True, False, False, False): "utf-32-le",
    (False, False, False, True): "utf-32-be",
    (True, False, True, False): "utf-16-le",
    (False, True, False, True): "utf-16-be",
}
_UNIT_BYTES = {"utf-16": 2, "utf-32": 4}


class Place(NamedTuple):
    """A place where a key was found; the fields are those of `Leak`."""

    place: str
    cell: int | None
    line: int
    key: str


def places_in(data: bytes, keys: Sequence[KeyForms], *, notebook: bool) -> list[Place]:
    """The places of keys in a file; `notebook` says whether to try to parse it as one."""
    return [
        place
        for encoding in _encodings(data)
        if (decoded := _DecodedText.of(data, encoding))
        for place in _search(decoded.text, keys, notebook=notebook)[0]
    ]


def without_keys(data: bytes, keys: Sequence[KeyForms], *, notebook: bool) -> bytes:
    """The content with `KEY-REMOVED` in the place of keys, and otherwise the same bytes.

    Raises:
        DispatchError: If a key is still found in the result.
    """
    for _ in range(_ATTEMPTS):
        left = False
        for encoding in _encodings(data):
            decoded = _DecodedText.of(data, encoding)
            if decoded and (made := _search(decoded.text, keys, notebook=notebook)[1]):
                data = decoded.encoded(apply_replacements(decoded.text, made))
                left = True
        if not left:
            return data
    raise DispatchError("A key in it could not be removed.")


class _DecodedText(NamedTuple):
    """Text decoded without loss, so that it encodes to the same bytes."""

    text: str
    encoding: str
    rest: bytes  # an incomplete character at the end

    @classmethod
    def of(cls, data: bytes, encoding: str) -> _DecodedText | None:
        whole = len(data) - len(data) % _UNIT_BYTES.get(encoding[:6], 1)
        try:
            text = data[:whole].decode(encoding, _errors(encoding))
        except UnicodeDecodeError:
            return None
        return cls(text, encoding, data[whole:])

    def encoded(self, text: str) -> bytes:
        return text.encode(self.encoding, _errors(self.encoding)) + self.rest


def _errors(encoding: str) -> str:
    # Invalid UTF-8 must survive the round trip, and lone surrogates in UTF-16.
    return "surrogateescape" if encoding == "utf-8" else "surrogatepass"


def _encodings(data: bytes) -> list[str]:
    """The encoding that the first bytes suggest, and UTF-8, as they can suggest it by chance."""
    marked = next((name for mark, name in _MARKS if data.startswith(mark)), "")
    wide = marked or _ZEROS.get(tuple(map(bool, data[:4])), "")
    return [wide, "utf-8"] if wide else ["utf-8"]


def _search(text: str, keys: Sequence[KeyForms], *, notebook: bool) -> tuple[list[Place], list[Replacement]]:
    if notebook:
        try:
            return _search_notebook(text, keys)
        except NotAnObjectError:
            pass  # an invalid notebook is searched as text
    matches = find(text, keys)
    name = "page with widget state" if matches and _WIDGET_STATE in text else "page"
    return list(_places_of(text, matches, None, name)), replacements(text, matches)


def _search_notebook(text: str, keys: Sequence[KeyForms]) -> tuple[list[Place], list[Replacement]]:
    places: list[Place] = []
    made: list[Replacement] = []
    for found in json_texts(text):
        whole = "".join(found.lines)
        if matches := find(whole, keys):
            cell, place = _cell_and_part(found.path, keys)
            places += _places_of(whole, matches, cell, place)
            made += document_replacements(text, found, replacements(whole, matches))
    return places, made


def _places_of(text: str, matches: Sequence[Match], cell: int | None, place: str) -> Iterator[Place]:
    line, at = 1, 0
    for match in matches:
        line += text.count("\n", at, match.start)
        at = match.start
        yield Place(place, cell, line, match.shown)


def _cell_and_part(path: tuple[str | int, ...], keys: Sequence[KeyForms]) -> tuple[int | None, str]:
    """The cell's number and the name of the part, for a path into a notebook."""

    def named(name: str) -> str:  # it may be, or hold, a key itself
        return clean(apply_replacements(name, replacements(name, find(name, keys))), _LONGEST_NAME_CHARACTERS)

    match path:
        case ("cells", int(), "outputs", int(output), "data", str(kind), *_):
            part = f"output {output + 1} ({named(kind)})"
        case ("cells", int(), "outputs", int(output), *_):
            part = f"output {output + 1}"
        case ("cells", int(), "attachments", *_):
            part = "attachment"
        case ("cells", int(), str(name), *_):
            part = named(name)
        case ("metadata", "widgets", *_):
            part = "widget state"
        case ("cells", int(), *_):
            part = "cell"
        case _:
            part = "metadata"
    cell = path[1] if path[0:1] == ("cells",) and len(path) > 1 else None
    return (cell + 1 if isinstance(cell, int) else None), part
