"""What the Settings file tab shows while the file cannot be read: the mistake, the ways out (ST-4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from ..errors import SettingsShapeError, UnreadableSettingsError
from ..settings.backups import OLD_FORMAT_WARNING
from ._format import content_words, stamp
from ._parts import (
    Note,
    box,
    button,
    classed,
    head,
    heading,
    heading_html,
    markup,
    say,
    section,
    shared,
    show,
    text,
    write,
)
from ._source import excerpt, open_file_html

if TYPE_CHECKING:
    from ..errors import SettingsFileError
    from ..settings.store import Backup
    from .settings_file import SettingsFilePanel

_WORDS = (
    "The file is not changed, and nothing is written to it. "
    "Providers, Models and Router wait until it can be read."
)


class WaysOut(widgets.VBox):  # type: ignore[misc] # ipywidgets ships no types
    """The mistake in the file, and what can be done about it.

    Args:
        panel: The panel that it stands in.

    Attributes:
        note: What is wrong.
        look_again: Reads the file again.
        finish: Puts the whole copy in place that a broken-off save left.
        restore: Goes back to the newest backup.
        move_away: Moves the broken file aside.
    """

    def __init__(self, panel: SettingsFilePanel) -> None:
        self._panel = panel
        self.note = Note()
        self._excerpt = markup("")
        self._mend_words, self._restore_words = text("", "dw-sub"), text("", "dw-sub")
        self.look_again = button("Look again", panel.does(self._look_again), icon="refresh")
        self.finish = button("Finish the save", panel.does(self._finish), style="primary")
        self.restore = button("Restore", panel.does(self._restore), icon="undo")
        self.move_away = button("Move it away", panel.does(self._move_away))
        self._open = markup("", "dw-open")
        copy = button(
            "Copy path", lambda: panel.root.copy(str(panel.service.path)), icon="copy", classes="dw-instead"
        )
        mend = box(self._open, copy, self.look_again, classes="dw-actions", row=True)
        whole = text(
            "The save was broken off. The whole new file lies beside it and takes its place.", "dw-sub"
        )
        self._finish_way = _way("Finish the save", whole, self.finish)
        self._restore_way = _way("Go back to a backup", self._restore_words, self.restore)
        moved = text(
            "The broken file is kept under another name beside it. You add providers anew.", "dw-sub"
        )
        ways = box(
            self._finish_way,
            _way("Mend it yourself", self._mend_words, mend),
            self._restore_way,
            _way("Start with an empty file", moved, self.move_away),
            classes="dw-ways",
        )
        self._title = heading("Ways out")
        parts = [section(self.note, self._excerpt), section(head(self._title), ways)]
        super().__init__(parts, layout=shared(widgets.Layout))
        classed(self, "dw-split")

    def draw(self, problem: SettingsFileError, newest: Backup | None) -> None:
        """Say what is wrong now.

        Args:
            problem: Why the file cannot be read.
            newest: The newest backup, if there is one.
        """
        line = problem.line if isinstance(problem, UnreadableSettingsError) else 0
        column = problem.column if isinstance(problem, UnreadableSettingsError) else 0
        self.note.set("error", problem.message, _WORDS)
        write(self._excerpt, excerpt(self._panel.service.path, line, column, "here") if line else "")
        show(self._excerpt, bool(self._excerpt.value))
        pointed = isinstance(problem, SettingsShapeError)
        where = f"line {line}" if line else "the place named above"
        words = f"Open the file in an editor, correct {where}, save." if line or pointed else problem.hint
        say(self._mend_words, f"{words} This panel looks again by itself.")
        write(self._open, open_file_html(self._panel.service.path))
        whole = isinstance(problem, UnreadableSettingsError) and bool(problem.whole_copy)
        show(self._finish_way, whole)
        show(self._restore_way, newest is not None)
        count = ("Two", "Three", "Four")[whole + (newest is not None)]
        write(self._title, heading_html(f"{count} ways out"))
        if newest is not None:
            when = stamp(newest.made_at)
            self.restore.description = self.restore.tooltip = f"Restore {when}"
            held = content_words(newest.providers, newest.entries)
            old = f" {OLD_FORMAT_WARNING}" if newest.is_old else ""
            say(
                self._restore_words,
                f"The newest is of {when}: {held}. The broken file is kept beside it.{old}",
            )

    def _restore(self) -> None:
        newest = next(iter(self._panel.service.backups()), None)
        if newest is not None:
            self._panel.service.restore(newest)
            self._panel.root.say("Restored")
            self._panel.backups.focus()

    def _finish(self) -> None:
        self._panel.service.finish_save()
        self._panel.root.say("The save is finished")
        self._panel.backups.focus()

    def _look_again(self) -> None:
        self._panel.service.reload()
        if self._panel.service.problem is None:
            self._panel.root.say("The file can be read")
            self._panel.backups.focus()

    def _move_away(self) -> None:
        self._panel.moved_away(self._panel.service.move_away())


def _way(title: str, words: widgets.HTML, *actions: widgets.Widget) -> Any:
    return box(box(heading(title, level=4), words), *actions, classes="dw-way", row=True)
