"""Which of the person's deeds the kernel is dealing with; what it asks of pages names it (SEC-2, SEC-9).

A page names a deed with each press. What goes back names it too, and the page that knows the name obeys: it
alone gives its key, and it moves the focus only if the person has done nothing else since.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAX_CHARACTERS = 64

_current = ""


def begin(deed: object) -> None:
    """Deal with a deed from now on.

    Args:
        deed: Its name, as the page gave it; anything else is none.
    """
    global _current  # noqa: PLW0603 - messages of pages come one after the other
    _current = deed if isinstance(deed, str) and len(deed) <= _MAX_CHARACTERS else ""


def end() -> None:
    """Deal with no page's deed any more: what follows is asked for by code."""
    begin("")


@contextmanager
def dealing_with(deed: object) -> Iterator[None]:
    """Deal with a deed for a while.

    Args:
        deed: Its name, as the page gave it.
    """
    before = _current
    begin(deed)
    try:
        yield
    finally:
        begin(before)


def named() -> dict[str, str]:
    """What a message to pages says about the deed that it comes of; nothing where code has asked."""
    return {"deed": _current} if _current else {}
