"""Calls the service from the server's event loop without blocking it.

Reading or migrating a settings file and waiting for its lock can take seconds, so they run in threads.
Requests to providers run on the package's background loop, and are awaited here.
"""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ..discovery.models import ModelList
    from ..errors import DispatchError
    from ..service import SettingsService
    from ..settings.schema import Provider

T = TypeVar("T")

_THREADS = 4
"""For reads and for changes each, apart from the loop's own pool: changes that wait for a stuck lock then
delay no reads, and neither delays the rest of Jupyter."""


class Services:
    """The services of this server process, one for each settings file, mostly a single one.

    Each request looks for the file as `dispatch_widgets.default_service` does: from the server's root folder,
    or where ``DISPATCH_SETTINGS_PATH`` points.

    Args:
        root: The server's root folder; notebooks in it find the same file.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = threading.Lock()
        self._services: dict[Path, SettingsService] = {}
        self._readers = ThreadPoolExecutor(_THREADS, thread_name_prefix="dispatch-widgets-read")
        self._writers = ThreadPoolExecutor(_THREADS, thread_name_prefix="dispatch-widgets-write")

    def current(self) -> SettingsService:
        """The service for the file as found now. It reads the file, so it must not be called on the loop."""
        from ..service import SettingsService
        from ..settings.locate import locate

        path = locate(cwd=self._root).path
        with self._lock:
            if path not in self._services:
                self._services[path] = SettingsService(path)
            return self._services[path]

    async def read(self, work: Callable[[SettingsService], T]) -> T:
        """Reads from the service in a thread."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, lambda: work(self.current()))

    async def change(self, work: Callable[[SettingsService], T]) -> T:
        """Makes a change in a thread, and returns when it is saved."""
        return await asyncio.get_running_loop().run_in_executor(self._writers, lambda: work(self.current()))

    async def discover(self, provider_id: str, *, force_refresh: bool) -> ModelList:
        """`SettingsService.discover_models_async`, which reads the file in a thread.

        Raises:
            NotFoundError: If there is no such provider.
            DispatchError: If the request failed and there is no earlier list to use (MD-15).
        """
        asked = await self.read(
            lambda service: service.start_discovery(provider_id, force_refresh=force_refresh)
        )
        return await asyncio.wrap_future(asked)

    async def discover_all(self, *, force_refresh: bool) -> list[tuple[Provider, ModelList | DispatchError]]:
        """The lists of all providers, requested concurrently; an error for a provider without one (MD-12)."""
        providers, asked = await self.read(
            lambda service: (service.get_providers(), service.start_refresh_all(force_refresh=force_refresh))
        )
        results = await asyncio.wrap_future(asked)
        return [(provider, results[provider.id]) for provider in providers if provider.id in results]
