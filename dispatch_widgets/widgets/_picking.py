"""The upper part of the Models tab: a provider, its models, and what is picked from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from .._text import clean
from ..errors import DispatchError, InvalidInputError
from ..settings.tasks import TASK_NEEDS, TASKS
from ._base import BasePanel
from ._format import listed, plural
from ._model_rows import ALL, model_of, pick_rows, rail_row
from ._parts import able, box, button, classed, head, heading, make, markup, say, section, text
from ._provider_rows import shown_address, trouble_note
from ._states import TRY_AGAIN, fetched, missing_variable, state_of
from .item_list import ItemList

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Literal

    from ..settings.schema import CatalogEntry, Provider
    from ..settings.tasks import Task
    from ._rows import Action, Note, Row

    PickKind = Literal["all", "chat", "embedding", "other", "new"]


class Picking(BasePanel):
    """What `ModelsPanel` is built on: choosing a provider and picking from its models."""

    def _build_picking(self) -> None:
        self._chosen: str | None = None
        self._undo: Callable[[], None] | None = None
        self._done_words = ""
        self._fact = text("", "dw-sub")
        self.refresh = button("Refresh", self.does(self._refresh), icon="refresh", classes="dw-fold")
        self.rail = make(ItemList, mode="rail", label="Provider", variant="dw-rail")
        self.rail.on_action(self._answer_rail)
        self.picker = make(ItemList, mode="pick", label="Models", variant="dw-picklist")
        self.picker.on_action(self._answer_picker)
        self.use_for = {
            task: classed(make(widgets.Checkbox, description=task, value=False, indent=False), "dw-check")
            for task in TASKS
        }
        uses = box(
            markup("Use what you add for", "dw-label"),
            box(*self.use_for.values(), classes="dw-checks", row=True),
            classes="dw-field dw-usefor",
        )
        self._add_section = section(
            head(heading("Add models"), self._fact, actions=[self.refresh]),
            box(self.rail, self.picker, classes="dw-pick", row=True),
            uses,
        )

    # -- what code and tests can read and do -------------------------------------------------------

    @property
    def selected_provider(self) -> str:
        """The id of the provider whose models are shown; empty for all."""
        return self._chosen or ""

    @property
    def selected(self) -> tuple[str, ...]:
        """The ids of the models that are picked."""
        return tuple(model_of(key)[1] for key in self.picker.selected)

    @property
    def rows(self) -> tuple[Row, ...]:
        """The models as they are shown."""
        return self.picker.rows

    def choose(self, provider_id: str, *, kind: PickKind = "all") -> None:
        """Show a provider's models, and fetch them if no fresh list is at hand.

        Args:
            provider_id: Which one; empty for all.
            kind: The kind to show: ``chat``, ``embedding``, ``other`` or ``new``; ``all`` leaves it as it is.
        """
        self._chosen = provider_id
        if provider_id:
            self._fetch(self.service.provider(provider_id))
        self._draw_picker()
        if kind != "all":
            self.picker.filter("", kind)

    # -- drawing -----------------------------------------------------------------------------------

    def _draw_rail(self, providers: tuple[Provider, ...]) -> None:
        rows: list[Row] = []
        lists = {provider.id: self.hub.models(provider.id) for provider in providers}
        if len(providers) > 1:
            total = sum(len(models) for models in lists.values() if models is not None)
            rows.append({"id": ALL, "title": "All providers", "count": f"{total:,}"})
        for provider in providers:
            models = lists[provider.id]
            state = state_of(self.hub, provider, models, self.now)
            rows.append(rail_row(provider, models, failed=state.needs_attention and models is None))
        self.rail.set_items(rows)
        self.rail.current = self._chosen or ALL

    def _draw_picker(self) -> None:
        chosen = self._providers_shown()
        mixed = self._chosen == ""
        have: dict[str, set[str]] = {}
        for entry in self.service.catalog:
            if entry.provider_id:
                have.setdefault(entry.provider_id, set()).add(entry.model)
        rows: list[Row] = []
        for provider in chosen:
            models = self.hub.models(provider.id)
            if models is not None:
                rows += pick_rows(models, provider, have.get(provider.id, set()), mixed=mixed)
        one = chosen[0] if len(chosen) == 1 else None
        self.picker.pick = {
            "where": clean(one.name) if one else "",
            "search_all": one is not None and len(self.service.get_providers()) > 1,
        }
        self.picker.busy = self._busy(chosen) if not rows else None
        self.picker.note = self._pick_note(one, rows)
        self.picker.empty = None if rows or self.picker.note else self._nothing(one)
        self.picker.set_items(rows)

    def _providers_shown(self) -> list[Provider]:
        return [p for p in self.service.get_providers() if self._chosen in {"", p.id}]

    def _busy(self, chosen: list[Provider]) -> dict[str, Any] | None:
        asked = [(self.hub.asked[p.id], p) for p in chosen if p.id in self.hub.asked]
        if not asked:
            return None
        first, provider = asked[0]
        where = shown_address(provider) if len(asked) == 1 else plural(len(asked), "provider")
        return {
            "text": f"Asking {where}…",
            "since": first.since,
            "actions": [{"action": "cancel", "label": "Cancel"}],
        }

    def _pick_note(self, provider: Provider | None, rows: list[Row]) -> Note | None:
        if self.trouble_at_pick is not None:
            return trouble_note(self.trouble_at_pick)
        if provider is None or provider.id in self.hub.asked:
            return None
        models = self.hub.models(provider.id)
        note = state_of(self.hub, provider, models, self.now).note
        if models is None and self.service.needs_consent(provider.id):
            return {
                "tone": "info",
                "title": f"{clean(provider.name)} takes a key that was not made for its server.",
                "text": "Nothing is sent there until you say so in Providers.",
                "actions": [{"action": "to_provider", "label": "Go to provider"}],
            }
        if note is None or note.get("tone") not in {"error", "warn"}:
            return None
        shown: Note = {**note}
        before = note.get("text", "")
        if not rows and "by hand" not in str(before):
            words = "A model id can always be typed by hand."
            shown["text"] = (
                [*before, f" {words}"] if isinstance(before, list) else f"{before} {words}".strip()
            )
        actions: list[Action] = [{"action": "to_provider", "label": "Go to provider"}]
        if self.service.retry_at(provider.id) is None:
            actions.append({**TRY_AGAIN, "style": "quiet"})
        shown["actions"] = actions
        return shown

    def _nothing(self, provider: Provider | None) -> dict[str, Any]:
        if provider is None:
            return {"title": "No list yet", "text": "Choose a provider to fetch its models."}
        if self.hub.models(provider.id) is not None:
            words = "If you know the id of one, add it by hand."
            return {"title": f"{clean(provider.name)} lists no models", "text": words}
        return {
            "title": f"{clean(provider.name)} has not been asked yet",
            "text": f"Its models are read from {shown_address(provider)}.",
            "actions": [{"action": "fetch", "label": "Fetch models", "icon": "refresh"}],
        }

    def _draw_fact(self, providers: tuple[Provider, ...]) -> None:
        chosen = self._providers_shown()
        asking = any(provider.id in self.hub.asked for provider in chosen)
        if len(chosen) == 1 and self._chosen:
            models = self.hub.models(chosen[0].id)
            name = clean(chosen[0].name)
            if models is not None:
                words = f"{len(models):,} at {name}, {fetched(models, self.now)}"
            else:
                words = f"Asking {name}…" if asking else f"No list from {name}"
        else:
            lists = [self.hub.models(provider.id) for provider in providers]
            held = [models for models in lists if models is not None]
            words = f"{sum(map(len, held)):,} at {plural(len(held), 'provider')}"
        say(self._fact, words)
        can = [p for p in chosen if not p.is_mock and p.is_known and self.service.retry_at(p.id) is None]
        able(self.refresh, bool(can) and not asking, "Being asked" if asking else "It cannot be asked now")

    # -- asking ------------------------------------------------------------------------------------

    def _fetch(self, provider: Provider, *, force: bool = False) -> None:
        """Ask a provider if that makes sense; choosing one must never send a variable it was not made for."""
        models = self.hub.models(provider.id)
        fresh = models is not None and models.source in {"live", "cache", "builtin"}
        if provider.is_mock or not provider.is_known or (fresh and not force):
            return
        if missing_variable(provider) or self.service.needs_consent(provider.id):
            return
        if self.service.retry_at(provider.id) is None:
            self.hub.ask(provider.id, force=force)

    def _cancel(self) -> None:
        for provider in self._providers_shown():
            self.hub.cancel(provider.id)

    def _refresh(self) -> None:
        for provider in self._providers_shown():
            self._fetch(provider, force=True)

    # -- what the list answers ---------------------------------------------------------------------

    trouble_at_pick: DispatchError | None = None

    def _answer_rail(self, _action: str, row: str, _data: Mapping[str, Any]) -> None:
        self.act(lambda: self.choose("" if row == ALL else row))

    def _answer_picker(self, action: str, _row: str, data: Mapping[str, Any]) -> None:
        work: dict[str, Callable[[], object]] = {
            "add": lambda: self.add([model_of(key) for key in data["ids"]]),
            "add_by_hand": lambda: self.add_by_hand(data["model"], data["kind"]),
            "search_all": lambda: self._search_all(data["query"]),
            "fetch": lambda: self._fetch(self.service.provider(self.selected_provider), force=True),
            "refresh": lambda: self._fetch(self.service.provider(self.selected_provider), force=True),
            "cancel": self._cancel,
            "to_provider": lambda: self.go("providers", provider_id=self.selected_provider),
            "dismiss": lambda: None,
        }
        if action not in work:
            return
        with self.hub.lock:
            self.trouble_at_pick = None

            def guarded() -> None:
                try:
                    work[action]()
                except DispatchError as error:
                    self.trouble_at_pick = error  # it stands in the list that it is about

            self.act(guarded)

    def _search_all(self, query: str) -> None:
        self.choose("")
        self.picker.filter(query)

    def add(self, chosen: list[tuple[str, str]]) -> tuple[CatalogEntry, ...]:
        """Keep models in the catalog, and give the ticked tasks to the first that fits each.

        Args:
            chosen: Pairs of a provider's id and a model's id.

        Returns:
            The entries made.
        """
        wanted: list[tuple[str, str, str | None, tuple[str, ...] | None]] = []
        for provider_id, model_id in chosen:
            models = self.hub.models(provider_id)
            found = models.get(model_id) if models is not None else None
            label = found.name if found is not None and found.name != found.id else None
            can = found.capabilities if found is not None else None
            wanted.append((provider_id, model_id, label, can or None))
        return self._keep(wanted)

    def add_by_hand(self, model_id: str, kind: str = "chat") -> tuple[CatalogEntry, ...]:
        """Keep a model that is not listed, of the provider that is chosen.

        Args:
            model_id: Its id.
            kind: ``chat`` or ``embedding``.
        """
        shown = self._providers_shown()
        if len(shown) != 1:
            raise InvalidInputError(
                [],
                message="Which provider serves it?",
                hint="Choose it on the left, then add the id by hand again.",
            )
        return self._keep([(shown[0].id, model_id.strip(), None, (kind,))])

    def _keep(
        self, wanted: list[tuple[str, str, str | None, tuple[str, ...] | None]]
    ) -> tuple[CatalogEntry, ...]:
        ticked = [task for task in TASKS if self.use_for[task].value]
        before = {found.task: found.model_id for found in self.service.assignments}
        made: list[CatalogEntry] = []
        given: list[Task] = []
        failure: DispatchError | None = None
        for provider_id, model_id, label, can in wanted:
            fits = [task for task in ticked if task not in given and _fits(task, can)]
            try:
                entry = self.service.add_model(
                    provider_id=provider_id, model=model_id, label=label, capabilities=can, tasks=fits
                )
            except DispatchError as error:
                failure = error
                break
            made.append(entry)
            given += fits
        if made:
            self._added(made, ticked, given, before)
        if failure is not None:
            raise failure
        return tuple(made)

    def _added(
        self, made: list[CatalogEntry], ticked: list[Task], given: list[Task], before: Mapping[str, str]
    ) -> None:
        words = f"{len(made):,} added"
        if given:
            words += f", used for {listed(given)}"
        left = [task for task in ticked if task not in given]
        if left:
            words += f". No model of these fits {listed(left)}"
        for task in given:
            self.use_for[task].value = False
        ids = [entry.id for entry in made]

        def undo() -> None:
            there = {entry.id for entry in self.service.catalog}
            for entry_id in ids:
                if entry_id in there:
                    self.service.delete_model(entry_id)
            for task in given:
                if task in before and before[task] in there:
                    self.service.assign(task, before[task])

        self._done_words, self._undo = words, undo
        self.picker.selected = ()
        self.root.say(f"{len(made):,} added to the catalog")


def _fits(task: Task, capabilities: tuple[str, ...] | None) -> bool:
    if capabilities is None:  # unknown kinds are offered to the chat tasks
        return TASK_NEEDS[task] == "chat"
    return TASK_NEEDS[task] in capabilities
