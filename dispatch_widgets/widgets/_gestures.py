"""Which user gesture the kernel is answering, so that the right window acts on the answer (SEC-2, SEC-9).

A gesture is one press, key or input in one page. Messages of a list and of the key field carry its name. A
core Button's press cannot: there the page is known by the session that the kernel names with each message,
and the page itself knows what was pressed last. Only the page named in the answer gives its key, and it
moves the focus only if the user has done nothing else since.

A message of our own before the press would not do: the messages of two widgets may be handled in two threads,
in any order.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from IPython.core.getipython import get_ipython

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAX_CHARACTERS = 64

_named: ContextVar[str] = ContextVar("dispatch_widgets_gesture", default="")
_pages: dict[str, str] = {}  # by the session of the page's messages


def _name(value: object) -> str:
    return value if isinstance(value, str) and len(value) <= _MAX_CHARACTERS else ""


def _session() -> str:
    """The session of the message being handled; empty if it comes from no page or the kernel names none."""
    kernel: Any = getattr(get_ipython(), "kernel", None)
    if not hasattr(kernel, "get_parent"):
        return ""
    header = kernel.get_parent("shell").get("header", {})
    return str(header.get("session", "")) if header.get("msg_type") == "comm_msg" else ""


def remember_page(page: object) -> None:
    """Remember which page the session of the message being handled belongs to.

    Args:
        page: Its name, as it gave it.
    """
    session = _session()
    if session and _name(page):
        _pages[session] = _name(page)


@contextmanager
def answering(gesture: object) -> Iterator[None]:
    """Name this gesture in every message sent to pages while the context lasts.

    Args:
        gesture: Its name, as the page gave it; anything else is none.
    """
    token = _named.set(_name(gesture))
    try:
        yield
    finally:
        _named.reset(token)


def answered_gesture() -> dict[str, str]:
    """The gesture, or the page, that a message to pages answers; empty where code has asked."""
    gesture = _named.get() or _pages.get(_session(), "")
    return {"gesture": gesture} if gesture else {}


def page_of(gesture: object) -> str:
    """The page in which a gesture was made.

    Args:
        gesture: The gesture's name, or the page's.
    """
    return _name(gesture).partition(":")[0]
