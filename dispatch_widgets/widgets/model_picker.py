"""A list to pick one model from, alone in a cell, for the code in the next one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import traitlets

from .._text import clean, plural
from ..errors import FieldProblem, InvalidInputError, NotFoundError
from ..secrets import LOOKS_LIKE_KEY, looks_like_key
from ..settings.tasks import TASK_NEEDS
from ._done import Done
from ._listing import Listing
from ._model_rows import model_of, pick_rows, row_id
from ._parts import (
    Later,
    able,
    box,
    button,
    empty,
    head,
    heading,
    heading_html,
    make,
    markup,
    say,
    section,
    show,
    text,
    write,
)
from ._states import fetched, state_of
from .item_list import ItemList

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import ipywidgets as widgets

    from ..clients import ResolvedModel
    from ..discovery.models import DiscoveredModel
    from ..service import SettingsService
    from ..settings.schema import CatalogEntry, Provider
    from ._news import News
    from ._rows import Row

    Kind = Literal["chat", "embedding"]

VALUE_NAME = "picker.value"
_EMPTY_WORDS = "Add a provider first, in dw.panel() or with dw.add_provider(…). Its models then appear here."


class ModelPicker(Listing):
    """Models to pick one from; what is picked is in ``.value``, and ``.client()`` is ready to use it.

    Showing it asks nobody: it offers the lists that are held, and Refresh fetches them.

    Args:
        task: One of the six tasks: models that can do it are offered, the one that it has now is picked
            at first, and a button gives it the one that is picked.
        provider: Whose models to offer: a provider's id, or its name if no other has the same; those of
            all providers if None.
        kind: ``chat`` or ``embedding``: only models that can do this; what the task needs if None.
        service: The service to pick from; the default file's if None.

    Raises:
        InvalidInputError: If there is no such task or kind, or several providers have this name.
        NotFoundError: If there is no such provider.

    Attributes:
        value: The model's id; empty while nothing is picked. May be set, and observed.
        provider_id: Whose model it is; empty while nothing is picked.
        selected: The model as its provider lists it; None while nothing is picked, or for an id that is
            not listed.
        task: The task, or an empty text.
        list: The list of models.
        refresh: The button that fetches the lists.
        use: The button that gives the task what is picked; not shown without a task.
    """

    title = "Model"

    value = traitlets.Unicode("")
    provider_id = traitlets.Unicode("")
    selected: Any = traitlets.Any(None)

    def __init__(
        self,
        task: str | None = None,
        *,
        provider: str | None = None,
        kind: Kind | None = None,
        service: SettingsService | None = None,
    ) -> None:
        if service is None:
            from ..service.default import default_service

            service = default_service()
        self._setting = False
        self._offered = 0
        self.task = "" if task is None else _known(task, tuple(TASK_NEEDS), "task")
        needed = "" if kind is None else _known(kind, ("chat", "embedding"), "kind")
        self.kind = needed or (TASK_NEEDS[self.task] if self.task else "")  # type: ignore[index]
        self._only = "" if provider is None else _provider_named(service, provider).id
        super().__init__(service)

    def __repr__(self) -> str:
        return f"ModelPicker(value={self.value!r})"

    def _build(self) -> Iterable[widgets.Widget]:
        self._empty = Later(lambda: [empty("No provider to take models from", _EMPTY_WORDS)])
        self._title, self._fact = heading(""), text("", "dw-sub")
        self.refresh = button("Refresh", self.does(self._refresh), icon="refresh", classes="dw-fold")
        self.list = make(ItemList, mode="pick", label="Models", variant="dw-picklist")
        self.list.on_action(self._answer)
        self.list.observe(lambda change: self._picked(change["new"]), "selected")
        self.use = button(f"Use for {self.task}", self.does(self._use), style="primary", classes="dw-use")
        self._now, self.done = markup("", "dw-sub"), Done(self)
        foot = box(self.use, self._now, self.done, classes="dw-form-foot", row=True)
        show(foot, bool(self.task))
        top = head(self._title, self._fact, actions=[self.refresh])
        self._section = section(top, self.list, foot)
        if self.task:
            self._take(self._assigned())
        return self._empty, self._section

    # -- what code reads and does ------------------------------------------------------------------

    @property
    def rows(self) -> tuple[Row, ...]:
        """The models as they are shown."""
        return self.list.rows

    def resolve(self) -> ResolvedModel:
        """What is picked, with provider, base URL and key ready to use.

        Raises:
            InvalidInputError: If nothing is picked, or it is not known whose model it is.
            DispatchError: Everything that `SettingsService.resolve_model` raises.
        """
        if not self.value:
            raise InvalidInputError(
                [], message="Nothing is picked yet.", hint="Pick a model in the list, then run this again."
            )
        if not self.provider_id:
            raise InvalidInputError(
                [],
                message=f"It is not known who serves {clean(self.value, 80)}.",
                hint="Give the picker a provider: ModelPicker(provider=…).",
            )
        return self.service.resolve_model(self.provider_id, self.value)

    def client(self, **options: Any) -> Any:
        """A client for what is picked; see `ResolvedModel.client`.

        Args:
            **options: What the SDK's client takes.
        """
        return self.resolve().client(**options)

    def async_client(self, **options: Any) -> Any:
        """A client to be awaited; see `ResolvedModel.async_client`.

        Args:
            **options: What the SDK's client takes.
        """
        return self.resolve().async_client(**options)

    # -- drawing -----------------------------------------------------------------------------------

    def _providers_shown(self) -> list[Provider]:
        return [p for p in self.service.get_providers() if self._only in {"", p.id}]

    def _draw(self, news: News | None) -> None:
        providers = self._providers_shown()
        one = providers[0] if self._only and providers else None
        for_task = f" for {self.task}" if self.task else ""
        at = f" at {clean(one.name)}" if one is not None else ""
        write(self._title, heading_html(f"Model{for_task}{at}"))
        self._empty.show(not providers and not self.file_notice.something_missing)
        show(self._section, bool(providers))
        if news is None or news.what != "time":
            self._draw_list(providers, one)
        self._draw_fact(providers)
        if self.task:
            self._draw_task()

    def _draw_list(self, providers: list[Provider], one: Provider | None) -> None:
        mixed = one is None and len(providers) > 1
        rows: list[Row] = []
        for provider in providers:
            models = self.hub.models(provider.id)
            if models is not None:
                found = pick_rows(models, provider, frozenset(), mixed=mixed)
                fits = [not self.kind or self.kind in model.capabilities for model in models]
                rows += [row for row, fit in zip(found, fits, strict=True) if fit]
        only = one or (providers[0] if len(providers) == 1 else None)
        self.list.busy = self._busy(providers) if not rows else None
        self.list.note = self._pick_note(only, rows)
        self.list.empty = None if rows or self.list.note else self._nothing(only)
        self._offered = len(rows)
        chosen = row_id(self.provider_id, self.value) if self.value else ""
        if chosen and all(row["id"] != chosen for row in rows):
            rows.insert(0, self._unlisted(chosen, providers, mixed=mixed))
        options = {
            "multiple": False,
            "add": False,
            "kinds": not self.kind,
            "by_hand": only is not None,  # among several it would not be known whose model it is
            "by_hand_label": "Use it",
            "where": clean(only.name) if only else "",
            "sort": "created" if any("created" in row.get("sort", {}) for row in rows) else "name",
            "value_name": VALUE_NAME,
        }
        if self.list.pick != options:
            self.list.pick = options
        self._setting = True
        try:
            self.list.set_items(rows)
            self.list.selected = (chosen,) if chosen else ()
            self.selected = self._listed()
        finally:
            self._setting = False

    def _unlisted(self, key: str, providers: list[Provider], *, mixed: bool) -> Row:
        """The row of a model that is picked and that no list holds."""
        row: Row = {"id": key, "title": clean(self.value), "mono": True, "line": ["not listed"]}
        if self.kind:
            row["kind"] = self.kind  # type: ignore[typeddict-item]
        owner = next((p for p in providers if p.id == self.provider_id), None)
        if mixed and owner is not None:
            row["from"] = clean(owner.name)
        return row

    def _nothing(self, provider: Provider | None) -> dict[str, Any]:
        if provider is not None:
            models = self.hub.models(provider.id)
            if models is not None and len(models):
                words = "If you know the id of one, type it below."
                return {"title": f"{clean(provider.name)} lists no {self.kind} model", "text": words}
            return super()._nothing(provider)
        return {
            "title": "No list yet",
            "text": f"Models are read from {plural(len(self._providers_shown()), 'provider')}.",
            "actions": [{"action": "fetch", "label": "Fetch models", "icon": "refresh"}],
        }

    def _draw_fact(self, providers: list[Provider]) -> None:
        lists = [(provider, self.hub.models(provider.id)) for provider in providers]
        held = [models for _, models in lists if models is not None]
        waiting = sum(provider.id in self.hub.asked for provider in providers)
        silent = sum(
            models is None and state_of(self.hub, provider, models, self.now).needs_attention
            for provider, models in lists
        )
        words = plural(self._offered, f"{self.kind} model".strip(), zero="No") if held else ""
        if len(held) == 1 and len(providers) == 1:
            words += f", {fetched(held[0], self.now)}"
        elif held:
            words += f" at {plural(len(held), 'provider')}"
        if waiting:
            words = f"Asking {plural(waiting, 'provider')}…"
        elif silent and len(providers) > 1:
            words = f"{words}; {silent} could not be asked".removeprefix("; ")
        say(self._fact, words)
        can = [p for p in providers if not p.is_mock and p.is_known and self.service.retry_at(p.id) is None]
        able(self.refresh, bool(can) and not waiting, "Being asked" if waiting else "Nobody can be asked now")

    def _draw_task(self) -> None:
        entry = self._assigned()
        has = entry is not None and (entry.provider_id, entry.model) == (self.provider_id, self.value)
        if entry is None:
            words = f"{self.task} is not set."
        elif has:
            words = f"{self.task} uses it."
        else:
            providers = {provider.id: provider for provider in self.service.get_providers()}
            owner = providers.get(entry.provider_id or "")
            at = f" · {clean(owner.name, 60)}" if owner is not None else " (its provider was deleted)"
            words = f"{self.task} uses {clean(entry.title, 80)}{at} now."
        say(self._now, words)
        why = "Pick a model first" if not self.value else f"{self.task} uses it already"
        able(self.use, bool(self.value and self.provider_id) and not has, why)
        self.done.draw()
        show(self._now, not self.done.words)

    # -- picking -----------------------------------------------------------------------------------

    def _assigned(self) -> CatalogEntry | None:
        """The entry that the task has now."""
        if not (self.task and self.readable):
            return None
        given = self.service.assignments.get(self.task)
        return self.service.settings.entry(given.model_id) if given is not None else None

    def _take(self, entry: CatalogEntry | None) -> None:
        """Pick at first what the task has, if it can be used and is one of those that are offered."""
        if entry is not None and not entry.problem and self._only in {"", entry.provider_id}:
            self._set(entry.provider_id or "", entry.model)

    def _listed(self) -> DiscoveredModel | None:
        models = self.hub.models(self.provider_id) if self.provider_id else None
        return models.get(self.value) if models is not None else None

    def _set(self, provider_id: str, model_id: str) -> None:
        """Pick; who observes one of the traits sees the others in step with it."""
        before, self._setting = self._setting, True
        try:
            with self.hold_trait_notifications():
                self.provider_id, self.value = provider_id, model_id
                self.selected = self._listed()
        finally:
            self._setting = before

    def _picked(self, keys: tuple[str, ...]) -> None:
        with self.hub.lock:
            if self._setting:
                return  # this thread's own drawing moved the choice
            provider_id, model_id = model_of(keys[-1]) if keys else ("", "")
            self._set(provider_id, model_id)
            self._redraw(None)

    @traitlets.observe("value")
    def _value_was_set(self, change: Mapping[str, Any]) -> None:
        """Code has set the value: find out whose model it is."""
        if self._setting:
            return
        with self.hub.lock:
            model_id = change["new"]
            shown = self._providers_shown() if self.readable else []
            lists = [(provider, self.hub.models(provider.id)) for provider in shown]
            owners = [p.id for p, models in lists if models is not None and models.get(model_id) is not None]
            if not owners and len(shown) == 1:
                owners = [shown[0].id]
            self._set(owners[0] if owners and model_id else "", model_id)
            self._redraw(None)

    # -- what the list and the button do -----------------------------------------------------------

    def _answer(self, action: str, _row: str, data: Mapping[str, Any]) -> None:
        work = {
            **self._asking_actions(self._only, action),
            "add_by_hand": lambda: self._by_hand(data["model"]),
        }
        word = action.partition(" ")[0]
        if word in work:
            self._at_pick(work[word])

    def _by_hand(self, model_id: str) -> None:
        (provider,) = self._providers_shown()  # the list offers it only then
        known = [one.credentials.api_key.get_secret_value() for one in self.service.get_providers()]
        if looks_like_key(model_id, registered=known):  # it would be in the notebook's widget state
            raise InvalidInputError([FieldProblem("model", LOOKS_LIKE_KEY)], message=LOOKS_LIKE_KEY)
        self._set(provider.id, model_id)

    def _use(self) -> None:
        """Give the task what is picked: an entry of the catalog, made if there is none yet."""
        same = (self.provider_id, self.value)
        entries = [e for e in self.service.catalog if (e.provider_id, e.model) == same and not e.problem]
        if entries:
            self.service.assign(self.task, entries[0].id)
        else:
            found = self._listed()
            stated = found.capabilities if found is not None else ((self.kind,) if self.kind else None)
            self.service.add_model(
                provider_id=self.provider_id,
                model=self.value,
                label=found.name if found is not None and found.name != found.id else None,
                capabilities=stated or None,
                tasks=[self.task],
            )
        self.done.tell("Saved", partial(self.root.focus, ".dw-use"))
        self.root.say("Saved")
        self.root.focus(".dw-outcome .dw-link")  # the button has nothing more to do and is off


def _known(given: str, known: tuple[str, ...], field: str) -> Any:
    if given not in known:
        raise InvalidInputError(
            [FieldProblem(field, f"{clean(given, 40)!r} is not a {field}.")],
            hint=f"Use one of {', '.join(known)}.",
        )
    return given


def _provider_named(service: SettingsService, wanted: str) -> Provider:
    providers = service.get_providers()
    found = [p for p in providers if p.id == wanted] or [p for p in providers if p.name == wanted]
    if len(found) > 1:
        raise InvalidInputError(
            [FieldProblem("provider", f"{len(found)} providers are called {clean(wanted, 80)!r}.")],
            hint="Give the provider's id instead: " + ", ".join(p.id for p in found),
        )
    if not found:
        names = ", ".join(clean(p.name, 60) for p in providers)
        raise NotFoundError(
            f"There is no provider called {clean(wanted, 80)!r}.",
            hint=f"There are {names}." if names else "Add one in dw.panel() first.",
        )
    return found[0]
