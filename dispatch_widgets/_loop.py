"""One background event loop for all network work, and the synchronous twins that wait on it.

Which thread runs a widget's callback, and whether a loop runs there, differs between versions of
ipykernel; a loop of our own in a daemon thread behaves the same in all of them, in a plain script and
inside a panel (API-3). In a browser (Pyodide) there are no threads: the page's own loop does the work, and a
synchronous call waits for it as far as the browser lets WebAssembly wait. nest-asyncio patches the whole
process, so it is applied only when the user asks for it with `allow_nested_loops`. This module is the only
one that imports it.
"""

from __future__ import annotations

import atexit
import os
import sys
import threading
from collections.abc import Coroutine
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from .errors import DispatchError

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable
    from concurrent.futures import Future

T = TypeVar("T")

_THREAD_NAME = "dispatch-widgets-io"
_EXIT_SECONDS = 0.5  # how long the interpreter's exit may wait for pending work


class BackgroundLoop:
    """An event loop in a daemon thread, started when it is first needed.

    Args:
        threads: Whether this platform has threads; without them the running loop is used.
    """

    def __init__(self, *, threads: bool = sys.platform != "emscripten") -> None:
        self._threads = threads
        self._at_exit: list[Callable[[], Coroutine[Any, Any, None]]] = []
        self._reset()
        if hasattr(os, "register_at_fork"):
            # A forked child has the loop object but not its thread: it must start its own.
            os.register_at_fork(after_in_child=self._reset)

    def _reset(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The running loop, which is started if needed."""
        import asyncio

        with self._lock:
            if self._loop is None or self._loop.is_closed():
                if not self._threads:
                    self._loop = asyncio.get_running_loop()
                    return self._loop
                from ._dns_loop import new_dns_loop

                loop = new_dns_loop()
                started = threading.Event()

                def run() -> None:
                    asyncio.set_event_loop(loop)
                    loop.call_soon(started.set)
                    loop.run_forever()

                self._thread = threading.Thread(target=run, name=_THREAD_NAME, daemon=True)
                self._thread.start()
                started.wait()
                self._loop = loop
                atexit.unregister(self._end)
                atexit.register(self._end)
            return self._loop

    def call_at_exit(self, close: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Has a function called on this loop at the interpreter's exit, to close connections."""
        self._at_exit.append(close)

    def _end(self) -> None:
        """Cancels pending work, closes the connections, then stops the loop and its thread."""
        import asyncio

        with self._lock:
            loop, thread = self._loop, self._thread
            self._loop = self._thread = None
        if loop is None or thread is None or not thread.is_alive():
            return
        with suppress(Exception):  # the rest ends with the process
            asyncio.run_coroutine_threadsafe(self._close_all(), loop).result(_EXIT_SECONDS)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(_EXIT_SECONDS)
        if not thread.is_alive():
            loop.close()

    async def _close_all(self) -> None:
        import asyncio

        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=_EXIT_SECONDS / 2)
        await asyncio.gather(*(close() for close in self._at_exit), return_exceptions=True)
        await asyncio.sleep(0)  # asyncio closes the sockets in the loop's next iteration

    def submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Starts a coroutine on the loop and returns its future; cancelling that cancels the coroutine."""
        import asyncio

        loop = self.loop
        if self._threads:
            return asyncio.run_coroutine_threadsafe(work, loop)
        return _as_future(loop.create_task(work))

    @staticmethod
    def done(result: T) -> Future[T]:
        """Returns a future that has its result already, for what needs no work on the loop."""
        from concurrent.futures import Future

        future: Future[T] = Future()
        future.set_result(result)
        return future

    def call(self, work: Coroutine[Any, Any, T] | Future[T]) -> T:
        """Runs work on the loop and waits for its result, also if another loop is running.

        A kernel interrupt (KeyboardInterrupt) while waiting cancels the work.

        Raises:
            DispatchError: If called on the background loop itself, where it would wait forever; or in a
                browser that cannot wait.
        """
        if not self._threads and not _is_done(work):
            return self._call_in_browser(work)
        if threading.current_thread() is self._thread and not _is_done(work):
            _give_up(work)
            raise DispatchError(
                "A synchronous call was made from inside the toolkit's own event loop.",
                hint="Await the function's _async twin there.",
            )
        future = self._submitted(work)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def _call_in_browser(self, work: Coroutine[Any, Any, T] | Future[T]) -> T:
        from pyodide.ffi import run_sync

        try:
            check_can_wait("Await the function's _async twin")
        except DispatchError:
            _give_up(work)
            raise
        # Pyodide would print an error that passes through `run_sync` a second time.
        run_sync(_ended(future := self._submitted(work)))
        return future.result()

    async def wait(self, work: Coroutine[Any, Any, T] | Future[T]) -> T:
        """Runs a coroutine, or waits for a future of `submit`; cancelling the caller cancels it."""
        import asyncio

        return await asyncio.wrap_future(self._submitted(work))

    def _submitted(self, work: Coroutine[Any, Any, T] | Future[T]) -> Future[T]:
        return self.submit(work) if isinstance(work, Coroutine) else work


def check_can_wait(otherwise: str) -> None:
    """Checks that a synchronous call can wait for an answer; where there are threads it always can.

    Args:
        otherwise: What to do in place of it.

    Raises:
        DispatchError: In a browser that cannot.
    """
    if sys.platform == "emscripten":
        from pyodide.ffi import can_run_sync

        if not can_run_sync():
            raise DispatchError(
                "This browser cannot wait for an answer in a synchronous call.",
                hint=f"{otherwise}, or take a browser with WebAssembly's JSPI.",
            )


async def _ended(future: Future[Any]) -> None:
    """Waits until a future is done, however."""
    import asyncio

    await asyncio.wait([asyncio.wrap_future(future)])


def _is_done(work: Coroutine[Any, Any, T] | Future[T]) -> bool:
    return not isinstance(work, Coroutine) and work.done()


def _give_up(work: Coroutine[Any, Any, T] | Future[T]) -> None:
    if isinstance(work, Coroutine):
        work.close()
    else:
        work.cancel()


def _as_future(task: asyncio.Task[T]) -> Future[T]:
    """A concurrent future that follows a task of the same thread, both ways."""
    from concurrent.futures import Future

    future: Future[T] = Future()

    def copy(done: asyncio.Task[T]) -> None:
        if done.cancelled():
            future.cancel()
            future.set_running_or_notify_cancel()
        elif error := done.exception():
            future.set_exception(error)
        else:
            future.set_result(done.result())

    task.add_done_callback(copy)
    future.add_done_callback(lambda ended: task.cancel() if ended.cancelled() else None)
    return future


def allow_nested_loops() -> None:
    """Lets a cell call ``asyncio.run(...)`` although the notebook's own loop is running.

    Nothing in this package needs it, as every ``_async`` function has a synchronous twin and a cell can
    ``await``. It applies nest-asyncio to the whole process, which cannot be undone. Loops of uvloop are not
    affected. On Python 3.14 nest-asyncio hides the current task, which breaks httpx, so this function raises
    an error there.

    Raises:
        DispatchError: On Python 3.14 and later.
    """
    if sys.version_info >= (3, 14):
        raise DispatchError(
            "nest-asyncio does not work with Python 3.14: network libraries stop working once it is applied.",
            hint="Use `await` in the cell, or the function without _async in its name.",
        )
    import asyncio

    import nest_asyncio

    plain_run = asyncio.run
    nest_asyncio.apply()
    nested_run = asyncio.run
    if nested_run is plain_run:
        return  # already applied: `run` is the function below

    def run(main: Coroutine[Any, Any, T], **options: Any) -> T:
        # nest-asyncio's `run` has no loop_factory (Python 3.12).
        if options.get("loop_factory") is not None:
            return plain_run(main, **options)
        options.pop("loop_factory", None)
        result: T = nested_run(main, **options)
        return result

    asyncio.run = run


background = BackgroundLoop()
"""The loop that every service of this process shares."""
