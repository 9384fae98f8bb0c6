"""The Settings file tab: which file, what was converted, what is left to mend, and the ways back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._text import clean, escaped, plural
from ._base import BasePanel
from ._done import Done
from ._format import content_words, restore_words, size, stamp
from ._parts import (
    Later,
    Note,
    box,
    button,
    head,
    heading,
    heading_html,
    is_shown,
    make,
    markup,
    mono,
    say,
    section,
    show,
    text,
    write,
)
from ._provider_rows import shown_address, shown_key, trouble_note
from ._report import preview_html, report_html
from ._source import open_file_html
from ._summary import why_this_file
from ._ways_out import WaysOut
from .item_list import ItemList

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import ipywidgets as widgets

    from ..errors import SettingsFileError
    from ..settings.store import Backup
    from ._news import News
    from ._rows import Note as RowNote
    from ._rows import Row

_LEFTOVER_WORDS = (
    "Another program added these after the conversion. Until they are converted, tasks cannot use them."
)


class SettingsFilePanel(BasePanel):
    """The settings file: its place, its conversion, its backups, and the ways out when it is broken.

    Attributes:
        leftovers: The list of entries that still hold a key of their own.
        duplicates: The list of providers that are the same.
        backups: The list of backups.
        ways_out: What is shown while the file cannot be read; None until then.
    """

    title = "Settings file"
    _hides_when_unreadable = False

    def _build(self) -> Iterable[widgets.Widget]:
        self._questions: dict[str, str] = {}
        self._goes = ""
        self._by_row: dict[str, Backup] = {}
        self._git_warning: str | None = None
        self._broken = box()
        self.ways_out: WaysOut | None = None
        self._conversion_title = heading("")
        self.convert = button("Convert", self.does(self._convert), style="primary")
        self.undo_conversion = button("Undo conversion", self.does(self._undo_conversion), icon="undo")
        self._report = markup("", "dw-report")
        self._conversion = section(
            head(self._conversion_title, actions=[self.convert, self.undo_conversion]), self._report
        )
        self._leftover_fact = text("", "dw-sub")
        self.convert_entries = button("Convert", self.does(self._convert_entries), style="primary")
        self.leftovers = make(ItemList, mode="manage", label="Entries to convert", variant="dw-plainrows")
        self._leftover_section = Later(self._make_leftovers, "dw-section")
        self.merge = button("Merge", self.does(self._merge))
        self.done = Done(self)
        self.duplicates = make(ItemList, mode="manage", label="Duplicates", variant="dw-plainrows")
        self._duplicate_section = Later(self._make_duplicates, "dw-section")
        self.backups = make(ItemList, mode="manage", label="Backups", variant="dw-backups")
        self.backups.empty = {
            "title": "No backups yet",
            "text": "One is made before every conversion and restore.",
        }
        self.backups.on_action(self._answer_backup)
        self._backup_section = section(
            head(heading("Backups"), text("Beside the file, readable by you only", "dw-sub")), self.backups
        )
        self._facts = markup("", "dw-where")
        self._git = Later(self._make_git)
        self._open_file = markup("", "dw-open")
        self._where = section(head(heading("This file"), actions=[self._open_file]), self._facts, self._git)
        return (
            self._broken,
            self._conversion,
            self._leftover_section,
            self._duplicate_section,
            self._backup_section,
            self._where,
        )

    def _make_git(self) -> list[widgets.Widget]:
        note = Note()
        note.set("warn", self._git_warning or "")
        return [note]

    def _make_leftovers(self) -> list[widgets.Widget]:
        title = heading("Entries from before providers")
        top = head(title, self._leftover_fact, actions=[self.convert_entries])
        return [top, self.leftovers, text(_LEFTOVER_WORDS, "dw-sub")]

    def _make_duplicates(self) -> list[widgets.Widget]:
        title, fact = heading("Providers that are the same"), text("Same type, key and address", "dw-sub")
        return [head(title, fact, self.done, actions=[self.merge]), self.duplicates]

    # -- what code and tests can read --------------------------------------------------------------

    @property
    def report(self) -> str:
        """What is said about the conversion, as HTML; empty when there is nothing to say."""
        return str(self._report.value) if is_shown(self._conversion) else ""

    @property
    def broken(self) -> str:
        """What is said about a file that cannot be read, as HTML; empty when it can."""
        return self.ways_out.note.content if self.ways_out is not None and is_shown(self._broken) else ""

    def attention(self) -> int:
        """How many things about the file need somebody to look at them."""
        if not self.readable:
            return 1
        leftovers = any(entry.unconverted for entry in self.service.catalog)
        return (
            int(self.service.awaiting_migration)
            + int(leftovers and not self.service.awaiting_migration)
            + int(bool(self.hub.duplicates()))
        )

    def close(self) -> None:
        """Take the panel out of the page, with the parts that had no place in it yet."""
        if hasattr(self, "backups"):  # not if it was refused before it was made
            for part in (
                self.leftovers,
                self.duplicates,
                self.merge,
                self.done,
                self.convert_entries,
                self._leftover_fact,
            ):
                part.close()
        super().close()

    # -- drawing -----------------------------------------------------------------------------------

    def _redraw(self, news: News | None) -> None:
        super()._redraw(news)
        problem = self.service.problem
        if problem is not None and (news is None or news.what == "settings"):
            self._draw_broken(problem)
        show(self._broken, problem is not None)

    def _draw(self, news: News | None) -> None:
        if news is not None:
            self._draw_git()
        if news is not None and news.what != "settings":
            return
        self._draw_conversion()
        self._draw_leftovers()
        self._draw_duplicates()
        self._draw_backups()
        self._draw_where()

    def _draw_broken(self, problem: SettingsFileError) -> None:
        show(self._conversion, False)
        self._leftover_section.show(False)
        self._duplicate_section.show(False)
        if self.ways_out is None:  # made when it is first needed, which may be never
            self.ways_out = WaysOut(self)
            self._broken.children = (self.ways_out,)
        self.ways_out.draw(problem, next(iter(self.service.backups()), None))
        self._draw_backups()
        self._draw_where()

    def _draw_conversion(self) -> None:
        preview = self.service.preview_migration() if self.service.awaiting_migration else None
        report = preview or self.service.migration_report
        show(self._conversion, report is not None)
        show(self.convert, preview is not None)
        show(self.undo_conversion, preview is None and report is not None and report.backup is not None)
        if preview is not None:
            write(self._conversion_title, heading_html("This file is from before providers"))
            write(self._report, preview_html(preview))
        elif report is not None:
            when = next((b.made_at for b in self.service.backups() if b.path == report.backup), None)
            title = f"Converted on {stamp(when).replace(', ', ' at ')}" if when else "Converted"
            write(
                self._conversion_title, heading_html(title if report.written else "Converted in memory only")
            )
            write(self._report, report_html(report))

    def _draw_leftovers(self) -> None:
        left = [] if self.service.awaiting_migration else [e for e in self.service.catalog if e.unconverted]
        rows: list[Row] = [
            {
                "id": entry.id,
                "title": clean(entry.title),
                "line": ["Holds a key of its own", {"text": clean(entry.model), "id": True}],
            }
            for entry in left
        ]
        self.leftovers.set_items(rows)
        words = plural(len(left), "entry", "entries")
        say(self._leftover_fact, words)
        self.convert_entries.description = self.convert_entries.tooltip = f"Convert {words}"
        self._leftover_section.show(bool(left))

    def _draw_duplicates(self) -> None:
        groups = self.hub.duplicates()
        providers = {provider.id: provider for provider in self.service.get_providers()}
        uses = [entry.provider_id for entry in self.service.catalog]
        rows: list[Row] = []
        for group in groups:
            kept = providers[group[0]]
            for provider_id in group:
                provider = providers[provider_id]
                count = plural(uses.count(provider_id), "entry", "entries", zero="No")
                moves = "moves" if uses.count(provider_id) == 1 else "move"
                first = count if provider is kept else f"{count} {moves} to {clean(kept.name)}"
                rows.append(
                    {
                        "id": provider_id,
                        "title": clean(provider.name),
                        "line": [first, shown_key(provider), shown_address(provider)],
                        "tag": "Kept" if provider is kept else "Removed",
                    }
                )
        self.duplicates.set_items(rows)
        self.merge.description = self.merge.tooltip = (
            f"Merge all {len(groups)}" if len(groups) > 1 else "Merge"
        )
        self.done.draw()
        show(self.merge, bool(groups))
        self._duplicate_section.show(bool(groups) or bool(self.done.words))

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
            return trouble_note(trouble)
        question = self._questions.get(name)
        if question == "restore":
            return {
                "tone": "warn",
                "icon": "undo",
                "title": f"Go back to the file of {stamp(backup.made_at)}?",
                "text": f"The file of now is kept as a backup. {self._goes}",
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

    def _draw_where(self) -> None:
        location = self.service.location
        facts = [("Path", mono(self.service.path)), ("Why this one", escaped(why_this_file(self.service)))]
        facts += [("Also there", mono(other)) for other in location.others]
        rows = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in facts)
        write(self._facts, f'<dl class="dw-facts">{rows}</dl>')
        write(self._open_file, open_file_html(self.service.path) if self.readable else "")

    def _draw_git(self) -> None:
        """Warn of a file that could get into git; git is asked once, by the worker thread."""
        if self._git_warning is not None:
            return
        self._git_warning = self.service.location.git_warning
        self._git.show(bool(self._git_warning))

    # -- doing -------------------------------------------------------------------------------------

    def _convert(self) -> None:
        self.service.migrate()
        self.root.say("Converted")

    def _undo_conversion(self) -> None:
        report = self.service.migration_report
        if report is not None and report.backup is not None:
            self.service.restore(report.backup)
            self.root.say("The file is as it was before the conversion")

    def _convert_entries(self) -> None:
        self.service.convert_entries()
        self.root.say("Converted")

    def _merge(self) -> None:
        groups = self.service.merge_duplicates()
        if not groups:
            return  # another program was quicker
        only = clean(self.service.provider(groups[0][0]).name, 60) if len(groups) == 1 else ""
        self.done.tell(f"{only or plural(len(groups), 'account')} merged")
        self.root.say("Merged")

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
        if work is not None:
            self.act(work, row=row)

    def _ask_restore(self, name: str, backup: Backup) -> None:
        self._goes = restore_words(self.service.added_since(backup))
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
