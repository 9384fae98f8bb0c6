"""Lists of models to select from: their states, their rows, and fetching them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...._text import clean, plural
from ..._format import created, price, tokens
from ..shared.views import Action, EmptyState, Note, Option, Progress, joined, plain
from ..status.cards import shown_address
from ..status.consent import allowed_sending, consent_question
from ..status.provider_status import fetched_words, missing_variable, status_of
from .views import Busy, ListState, ModelRow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ....discovery.models import DiscoveredModel, ModelList
    from ....service import SettingsService
    from ....settings.schema import Provider
    from ..hub.hub import Hub
    from ..shared.arguments import Arguments
    from ..shared.failures import Failures
    from ..shared.presenter import Handler

    Fits = Callable[[DiscoveredModel], bool]


class ModelLists:
    """The lists of the providers of a service.

    Args:
        hub: The service's hub.
        failures: Errors with a provider's list are shown under the provider's id.
        fits: Whether a model is offered.
        kind: The kind of the offered models, in a word; empty for all.
    """

    def __init__(
        self, hub: Hub, failures: Failures, *, fits: Fits = lambda _model: True, kind: str = ""
    ) -> None:
        self._hub = hub
        self._failures = failures
        self._fits = fits
        self._kind = kind
        self._asked: set[str] = set()  # ids of the providers that are being asked at once

    @property
    def _service(self) -> SettingsService:
        return self._hub.service

    @property
    def handlers(self) -> dict[str, Handler]:
        """The handlers of the lists' actions; ``row`` is the provider's id."""
        return {
            "open_lists": lambda _args: self.open(self._service.get_providers()),
            "show_list": lambda args: self.fetch(self._service.provider(args.text("row"))),
            "fetch_list": lambda args: self.fetch(self._service.provider(args.text("row")), force=True),
            "fetch_lists": lambda _args: self.fetch_all(self._service.get_providers()),
            "stop_list": lambda args: self._hub.cancel(args.text("row")),
            "stop_lists": lambda _args: self._hub.cancel(),
            "allow_sending": self._allow,
        }

    # ---- asking

    def fetch(self, provider: Provider, *, force: bool = False) -> None:
        """Ask a provider for its models, unless its list is fresh or its variable or consent is missing.

        Showing a list never sends a variable to a host that it was not made for.

        Args:
            provider: The provider to ask.
            force: Whether to ask even if the list is fresh.
        """
        service = self._service
        models = self._hub.cache.models(provider.id)
        fresh = models is not None and models.source in {"live", "cache", "builtin"}
        if (fresh and not force) or not self._may_ask(provider):
            return
        if service.retry_at(provider.id) is None:
            self._asked.add(provider.id)  # now, as the first of several may have answered when a view is made
            self._hub.ask(provider.id, force=force)

    def open(self, providers: Iterable[Provider]) -> None:
        """Fetch the lists that are not cached, as the tab opens; skips providers that failed last time."""
        for provider in providers:
            if self._service.last_error(provider.id) is None:
                self.fetch(provider)

    def fetch_all(self, providers: Iterable[Provider]) -> None:
        """Ask several providers, bypassing their caches."""
        for provider in providers:
            self.fetch(provider, force=True)

    def _allow(self, args: Arguments) -> None:
        provider = self._service.provider(args.text("row"))
        if self._hub.allow(provider.id, allowed_sending(args)):
            self.fetch(provider, force=True)

    def can_ask(self, provider: Provider) -> bool:
        """Whether a provider can be asked now."""
        return not provider.is_mock and provider.is_known and self._service.retry_at(provider.id) is None

    def progress(self, providers: Sequence[Provider]) -> Progress | None:
        """How many have answered, while several are being asked at once."""
        shown = [each.id for each in providers if not each.is_mock]
        waiting = self._hub.requests.keys() & shown
        self._asked = self._asked | waiting if waiting else set()
        return Progress(len(shown) - len(waiting), len(shown)) if len(self._asked) > 1 else None

    def first(self, providers: Sequence[Provider]) -> str:
        """The id of the provider whose list is shown first: one with a list, or that can be asked at once."""
        real = [each for each in providers if not each.is_mock]
        ready = [each for each in real if self._hub.cache.models(each.id) is not None]
        shown = ready or [each for each in real if self._may_ask(each)] or list(providers)
        return shown[0].id if shown else ""

    def _may_ask(self, provider: Provider) -> bool:
        """Whether the provider can be asked without a variable to set or consent to give first."""
        needs = missing_variable(provider) or self._service.needs_consent(provider.id)
        return provider.is_known and not provider.is_mock and not needs

    # ---- rows

    def offered(self, provider_id: str) -> list[DiscoveredModel]:
        """The models of a provider that are offered."""
        models = self._hub.cache.models(provider_id)
        return [] if models is None else [model for model in models if self._fits(model)]

    def mark(self, models: ModelList | None) -> str:
        """A text that changes with the rows of a list; empty while there are none."""
        if models is None or not any(self._fits(model) for model in models):
            return ""
        when = models.fetched_at.timestamp() if models.fetched_at is not None else 0.0
        return f"{when:.6f} {len(models)} {len(models.added)} {self._kind}"

    def rows(self, provider_id: str, mark: str = "") -> tuple[str, list[ModelRow] | None]:
        """The mark of a provider's list, and its rows; None if the page holds the rows of this mark."""
        models = self._hub.cache.models(provider_id)
        now = self.mark(models)
        if mark and mark == now:
            return now, None
        new = frozenset(models.added) if models is not None else frozenset()
        return now, [_model_row(model, is_new=model.id in new) for model in self.offered(provider_id)]

    # ---- state

    def state(
        self, provider: Provider, *, in_catalog: Iterable[str] = (), several: bool = False
    ) -> ListState:
        """The state of one provider's list.

        Args:
            provider: The provider.
            in_catalog: Ids of its models that are in the catalog.
            several: Whether there are other providers.
        """
        models = self._hub.cache.models(provider.id)
        mark = self.mark(models)
        note = self._note(provider, has_rows=bool(mark))
        busy = None if mark else self._busy([provider])
        return ListState(
            provider.id,
            mark,
            self._fact(provider, models),
            clean(provider.name),
            self._refresh([provider], Action("fetch_list", "Refresh", {"row": provider.id}, icon="refresh")),
            busy,
            note,
            None if mark or note is not None or busy is not None else self._nothing(provider),
            search_all=several,
            in_catalog=tuple(in_catalog),
        )

    def state_of_all(self, providers: Sequence[Provider]) -> ListState:
        """The state of the list of all providers together."""
        lists = [self._hub.cache.models(provider.id) for provider in providers]
        held = [models for models in lists if models is not None]
        total = f"{sum(map(len, held)):,} at {plural(len(held), 'provider')}" if held else "No list yet"
        mark = " / ".join(filter(None, map(self.mark, held)))
        busy = None if mark else self._busy(providers)
        nothing = EmptyState("No list yet", "Choose a provider to fetch its models.")
        if held:
            kind = f"{self._kind} model" if self._kind else "model"
            nothing = EmptyState(f"No {kind} is listed", "Servers do not list everything that they serve.")
        owners = tuple(Option(each.id, clean(each.name)) for each in providers if not each.is_mock)
        refresh = self._refresh(providers, Action("fetch_lists", "Refresh", icon="refresh"))
        empty = None if mark or busy is not None else nothing
        return ListState("", mark, total, "", refresh, busy, empty=empty, owners=owners)

    def _fact(self, provider: Provider, models: ModelList | None) -> str:
        name = clean(provider.name)
        if models is not None:
            return f"{len(models):,} at {name}, {fetched_words(models, self._hub.now)}"
        return f"Asking {name}…" if provider.id in self._hub.requests else f"No list from {name}"

    def _refresh(self, providers: Iterable[Provider], action: Action) -> Action:
        shown = list(providers)
        off = "" if any(self.can_ask(provider) for provider in shown) else "It cannot be asked now"
        if any(provider.id in self._hub.requests for provider in shown):
            off = "Being asked"
        return Action(action.name, action.label, action.args, icon=action.icon, off=off)

    def _busy(self, providers: Sequence[Provider]) -> Busy | None:
        asked = [each for each in providers if each.id in self._hub.requests]
        if not asked:
            return None
        one = len(asked) == 1
        where = shown_address(asked[0]) if one else plural(len(asked), "provider")
        stop = Action("stop_list", "Cancel", {"row": asked[0].id}) if one else Action("stop_lists", "Cancel")
        return Busy(f"Asking {where}… ", self._hub.requests[asked[0].id].since, stop)

    def _note(self, provider: Provider, *, has_rows: bool) -> Note | None:
        failed = self._failures.note(provider.id)
        if failed is not None:
            return failed
        if provider.id in self._hub.requests:
            return None
        models = self._hub.cache.models(provider.id)
        sending = self._service.needs_consent(provider.id) if models is None else None
        if sending is not None:
            changed = self._hub.consent_asked.get(provider.id, False)
            return consent_question(provider, sending, changed=changed)
        note = status_of(self._hub, provider, models, self._hub.now).note
        if note is None or note.tone not in {"error", "warn"}:
            return None
        hand = "" if has_rows or "by hand" in plain(note.text) else "A model id can always be typed by hand."
        actions = [Action("providers", "Go to provider", {"row": provider.id}, kind="go")]
        if self._service.retry_at(provider.id) is None:
            actions.append(Action("fetch_list", "Try again", {"row": provider.id}, style="quiet"))
        return Note(
            note.tone,
            note.title,
            joined(note.text, hand),
            tuple(actions),
            icon=note.icon,
            until=note.until,
            until_said=note.until_said,
        )

    def _nothing(self, provider: Provider) -> EmptyState:
        name = clean(provider.name)
        models = self._hub.cache.models(provider.id)
        if models is not None and len(models):
            return EmptyState(
                f"{name} lists no {self._kind} model", "If you know the id of one, type it below."
            )
        if models is not None:
            return EmptyState(f"{name} lists no models", "If you know the id of one, add it by hand.")
        fetch = Action("fetch_list", "Fetch models", {"row": provider.id}, icon="refresh")
        where = f"Its models are read from {shown_address(provider)}."
        return EmptyState(f"{name} has not been asked yet", where, (fetch,))


def _model_row(model: DiscoveredModel, *, is_new: bool) -> ModelRow:
    row: ModelRow = {"id": model.id, "kind": model.kind}
    if (shown := clean(model.id)) != model.id:
        row["shown_id"] = shown
    if model.name != model.id:
        row["name"] = clean(model.name)
    if model.owned_by:
        row["owner"] = clean(model.owned_by)
    if is_new:
        row["new"] = True
    if model.features:
        row["features"] = " ".join(model.features)
    if model.shutdown_date:
        row["ends"] = f"ends {clean(model.shutdown_date, 20)}"
    elif model.deprecated:
        row["ends"] = "deprecated"
    _state_figures(row, model)
    return row


def _state_figures(row: ModelRow, model: DiscoveredModel) -> None:
    """Add the figures that the server states, each as text and as a sort key."""
    if model.created:
        row["by_created"] = model.created
        if made := created(model.created):
            row["created"] = made
    if model.context_window:
        row["by_context"] = model.context_window
        row["context"] = tokens(model.context_window)
    if output := tokens(model.max_output_tokens):
        row["output"] = output
    cost = price(model.price)
    if cost and model.price is not None:
        row["price"] = cost
        row["by_price"] = (model.price.input or 0.0) + (model.price.output or 0.0)
