"""The default service."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from ..settings.locate import locate
from . import SettingsService

if TYPE_CHECKING:
    from pathlib import Path

_lock = threading.Lock()
_services: dict[Path, SettingsService] = {}


def default_service() -> SettingsService:
    """The service for the settings file that is found from here (ST-1), the same one at every call.

    A change of the working folder or of ``DISPATCH_SETTINGS_PATH`` that leads to another file gives
    another service.
    """
    path = locate().path
    with _lock:
        if path not in _services:
            _services[path] = SettingsService()
        return _services[path]
