"""Shown while the file cannot be read: the mistake, and the ways to recover (ST-4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...._text import clean
from ....errors import NotFoundError, SettingsShapeError, UnreadableSettingsError
from ....settings.backups import OLD_FORMAT_WARNING
from ..._format import content_words, stamp
from ..shared.views import Action, Answer, Focus, Note, Row, Section
from .backups import SECTION as BACKUPS
from .source import excerpt

if TYPE_CHECKING:
    from ....errors import SettingsFileError
    from ....service import SettingsService
    from ..shared.arguments import Arguments
    from ..shared.presenter import Handler

_WORDS = (
    "The file is not changed, and nothing is written to it. "
    "Providers, Models and Router wait until it can be read."
)
_TO_BACKUPS = Focus(section=BACKUPS)


class WaysOut:
    """The ways to recover a file that cannot be read.

    Args:
        service: The service of the file.
    """

    def __init__(self, service: SettingsService) -> None:
        self._service = service
        self.moved_to = ""

    @property
    def handlers(self) -> dict[str, Handler]:
        """The handlers of its actions."""
        return {
            "finish_save": self._finish_save,
            "look_again": self._look_again,
            "restore_newest": self._restore_newest,
            "move_away": self._move_away,
            "forget_moved": self._forget_moved,
        }

    def sections(self, problem: SettingsFileError) -> tuple[Section, ...]:
        """The error with the lines around it, and what can be done."""
        line = problem.line if isinstance(problem, UnreadableSettingsError) else 0
        column = problem.column if isinstance(problem, UnreadableSettingsError) else 0
        note = Note("error", clean(problem.message, 1000), _WORDS)
        code = excerpt(self._service.path, line, column) if line else None
        ways = self._ways(problem, line)
        title = f"{('Two', 'Three', 'Four')[len(ways) - 2]} ways out"
        return Section("mistake", "", notes=(note,), code=code), Section("ways", title, rows=ways)

    def _ways(self, problem: SettingsFileError, line: int) -> tuple[Row, ...]:
        ways = []
        if isinstance(problem, UnreadableSettingsError) and problem.whole_copy:
            whole = "The save was broken off. The whole new file lies beside it and takes its place."
            finish = Action("finish_save", "Finish the save", style="primary")
            ways.append(Row("finish", "Finish the save", (whole,), actions=(finish,)))
        where = f"line {line}" if line else "the place named above"
        pointed = bool(line) or isinstance(problem, SettingsShapeError)
        words = f"Open the file in an editor, correct {where}, save." if pointed else problem.hint
        mend = (
            Action("locate_file", "Open file", icon="external"),
            Action("copy_path", "Copy path", icon="copy"),
            Action("look_again", "Look again", icon="refresh"),
        )
        looks = f"{clean(words, 1000)} This panel looks again by itself."
        ways.append(Row("mend", "Mend it yourself", (looks,), actions=mend))
        newest = next(iter(self._service.backups()), None)
        if newest is not None:
            when = stamp(newest.made_at)
            old = f" {OLD_FORMAT_WARNING}" if newest.is_old else ""
            held = content_words(newest.providers, newest.entries)
            words = f"The newest is of {when}: {held}. The broken file is kept beside it.{old}"
            restore = Action("restore_newest", f"Restore {when}", {"backup": newest.path.name}, icon="undo")
            ways.append(Row("restore", "Go back to a backup", (words,), actions=(restore,)))
        moved = "The broken file is kept under another name beside it. You add providers anew."
        move = Action("move_away", "Move it away")
        return (*ways, Row("move", "Start with an empty file", (moved,), actions=(move,)))

    def moved_note(self) -> Note | None:
        """The note on where a broken file was moved; None once a new file is started."""
        if self._service.path.exists():
            self.moved_to = ""
        if not self.moved_to:
            return None
        return Note(
            "ok",
            f"The broken file is now {self.moved_to}, in the same folder.",
            "There is no settings file now. The first save makes a new one.",
            (
                Action("providers", "Add provider", {"form": "provider"}, kind="go", icon="plus"),
                Action("forget_moved", "Dismiss", style="quiet"),
            ),
        )

    def _finish_save(self, _args: Arguments) -> Answer:
        self._service.finish_save()
        return Answer(say="The save is finished", focus=_TO_BACKUPS)

    def _look_again(self, _args: Arguments) -> Answer:
        self._service.reload()
        if self._service.problem is not None:
            return Answer()
        return Answer(say="The file can be read", focus=_TO_BACKUPS)

    def _restore_newest(self, args: Arguments) -> Answer:
        """Restore the backup that the button named, even if a newer one was made since."""
        seen = args.text("backup")
        newest = next((copy for copy in self._service.backups() if copy.path.name == seen), None)
        if newest is None:
            raise NotFoundError("This backup is gone.")
        self._service.restore(newest)
        return Answer(say="Restored", focus=_TO_BACKUPS)

    def _move_away(self, _args: Arguments) -> Answer:
        self.moved_to = clean(self._service.move_away().name)
        return Answer(say=f"The broken file is now {self.moved_to}", focus=Focus(action="forget_moved"))

    def _forget_moved(self, _args: Arguments) -> Answer:
        self.moved_to = ""
        return Answer(focus=_TO_BACKUPS)
