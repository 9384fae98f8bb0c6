"""What was done just now, and the way back: ``3 added [Undo]``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .views import Action, Answer, Done

if TYPE_CHECKING:
    from collections.abc import Callable

    from ....service import SettingsService


@dataclass(frozen=True, slots=True)
class _Change:
    place: str
    words: str
    undoable: str
    then: Callable[[], Answer]


class Undo:
    """The last change of a presenter; it can be taken back until anything else changes the file.

    Args:
        service: What takes it back.
    """

    def __init__(self, service: SettingsService) -> None:
        self._service = service
        self._change: _Change | None = None

    def offer(self, place: str, words: str, then: Callable[[], Answer]) -> None:
        """The change that was just made can be taken back.

        Args:
            place: The id of the row or section where it is said.
            words: What was done: "3 added".
            then: Called when it was taken back; says where the focus goes.
        """
        self._change = _Change(place, words, self._service.undoable, then)

    def done(self, place: str) -> Done | None:
        """What is said at a place."""
        change = self._offered()
        if change is None or change.place != place:
            return None
        return Done(change.words, Action("undo", "Undo", style="link"))

    def take_back(self) -> Answer:
        """Take the change back.

        Raises:
            DispatchError: If somebody has changed the file since.
        """
        change, self._change = self._change, None
        if change is None:
            return Answer()
        self._service.undo()
        return change.then()

    def _offered(self) -> _Change | None:
        change = self._change
        if change is not None and not (change.undoable and change.undoable == self._service.undoable):
            change = self._change = None
        return change
