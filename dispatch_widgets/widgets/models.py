"""The Models tab: pick models from what providers list, keep them in the catalog."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._text import clean, plural
from ._before_providers import BeforeProviders
from ._model_rows import CATALOG_COLUMNS, delete_question, entry_row
from ._parts import Later, Note, button, empty, head, heading, make, say, section, show, text
from ._picking import Picking
from ._troubles import retry_note
from ._unlisted import unlisted
from .catalog import EntryForm
from .item_list import ItemList

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    import ipywidgets as widgets

    from ..settings.schema import CatalogEntry, Provider
    from ._news import News
    from ._rows import Row

_EMPTY_WORDS = (
    "Add a provider first. Its models then appear here, and the ones you pick become entries that tasks and "
    "code can use."
)


class ModelsPanel(Picking):
    """Models to pick from, and the catalog of those that were kept.

    Attributes:
        rail: The list of providers to choose from.
        picker: The list of models.
        entries: The catalog's list.
        use_for: A box to tick for each task that a model added next is to do.
    """

    title = "Models"

    def _build(self) -> Iterable[widgets.Widget]:
        self._questions: dict[str, str] = {}
        self._empty = Later(self._make_empty)
        self._build_picking()
        self._catalog_fact = text("", "dw-sub")
        self.entries = make(
            ItemList,
            mode="manage",
            label="Catalog",
            variant="dw-entries",
            columns=[list(pair) for pair in CATALOG_COLUMNS],
        )
        self.entries.on_action(self._answer_entry)
        self.before = BeforeProviders(self, after=self.entries.focus)
        self._unconverted = Later(self._make_unconverted)
        self._catalog_section = section(
            head(heading("Catalog"), self._catalog_fact, self.done),
            self.before,
            self._unconverted,
            self.entries,
        )
        return self._empty, self._add_section, self._catalog_section

    def _make_empty(self) -> list[widgets.Widget]:
        add = button("Add provider", lambda: self.go("providers", add=True), icon="plus", style="primary")
        actions = [add] if self.host is not None else []
        return [empty("No provider to take models from", _EMPTY_WORDS, *actions)]

    def _make_unconverted(self) -> list[widgets.Widget]:
        self.unconverted = Note()
        self._convert = button("Convert", lambda: self.go("settings", convert=True))
        return [self.unconverted]

    # -- what code and tests can read --------------------------------------------------------------

    @property
    def catalog_rows(self) -> tuple[Row, ...]:
        """The catalog as it is shown."""
        return self.entries.rows

    def attention(self) -> int:
        """How many entries cannot be used, or are no longer listed."""
        if not self.readable:
            return 0
        return sum(bool(entry.problem) or self._gone(entry) is not None for entry in self.service.catalog)

    # -- drawing -----------------------------------------------------------------------------------

    def _draw(self, news: News | None) -> None:
        providers = self.service.get_providers()
        if self._chosen and self._chosen not in {provider.id for provider in providers}:
            self._chosen = None
        if self._chosen is None and providers:
            ready = [p for p in providers if not p.is_mock and self.hub.models(p.id) is not None]
            self._chosen = (ready or providers)[0].id
        missing = self.file_notice.something_missing
        self._empty.show(not (providers or self.service.awaiting_migration or missing))
        show(self._add_section, bool(providers))
        show(self._catalog_section, bool(providers) or bool(self.service.catalog))
        self._draw_rail(providers)
        if news is None or news.what != "time":
            if news is None or not news.provider_id or self._chosen in {"", news.provider_id}:
                self._draw_picker()
            if news is None or news.what in {"settings", "discovery"}:
                self._draw_catalog(providers)
        self._draw_fact(providers)

    def _draw_catalog(self, providers: tuple[Provider, ...]) -> None:
        catalog = self.service.catalog
        by_id = {provider.id: provider for provider in providers}
        used: dict[str, list[str]] = {}
        for given in self.service.assignments:
            used.setdefault(given.model_id, []).append(given.task)
        kinds = self.hub.kinds()
        missing = self._missing(catalog)
        lists = [(provider.id, self.hub.models(provider.id)) for provider in providers]
        rows = []
        for entry in catalog:
            tasks = used.get(entry.id, [])
            trouble = self._row_troubles.get(entry.id)
            note = retry_note(trouble) if trouble is not None else None
            if note is None and (asked := self._questions.get(entry.id)):
                note = delete_question(entry, tasks, deleting=asked == "deleting")
            found = [key for key, models in lists if entry.problem and models and models.get(entry.model)]
            row = entry_row(
                entry,
                kinds[entry.id],
                tasks,
                by_id,
                gone=self._gone(entry),
                unlisted=entry.id in missing,
                listing=found,
                note=note,
            )
            rows.append(row)
        self.entries.set_items(rows)
        self._draw_unconverted(catalog)
        if catalog:
            self.entries.empty = None
            worried = self.attention()
            entries = plural(len(catalog), "entry", "entries")
            attention = f"{entries}, {worried} need{'s' if worried == 1 else ''} attention"
            say(self._catalog_fact, attention if worried else f"{entries} that tasks and code can use")
        else:
            words = "Pick a model above. It becomes an entry that tasks and code can use."
            self.entries.empty = {"title": "No entries yet", "text": words}
            say(self._catalog_fact, "")
        self.done.draw()
        show(self._catalog_fact, not self.done.words)

    def _draw_unconverted(self, catalog: tuple[CatalogEntry, ...]) -> None:
        """Say once for all entries what it means that they are from before providers."""
        self.before.draw()
        count = sum(entry.unconverted for entry in catalog)
        left = bool(count) and not self.service.awaiting_migration
        self._unconverted.show(left)
        if left:
            are, until, them = ("is", "it is", "it") if count == 1 else ("are", "they are", "them")
            self.unconverted.set(
                "warn",
                f"{plural(count, 'entry', 'entries')} {are} from before providers.",
                f"Until {until} converted, tasks cannot use {them}.",
                actions=[self._convert] if self.host is not None else [],
            )

    def _missing(self, catalog: tuple[CatalogEntry, ...]) -> frozenset[str]:
        """Ids of the entries whose provider lists others, but not theirs."""
        asked: dict[str, dict[str, str]] = {}
        for entry in catalog:
            if entry.provider_id and not entry.problem and entry.id not in self.hub.kept:
                asked.setdefault(entry.provider_id, {})[entry.id] = entry.model
        missing: set[str] = set()
        for provider_id, wanted in asked.items():
            without = unlisted(self.hub.models(provider_id), wanted.values())
            missing.update(key for key, model_id in wanted.items() if model_id in without)
        return frozenset(missing)

    def _gone(self, entry: CatalogEntry) -> datetime | None:
        if entry.id in self.hub.kept:
            return None
        return self.hub.gone.get((entry.provider_id or "", entry.model))

    # -- what the catalog answers ------------------------------------------------------------------

    def _answer_entry(self, action: str, row: str, data: Mapping[str, Any]) -> None:
        work: dict[str, Callable[[], object]] = {
            "edit": lambda: self.edit(row),
            "delete": lambda: self._ask_delete(row),
            "confirm_delete": lambda: self._delete(row),
            "keep": lambda: self._unask(row),
            "give": lambda: self._give_provider(row, data["select"]),
            "keep_listed": lambda: self.hub.kept.add(row),
            "pick_other": lambda: self._pick_other(row),
            "add_provider": lambda: self.go("providers", add=True),
            "dismiss": lambda: None,
        }
        work["again"] = lambda: None
        if action not in work:
            return
        done = self.again(row) if action == "again" else self.act(work[action], row=row)
        if not done:
            self.entries.focus(row, "again")

    def _give_provider(self, entry_id: str, provider_id: str) -> None:
        if not provider_id:
            self.root.say("Choose a provider first")
            self.entries.focus(entry_id, "note:select")
            return
        self.service.update_model(entry_id, provider_id=provider_id)
        self.root.say("Saved")
        self.entries.focus(entry_id)

    def _ask_delete(self, entry_id: str) -> None:
        self._questions = {entry_id: "delete"}
        self._draw_catalog(self.service.get_providers())
        self.entries.focus(entry_id, "keep")

    def _unask(self, entry_id: str) -> None:
        self._questions.clear()
        self.entries.focus(entry_id)

    def _delete(self, entry_id: str) -> None:
        order = [row["id"] for row in self.entries.rows]
        place = order.index(entry_id) if entry_id in order else 0
        title = clean(self.service.entry(entry_id).title, 60)
        self._questions = {entry_id: "deleting"}  # the file may be locked for a while
        self._draw_catalog(self.service.get_providers())
        self._questions = {}
        self.service.delete_model(entry_id)
        self.done.tell(f"{title} deleted", lambda: self.entries.focus(entry_id))
        self.root.say(f"{title} deleted")
        left = [key for key in order if key != entry_id]
        if left:
            self.entries.focus(left[min(place, len(left) - 1)])

    def _pick_other(self, entry_id: str) -> None:
        used = {found.task for found in self.service.assignments if found.model_id == entry_id}
        for task, box in self.use_for.items():
            box.value = task in used  # what is picked takes the tasks over
        self.choose(self.service.entry(entry_id).provider_id or "")
        self.picker.focus()

    def show_entry(self, entry_id: str) -> None:
        """Bring an entry of the catalog into view, with the focus on the choice that it needs.

        Args:
            entry_id: Which one.
        """
        row = next((row for row in self.entries.rows if row["id"] == entry_id), None)
        asks = row is not None and "select" in (row.get("note") or {})
        self.entries.focus(entry_id, "note:select" if asks else "")

    # -- the form ----------------------------------------------------------------------------------

    def edit(self, entry_id: str) -> EntryForm:
        """Open the form to edit an entry.

        Args:
            entry_id: Which one.
        """
        used = [found.task for found in self.service.assignments if found.model_id == entry_id]
        form = EntryForm(self, self.service.entry(entry_id), used)
        self._questions.clear()
        self._open(form)
        return form

    def reopen(self) -> None:
        """Fill an open form anew from the file, after another program has changed it."""
        form = self._form
        if isinstance(form, EntryForm):
            if any(entry.id == form.entry.id for entry in self.service.catalog):
                self.edit(form.entry.id)
            else:
                self._close_form()

    def form_left(self, form: EntryForm) -> None:
        """Go back from a form to the lists."""
        self._close_form()
        self.entries.focus(form.entry.id, "edit")

    def form_saved(self, form: EntryForm) -> None:
        """Go back to the lists after a save."""
        self._close_form()
        self.root.say("Saved")
        self.entries.focus(form.entry.id)
