"""The one service of a server process, asked from its event loop without ever holding it up.

Reading a settings file, migrating it, or waiting for its lock can take seconds, so all of it happens in
threads of its own; asking a provider happens on the package's background loop and is awaited here.
"""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from ..errors import DispatchError

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from pathlib import Path

    from ..discovery.models import ModelList
    from ..service import SettingsService
    from ..settings.schema import Provider

T = TypeVar("T")

_THREADS = 4
"""Of each kind, and not from the loop's own pool: changes that wait for a stuck lock hold up no reader,
and neither holds up the rest of Jupyter."""


class Services:
    """The services of the settings files that this server process has met, mostly a single one.

    The file is looked for at each request, as `dispatch_widgets.default_service` does: from the
    server's root folder, or where ``DISPATCH_SETTINGS_PATH`` points.

    Args:
        root: The folder that the server shows; notebooks in it find the same file.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = threading.Lock()
        self._services: dict[Path, SettingsService] = {}
        self._readers = ThreadPoolExecutor(_THREADS, thread_name_prefix="dispatch-widgets-read")
        self._writers = ThreadPoolExecutor(_THREADS, thread_name_prefix="dispatch-widgets-write")

    def current(self) -> SettingsService:
        """The service for the file that is found now; reads it, so not to be called on the loop."""
        from ..service import SettingsService
        from ..settings.locate import locate

        path = locate(cwd=self._root).path
        with self._lock:
            if path not in self._services:
                self._services[path] = SettingsService(path)
            return self._services[path]

    async def read(self, work: Callable[[SettingsService], T]) -> T:
        """Ask the service something in a thread, and await its answer.

        Args:
            work: What to ask; changes nothing.
        """
        return await asyncio.get_running_loop().run_in_executor(self._readers, lambda: work(self.current()))

    async def change(self, work: Callable[[SettingsService], T]) -> T:
        """Change something in a thread, and await that it is saved.

        Args:
            work: What to change; may wait for the file's lock.
        """
        return await asyncio.get_running_loop().run_in_executor(self._writers, lambda: work(self.current()))

    async def discover(self, provider_id: str, *, force_refresh: bool) -> ModelList:
        """`SettingsService.discover_models_async`, its look at the file taken in a thread.

        Args:
            provider_id: Whom to ask.
            force_refresh: Whether to go past the cache.

        Raises:
            NotFoundError: If there is no such provider.
            DispatchError: If asking failed and no list can stand in (MD-15).
        """
        asked = await self.read(
            lambda service: service.start_discovery(provider_id, force_refresh=force_refresh)
        )
        return await asyncio.wrap_future(asked)

    async def discover_all(self, *, force_refresh: bool) -> list[tuple[Provider, ModelList | DispatchError]]:
        """All providers at once, each with its own list or error (MD-12).

        Args:
            force_refresh: Whether to go past the cache.
        """

        def start(service: SettingsService) -> list[tuple[Provider, Future[ModelList] | DispatchError]]:
            return [
                (provider, _started(service, provider, force_refresh)) for provider in service.get_providers()
            ]

        started = await self.read(start)
        results = await asyncio.gather(*(_outcome(asked) for _, asked in started))
        return [(provider, result) for (provider, _), result in zip(started, results, strict=True)]


def _started(
    service: SettingsService, provider: Provider, force_refresh: bool
) -> Future[ModelList] | DispatchError:
    try:
        return service.start_discovery(provider.id, force_refresh=force_refresh)
    except DispatchError as error:  # deleted by somebody else a moment ago
        return error


async def _outcome(asked: Future[ModelList] | DispatchError) -> ModelList | DispatchError:
    if isinstance(asked, DispatchError):
        return asked
    try:
        return await asyncio.wrap_future(asked)
    except DispatchError as error:
        return error
