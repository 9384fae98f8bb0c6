"""The upper part of the Models tab: a provider, its models, and what is picked from them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from .._text import clean, plural
from ..errors import InvalidInputError
from ..service import NewModel
from ..settings.tasks import TASK_NEEDS, TASKS
from ._done import Done
from ._format import listed
from ._listing import Listing
from ._model_rows import ALL, model_of, pick_rows, rail_row
from ._parts import able, box, button, classed, head, heading, make, markup, say, section, text
from ._states import fetched, state_of
from .item_list import ItemList

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Literal

    from ..settings.schema import CatalogEntry, Provider
    from ..settings.tasks import Task
    from ._rows import Row

    PickKind = Literal["all", "chat", "embedding", "other", "new"]


class Picking(Listing):
    """What `ModelsPanel` is built on: choosing a provider and picking from its models."""

    def _build_picking(self) -> None:
        self._chosen: str | None = None
        self.done = Done(self)
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
            box(self.rail, box(self.picker, uses, classes="dw-picking"), classes="dw-pick", row=True),
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
        self.trouble_at_pick = None
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
            held = [len(models) for models in lists.values() if models is not None]
            rows.append({"id": ALL, "title": "All providers", "count": f"{sum(held):,}" if held else ""})
        for provider in providers:
            models = lists[provider.id]
            state = state_of(self.hub, provider, models, self.now)
            wrong = state.needs_attention and models is None
            rows.append(rail_row(provider, models, badge=state.badge if wrong else None))
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
            "owners": [] if one else [[p.id, clean(p.name)] for p in chosen if not p.is_mock],
        }
        self.picker.busy = self._busy(chosen) if not rows else None
        self.picker.note = self._pick_note(one, rows)
        self.picker.empty = None if rows or self.picker.note else self._nothing(one)
        self.picker.set_items(rows)

    def _providers_shown(self) -> list[Provider]:
        return [p for p in self.service.get_providers() if self._chosen in {"", p.id}]

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
            total = f"{sum(map(len, held)):,}"
            words = f"{total} at {plural(len(held), 'provider')}" if held else "No list yet"
        say(self._fact, words)
        can = [p for p in chosen if not p.is_mock and p.is_known and self.service.retry_at(p.id) is None]
        able(self.refresh, bool(can) and not asking, "Being asked" if asking else "It cannot be asked now")

    # -- what the list answers ---------------------------------------------------------------------

    def _answer_rail(self, _action: str, row: str, _data: Mapping[str, Any]) -> None:
        self.act(lambda: self.choose("" if row == ALL else row))

    def _answer_picker(self, action: str, _row: str, data: Mapping[str, Any]) -> bool:
        work: dict[str, Callable[[], object]] = {
            **self._asking_actions(self.selected_provider, action),
            "add": lambda: self.add([model_of(key) for key in data["ids"]]),
            "add_by_hand": lambda: self.add_by_hand(
                data["model"], data["kind"], provider_id=data.get("provider", "")
            ),
            "search_all": lambda: self._search_all(data["query"]),
        }
        word = action.partition(" ")[0]
        return word not in work or self._at_pick(work[word])

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
        wanted = []
        for provider_id, model_id in chosen:
            models = self.hub.models(provider_id)
            found = models.get(model_id) if models is not None else None
            label = found.name if found is not None and found.name != found.id else None
            can = found.capabilities if found is not None else None
            wanted.append(
                NewModel(provider_id=provider_id, model=model_id, label=label, capabilities=can or None)
            )
        return self._keep(wanted)

    def add_by_hand(
        self, model_id: str, kind: str = "chat", *, provider_id: str = ""
    ) -> tuple[CatalogEntry, ...]:
        """Keep a model that is not listed.

        Args:
            model_id: Its id.
            kind: ``chat`` or ``embedding``.
            provider_id: Who serves it; the provider that is chosen if empty.

        Raises:
            InvalidInputError: If the models of several providers are shown and none of them is given.
        """
        owners = [p.id for p in self._providers_shown() if provider_id in {"", p.id}]
        if len(owners) != 1:
            raise InvalidInputError(
                [], message="Which provider serves it?", hint="Choose it beside the id, then add it again."
            )
        made = self._keep([NewModel(provider_id=owners[0], model=model_id.strip(), capabilities=(kind,))])
        self.hub.kept.update(entry.id for entry in made)  # that it is not listed is known: it was typed
        return made

    def _keep(self, wanted: list[NewModel]) -> tuple[CatalogEntry, ...]:
        """Keep models in one write: all of them or none."""
        ticked = [task for task in TASKS if self.use_for[task].value]
        given: list[Task] = []
        filled = []
        for new in wanted:
            fits = tuple(task for task in ticked if task not in given and _fits(task, new.capabilities))
            filled.append(replace(new, tasks=fits))
            given += fits
        made = self.service.add_models(filled)
        words = f"{len(made):,} added"
        if given:
            words += f", used for {listed(given)}"
        left = [task for task in ticked if task not in given]
        if left:
            words += f". No model of these fits {listed(left)}"
        for task in given:
            self.use_for[task].value = False
        self.done.tell(words, self.picker.focus)
        self.picker.selected = ()
        self.root.say(f"{len(made):,} added to the catalog")
        return made


def _fits(task: Task, capabilities: Iterable[str] | None) -> bool:
    if capabilities is None:  # unknown kinds are offered to the chat tasks
        return TASK_NEEDS[task] == "chat"
    return TASK_NEEDS[task] in capabilities
