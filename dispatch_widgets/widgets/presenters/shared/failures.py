"""Errors of actions and forms: where they are shown, in which words, and how to try again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...._log import get_logger
from ...._text import clean
from ....errors import (
    DispatchError,
    InvalidInputError,
    LockTimeoutError,
    SettingsFileError,
    SettingsWriteError,
)
from ....secrets import LOOKS_LIKE_KEY, redact
from ..._format import without_zone
from .views import Action, Answer, Focus, Note

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from .views import ActionArgs

NOT_SAVED = "Not saved"
_BUT_SAVED = "Saved, but"  # it is in the file, but the disk may still lose it
_LONGEST_CHARACTERS = 600
_log = get_logger("dispatch_widgets")


class UnexpectedError(DispatchError):
    """An unforeseen error, as a panel shows it."""

    def __init__(self, error: BaseException, *, quoted: bool = True) -> None:
        words = f"{type(error).__name__}: {redact(str(error))}" if quoted else type(error).__name__
        super().__init__(
            f"This did not work: {words}",
            hint="That is a mistake in dispatch-widgets, not in what you did. Nothing else is affected.",
        )


def known_error(error: Exception) -> DispatchError:
    """An error as a panel shows it; an unforeseen one is logged, with keys masked."""
    if isinstance(error, DispatchError):
        return error
    _log.warning("A panel's action failed: %s", redact(f"{type(error).__name__}: {error}"))
    return UnexpectedError(error)


def may_pass(error: DispatchError) -> bool:
    """Whether the same action may work in a moment, when a lock is released or a disk has room again."""
    failed = isinstance(error, LockTimeoutError | SettingsWriteError)
    return failed and not error.message.startswith(_BUT_SAVED)


def not_saved(error: DispatchError) -> str:
    """The message of a save that failed: ``Not saved: another program holds …``."""
    said = error.message.startswith((NOT_SAVED, _BUT_SAVED))
    return error.message if said else f"{NOT_SAVED}: {error.message}"


def form_note(error: DispatchError) -> Note:
    """The note above a form's buttons when it could not be saved; what was typed stays."""
    of_file = isinstance(error, SettingsFileError)
    kept = "Your input is still here." if of_file else ""
    again = (Action("save", "Try again", kind="save"),) if may_pass(error) else ()
    message = not_saved(error) if of_file else error.message
    return Note(
        "error", clean(message, _LONGEST_CHARACTERS), f"{clean(error.hint, 600)} {kept}".strip(), again
    )


def refused(error: InvalidInputError, fields: Collection[str] | None = None) -> Answer:
    """The answer to a form with invalid fields; problems of no field are shown above the buttons.

    Args:
        error: What is wrong.
        fields: The names of the form's fields; None for all that the error names.
    """
    problems = {each.field: each.message for each in error.problems if fields is None or each.field in fields}
    rest = " ".join(each.message for each in error.problems if each.field not in problems)
    return Answer(
        ok=False,
        problems=problems,
        note=Note("error", rest or error.message, error.hint) if rest or not problems else None,
        clear=tuple(field for field, words in problems.items() if words == LOOKS_LIKE_KEY),
        focus=Focus(field=next(iter(problems))) if problems else Focus(action="save"),
    )


@dataclass(frozen=True, slots=True)
class _Failure:
    error: DispatchError
    again: Callable[[], Answer]


class Failures:
    """The errors of a presenter's actions, each at its place.

    A place is the id of a row or section, or empty for the whole tab. Submitted keys are never held: forms
    are not kept here, as the page submits them again.
    """

    def __init__(self) -> None:
        self._failures: dict[str, _Failure] = {}

    def add(self, place: str, error: DispatchError, again: Callable[[], Answer]) -> None:
        """Record that an action failed at a place, and how to do it again."""
        self._failures[place] = _Failure(error, again)

    def clear(self, place: str) -> None:
        """Forget the error at a place."""
        self._failures.pop(place, None)

    def notes_elsewhere(self, places: set[str]) -> tuple[Note, ...]:
        """The errors at places other than these: their rows are gone."""
        notes = [self.note(place) for place in self._failures if place not in places]
        return tuple(note for note in notes if note is not None)

    def at(self, place: str) -> DispatchError | None:
        """The error at a place; None if there is none."""
        failure = self._failures.get(place)
        return None if failure is None else failure.error

    def again(self, place: str) -> Callable[[], Answer] | None:
        """The failed action at a place; None if there is none."""
        failure = self._failures.get(place)
        return None if failure is None else failure.again

    def note(self, place: str) -> Note | None:
        """The note for the error at a place; None if there is none."""
        error = self.at(place)
        if error is None:
            return None
        args: ActionArgs = {"row": place} if place else {}
        again = (Action("try_again", "Try again", args),) if may_pass(error) else ()
        return Note(
            "error",
            clean(error.message, _LONGEST_CHARACTERS),
            clean(without_zone(error.hint), _LONGEST_CHARACTERS),
            (*again, Action("dismiss", "Dismiss", args, style="quiet")),
            alert=True,
        )
