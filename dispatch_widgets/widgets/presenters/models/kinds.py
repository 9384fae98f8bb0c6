"""A catalog entry's kind, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ....service import EntryKind


def kind_words(kind: EntryKind) -> str:
    """What an entry can do, in one word."""
    if kind.known == "unknown":
        return "unknown"
    return "both" if len(kind.capabilities) > 1 else (*kind.capabilities, "other")[0]
