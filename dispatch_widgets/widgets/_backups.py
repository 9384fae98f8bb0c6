"""The backups in the Settings file tab: what each holds, and the questions before one is used or deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._text import clean
from ._base import BasePanel
from ._format import content_words, restore_words, size, stamp
from ._parts import head, heading, make, section, text
from ._troubles import retry_note
from .item_list import ItemList

if TYPE_CHECKING:
    from collections.abc import Mapping

    import ipywidgets as widgets

    from ..settings.store import Backup
    from ._rows import Note as RowNote
    from ._rows import Row


_NO_FILE = "There is no settings file now: this copy becomes it."


class Backups(BasePanel):
    """What `SettingsFilePanel` is built on: the list of backups.

    Attributes:
        backups: The list.
    """

    def _build_backups(self) -> widgets.Widget:
        self._questions: dict[str, str] = {}
        self._goes = ""
        self._has_file = True
        self._by_row: dict[str, Backup] = {}
        self.backups = make(ItemList, mode="manage", label="Backups", variant="dw-backups")
        self.backups.empty = {
            "title": "No backups yet",
            "text": "One is made before every conversion and restore.",
        }
        self.backups.on_action(self._answer_backup)
        fact = text("Beside the file, readable by you only", "dw-sub")
        return section(head(heading("Backups"), fact), self.backups)

    def _draw_backups(self) -> None:
        found = self.service.backups()
        self._by_row = {backup.path.name: backup for backup in found}
        self.backups.set_items([self._backup_row(backup) for backup in found])

    def _backup_row(self, backup: Backup) -> Row:
        name = backup.path.name
        when = stamp(backup.made_at, seconds=True)
        reason = clean(backup.reason) if backup.reason else "Made by hand"
        row: Row = {
            "id": name,
            "title": when,
            "meta": [
                [
                    reason[:1].upper() + reason[1:],
                    f"{content_words(backup.providers, backup.entries)}, {size(backup.size_bytes)}",
                ]
            ],
            "actions": [
                {"action": "restore", "label": "Restore", "icon": "undo"},
                {
                    "action": "delete",
                    "label": f"Delete the backup of {when}",
                    "icon": "trash",
                    "style": "quiet",
                    "only": True,
                },
            ],
        }
        note = self._backup_note(name, backup)
        if note is not None:
            row["note"] = note
        return row

    def _backup_note(self, name: str, backup: Backup) -> RowNote | None:
        trouble = self._row_troubles.get(name)
        if trouble is not None:
            return retry_note(trouble)
        question = self._questions.get(name)
        if question == "restore":
            return {
                "tone": "warn",
                "icon": "undo",
                "title": f"Go back to the file of {stamp(backup.made_at)}?",
                "text": f"The file of now is kept as a backup. {self._goes}" if self._has_file else _NO_FILE,
                "actions": [
                    {"action": "confirm_restore", "label": "Restore this backup", "style": "danger"},
                    {"action": "keep", "label": "Keep the file"},
                ],
            }
        if question == "delete":
            return {
                "tone": "error",
                "icon": "trash",
                "title": f"Delete the backup of {stamp(backup.made_at)}?",
                "text": "It cannot be brought back.",
                "actions": [
                    {"action": "confirm_delete", "label": "Delete backup", "style": "danger"},
                    {"action": "keep", "label": "Keep it"},
                ],
            }
        return None

    def _answer_backup(self, action: str, row: str, data: Mapping[str, Any]) -> None:  # noqa: ARG002
        backup = self._by_row.get(row)
        if backup is None:
            return
        work = {
            "restore": lambda: self._ask_restore(row, backup),
            "delete": lambda: self._ask(row, "delete"),
            "keep": lambda: self._keep(row),
            "confirm_restore": lambda: self._restore(backup),
            "confirm_delete": lambda: self._delete(backup),
            "dismiss": lambda: None,
        }.get(action)
        if action == "again":
            self.again(row)
        elif work is not None:
            self.act(work, row=row)

    def _ask_restore(self, name: str, backup: Backup) -> None:
        self._goes = restore_words(self.service.added_since(backup))
        self._has_file = self.service.path.exists()
        self._ask(name, "restore")

    def _ask(self, name: str, question: str) -> None:
        self._questions = {name: question}
        self._draw_backups()
        self.backups.focus(name, "keep")

    def _keep(self, name: str) -> None:
        self._questions.clear()
        self.backups.focus(name)

    def _restore(self, backup: Backup) -> None:
        self._questions.clear()
        self.service.restore(backup)
        self.root.say("Restored")

    def _delete(self, backup: Backup) -> None:
        self._questions.clear()
        self.service.delete_backup(backup)
        self.root.say("Deleted")
