"""The background loop: the same calls work in a script, under a running loop and in a thread."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import textwrap
import threading
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING

import pytest

from dispatch_widgets._loop import BackgroundLoop
from dispatch_widgets.demo.server import DemoServer
from dispatch_widgets.errors import DispatchError

if TYPE_CHECKING:
    from pathlib import Path


async def _double(number: int) -> int:
    await asyncio.sleep(0)
    return number * 2


@pytest.mark.req("API-3")
def test_a_synchronous_call_works_in_a_script_in_a_thread_and_under_a_running_loop() -> None:
    """The twin of an async function gives its result wherever it is called."""
    loop = BackgroundLoop()
    assert loop.call(_double(2)) == 4

    async def in_a_cell() -> int:
        return loop.call(_double(3))

    assert asyncio.run(in_a_cell()) == 6
    results: list[int] = []
    thread = threading.Thread(target=lambda: results.append(loop.call(_double(4))))
    thread.start()
    thread.join()
    assert results == [8]


@pytest.mark.req("API-3")
def test_awaiting_gives_the_result_on_the_callers_own_loop() -> None:
    """`await` in a cell waits without blocking the cell's loop."""
    loop = BackgroundLoop()

    async def in_a_cell() -> list[int]:
        return list(await asyncio.gather(loop.wait(_double(1)), loop.wait(_double(2))))

    assert asyncio.run(in_a_cell()) == [2, 4]


def test_a_synchronous_call_from_the_loop_itself_is_an_error_not_a_deadlock() -> None:
    """Waiting for oneself is refused with the way out."""
    loop = BackgroundLoop()

    async def wrong() -> int:
        return loop.call(_double(1))

    with pytest.raises(DispatchError, match="own event loop"):
        loop.call(wrong())


def test_cancelling_the_future_cancels_the_work() -> None:
    """What Cancel or a kernel interrupt gives up does not go on in the background."""
    loop = BackgroundLoop()
    cancelled = threading.Event()
    begun = threading.Event()

    async def endless() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    future = loop.submit(endless())
    assert begun.wait(10)
    future.cancel()
    with contextlib.suppress(CancelledError):
        future.result(10)
    assert cancelled.wait(10)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this platform does not fork")
def test_a_forked_child_starts_a_loop_of_its_own() -> None:
    """A forked worker process does not hang on the parent's thread."""
    code = """
        import asyncio, os, warnings
        from dispatch_widgets._loop import background
        async def one(): return 1
        assert background.call(one()) == 1
        warnings.simplefilter("ignore", DeprecationWarning)  # fork of a process with threads
        child = os.fork()
        if child == 0:
            os._exit(0 if background.call(one()) == 1 else 3)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=True, timeout=60)


def test_the_running_loop_serves_where_there_are_no_threads() -> None:
    """Without threads (Pyodide) work started from a cell runs on the cell's own loop."""

    async def in_a_cell() -> int:
        loop = BackgroundLoop(threads=False)
        future = loop.submit(_double(5))
        return await asyncio.wrap_future(future)

    assert asyncio.run(in_a_cell()) == 10


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="nest-asyncio stops httpx on 3.14; see the next test")
def test_nested_loops_are_allowed_only_on_request() -> None:
    """After allow_nested_loops() a cell may call asyncio.run, and loop_factory still works (3.12+)."""
    code = """
        import asyncio, sys
        import dispatch_widgets as dw
        async def one(): return 1
        async def cell(): return asyncio.run(one())
        try:
            coroutine = cell()
            asyncio.run(coroutine)
        except RuntimeError:
            pass
        else:
            raise SystemExit("nested loops worked before they were allowed")
        dw.allow_nested_loops()
        dw.allow_nested_loops()
        assert asyncio.run(cell()) == 1
        if sys.version_info >= (3, 12):
            assert asyncio.run(one(), loop_factory=asyncio.SelectorEventLoop) == 1
    """
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(sys.version_info < (3, 14), reason="the refusal is for 3.14 and later")
def test_nested_loops_are_refused_where_they_break_the_network() -> None:
    """On Python 3.14 the request is refused with the way out."""
    from dispatch_widgets import allow_nested_loops

    with pytest.raises(DispatchError, match=r"3\.14"):
        allow_nested_loops()


AT_EXIT = """
import atexit, os, socket, stat, sys, threading, time

def open_connections():
    found = 0
    for descriptor in range(3, 256):
        try:
            if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                with socket.socket(fileno=os.dup(descriptor)) as copy:
                    found += copy.getpeername()[1:2] == (PORT,)
        except OSError:
            continue
    return found

PORT, what = int(sys.argv[1]), sys.argv[2]
atexit.register(lambda: print(open_connections(), "left"))  # the first to be registered is the last to run
from dispatch_widgets import SettingsService
service = SettingsService("dispatch.settings.json")
def add(name, place):
    url = f"http://{place}/v1"
    return service.add_provider(name=name, type="openai-compatible", api_key="sk-0123456789", base_url=url).id
service.discover_models(add("Uni", f"127.0.0.1:{PORT}/openai"))
print(open_connections(), "kept")
look_up = socket.getaddrinfo
socket.getaddrinfo = lambda host, *rest: time.sleep(600) if host == "far" else look_up(host, *rest)
if what != "nothing":
    service.start_discovery(add("Other", "far" if "look-up" in what else f"127.0.0.1:{PORT}/second"))
    time.sleep(0.5)
"""


@pytest.mark.req("MD-9")
@pytest.mark.skipif(sys.platform == "win32", reason="a process's sockets are counted by their descriptors")
@pytest.mark.parametrize("under_way", ["nothing", "a request that hangs", "a look-up that hangs"])
def test_the_interpreters_exit_closes_connections_and_is_not_held(under_way: str, tmp_path: Path) -> None:
    """Whatever is kept or under way at the exit is closed and leaves no word, however long it would take."""
    with DemoServer(api_key="sk-0123456789") as server:
        server.play("hang", where="second")
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", AT_EXIT, str(server.port), under_way],
            capture_output=True, text=True, timeout=60, check=True, cwd=tmp_path,
        )  # fmt: skip
    assert done.stderr == ""
    assert done.stdout.split("\n") == ["1 kept", "0 left", ""]
