"""The service that panels, command line, HTTP and notebooks use (API-1)."""

from __future__ import annotations

from ..settings.registry import Impact, NewModel
from .entry_kinds import EntryKind, entry_kind
from .service import REQUEST_TIMEOUT_SECONDS, Change, SettingsService

__all__ = [
    "REQUEST_TIMEOUT_SECONDS",
    "Change",
    "EntryKind",
    "Impact",
    "NewModel",
    "SettingsService",
    "entry_kind",
]
