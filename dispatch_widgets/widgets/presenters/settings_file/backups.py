"""The backups and the copy of the providers: their rows, and the questions before an action on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...._text import clean
from ....errors import NotFoundError
from ....settings.backups import OLD_FORMAT_WARNING
from ..._format import content_words, restore_words, size, stamp
from ..shared.views import Action, Answer, EmptyState, Focus, Note, Row, Section

if TYPE_CHECKING:
    from ....service import SettingsService
    from ....settings.kept_providers import KeptCopy
    from ....settings.store import Backup
    from ..shared.arguments import Arguments
    from ..shared.failures import Failures
    from ..shared.presenter import Handler

SECTION = "backups"
_KEPT_SECTION, _KEPT_ROW = "kept", "kept"
_KEPT_AS_BACKUP = "The file of now is kept as a backup."
_BROKEN_KEPT = "The broken file is kept beside it."
_NO_FILE = "There is no settings file now: this copy becomes it."
_WITHOUT_COPY = (
    "Without it, providers that another program removes cannot be brought back. The next save makes a new "
    "one; DISPATCH_WIDGETS_KEEP_PROVIDERS=0 turns that off."
)
_EMPTY = EmptyState("No backups yet", "One is made before every conversion and restore.")


class Backups:
    """The backups of a settings file, and the copy of its providers.

    Args:
        service: The service of the file.
        failures: The errors of actions on them.
    """

    def __init__(self, service: SettingsService, failures: Failures) -> None:
        self._service = service
        self._failures = failures

    @property
    def handlers(self) -> dict[str, Handler]:
        """The handlers of the rows' actions."""
        return {
            "ask_restore": self._ask_restore,
            "restore": self._restore,
            "ask_delete_backup": self._ask_delete,
            "delete_backup": self._delete,
            "ask_delete_kept": self._ask_delete_kept,
            "delete_kept": self._delete_kept,
        }

    def sections(self) -> tuple[Section, ...]:
        """The backups, and below them the copy of the providers if there is one."""
        rows = tuple(self._row(backup) for backup in self._service.backups())
        backups = Section(
            SECTION,
            "Backups",
            "Beside the file, readable by you only",
            rows=rows,
            empty=None if rows else _EMPTY,
        )
        kept = self._service.kept_copy
        if kept is None:
            return (backups,)
        return backups, Section(_KEPT_SECTION, "Copy of the providers", rows=(self._kept_row(kept),))

    def _row(self, backup: Backup) -> Row:
        when = stamp(backup.made_at, seconds=True)
        reason = clean(backup.reason) if backup.reason else "Made by hand"
        content = f"{content_words(backup.providers, backup.entries)}, {size(backup.size_bytes)}"
        name = backup.path.name
        delete = f"Delete the backup of {when}"
        return Row(
            name,
            when,
            details=((reason[:1].upper() + reason[1:], content),),
            note=self._failures.note(name),
            actions=(
                Action("ask_restore", "Restore", {"row": name}, icon="undo"),
                Action(
                    "ask_delete_backup", delete, {"row": name}, icon="trash", style="quiet", icon_only=True
                ),
            ),
        )

    def _kept_row(self, kept: KeptCopy) -> Row:
        content = f"{content_words(len(kept.providers), 0)}, {size(kept.size_bytes)}"
        delete = Action(
            "ask_delete_kept",
            "Delete the copy of the providers",
            {"row": _KEPT_ROW},
            icon="trash",
            style="quiet",
            icon_only=True,
        )
        where = "In your own state folder, to bring them back when another program removes them"
        return Row(
            _KEPT_ROW,
            stamp(kept.saved_at, seconds=True),
            details=((kept.reason, content), (where,)),
            note=self._failures.note(_KEPT_ROW),
            actions=(delete,),
        )

    # ---- restoring and deleting

    def _backup(self, args: Arguments) -> Backup:
        name = args.text("row")
        for backup in self._service.backups():
            if backup.path.name == name:
                return backup
        raise NotFoundError("This backup is gone.")

    def _ask_restore(self, args: Arguments) -> Answer:
        backup = self._backup(args)
        title = f"Go back to the file of {stamp(backup.made_at)}?"
        confirm = Action("restore", "Restore this backup", {"row": args.text("row")}, style="danger")
        return _asked(args, _restore_question(self._service, backup, title, confirm))

    def _restore(self, args: Arguments) -> Answer:
        self._service.restore(self._backup(args))
        return Answer(say="Restored")

    def _ask_delete(self, args: Arguments) -> Answer:
        title = f"Delete the backup of {stamp(self._backup(args).made_at)}?"
        confirm = Action("delete_backup", "Delete backup", {"row": args.text("row")}, style="danger")
        keep = Action("keep", "Keep it", kind="close")
        return _asked(args, Note("error", title, "It cannot be brought back.", (confirm, keep), icon="trash"))

    def _delete(self, args: Arguments) -> Answer:
        self._service.delete_backup(self._backup(args))
        return Answer(say="Deleted", focus=Focus(section=SECTION))

    def _ask_delete_kept(self, args: Arguments) -> Answer:
        confirm = Action("delete_kept", "Delete the copy", {"row": _KEPT_ROW}, style="danger")
        keep = Action("keep", "Keep it", kind="close")
        title = "Delete the copy of the providers?"
        return _asked(args, Note("error", title, _WITHOUT_COPY, (confirm, keep), icon="trash"))

    def _delete_kept(self, _args: Arguments) -> Answer:
        self._service.delete_kept_copy()
        return Answer(say="Deleted", focus=Focus(section=SECTION))


class UndoConversion:
    """Undoes the conversion that the service has made: a restore, after a question (MIG-5).

    Args:
        service: The service of the file.
        convert: Where the focus moves when the old file is back: the button that converts.
    """

    def __init__(self, service: SettingsService, convert: Focus) -> None:
        self._service = service
        self._convert = convert

    @property
    def handlers(self) -> dict[str, Handler]:
        """The handlers of its actions."""
        return {"ask_undo_conversion": self._ask, "undo_conversion": self._undo}

    def actions(self, label: str) -> tuple[Action, ...]:
        """The button that asks whether to undo; none if there is no backup of the old file."""
        report = self._service.migration_report
        if report is None or report.backup is None:
            return ()
        return (Action("ask_undo_conversion", label, icon="undo"),)

    def _backup(self) -> Backup:
        report = self._service.migration_report
        for backup in self._service.backups():
            if report is not None and backup.path == report.backup:
                return backup
        raise NotFoundError("This backup is gone.")

    def _ask(self, _args: Arguments) -> Answer:
        confirm = Action("undo_conversion", "Bring the old file back", style="danger")
        question = _restore_question(self._service, self._backup(), "Undo the conversion?", confirm)
        return Answer(question=question, focus=Focus(section=self._convert.section, action="keep"))

    def _undo(self, _args: Arguments) -> Answer:
        self._service.restore(self._backup())
        return Answer(say="The file is as it was before the conversion", focus=self._convert)


def _restore_question(service: SettingsService, backup: Backup, title: str, confirm: Action) -> Note:
    if service.problem is not None:  # it is not known what is in it
        words = _BROKEN_KEPT
    elif service.path.exists():
        words = f"{_KEPT_AS_BACKUP} {restore_words(service.added_since(backup))}"
    else:
        words = _NO_FILE
    if backup.is_old:
        words += f" {OLD_FORMAT_WARNING}"
    return Note("warn", title, words, (confirm, Action("keep", "Keep the file", kind="close")), icon="undo")


def _asked(args: Arguments, question: Note) -> Answer:
    """A question with the focus on its safe answer."""
    return Answer(question=question, focus=Focus(row=args.text("row"), action="keep"))
