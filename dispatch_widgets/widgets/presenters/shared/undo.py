"""What was done just now, and the way back: ``3 added [Undo]``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ....service.file import NothingToUndoError
from .views import Action, Answer, Done

if TYPE_CHECKING:
    from collections.abc import Callable

    from ....service import SettingsService
    from ....service.file import LastChange
    from .arguments import Arguments

TOO_LATE = "It cannot be undone: the file has changed since."


@dataclass(frozen=True, slots=True)
class _Offer:
    number: str
    change: LastChange | None
    place: str
    words: str
    then: Callable[[], Answer]
    says_too_late: bool


class Undo:
    """The last change of a presenter; it can be taken back until anything else changes the file.

    Args:
        service: What takes it back.
    """

    def __init__(self, service: SettingsService) -> None:
        self._service = service
        self._offer: _Offer | None = None
        self._count = 0

    def offer(
        self, place: str, words: str, then: Callable[[], Answer], *, says_too_late: bool = True
    ) -> None:
        """Offer to take back the change that was just made.

        Args:
            place: The id of the row or section where it is said.
            words: What was done: "3 added".
            then: Called when it was taken back; says where the focus goes.
            says_too_late: Whether the words stay, with the reason, once another program has changed the file.
        """
        self._count += 1
        made = self._service.last_change
        self._offer = _Offer(str(self._count), made, place, words, then, says_too_late)

    def done(self, place: str) -> Done | None:
        """What is said at a place."""
        offer = self._offer
        if offer is None or offer.place != place:
            return None
        if offer.change is None or offer.change is not self._service.last_change:
            self._offer = None  # this service has saved something else since
            return None
        if self._service.undoable:
            return Done(offer.words, Action("undo", "Undo", {"change": offer.number}, style="link"))
        return Done(f"{offer.words}. {TOO_LATE}") if offer.says_too_late else None

    def take_back(self, args: Arguments) -> Answer:
        """Take the change back that the person saw beside the button.

        Raises:
            DispatchError: If it is not the last one any more, or somebody has changed the file since.
        """
        offer = self._offer
        if offer is None:
            return Answer()
        if args.text("change", "") != offer.number:
            raise NothingToUndoError
        self._offer = None
        self._service.undo(offer.change)
        return offer.then()
