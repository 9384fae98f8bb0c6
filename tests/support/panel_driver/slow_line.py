"""A line to a server on which every byte takes its time, in both directions."""

from __future__ import annotations

import asyncio
import threading
from typing import Self
from urllib.parse import urlsplit

_CHUNK_BYTES = 65536


class SlowLine:
    """A port on loopback that passes everything on to a server, later.

    Args:
        url: The server.
        seconds: How much later, each way.

    Attributes:
        url: The server's address on this side.
    """

    def __init__(self, url: str, seconds: float) -> None:
        self._to = urlsplit(url)
        self._seconds = seconds
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: list[asyncio.StreamWriter] = []
        self.url = ""

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._started.wait(10)
        return self

    def __exit__(self, *_error: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self) -> None:
        server = self._loop.run_until_complete(asyncio.start_server(self._connect, "127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self._started.set()
        self._loop.run_forever()
        self._loop.run_until_complete(self._end(server))
        self._loop.close()

    async def _end(self, server: asyncio.Server) -> None:
        server.close()
        for task in self._tasks:
            task.cancel()
        for writer in self._writers:
            writer.close()
        await asyncio.gather(
            *self._tasks, *(writer.wait_closed() for writer in self._writers), return_exceptions=True
        )

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(self._to.hostname, self._to.port)
        self._writers += [writer, back]
        for one in (self._pass_on(reader, back), self._pass_on(there, writer)):
            task = asyncio.ensure_future(one)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass everything on in order, each piece so much later as it came."""
        try:
            while piece := await reader.read(_CHUNK_BYTES):
                self._loop.call_later(self._seconds, writer.write, piece)
            self._loop.call_later(self._seconds, writer.close)
        except (ConnectionError, OSError):
            writer.close()
