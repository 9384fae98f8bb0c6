"""The Settings file tab: the file's location, its conversion, and what is left to fix."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ...._text import clean, plural
from ..._format import listed, shown_path
from ..._summary import why_this_file
from ..shared.presenter import Presenter
from ..shared.views import Action, Answer, Fact, Focus, Note, Row, Run, Section, View
from ..status.cards import shown_address, shown_key
from .backups import Backups, UndoConversion
from .report import SECTION as CONVERSION
from .report import conversion
from .share import FORM as SHARE
from .share import Share
from .ways_out import WaysOut

if TYPE_CHECKING:
    from pathlib import Path

    from ....errors import SettingsFileError
    from ....settings.schema import Provider, Settings
    from ..hub.events import Events
    from ..shared.arguments import Arguments
    from ..shared.presenter import FormPart, Handler
    from ..shared.views import Tab, Words

_LEFTOVERS, _DUPLICATES = "leftovers", "duplicates"
_LEFTOVER_WORDS = (
    "Another program added these after the conversion. Until they are converted, tasks cannot use them."
)


class SettingsFilePresenter(Presenter):
    """The settings file: its location, its conversion, its backups, and the ways to recover a broken file.

    Args:
        service: The service to show; the default file's if None.
    """

    tab: ClassVar[Tab] = "settings"
    name: ClassVar[str] = "Settings file"

    def _set_up(self) -> None:
        self._backups = Backups(self.service, self.failures)
        self._undo_conversion = UndoConversion(self.service, Focus(section=CONVERSION, action="convert"))
        self._ways_out = WaysOut(self.service)
        self._share = Share(self.hub)
        self._git_warning: str | None = None  # set once, by the worker thread, as it runs git

    def _own_handlers(self) -> dict[str, Handler]:
        return {
            "convert": self._convert,
            "convert_entries": self._convert_entries,
            "merge": self._merge,
            "merge_into": self._merge_into,
            **self._backups.handlers,
            **self._undo_conversion.handlers,
            **self._ways_out.handlers,
            **self._share.handlers,
        }

    def _own_forms(self) -> dict[str, FormPart]:
        return {SHARE: self._share}

    # ---- doing

    def _convert(self, _args: Arguments) -> Answer:
        self.service.migrate()
        return Answer(say="Converted", focus=Focus(section=CONVERSION, action="ask_undo_conversion"))

    def _convert_entries(self, _args: Arguments) -> Answer:
        report = self.service.convert_entries()
        done = f"{plural(len(report.entries), 'entry', 'entries')} converted"
        made = listed(clean(provider.name, 60) for provider in report.providers)
        words = f"{done}, {made} made" if made else f"{done}, no provider made"
        back = Focus(section=_LEFTOVERS, action="convert_entries")
        self.undo.offer(_LEFTOVERS, words, lambda: Answer(say="Undone", focus=back))
        return Answer(say=done, focus=Focus(section=_LEFTOVERS, action="undo"))

    def _merge(self, _args: Arguments) -> Answer | None:
        groups = self.service.merge_duplicates()
        if not groups:
            return None  # another program has already merged them
        only = clean(self.service.provider(groups[0][0]).name, 60) if len(groups) == 1 else ""
        return self._merged(f"{only or plural(len(groups), 'account')} merged")

    def _merge_into(self, args: Arguments) -> Answer | None:
        keep = args.text("row")
        if not self.service.merge_duplicates(keep):
            return None  # another program has changed or merged them
        return self._merged(f"{clean(self.service.provider(keep).name, 60)} merged")

    def _merged(self, words: str) -> Answer:
        back = Focus(section=_DUPLICATES, action="merge")
        self.undo.offer(_DUPLICATES, words, lambda: Answer(say="Undone", focus=back))
        return Answer(say="Merged", focus=Focus(section=_DUPLICATES, action="undo"))

    # ---- showing

    def _concerns(self, events: Events) -> bool:
        return self._git_warning is None or any(event.what == "settings" for event in events)

    def _handle_events(self, events: Events) -> None:  # noqa: ARG002
        if self._git_warning is None:
            self._git_warning = self.service.location.git_warning

    def _tab_view(self) -> View:
        if self._git_warning is None:
            self.hub.post("panels")
        settings = self.service.settings
        parts = (
            conversion(self.service, self._undo_conversion.actions("Undo conversion")),
            self._leftovers(settings),
            self._duplicates(settings),
            *self._backups.sections(),
            self._share.section(),
            self._this_file(),
        )
        moved = self._ways_out.moved_note()
        return View(
            self.tab,
            self.name,
            self._attention(),
            notes=(moved,) if moved is not None else (),
            sections=tuple(part for part in parts if part is not None),
        )

    def _unreadable(self, problem: SettingsFileError) -> View:
        sections = (*self._ways_out.sections(problem), *self._backups.sections(), self._this_file())
        return View(self.tab, self.name, 1, sections=sections)

    def _attention(self) -> int:
        """The number of things about the file that need attention."""
        awaiting = self.service.awaiting_migration
        return (
            int(awaiting)
            + int(self.service.convertible and not awaiting)
            + int(bool(self.hub.cache.duplicates()))
            + int(self.file_notice.something_missing)
        )

    def _leftovers(self, settings: Settings) -> Section | None:
        """Entries and accounts that still have the old format in a converted file (MIG-8, MIG-10)."""
        awaiting, convertible = self.service.awaiting_migration, self.service.convertible
        left = [] if awaiting else [entry for entry in settings.catalog if entry.unconverted]
        rows = [
            Row(
                entry.id,
                clean(entry.title),
                ("Holds a key of its own", (Run(clean(entry.model), model_id=True),)),
            )
            for entry in left
        ]
        if convertible and not left:
            line = "Hold keys of their own, outside the providers"
            rows.append(Row("accounts", "Accounts of the app's first version", (line,)))
        for place in () if awaiting else self.service.places_left:
            line = "Not understood, so it stays as it is. Keys may stand there"
            rows.append(Row(f"place {place}", clean(place), (line,)))
        done = self.undo.done(_LEFTOVERS)
        if not rows and done is None:
            return None
        words = plural(len(left), "entry", "entries") if left else "accounts"
        convert = Action("convert_entries", f"Convert {words}", style="primary")
        return Section(
            _LEFTOVERS,
            "Entries in the old format",
            words if left else "",
            done=done,
            actions=(convert,) if convertible else (),
            rows=tuple(rows),
            foot=_LEFTOVER_WORDS if left else "",
        )

    def _duplicates(self, settings: Settings) -> Section | None:
        """Providers that are the same, and what a merge moves (PM-8)."""
        groups, done = self.hub.cache.duplicates(), self.undo.done(_DUPLICATES)
        if not groups and done is None:
            return None
        providers = {provider.id: provider for provider in settings.providers}
        uses = [entry.provider_id for entry in settings.catalog]
        rows = []
        for group in groups:
            kept = providers[group[0]]
            for provider in (providers[provider_id] for provider_id in group):
                used = uses.count(provider.id)
                count = plural(used, "entry", "entries", zero="No")
                moves = f"{count} {'moves' if used == 1 else 'move'} to {clean(kept.name)}"
                first = count if provider is kept else moves if used else "Nothing to move"
                line: tuple[Words, ...] = (first, shown_key(provider), shown_address(provider))
                rows.append(
                    Row(
                        provider.id,
                        clean(provider.name),
                        line,
                        tag="Merge keeps this one" if provider is kept else "",
                        note=self.failures.note(provider.id),
                        actions=() if provider is kept else (_merge_into(provider),),
                    )
                )
        merge = Action("merge", f"Merge all {len(groups)}" if len(groups) > 1 else "Merge")
        return Section(
            _DUPLICATES,
            "Providers that are the same",
            "Same type, key and address",
            done=done,
            actions=(merge,) if groups else (),
            rows=tuple(rows),
        )

    def _this_file(self) -> Section:
        location = self.service.location
        facts = [_path_fact("Path", self.service.path), Fact("Why this one", why_this_file(self.service))]
        there = self.service.path.exists()
        if location.app_note and not there:
            facts.append(Fact("The app", clean(location.app_note, 1000)))
        facts += [_path_fact("Also there", other) for other in location.others]
        notes = (Note("warn", clean(self._git_warning, 1000)),) if self._git_warning else ()
        copy = Action("copy_path", "Copy path", icon="copy")
        locate = Action("locate_file", "Open file", icon="external")
        actions: tuple[Action, ...] = (locate, copy) if there else (copy,)
        if self.service.problem is not None:
            actions = ()  # the ways to recover have them
        return Section(
            "file",
            "This file",
            actions=actions,
            facts=tuple(facts),
            notes=notes,
        )


def _merge_into(provider: Provider) -> Action:
    title = f"Keep {clean(provider.name)}, and move the entries of the others to it"
    return Action("merge_into", "Merge into this one", {"row": provider.id}, title=title)


def _path_fact(name: str, path: Path) -> Fact:
    return Fact(name, (Run(shown_path(path), mono=True),))
