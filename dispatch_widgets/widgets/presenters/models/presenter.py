"""The Models tab: models to add, and the catalog of those that were added."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from ...._text import clean, plural
from ....settings.tasks import TASKS
from ..._unlisted import unlisted
from ..shared.file_notice import not_converted, to_convert
from ..shared.many import (
    MOST_WITHOUT_SEARCH,
    finder,
    gone_already,
    needs_attention_first,
    question_focus,
    row_after,
    rows_meant,
    selection,
    selection_done,
)
from ..shared.presenter import Presenter
from ..shared.tries import Tries, tried
from ..shared.views import (
    Action,
    Answer,
    BulkAction,
    Choice,
    EmptyState,
    Focus,
    Note,
    Option,
    Row,
    Section,
)
from ..status.provider_status import status_of
from .add_models import CATALOG, SECTION, AddModels
from .entry_form import DISMISS, EntryForm
from .entry_form import NAME as FORM
from .list_words import TO_ADD
from .lists import ModelLists
from .rows import (
    COLUMNS,
    GIVE,
    PROVIDERS,
    ROW_ACTIONS,
    SORTS,
    choice_of_provider,
    delete_question,
    entry_row,
    needs_provider,
)
from .views import ModelsView

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from ....settings.schema import CatalogEntry, Provider, Settings
    from ..hub.events import Events
    from ..shared.arguments import Arguments
    from ..shared.presenter import FormPart, Handler
    from ..shared.views import Selection, Tab
    from .views import ListState, ModelRow

ALL = "*"
"""The id of the row that stands for all providers."""
MOST_TRIED_TOGETHER = 12
"""The largest number of entries that one press tries."""

_NO_PROVIDERS = EmptyState(
    "No provider to take models from",
    "Add a provider first. Its models then appear here, and the ones you pick become entries that tasks and "
    "code can use.",
    (Action("providers", "Add provider", {"form": "provider"}, kind="go", icon="plus", style="primary"),),
)
_NO_ENTRIES = EmptyState(
    "No entries yet", "Pick a model above. It becomes an entry that tasks and code can use."
)


class ModelsPresenter(Presenter):
    """The Models tab: the providers' lists to add models from, and the catalog.

    Args:
        service: The service to show; the default file's if None.
    """

    tab: ClassVar[Tab] = "models"
    name: ClassVar[str] = "Models"

    def _set_up(self) -> None:
        self._lists = ModelLists(self.hub, self.failures)
        self._add_models = AddModels(self.hub, self.undo)
        self._tries = Tries(self.hub)
        self._entry_form = EntryForm(self.hub)

    def close(self) -> None:
        """Cancel running tries, and stop following the service."""
        self._tries.stop_all()
        super().close()

    def models(self, provider_id: str, mark: str = "") -> tuple[str, list[ModelRow] | None]:
        """The rows of a provider's list; see `Presenter.models`."""
        with self.hub.lock:
            return self._lists.rows(provider_id, mark)

    def _own_forms(self) -> dict[str, FormPart]:
        return {FORM: self._entry_form}

    def _own_handlers(self) -> dict[str, Handler]:
        return {
            "ask_delete_entry": self._ask_delete,
            "ask_delete_entries": self._ask_delete,
            "delete_entry": self._delete,
            GIVE: self._give_provider,
            DISMISS: lambda args: self._entry_form.dismiss(args.text("row")),
            "keep_listed": self._keep_listed,
            "try_entry": lambda args: self._try(self.service.entry(args.text("row"))),
            "try_entries": lambda _args: self._try(*self._triable),
            "stop_try": lambda args: self._tries.stop(args.text("row")),
            **self._lists.handlers,
            **self._add_models.handlers,
        }

    # ---- doing

    def _ask_delete(self, args: Arguments) -> Answer:
        wanted = rows_meant(args)
        there = {entry.id for entry in self.service.catalog}
        entries = [self.service.entry(key) for key in wanted if key in there or len(wanted) == 1]
        if not entries:
            return gone_already(args, CATALOG)
        gone = {entry.id for entry in entries}
        used = [found.task for found in self.service.assignments if found.model_id in gone]
        question = delete_question(entries, used, args.text("row"))
        return Answer(question=question, focus=question_focus(args, CATALOG))

    def _delete(self, args: Arguments) -> Answer:
        gone = rows_meant(args)
        order = [entry.id for entry in reversed(self.service.catalog)]
        words = f"{self._counted(gone)} deleted"
        self.service.delete_models(gone)
        self.undo.offer(CATALOG, words, lambda: Answer(say="Undone", focus=Focus(row=gone[0])))
        row = row_after(order, gone[0], {entry.id for entry in self.service.catalog})
        focus = Focus(row=row) if row else Focus(section=SECTION)
        return Answer(say=words, focus=focus, clear=selection_done(args, CATALOG))

    def _give_provider(self, args: Arguments) -> Answer:
        place, provider_id, given = args.text("row"), args.text("choice", ""), rows_meant(args)
        if not provider_id:
            in_bar, in_row = Focus(section=CATALOG, field=GIVE), Focus(row=place, field="choice")
            focus = in_bar if place == CATALOG else in_row
            return Answer(ok=False, say="Choose a provider first", focus=focus)
        self.service.move_models(given, provider_id)
        verb = "uses" if len(given) == 1 else "use"
        words = f"{self._counted(given)} {verb} {clean(self.service.provider(provider_id).name, 60)} now"
        self.undo.offer(CATALOG, words, lambda: Answer(say="Undone", focus=Focus(row=given[0])))
        return Answer(say=words, focus=Focus(row=given[0]), clear=selection_done(args, CATALOG))

    def _counted(self, entry_ids: Sequence[str]) -> str:
        """The title of a single entry, or the number of several."""
        if len(entry_ids) == 1:
            return clean(self.service.entry(entry_ids[0]).title, 60)
        return f"{len(entry_ids):,} entries"

    def _keep_listed(self, args: Arguments) -> Answer:
        self.hub.kept.add(args.text("row"))
        self.hub.post("panels")
        return Answer(focus=Focus(row=args.text("row")))

    # ---- showing

    def _concerns(self, events: Events) -> bool:
        return bool(events)

    def _handle_events(self, events: Events) -> None:  # noqa: ARG002
        came = self._tries.newly_answered()
        if not came or self.service.problem is not None:
            return
        titles = {entry.id: clean(entry.title, 60) for entry in self.service.catalog}
        self._say(". ".join(f"{titles[entry_id]}: {words}" for entry_id, words in came if entry_id in titles))

    def _try(self, *entries: CatalogEntry) -> None:
        """Ask each of these in a request of its own, so that one that fails delays no other."""
        for entry in entries:
            self._tries.start(entry.id, tried(entry), partial(self.service.start_try_entries, [entry.id]))

    @property
    def _triable(self) -> list[CatalogEntry]:
        """The entries that can be tried, if there are few enough to try them all with one press."""
        found = [entry for entry in self.service.catalog if not entry.problem and not entry.unconverted]
        return found if 1 < len(found) <= MOST_TRIED_TOGETHER else []

    def _tab_view(self) -> ModelsView:
        settings, providers = self.service.settings, self.service.get_providers()
        self._tries.keep({entry.id: tried(entry) for entry in settings.catalog})
        in_catalog: dict[str, list[str]] = {}
        for entry in settings.catalog:
            if entry.provider_id:
                in_catalog.setdefault(entry.provider_id, []).append(entry.model)
        several = len(providers) > 1
        lists: list[ListState] = [self._lists.state_of_all(providers)] if several else []
        lists += [
            self._lists.state(each, in_catalog=in_catalog.get(each.id, ()), several=several)
            for each in providers
        ]
        attention = sum(bool(entry.problem) or self._gone(entry) is not None for entry in settings.catalog)
        sections = [self._providers_section(providers)] if providers else []
        if providers or settings.catalog:
            sections.append(self._catalog_section(settings, providers, attention))
        nothing = not (providers or self.service.awaiting_migration or self.file_notice.something_missing)
        return ModelsView(
            self.tab,
            self.name,
            attention,
            empty=_NO_PROVIDERS if nothing else None,
            sections=tuple(sections),
            words=TO_ADD,
            lists=tuple(lists),
            first=self._lists.first(providers),
            tasks=tuple(Option(task, task) for task in TASKS),
            add=Action("add_models", "Add {count} to catalog", {"row": SECTION}, style="primary"),
            take_out=Action("take_out", "Take {count} out", {"row": SECTION}),
            add_by_hand=Action("add_by_hand", "Add by hand", {"row": SECTION}),
        )

    def _providers_section(self, providers: Sequence[Provider]) -> Section:
        """The providers to choose from, each with the number of models that it lists."""
        rows = []
        held = [models for each in providers if (models := self.hub.cache.models(each.id)) is not None]
        if len(providers) > 1:
            rows.append(Row(ALL, "All providers", tag=f"{sum(map(len, held)):,}" if held else ""))
        for provider in providers:
            models = self.hub.cache.models(provider.id)
            status = status_of(self.hub, provider, models, self.hub.now)
            badge = status.badge if status.needs_attention and models is None else None
            count = f"{len(models):,}" if models is not None and badge is None else ""
            rows.append(Row(provider.id, clean(provider.name), badge=badge, tag=count))
        failed = self.failures.note(SECTION)
        return Section(
            SECTION,
            "Add models",
            done=self.undo.done(SECTION),
            progress=self._lists.progress(providers),
            notes=(failed,) if failed is not None else (),
            rows=tuple(rows),
        )

    def _catalog_section(self, settings: Settings, providers: Sequence[Provider], attention: int) -> Section:
        catalog = settings.catalog
        entries = plural(len(catalog), "entry", "entries")
        fact = f"{entries} that tasks and code can use" if catalog else ""
        if attention:
            fact = f"{entries}, {attention} need{'s' if attention == 1 else ''} attention"
        triable = self._triable
        rows = self._rows(settings, {provider.id: provider for provider in providers})
        notes = (not_converted(self.service), self._unconverted_note(catalog), self.failures.note(CATALOG))
        return Section(
            CATALOG,
            "Catalog",
            fact,
            done=self.undo.done(CATALOG),
            notes=tuple(note for note in notes if note is not None),
            columns=COLUMNS,
            rows=rows,
            finder=finder(
                rows,
                "Search the catalog",
                nothing="No entry matches.",
                sorts=SORTS,
                orders={"attention": needs_attention_first(rows)},
            ),
            selection=_selection(catalog, providers),
            options={PROVIDERS: choice_of_provider(providers)},
            actions=(Action("try_entries", f"Try all {len(triable)}"),) if triable else (),
            row_actions=ROW_ACTIONS,
            empty=None if catalog else _NO_ENTRIES,
        )

    def _rows(self, settings: Settings, providers: Mapping[str, Provider]) -> tuple[Row, ...]:
        used: dict[str, list[str]] = {}
        for given in settings.assignments:
            used.setdefault(given.model_id, []).append(given.task)
        kinds = self.hub.cache.kinds(settings.catalog)
        missing = self._unlisted_entries(settings.catalog)
        lists = [(key, models) for key in providers if (models := self.hub.cache.models(key)) is not None]
        return tuple(
            entry_row(
                entry,
                kinds[entry.id],
                used.get(entry.id, []),
                providers,
                gone=self._gone(entry),
                unlisted=entry.id in missing,
                listing=[key for key, models in lists if models.get(entry.model)] if entry.problem else (),
                said=self.failures.note(entry.id)
                or self._tries.note(entry.id, entry, can_close=True)
                or self._entry_form.note(entry),
            )
            for entry in reversed(settings.catalog)  # newest first, next to the list it came from
        )

    def _unconverted_note(self, catalog: Sequence[CatalogEntry]) -> Note | None:
        """One note for all entries in the old format, saying what that means."""
        count = sum(entry.unconverted for entry in catalog)
        if not count or self.service.awaiting_migration:
            return None
        have, until, them = ("has", "it is", "it") if count == 1 else ("have", "they are", "them")
        return Note(
            "warn",
            f"{plural(count, 'entry', 'entries')} {have} the old format.",
            f"Until {until} converted, tasks cannot use {them}.",
            (to_convert(self.service, "Convert"),),
        )

    def _unlisted_entries(self, catalog: Sequence[CatalogEntry]) -> frozenset[str]:
        """Ids of the entries that their provider's list does not have."""
        asked: dict[str, dict[str, str]] = {}
        for entry in catalog:
            if entry.provider_id and not entry.problem and entry.id not in self.hub.kept:
                asked.setdefault(entry.provider_id, {})[entry.id] = entry.model
        missing: set[str] = set()
        for provider_id, wanted in asked.items():
            without = unlisted(self.hub.cache.models(provider_id), wanted.values())
            missing.update(key for key, model_id in wanted.items() if model_id in without)
        return frozenset(missing)

    def _gone(self, entry: CatalogEntry) -> datetime | None:
        if entry.id in self.hub.kept:
            return None
        return self.hub.gone.get((entry.provider_id or "", entry.model))


def _selection(catalog: Sequence[CatalogEntry], providers: Sequence[Provider]) -> Selection | None:
    """The actions on several entries: where there are many, or several without a provider."""
    without = tuple(entry.id for entry in catalog if needs_provider(entry))
    if len(catalog) <= MOST_WITHOUT_SEARCH and len(without) < 2:  # noqa: PLR2004 - several
        return None
    delete = Action("ask_delete_entries", "Delete {count}", {"row": CATALOG}, icon="trash")
    give = Action(GIVE, "Give {count} a provider", {"row": CATALOG})
    options = choice_of_provider(providers)
    actions = [BulkAction(delete)]
    if without and len(options) > 1:
        actions.append(BulkAction(give, without, Choice("Provider for the entries", (), shared=PROVIDERS)))
    return selection(*actions)
