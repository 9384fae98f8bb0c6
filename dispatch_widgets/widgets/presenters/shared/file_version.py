"""Which version of the file a form was filled from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..._format import clock

if TYPE_CHECKING:
    from ..hub.hub import Hub


def version_seen(hub: Hub) -> tuple[int, str]:
    """The number of the version that is shown now, and when it was saved; empty if nobody knows."""
    saved = hub.service.saved_at
    return hub.revision, "" if saved is None else clock(saved, hub.now)
