"""What stands over a panel whose file is from before providers and was not converted by itself (MIG-6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._text import plural
from ..settings.backups import OLD_FORMAT_WARNING
from ._parts import Later, Note, button

if TYPE_CHECKING:
    from collections.abc import Callable

    import ipywidgets as widgets

    from ._base import BasePanel

WHY_OFF = "The file has to be converted first"
"""The title of what is switched off until then."""


def why_off(panel: BasePanel) -> str:
    """Why nothing can be saved now; empty if it can.

    Args:
        panel: The panel that would save.
    """
    return WHY_OFF if panel.service.awaiting_migration else ""


class BeforeProviders(Later):
    """The notice and its way out; hidden, and not even made, while there is nothing to convert.

    Args:
        panel: The panel that it stands in.
        after: Moves the focus when the file is converted; the notice is gone then.
    """

    def __init__(self, panel: BasePanel, after: Callable[[], object] | None = None) -> None:
        self._panel, self._after = panel, after
        self._note: Note | None = None
        super().__init__(self._make_note, "dw-section")

    def draw(self) -> None:
        """Show it as long as the file is not converted."""
        awaiting = self._panel.service.awaiting_migration
        self.show(awaiting)
        if awaiting and self._note is not None:
            entries = self._panel.service.catalog
            self._note.set(
                "info",
                "This file is from before providers.",
                f"Keys and addresses stand in its {plural(len(entries), 'entry', 'entries')}. "
                f"Nothing is written to the file until it is converted, and a copy of it is made first. "
                f"{OLD_FORMAT_WARNING}",
                actions=self._actions,
            )

    @property
    def words(self) -> str:
        """What it says, as HTML; empty while it is hidden."""
        return self._note.content if self._note is not None and self._panel.service.awaiting_migration else ""

    @property
    def buttons(self) -> tuple[widgets.Button, ...]:
        """Its buttons: Convert, and in an app the way to what would change."""
        return self._note.buttons if self._note is not None else ()

    def _make_note(self) -> list[widgets.Widget]:
        panel = self._panel
        self._note = Note()
        self._actions = [button("Convert", panel.does(self._convert), style="primary")]
        if panel.host is not None:
            self._actions.append(button("See what changes", lambda: panel.go("settings")))
        return [self._note]

    def _convert(self) -> None:
        self._panel.service.migrate()
        self._panel.root.say("Converted")
        if self._after is not None:
            self._after()
