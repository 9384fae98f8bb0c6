"""Finds the listed model that a typed id probably means, to ask before it becomes an entry."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# How many slips an id may have: none in a very short one, where one makes another model of it (o1, o3).
_FEWEST_FOR_ONE_SLIP = 5
_FEWEST_FOR_TWO_SLIPS = 10


def did_you_mean(typed: str, known: Iterable[str]) -> str | None:
    """The known id that a typed one resembles; None if it is known itself, or resembles none.

    Case and punctuation do not count (``gpt4o``), nor does a vendor's name before a slash. Otherwise an
    id may differ by one slip in a letter (added, missing, another one, two exchanged), a long one by two. Ids
    with other digits are other models: ``gpt-4.1`` does not resemble ``gpt-4o``.

    Args:
        typed: The typed id.
        known: The ids that the provider lists; of equally close ones the shortest counts, then the first.
    """
    typed = typed.strip()
    ids = [*known]
    wanted = _letters(typed)
    if not wanted or typed in ids:
        return None
    own, digits, most = _letters(_own_name(typed)), _digits(wanted), _most_slips(wanted)
    best: tuple[int, int, str] | None = None
    for each in ids:
        letters = _letters(each)
        if letters == own:  # typed with a vendor's name, listed without
            slips = 0
        else:
            slips = min(_slips(wanted, form, most, digits) for form in {letters, _letters(_own_name(each))})
        if slips <= most and (best is None or (slips, len(each)) < best[:2]):
            best = slips, len(each), each
    return best[2] if best is not None else None


def _own_name(model_id: str) -> str:
    """An id without the vendor's name before its last slash."""
    return model_id.rpartition("/")[2]


def _letters(text: str) -> str:
    """The letters and digits of a text, in lower case."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _most_slips(text: str) -> int:
    return (len(text) >= _FEWEST_FOR_ONE_SLIP) + (len(text) >= _FEWEST_FOR_TWO_SLIPS)


def _slips(one: str, other: str, most: int, digits: str) -> int:
    """How many slips lie between two texts; more than `most` if that many, or if the digits differ."""
    if one == other:
        return 0
    if abs(len(one) - len(other)) > most or _digits(other) != digits:
        return most + 1
    return _distance(one, other, most)


def _distance(one: str, other: str, most: int) -> int:
    """The edit distance with exchanges (optimal string alignment), at most one more than `most`."""
    start = _in_common(one, other)
    one, other = one[start:], other[start:]
    end = _in_common(one[::-1], other[::-1])
    one, other = one[: len(one) - end], other[: len(other) - end]
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        now = [row]
        for column, another in enumerate(other, 1):
            cost = min(last[column] + 1, now[-1] + 1, last[column - 1] + (letter != another))
            exchanged = row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == another
            now.append(min(cost, before[column - 2] + 1) if exchanged else cost)
        if min(now) > most:
            return most + 1
        before, last = last, now
    return last[-1]


def _in_common(one: str, other: str) -> int:
    """How many characters two texts have in common at their beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))
