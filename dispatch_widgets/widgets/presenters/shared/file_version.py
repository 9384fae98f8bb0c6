"""Which version of the file a form was filled from."""

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
        revision: Its number.
        saved: When it was saved; empty if nobody knows.
    """

    revision: int
    saved: str

    def written(self) -> ActionArgs:
        """As it goes with a form, which is asked for anew for other reasons than a change of the file."""
        return {"revision": str(self.revision), "saved": self.saved}


def version_now(hub: Hub) -> VersionSeen:
    """The version that the file has now."""
    saved = hub.service.saved_at
    return VersionSeen(hub.revision, "" if saved is None else clock(saved, hub.now))


def version_seen(hub: Hub, args: Arguments) -> VersionSeen:
    """The version that a form was filled from, or is filled from now: at first, and where it is read anew."""
    revision = args.text("revision", "")
    if args.flag("reload") or not revision.isdecimal():
        return version_now(hub)
    return VersionSeen(int(revision), args.text("saved", ""))
