"""The model picker: a list to select one model from, for the code in the next cell."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal, cast

from ...._text import clean, plural
from ....errors import FieldProblem, InvalidInputError, NotFoundError
from ....secrets import LOOKS_LIKE_KEY, looks_like_key
from ....service.choosing import provider_called
from ....settings.tasks import TASK_NEEDS
from ..shared.presenter import Presenter
from ..shared.views import Action, Answer, EmptyState, Focus
from ..status.provider_status import fetched_words, status_of
from .list_words import TO_PICK
from .lists import ModelLists
from .views import Picked, PickerView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...._terms import Capability
    from ....discovery.models import DiscoveredModel
    from ....service import SettingsService
    from ....settings.schema import CatalogEntry, Provider
    from ....settings.tasks import Task
    from ..hub.events import Events
    from ..shared.arguments import Arguments
    from ..shared.presenter import Handler
    from ..shared.views import Tab
    from .views import ListState, ModelRow

_PLACE = "picker"
_NO_PROVIDERS = EmptyState(
    "No provider to take models from",
    "Add a provider first, in dw.panel() or with dw.add_provider(…). Its models then appear here.",
)


class PickerPresenter(Presenter):
    """The model picker.

    Showing it sends no request: it offers the cached lists, and Refresh fetches them.

    Args:
        service: The service to pick from; the default file's if None.
        task: One of the six tasks; empty for none. Only models that can do it are offered, the assigned one
            is selected at first, and a button assigns the selected one.
        provider: The provider whose models to offer, by its id, or its name if no other has the same; empty
            for all providers.
        kind: ``chat`` or ``embedding`` to offer only models that can do this; what the task needs if empty.

    Raises:
        InvalidInputError: If there is no such task or kind, or several providers have this name.
        NotFoundError: If there is no such provider.
    """

    tab: ClassVar[Tab] = "models"
    name: ClassVar[str] = "Model"

    def __init__(
        self,
        service: SettingsService | None = None,
        *,
        task: str = "",
        provider: str = "",
        kind: str = "",
    ) -> None:
        self.task = _checked(task, tuple(TASK_NEEDS), "task")
        needed = _checked(kind, ("chat", "embedding"), "kind")
        self.kind: Literal["", "chat", "embedding"] = needed or (TASK_NEEDS[self.task] if self.task else "")
        self._wanted = provider
        self._only = ""
        self._deletable = ""  # the name of that provider, unless it is the built-in one
        self.picked = Picked()
        super().__init__(service)

    def _set_up(self) -> None:
        if self._wanted:
            only = _provider(self.service, self._wanted)
            self._only, self._deletable = only.id, "" if only.is_mock else only.name
        fits = self._fits
        self._lists = ModelLists(self.hub, self.failures, fits=fits, kind=self.kind)
        entry = self._assigned() if self.service.problem is None else None
        if entry is not None and not entry.problem and self._only in {"", entry.provider_id}:
            self._pick(entry.provider_id or "", entry.model)

    def _fits(self, model: DiscoveredModel) -> bool:
        return not self.kind or self.kind in model.capabilities

    def _own_handlers(self) -> dict[str, Handler]:
        return {
            "pick": lambda args: self._pick(args.text("provider", ""), args.text("model", "")),
            "pick_by_hand": self._pick_by_hand,
            "use_for_task": self._use_for_task,
            **self._lists.handlers,
            "fetch_lists": lambda _args: self._lists.fetch_all(self._providers()),
        }

    # ---- for code

    def models(self, provider_id: str, mark: str = "") -> tuple[str, list[ModelRow] | None]:
        """The rows of a provider's list; see `Presenter.models`."""
        with self.hub.lock:
            return self._lists.rows(provider_id, mark)

    @property
    def listed(self) -> DiscoveredModel | None:
        """The selected model, as its provider lists it; None if no list has it."""
        picked = self.picked
        models = self.hub.cache.models(picked.provider_id) if picked.provider_id else None
        return models.get(picked.model) if models is not None else None

    def is_key(self, model_id: str) -> bool:
        """Whether a text given as a model id looks like a key, or is the key of a provider."""
        providers = self.service.get_providers() if self.service.problem is None else ()
        known = [each.credentials.api_key.get_secret_value() for each in providers]
        return looks_like_key(model_id, registered=known)

    def set_value(self, model_id: str) -> None:
        """Select a model by its id alone; its provider is the one that lists it, or the only one."""
        with self.hub.lock:
            shown = self._providers() if self.service.problem is None else ()
            self._pick(self._owner(model_id, shown), model_id)
            self._update_view()

    def _owner(self, model_id: str, providers: Sequence[Provider]) -> str:
        """The id of the provider that lists a model, or of the only one; empty if neither is known."""
        lists = [(each.id, self.hub.cache.models(each.id)) for each in providers]
        owners = [key for key, models in lists if models is not None and models.get(model_id) is not None]
        if not owners and len(providers) == 1:
            owners = [providers[0].id]
        return owners[0] if owners and model_id else ""

    # ---- doing

    def _providers(self) -> tuple[Provider, ...]:
        return tuple(each for each in self.service.get_providers() if self._only in {"", each.id})

    def _pick(self, provider_id: str, model_id: str) -> None:
        self.picked = Picked(provider_id if model_id else "", model_id)
        if model_id and self.listed is None:
            self.picked = replace(self.picked, unlisted=True, kind=self.kind or "other")

    def _pick_by_hand(self, args: Arguments) -> Answer:
        providers, model_id = self._providers(), args.text("model").strip()
        if len(providers) != 1 or not model_id:
            raise InvalidInputError([], message="Which provider serves it?")
        if self.is_key(model_id):  # it would be saved with the notebook's widget state
            raise InvalidInputError([FieldProblem("model", LOOKS_LIKE_KEY)], message=LOOKS_LIKE_KEY)
        self._pick(providers[0].id, model_id)
        return Answer(clear=("model",))

    def _use_for_task(self, _args: Arguments) -> Answer:
        """Assign the selected model to the task; it is added to the catalog if it has no entry yet."""
        picked, found = self.picked, self.listed
        same = (picked.provider_id, picked.model)
        entries = [e for e in self.service.catalog if (e.provider_id, e.model) == same and not e.problem]
        if entries:
            self.service.assign(cast("Task", self.task), entries[0].id)
        else:
            kind = cast("Capability", self.kind)
            stated = found.capabilities if found is not None else ((kind,) if kind else None)
            self.service.add_model(
                provider_id=picked.provider_id,
                model=picked.model,
                label=found.name if found is not None and found.name != found.id else None,
                capabilities=stated or None,
                tasks=[cast("Task", self.task)],
            )
        back = Focus(action="use_for_task")
        self.undo.offer(_PLACE, "Saved", lambda: Answer(say="Undone", focus=back), says_too_late=False)
        return Answer(say="Saved", focus=Focus(action="undo"))  # the button itself is disabled now

    # ---- showing

    def _concerns(self, events: Events) -> bool:
        return bool(events)

    def _tab_view(self) -> PickerView:
        providers = self._providers()
        if self.picked.model:  # its list may have been fetched or lost
            owner = self.picked.provider_id or self._owner(self.picked.model, providers)
            self._pick(owner, self.picked.model)
        one = providers[0] if self._only and providers else None
        at = f" at {clean(one.name)}" if one is not None else ""
        lists = tuple(self._lists.state(provider) for provider in providers)
        if len(lists) > 1:
            lists = (self._state_of_all(providers), *lists)
        offered = {each.id: self._lists.offered(each.id) for each in providers}
        return PickerView(
            self.tab,
            f"Model{f' for {self.task}' if self.task else ''}{at}",
            empty=None if providers or self.file_notice.something_missing else self._empty(),
            words=TO_PICK,
            lists=lists,
            fact=self._fact(providers, sum(map(len, offered.values()))),
            refresh=self._refresh(providers),
            kinds=not self.kind,
            pick=Action("pick", "Pick"),
            # Among several providers it would not be known which one serves it.
            pick_by_hand=Action("pick_by_hand", "Use it") if len(providers) == 1 else None,
            picked=self.picked,
            newest_first=any(model.created for models in offered.values() for model in models),
            use=self._use() if self.task else None,
            task_fact=self._task_fact() if self.task else "",
            done=self.undo.done(_PLACE),
        )

    def _empty(self) -> EmptyState:
        if not self._deletable:
            return _NO_PROVIDERS
        words = "This list has only its models. Make another one with dw.ModelPicker(…)."
        return EmptyState(f"{clean(self._deletable)} was deleted", words)

    def _state_of_all(self, providers: Sequence[Provider]) -> ListState:
        state = self._lists.state_of_all(providers)
        if state.empty is None or any(self.hub.cache.models(each.id) is not None for each in providers):
            return state
        words = f"Models are read from {plural(len(providers), 'provider')}."
        fetch = Action("fetch_lists", "Fetch models", icon="refresh")
        return replace(state, empty=EmptyState("No list yet", words, (fetch,)))

    def _fact(self, providers: Sequence[Provider], offered: int) -> str:
        lists = [(provider, self.hub.cache.models(provider.id)) for provider in providers]
        held = [models for _, models in lists if models is not None]
        waiting = sum(provider.id in self.hub.requests for provider in providers)
        now = self.hub.now
        silent = sum(
            models is None and status_of(self.hub, provider, models, now).needs_attention
            for provider, models in lists
        )
        if waiting:
            return f"Asking {plural(waiting, 'provider')}…"
        words = plural(offered, f"{self.kind} model".strip(), zero="No") if held else ""
        if len(held) == 1 and len(providers) == 1:
            words += f", {fetched_words(held[0], now)}"
        elif held:
            words += f" at {plural(len(held), 'provider')}"
        if silent and len(providers) > 1:
            words = f"{words}; {silent} could not be asked".removeprefix("; ")
        return words

    def _refresh(self, providers: Sequence[Provider]) -> Action:
        off = "" if any(map(self._lists.can_ask, providers)) else "Nobody can be asked now"
        if any(provider.id in self.hub.requests for provider in providers):
            off = "Being asked"
        return Action("fetch_lists", "Refresh", icon="refresh", off=off)

    def _assigned(self) -> CatalogEntry | None:
        """The entry that is assigned to the task."""
        given = self.service.assignments.get(self.task) if self.task else None
        return self.service.settings.entry(given.model_id) if given is not None else None

    def _has_picked(self) -> bool:
        entry, picked = self._assigned(), self.picked
        return entry is not None and (entry.provider_id, entry.model) == (picked.provider_id, picked.model)

    def _use(self) -> Action:
        off = ""
        if not self.picked.model:
            off = "Pick a model first"
        elif not self.picked.provider_id:
            off = "It is not known which provider serves it"
        elif self._has_picked():
            off = f"{self.task} uses it already"
        return Action("use_for_task", f"Use for {self.task}", style="primary", off=off)

    def _task_fact(self) -> str:
        entry = self._assigned()
        if entry is None:
            return f"{self.task} is not set."
        if self._has_picked():
            return f"{self.task} uses it."
        owner = self.service.settings.provider(entry.provider_id or "")
        at = f" · {clean(owner.name, 60)}" if owner is not None else " (its provider was deleted)"
        return f"{self.task} uses {clean(entry.title, 80)}{at} now."


def _checked(given: str, known: tuple[str, ...], field: str) -> Any:
    if given and given not in known:
        raise InvalidInputError(
            [FieldProblem(field, f"{clean(given, 40)!r} is not a {field}.")],
            hint=f"Use one of {', '.join(known)}.",
        )
    return given


def _provider(service: SettingsService, wanted: str) -> Provider:
    """The provider with this id or name; the error lists the providers."""
    try:
        return provider_called(service.settings, wanted)
    except NotFoundError:
        names = ", ".join(clean(each.name, 60) for each in service.get_providers())
        raise NotFoundError(
            f"There is no provider called {clean(wanted, 80)!r}.",
            hint=f"There are {names}." if names else "Add one in dw.panel() first.",
        ) from None
