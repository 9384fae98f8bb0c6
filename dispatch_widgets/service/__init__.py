"""The one object behind the panels, the command line and the notebooks (API-1).

It is the only place where the settings file and model discovery meet. Every change is validated
first and saved at once; reading picks up what other programs have written meanwhile. Each part of it
has a module of its own, one on top of the other: core, providers, discovering, catalog, resolving,
trying, guarding.
"""

from __future__ import annotations

from ..settings.registry import Impact, NewModel
from .catalog import EntryKind, kind_of
from .core import REQUEST_TIMEOUT_SECONDS, Change
from .guarding import Guarding

__all__ = [
    "REQUEST_TIMEOUT_SECONDS",
    "Change",
    "EntryKind",
    "Impact",
    "NewModel",
    "SettingsService",
    "kind_of",
]


class SettingsService(Guarding):
    """Providers, models and tasks of one settings file.

    Args:
        path: The settings file; found as ST-1 says if None.
        timeout_seconds: Wall-clock deadline of one request to a provider, in seconds.
        auto_migrate: Whether a file from before providers is migrated by itself (MIG-1).
        transport: An httpx transport in place of the network, for tests.
        clock: Wall clock in seconds since 1970, for tests; `time.time` if None.
    """
