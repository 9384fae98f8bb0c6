"""Which of the person's deeds the kernel is dealing with; what it asks of pages names it (SEC-2, SEC-9).

The messages of a list and of the key field name the deed. A core button's cannot: of its press the page is
known, by the session that the kernel names with each message, and the page knows what was pressed last in it.
The page that finds its name in what comes back obeys: it alone gives its key, and it moves the focus only if
the person has done nothing else since.

A message before the press would not do: two widgets' messages may be dealt with in two threads, in any order.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from IPython.core.getipython import get_ipython

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAX_CHARACTERS = 64

_named: ContextVar[str] = ContextVar("dispatch_widgets_deed", default="")
_pages: dict[str, str] = {}  # by the session of the page's messages


def _name(value: object) -> str:
    return value if isinstance(value, str) and len(value) <= _MAX_CHARACTERS else ""


def _session() -> str:
    """The session of the message that is dealt with; empty where that is no page's, or nobody says."""
    kernel: Any = getattr(get_ipython(), "kernel", None)
    if not hasattr(kernel, "get_parent"):
        return ""
    header = kernel.get_parent("shell").get("header", {})
    return str(header.get("session", "")) if header.get("msg_type") == "comm_msg" else ""


def meet(page: object) -> None:
    """Get to know the page that the message at hand comes from.

    Args:
        page: Its name, as it gave it.
    """
    session = _session()
    if session and _name(page):
        _pages[session] = _name(page)


@contextmanager
def dealing_with(deed: object) -> Iterator[None]:
    """Deal with a deed for a while.

    Args:
        deed: Its name, as the page gave it; anything else is none.
    """
    token = _named.set(_name(deed))
    try:
        yield
    finally:
        _named.reset(token)


def named() -> dict[str, str]:
    """What a message to pages says of the deed, or page, that it comes of; nothing where code has asked."""
    deed = _named.get() or _pages.get(_session(), "")
    return {"deed": deed} if deed else {}


def page_of(deed: object) -> str:
    """The page that a deed was done in.

    Args:
        deed: The deed's name, or the page's.
    """
    return _name(deed).partition(":")[0]
