"""The backups in the Settings file tab: what each holds, and the questions before one is used or deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._text import clean
from ..settings.backups import OLD_FORMAT_WARNING
from ._base import BasePanel
from ._format import content_words, restore_words, size, stamp
from ._parts import head, heading, make, section, show, text
from ._troubles import retry_note
from .item_list import ItemList

if TYPE_CHECKING:
    from collections.abc import Mapping

    import ipywidgets as widgets

    from ..settings.kept_providers import KeptCopy
    from ..settings.store import Backup
    from ._rows import Note as RowNote
    from ._rows import Row


_KEPT = "kept"  # the row's id
_KEPT_AS_BACKUP = "The file of now is kept as a backup."
_WITHOUT_COPY = (
    "Without it, providers that another program removes cannot be brought back. The next save makes a new "
    "one; DISPATCH_WIDGETS_KEEP_PROVIDERS=0 turns that off."
)
_NO_FILE = "There is no settings file now: this copy becomes it."


class Backups(BasePanel):
    """What `SettingsFilePanel` is built on: the list of backups.

    Attributes:
        backups: The list.
        kept: The copy of the providers, a list of one row or none.
    """

    def _build_backups(self) -> widgets.Widget:
        self._questions: dict[str, str] = {}
        self._goes = ""
        self._by_row: dict[str, Backup] = {}
        self.backups = make(ItemList, mode="manage", label="Backups", variant="dw-backups")
        self.backups.empty = {
            "title": "No backups yet",
            "text": "One is made before every conversion and restore.",
        }
        self.backups.on_action(self._answer_backup)
        self.kept = make(ItemList, mode="manage", label="Copy of the providers", variant="dw-backups")
        self.kept.on_action(self._answer_kept)
        fact = text("Beside the file, readable by you only", "dw-sub")
        return section(head(heading("Backups"), fact), self.backups, self.kept)

    def _draw_backups(self) -> None:
        found = self.service.backups()
        self._by_row = {backup.path.name: backup for backup in found}
        self.backups.set_items([self._backup_row(backup) for backup in found])
        kept = self.service.kept_copy
        self.kept.set_items([self._kept_row(kept)] if kept else [])
        show(self.kept, kept is not None)

    def _kept_row(self, kept: KeptCopy) -> Row:
        row: Row = {
            "id": _KEPT,
            "title": stamp(kept.saved_at, seconds=True),
            "meta": [
                [kept.reason, f"{content_words(len(kept.providers), 0)}, {size(kept.size_bytes)}"],
                ["In your own state folder, to bring them back when another program removes them"],
            ],
            "actions": [
                {
                    "action": "delete",
                    "label": "Delete the copy of the providers",
                    "icon": "trash",
                    "style": "quiet",
                    "only": True,
                },
            ],
        }
        trouble = self._row_troubles.get(_KEPT)
        if trouble is not None:
            row["note"] = retry_note(trouble)
        elif self._questions.get(_KEPT):
            row["note"] = {
                "tone": "error",
                "icon": "trash",
                "title": "Delete the copy of the providers?",
                "text": _WITHOUT_COPY,
                "actions": [
                    {"action": "confirm_delete", "label": "Delete the copy", "style": "danger"},
                    {"action": "keep", "label": "Keep it"},
                ],
            }
        return row

    def _answer_kept(self, action: str, row: str, data: Mapping[str, Any]) -> None:  # noqa: ARG002
        work = {"delete": self._ask_delete_kept, "keep": self._keep_kept, "confirm_delete": self._delete_kept}
        if action == "again":
            self.again(row)
        elif action == "dismiss":
            self.act(lambda: None, row=row)
        elif action in work:
            self.act(work[action], row=row)

    def _ask_delete_kept(self) -> None:
        self._questions = {_KEPT: "delete"}
        self._draw_backups()
        self.kept.focus(_KEPT, "keep")

    def _keep_kept(self) -> None:
        self._questions.clear()
        self.kept.focus(_KEPT)

    def _delete_kept(self) -> None:
        self._questions.clear()
        self.service.delete_kept_copy()
        self.root.say("Deleted")
        self.backups.focus()

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
                "text": self._goes,
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
        there = self.service.path.exists()
        costs = f"{_KEPT_AS_BACKUP} {restore_words(self.service.added_since(backup))}"
        self._goes = costs if there else _NO_FILE
        if backup.is_old:
            self._goes += f" {OLD_FORMAT_WARNING}"
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
