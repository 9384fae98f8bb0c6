"""The version of the file that a form was filled from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..._format import clock

if TYPE_CHECKING:
    from ..hub.hub import Hub
    from .arguments import Arguments
    from .views import ActionArgs


@dataclass(frozen=True, slots=True)
class VersionSeen:
    """A version of the file.

    Attributes:
        revision: Its number; see `Header.revision`.
        saved: When it was saved, as ``13:22``; empty if that is not known.
    """

    revision: int
    saved: str

    def written(self) -> ActionArgs:
        """The version as form arguments, in which it stays the same until the form is reloaded."""
        return {"revision": str(self.revision), "saved": self.saved}


def version_now(hub: Hub) -> VersionSeen:
    """The current version of the file."""
    saved = hub.service.saved_at
    return VersionSeen(hub.revision, "" if saved is None else clock(saved, hub.now))


def version_seen(hub: Hub, args: Arguments) -> VersionSeen:
    """The version that a form was filled from; the current one if it is filled now or with ``reload``."""
    revision = args.text("revision", "")
    if args.flag("reload") or not revision.isdecimal():
        return version_now(hub)
    return VersionSeen(int(revision), args.text("saved", ""))
