"""What was just done, and the way back: ``✓ 3 added [Undo]``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from ._parts import button, classed, is_shown, say, shared, show, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._base import BasePanel


class Done(widgets.HBox):  # type: ignore[misc] # ipywidgets ships no types
    """Says what a panel has just done and offers Undo; gone after the next change of the file.

    Args:
        panel: The panel that did it.
    """

    def __init__(self, panel: BasePanel) -> None:
        self._panel = panel
        self._says = ""
        self._what = ""
        self._back: Callable[[], object] | None = None
        self._text: Any = None
        super().__init__(layout=shared(widgets.Layout, hidden=True))
        classed(self, "dw-outcome")

    def tell(self, words: str, back: Callable[[], object] | None = None) -> None:
        """Say what was done just now, if it can be taken back.

        Args:
            words: What was done: "3 added".
            back: Moves the focus to what Undo has brought back; Undo itself is gone then.
        """
        self._says, self._what, self._back = words, self._panel.service.undoable, back

    def draw(self) -> None:
        """Show it as long as nothing else has changed."""
        if self._says and not (self._what and self._panel.service.undoable == self._what):
            self._says = self._what = ""
        if self._says and self._text is None:  # made when there is something to say
            self._text = text("", "dw-done dw-i-check")
            self.children = (self._text, button("Undo", self.undo, classes="dw-link"))
        if self._says:
            say(self._text, self._says)
        show(self, bool(self._says))

    @property
    def words(self) -> str:
        """What it says; empty while it is hidden."""
        return self._says if is_shown(self) else ""

    def undo(self) -> None:
        """Take it back."""
        self._panel.act(self._take_back)

    def _take_back(self) -> None:
        if not self._says:
            return
        self._panel.service.undo()
        self._says = self._what = ""
        self._panel.root.say("Undone")
        if self._back is not None:
            self._back()
