"""Notices about the file itself: missing, without its providers, in the old format, or unreadable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...._text import clean, plural
from ....errors import UnreadableSettingsError
from ....settings.backups import OLD_FORMAT_WARNING
from ..._format import at_clock, listed, stamp
from .views import Action, Answer, EmptyState, Focus, Note

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ....errors import SettingsFileError
    from ....service import SettingsService
    from ....settings.schema import Provider
    from .undo import Undo

PLACE = "file"
"""The place of the notes and errors about the file."""

NOT_CONVERTED = "The file has to be converted first"
"""The reason why actions that write are disabled until then."""

_MOST_NAMED = 3
_PUT_BACK_WORDS = (
    "It can be written again as it was shown here last. Otherwise the next save begins a new one."
)
_NOTHING_KNOWN = (
    "Nothing in it could be read. A backup can take its place, or the next save begins a new one."
)
_CANNOT_USE = "Until they are back, tasks cannot use their models."
_TO_BACKUPS = Action("settings", "See the backups", kind="go")


def why_not_writable(service: SettingsService) -> str:
    """The reason why nothing can be saved now; empty if it can."""
    return NOT_CONVERTED if service.awaiting_migration else ""


def to_convert(service: SettingsService, label: str) -> Action:
    """A link to the button that converts what has the old format: the file, or single entries in it."""
    button = "convert" if service.awaiting_migration else "convert_entries"
    return Action("settings", label, {"action": button}, kind="go")


def unreadable(problem: SettingsFileError) -> EmptyState:
    """Shown in place of a tab's content while the file cannot be read."""
    why = problem.message
    if isinstance(problem, UnreadableSettingsError) and problem.line:
        why = f"The file has a mistake at line {problem.line}, column {problem.column}."
    words = f"{why} It is not changed, and not replaced by an empty one."
    return EmptyState("What you saved is still in the file", clean(words, 2000))


def not_converted(service: SettingsService) -> Note | None:
    """The notice about a file in the old format that was not converted automatically (MIG-6)."""
    if not service.awaiting_migration:
        return None
    words = (
        f"Keys and addresses stand in its {plural(len(service.catalog), 'entry', 'entries')}. Nothing is "
        f"written to the file until it is converted, and a copy of it is made first. {OLD_FORMAT_WARNING}"
    )
    convert = Action("convert_file", "Convert", style="primary")
    return Note(
        "info",
        "This file has the old format.",
        words,
        (convert, Action("settings", "See what changes", kind="go")),
    )


class FileNotice:
    """The notice that another program removed the file or its providers, and the way back (ST-8, ST-10).

    Args:
        service: The service of the file.
        undo: Offers to undo the restoring of providers.
    """

    def __init__(self, service: SettingsService, undo: Undo) -> None:
        self._service = service
        self._undo = undo
        self._put_back = False

    @property
    def something_missing(self) -> bool:
        """Whether the file or some of its providers are missing."""
        service = self._service
        return service.gone_at is not None or service.lost_providers or bool(service.removed_providers)

    def note(self, now: datetime) -> Note | None:
        """The notice about what is missing, or about what was just restored; None if neither applies."""
        service = self._service
        gone = service.gone_at
        if gone is not None:
            self._put_back = False
            return self._gone(gone, now)
        if self.something_missing:
            self._put_back = False
            return self._removed(service.removed_providers)
        done = self._undo.done(PLACE)
        if done is not None:
            return Note("ok", done.words, actions=(done.undo,) if done.undo is not None else ())
        if self._put_back:
            dismiss = Action("forget_put_back", "Dismiss", style="quiet")
            return Note("ok", "The file is back, as it was shown here last.", actions=(dismiss,))
        return None

    def _gone(self, gone: datetime, now: datetime) -> Note:
        title = f"{clean(self._service.path.name)} was deleted or moved {at_clock(gone, now)}."
        if self._service.can_put_back:
            back = Action("put_back", "Put it back", icon="undo", style="primary")
            return Note("warn", title, _PUT_BACK_WORDS, (back,))
        return Note("warn", title, _NOTHING_KNOWN, (_TO_BACKUPS,))

    def _removed(self, missing: Sequence[Provider]) -> Note:
        service = self._service
        all_gone = service.lost_providers or not service.settings.providers
        title = f"Another program removed {'your providers' if all_gone else _names(missing)}."
        copy = service.kept_copy if missing else None
        if copy is None:
            words = f"No copy of them is kept here. A backup of the file may have them. {_CANNOT_USE}"
            return Note("warn", title, words, (_TO_BACKUPS,))
        one = len(missing) == 1
        kept = f"{_names(missing)} {'is' if one else 'are'} kept as saved here on {stamp(copy.saved_at)}."
        label = "Bring it back" if one else "Bring them back"
        back = Action("bring_back", label, icon="undo", style="primary")
        return Note("warn", title, f"{kept} {_CANNOT_USE}", (back,))

    def put_back(self) -> Answer:
        """Write a deleted file again."""
        self._service.put_back()
        self._put_back = True
        return Answer(
            say="The file is back, as it was shown here last.", focus=Focus(action="forget_put_back")
        )

    def forget_put_back(self) -> Answer:
        """Close the note that the file is back."""
        self._put_back = False
        return Answer()

    def bring_back(self) -> Answer:
        """Restore the providers that another program removed from the file."""
        back = self._service.bring_back_providers()
        words = f"{_names(back)} {'is' if len(back) == 1 else 'are'} back."
        self._undo.offer(PLACE, words, lambda: Answer(say="Undone", focus=Focus(action="bring_back")))
        return Answer(say=words, focus=Focus(action="undo"))

    def convert(self) -> Answer:
        """Convert a file in the old format."""
        self._service.migrate()
        return Answer(say="Converted")


def _names(providers: Sequence[Provider]) -> str:
    """The providers' names, or their number if they are many."""
    if len(providers) > _MOST_NAMED:
        return plural(len(providers), "provider")
    return listed(clean(provider.name, 60) for provider in providers)
