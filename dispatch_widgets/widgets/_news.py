"""News for panels: put aside from any thread, drawn by one thread of a service's own.

The service tells about changes from whichever thread made them, the network's included. Drawing in that
thread would hold up the network and could lock two panels against each other, so news is put aside and
one worker thread draws it. The same thread looks, at a modest pace, whether anything has changed that
nobody tells about.
"""

from __future__ import annotations

import threading
import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from .._log import get_logger
from ..secrets import redact

if TYPE_CHECKING:
    from collections.abc import Callable

LOOK_SECONDS = 2.0
"""How often the file is looked at: a stat call each time, and a hash when that has changed."""

_log = get_logger("dispatch_widgets")

What = Literal["settings", "discovery", "asking", "shared", "time"]


@dataclass(frozen=True, slots=True)
class News:
    """Something that panels may have to draw anew.

    Attributes:
        what: ``settings``, ``discovery`` and ``asking`` come from the service; ``shared`` is a change of
            what the hub holds, ``time`` that relative times have to be written anew.
        provider_id: The provider that it is about; empty for all.
    """

    what: What
    provider_id: str = ""


class NewsDesk:
    """Takes news from any thread and has it drawn by one of its own.

    Attributes:
        look_seconds: How long the worker waits for news before it looks for itself.
    """

    look_seconds = LOOK_SECONDS

    def __init__(self) -> None:
        self._listeners: list[weakref.WeakMethod[Callable[[News], None]]] = []
        self._pending: dict[News, None] = {}
        self._wake = threading.Condition()
        self._drawing = False
        self._worker: threading.Thread | None = None

    def noted(self, news: News) -> None:
        """What the desk itself does with news before panels are told, in the worker thread.

        Args:
            news: What has changed.
        """

    def look(self) -> None:
        """Find out what nobody tells about; called in the worker thread when there is nothing to draw."""

    def subscribe(self, listener: Callable[[News], None]) -> None:
        """Tell a panel's method about news, in the worker thread, as long as the panel lives.

        Args:
            listener: A bound method.
        """
        with self._wake:
            self._listeners.append(weakref.WeakMethod(listener))
            self._start()

    def unsubscribe(self, listener: Callable[[News], None]) -> None:
        """Tell a panel's method no more.

        Args:
            listener: The bound method given to `subscribe`.
        """
        with self._wake:
            self._listeners = [kept for kept in self._listeners if kept() not in {None, listener}]
            self._wake.notify_all()

    def post(self, news: News) -> None:
        """Put news aside for the worker thread; the same news twice is drawn once.

        Args:
            news: What has changed.
        """
        with self._wake:
            self._pending[news] = None
            if self._start():
                self._wake.notify_all()
                return
            pending, self._pending = list(self._pending), {}
        self._draw(pending)  # no threads here (Pyodide): draw at once

    def settle(self, timeout_seconds: float = 10.0) -> bool:
        """Wait until all news so far is drawn; for tests and for code that drives a panel.

        Args:
            timeout_seconds: How long to wait at most, in seconds.

        Returns:
            Whether everything was drawn in time.
        """
        with self._wake:
            return self._wake.wait_for(lambda: not self._pending and not self._drawing, timeout_seconds)

    def _start(self) -> bool:
        if self._worker is not None and self._worker.is_alive():
            return True
        worker = threading.Thread(
            target=_work, args=(weakref.ref(self), self._wake), name="dispatch-widgets-panels", daemon=True
        )
        try:
            worker.start()
        except RuntimeError:
            return False
        self._worker = worker
        return True

    def _draw(self, pending: list[News]) -> None:
        for news in pending:
            self.noted(news)
            for reference in list(self._listeners):
                listener = reference()
                if listener is None:
                    continue
                try:
                    listener(news)
                except Exception as error:  # noqa: BLE001 - one panel's failure must not stop the others
                    _log.error("A panel could not be drawn: %s", redact(f"{type(error).__name__}: {error}"))


def _work(reference: weakref.ref[NewsDesk], wake: threading.Condition) -> None:
    """The worker thread: draws news as it comes, looks at the file now and then, ends with the panels."""
    while True:
        with wake:
            desk = reference()
            if desk is None:
                return
            idle_seconds = 0.0 if desk._pending else desk.look_seconds  # noqa: SLF001 - the worker is its part
            del desk
            if idle_seconds:
                wake.wait(idle_seconds)
        desk = reference()
        if desk is None:
            return
        with wake:
            desk._listeners = [kept for kept in desk._listeners if kept() is not None]  # noqa: SLF001
            if not desk._listeners:  # noqa: SLF001
                desk._pending.clear()  # noqa: SLF001
                desk._worker = None  # noqa: SLF001
                wake.notify_all()
                return
            pending, desk._pending = list(desk._pending), {}  # noqa: SLF001
            desk._drawing = True  # noqa: SLF001
        try:
            if pending:
                desk._draw(pending)  # noqa: SLF001
            else:
                desk.look()
        except Exception as error:  # noqa: BLE001 - the worker must outlive whatever a file or service does
            _log.error("Panels could not look at the file: %s", redact(f"{type(error).__name__}: {error}"))
        finally:
            with wake:
                desk._drawing = False  # noqa: SLF001
                wake.notify_all()
            del desk
