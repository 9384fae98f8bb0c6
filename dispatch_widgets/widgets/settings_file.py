"""The Settings file tab: which file, what was converted, what is left to mend, and the ways back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from .._text import clean, escaped, plural
from ._backups import Backups
from ._done import Done
from ._format import listed, stamp
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
from ._provider_rows import shown_address, shown_key
from ._report import preview_html, report_html
from ._source import open_file_html
from ._summary import why_this_file
from ._ways_out import WaysOut
from .item_list import ItemList

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import ipywidgets as widgets

    from ..errors import SettingsFileError
    from ._news import News
    from ._rows import Row

_LEFTOVER_WORDS = (
    "Another program added these after the conversion. Until they are converted, tasks cannot use them."
)


class SettingsFilePanel(Backups):
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
        self._git_warning: str | None = None
        self._broken = box()
        self._moved_to = ""
        self._moved = Later(self._make_moved, "dw-moved")
        self.ways_out: WaysOut | None = None
        self._conversion_title = heading("")
        self.convert = button("Convert", self.does(self._convert), style="primary", classes="dw-convert")
        self.undo_conversion = button(
            "Undo conversion", self.does(self._undo_conversion), icon="undo", classes="dw-unconvert"
        )
        self._report = markup("", "dw-report")
        self._conversion = section(
            head(self._conversion_title, actions=[self.convert, self.undo_conversion]), self._report
        )
        self._leftover_fact = text("", "dw-sub")
        self.convert_entries = button(
            "Convert", self.does(self._convert_entries), style="primary", classes="dw-convert"
        )
        self._leftover_words = text(_LEFTOVER_WORDS, "dw-sub")
        self.converted = Done(self)
        self.leftovers = make(ItemList, mode="manage", label="Entries to convert", variant="dw-plainrows")
        self._leftover_section = Later(self._make_leftovers, "dw-section dw-leftovers")
        self.merge = button("Merge", self.does(self._merge))
        self.done = Done(self)
        self.duplicates = make(ItemList, mode="manage", label="Duplicates", variant="dw-plainrows")
        self._duplicate_section = Later(self._make_duplicates, "dw-section dw-same")
        backups = self._build_backups()
        self._facts = markup("", "dw-where")
        self._git = Later(self._make_git)
        self._open_file = markup("", "dw-open")
        self._where = section(head(heading("This file"), actions=[self._open_file]), self._facts, self._git)
        return (
            self._broken,
            self._moved,
            self._conversion,
            self._leftover_section,
            self._duplicate_section,
            backups,
            self._where,
        )

    def _make_git(self) -> list[widgets.Widget]:
        note = Note()
        note.set("warn", self._git_warning or "")
        return [note]

    def _make_leftovers(self) -> list[widgets.Widget]:
        title = heading("Entries from before providers")
        top = head(title, self._leftover_fact, self.converted, actions=[self.convert_entries])
        return [top, self.leftovers, self._leftover_words]

    def _make_moved(self) -> list[widgets.Widget]:
        self.moved = Note()
        add = button("Add provider", lambda: self.go("providers", add=True), icon="plus")
        self._moved_actions = [add] if self.host is not None else []
        self._moved_actions.append(button("Dismiss", self.does(self._forget_moved), classes="dw-quiet"))
        return [self.moved]

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
        leftovers = self.service.convertible
        return (
            int(self.service.awaiting_migration)
            + int(leftovers and not self.service.awaiting_migration)
            + int(bool(self.hub.duplicates()))
            + int(self.file_notice.something_missing)
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
                self._leftover_words,
                self.converted,
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
        self._draw_moved()
        self._draw_conversion()
        self._draw_leftovers()
        self._draw_duplicates()
        self._draw_backups()
        self._draw_where()

    def _draw_moved(self) -> None:
        if self.service.settings.providers:
            self._moved_to = ""  # a new file was begun
        self._moved.show(bool(self._moved_to))
        if self._moved_to:
            words = "There is no settings file now. The first save makes a new one."
            title = f"The broken file is now {self._moved_to}, in the same folder."
            self.moved.set("ok", title, words, actions=self._moved_actions)

    def _draw_broken(self, problem: SettingsFileError) -> None:
        show(self._conversion, False)
        self._moved.show(False)
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
        can_convert = self.service.convertible
        if can_convert and not left:
            line = "Hold keys of their own, outside the providers"
            rows.append({"id": "accounts", "title": "Accounts of the app's first version", "line": [line]})
        for place in () if self.service.awaiting_migration else self.service.places_left:
            line = "Not understood, so it stays as it is. Keys may stand there"
            rows.append({"id": f"place {place}", "title": clean(place), "line": [line]})
        self.leftovers.set_items(rows)
        words = plural(len(left), "entry", "entries") if left else "accounts"
        say(self._leftover_fact, words if left else "")
        self.convert_entries.description = self.convert_entries.tooltip = f"Convert {words}"
        self.converted.draw()
        for part in (self._leftover_fact, self._leftover_words):
            show(part, bool(left))
        show(self.convert_entries, can_convert)
        self._leftover_section.show(bool(rows) or bool(self.converted.words))

    def _draw_duplicates(self) -> None:
        groups = self.hub.duplicates()
        providers = {provider.id: provider for provider in self.service.get_providers()}
        uses = [entry.provider_id for entry in self.service.catalog]
        rows: list[Row] = []
        for group in groups:
            kept = providers[group[0]]
            for provider_id in group:
                provider = providers[provider_id]
                used = uses.count(provider_id)
                count = plural(used, "entry", "entries", zero="No")
                moves = f"{count} {'moves' if used == 1 else 'move'} to {clean(kept.name)}"
                first = count if provider is kept else moves if used else "Nothing to move"
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

    def _draw_where(self) -> None:
        location = self.service.location
        facts = [("Path", mono(self.service.path)), ("Why this one", escaped(why_this_file(self.service)))]
        if location.app_note and not self.service.path.exists():
            facts.append(("The app", escaped(location.app_note, limit=1000)))
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

    def to_convert(self) -> None:
        """Move the focus to the button that converts what is from before providers."""
        self.root.focus(".dw-convert")

    def moved_away(self, path: Path) -> None:
        """Say where a broken file is now that a new one can be begun.

        Args:
            path: Where it is.
        """
        self._moved_to = clean(path.name)
        self.root.say(f"The broken file is now {self._moved_to}")
        self.root.focus(".dw-moved .dw-btn")

    def _forget_moved(self) -> None:
        self._moved_to = ""
        self.backups.focus()

    def _convert(self) -> None:
        self.service.migrate()
        self.root.say("Converted")
        self.root.focus(".dw-unconvert")

    def _undo_conversion(self) -> None:
        report = self.service.migration_report
        if report is not None and report.backup is not None:
            self.service.restore(report.backup)
            self.root.say("The file is as it was before the conversion")
            self.to_convert()

    def _convert_entries(self) -> None:
        report = self.service.convert_entries()
        done = f"{plural(len(report.entries), 'entry', 'entries')} converted"
        made = listed(clean(provider.name, 60) for provider in report.providers)
        self.converted.tell(f"{done}, {made} made" if made else f"{done}, no provider made", self.to_convert)
        self.root.say(done)
        self.root.focus(".dw-leftovers .dw-outcome .dw-btn")

    def _merge(self) -> None:
        groups = self.service.merge_duplicates()
        if not groups:
            return  # another program was quicker
        only = clean(self.service.provider(groups[0][0]).name, 60) if len(groups) == 1 else ""
        back = partial(self.root.focus, ".dw-same > .dw-head .dw-actions .dw-btn")
        self.done.tell(f"{only or plural(len(groups), 'account')} merged", back)
        self.root.say("Merged")
        self.root.focus(".dw-same .dw-outcome .dw-btn")
