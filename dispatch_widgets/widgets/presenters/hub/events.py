"""Events for presenters: posted from any thread, delivered together by one worker thread for each service.

The service reports changes in the thread that made them, which may be the network's. Making views in that
thread would hold up the network and could deadlock two presenters.
"""

from __future__ import annotations

import threading
import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ...._log import get_logger
from ....secrets import redact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

POLL_SECONDS = 2.0
"""How often the file is checked: a stat call each time, and a hash when its result has changed."""

_log = get_logger("dispatch_widgets")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that may change what is shown.

    Attributes:
        what: ``settings``: the file's content changed; ``asking`` and ``discovery``: a request began or
            ended; ``panels``: state that presenters share changed; ``time``: relative times are out of date.
        provider_id: The provider that it is about; empty for all.
    """

    what: Literal["settings", "asking", "discovery", "panels", "time"]
    provider_id: str = ""


Events = tuple[Event, ...]


class EventQueue:
    """Delivers events to listeners, in one worker thread that ends when no listener is left.

    Args:
        before: Called with the events before any listener is.
        poll: Called now and then while there are no events.

    Attributes:
        poll_seconds: How long the worker waits for events before it polls.
    """

    def __init__(
        self,
        *,
        before: Callable[[Events], None],
        poll: Callable[[], None],
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        self.poll_seconds = poll_seconds
        # All weak: the worker must not keep a hub alive, nor a hub a presenter that is not shown.
        self._before, self._poll = weakref.WeakMethod(before), weakref.WeakMethod(poll)
        self._listeners: list[weakref.WeakMethod[Callable[[Events], None]]] = []
        self._pending: dict[Event, None] = {}
        self._wake = threading.Condition()
        self._delivering = False
        self._worker: threading.Thread | None = None

    def listen(self, listener: Callable[[Events], None]) -> None:
        """Deliver events to a bound method as long as its object lives."""
        with self._wake:
            self._listeners.append(weakref.WeakMethod(listener))
            self._start()

    def stop_listening(self, listener: Callable[[Events], None]) -> None:
        """Stop delivering events to a bound method."""
        with self._wake:
            self._listeners = [kept for kept in self._listeners if kept() not in {None, listener}]
            self._wake.notify_all()

    def post(self, event: Event) -> None:
        """Deliver an event soon; posted again before that, it is delivered once."""
        self.post_after(lambda: (event,))

    def post_after(self, step: Callable[[], Iterable[Event]]) -> None:
        """Run a step and post the events that it returns, as one atomic operation.

        Args:
            step: The step; it must neither wait nor post.
        """
        with self._wake:
            self._pending.update(dict.fromkeys(step()))
            if self._start():
                self._wake.notify_all()
                return
            events, self._pending = tuple(self._pending), {}
        self._deliver(events)  # no threads here (Pyodide)

    def settle(self, timeout_seconds: float = 10.0) -> bool:
        """Wait until all events posted so far are delivered; returns False on timeout."""
        with self._wake:
            return self._wake.wait_for(lambda: not self._pending and not self._delivering, timeout_seconds)

    def _start(self) -> bool:
        if self._worker is not None and self._worker.is_alive():
            return True
        worker = threading.Thread(
            target=_work, args=(weakref.ref(self), self._wake), name="dispatch-widgets-views", daemon=True
        )
        try:
            worker.start()
        except RuntimeError:
            return False
        self._worker = worker
        return True

    def _deliver(self, events: Events) -> None:
        before = self._before()
        if before is not None:
            before(events)
        for reference in list(self._listeners):
            listener = reference()
            if listener is None:
                continue
            try:
                listener(events)
            except Exception as error:  # noqa: BLE001 - one panel's failure must not stop the others
                _log.error("A panel could not be shown: %s", redact(f"{type(error).__name__}: {error}"))


def _work(reference: weakref.ref[EventQueue], wake: threading.Condition) -> None:
    """The worker thread; it shares the private attributes of `EventQueue`."""
    while True:
        with wake:
            queue = reference()
            if queue is None:
                return
            wait_seconds = 0.0 if queue._pending else queue.poll_seconds  # noqa: SLF001
            del queue
            if wait_seconds:
                wake.wait(wait_seconds)
        queue = reference()
        if queue is None:
            return
        with wake:
            queue._listeners = [kept for kept in queue._listeners if kept() is not None]  # noqa: SLF001
            if not queue._listeners:  # noqa: SLF001
                queue._pending.clear()  # noqa: SLF001
                queue._worker = None  # noqa: SLF001
                wake.notify_all()
                return
            events, queue._pending = tuple(queue._pending), {}  # noqa: SLF001
            queue._delivering = True  # noqa: SLF001
        try:
            if events:
                queue._deliver(events)  # noqa: SLF001
            elif (poll := queue._poll()) is not None:  # noqa: SLF001
                poll()
            poll = None  # a reference would keep the hub alive
        except Exception as error:  # noqa: BLE001 - the worker must outlive whatever a file or service does
            _log.error("Panels could not look at the file: %s", redact(f"{type(error).__name__}: {error}"))
        finally:
            with wake:
                queue._delivering = False  # noqa: SLF001
                wake.notify_all()
            del queue
