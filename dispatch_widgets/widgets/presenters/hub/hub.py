"""The hub: shared by all presenters of one service."""

from __future__ import annotations

import threading
import time
import weakref
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from ....errors import ConsentNeededError, DispatchError
from ....service import SettingsService
from ....service.asking import is_same_account
from .events import POLL_SECONDS, Event, EventQueue
from .read_cache import ReadCache
from .seen import SeenProviders

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from ....discovery.models import ModelList
    from ....service import Change
    from ....service.consent import Sending
    from ....settings.schema import Provider
    from .events import Events

TIMES_CHANGE_SECONDS = 30.0
"""How often relative times ("12 min ago") are updated."""


@dataclass(slots=True)
class Request:
    """A request for a provider's models that a panel sent.

    Attributes:
        future: Its result; also cancels it.
        since: When it was sent, in seconds since 1970.
    """

    future: Future[ModelList]
    since: float


@dataclass(slots=True)
class Batch:
    """A refresh of several providers.

    Attributes:
        total: The number of providers asked.
        waiting: Ids of those that have not answered yet.
    """

    total: int
    waiting: set[str] = field(default_factory=set)

    @property
    def answered(self) -> int:
        """The number of providers that have answered."""
        return self.total - len(self.waiting)


@dataclass(slots=True)
class Refreshed:
    """The result of a refresh, kept until the next one.

    Attributes:
        models: The list of models.
        dismissed: True if its note was closed.
    """

    models: ModelList
    dismissed: bool = False


class Hub:
    """Shared by the presenters of one service; use `hub_of` to get it.

    Args:
        service: The service; held weakly.

    Attributes:
        lock: Held while a view is made or an action is done; one for all presenters of a service.
        events: Notifies presenters of changes.
        cache: Cached facts about lists and entries.
        seen: Providers as they were shown.
        requests: Requests in flight that panels sent, by provider id.
        batch: The refresh of several providers that is in progress; None if there is none.
        refreshed: The result of the last refresh, by provider id.
        gone: When a model was first seen to be missing from its list, by provider and model id.
        kept: Ids of entries without a "not listed" note: it was dismissed, or their id was typed by hand.
        consent_asked: Ids of providers whose key needs consent before it is sent (SEC-4); True if consent
            was just given for an earlier state of the file (SEC-8).
        revision: Counts the changes of the file by other programs.
        changed_at: When the last of these was saved (UTC); None if there was none.
    """

    def __init__(self, service: SettingsService) -> None:
        self._service = weakref.ref(service)
        self.lock = threading.RLock()
        self.events = EventQueue(before=self._follow_file, poll=self._poll, poll_seconds=POLL_SECONDS)
        self.cache = ReadCache(service)
        self.seen = SeenProviders()
        self.requests: dict[str, Request] = {}
        self.batch: Batch | None = None
        self.refreshed: dict[str, Refreshed] = {}
        self.gone: dict[tuple[str, str], datetime] = {}
        self.kept: set[str] = set()
        self.consent_asked: dict[str, bool] = {}
        self.revision = 0
        self.changed_at = service.saved_at if service.saved_by == "another program" else None
        self._accounts: dict[str, Provider] = {}  # each provider as last seen, by id
        self._counting = threading.Lock()
        self._limited: set[str] = set()
        self._times_written_at = time.monotonic()
        self._follow_accounts()

    @property
    def service(self) -> SettingsService:
        """The service; presenters hold it, so it lives as long as they do."""
        service = self._service()
        if service is None:  # pragma: no cover - a presenter holds the service strongly
            raise RuntimeError("the service of these panels is gone")
        return service

    @property
    def now(self) -> datetime:
        """The current time (UTC)."""
        return datetime.now(UTC)

    def post(self, what: str, provider_id: str = "") -> None:
        """Notify all presenters of a change."""
        self.cache.forget()
        self.events.post(Event(what, provider_id))  # type: ignore[arg-type]

    def service_changed(self, change: Change) -> None:
        """Take in a change of the service; called from any thread, returns at once."""
        if change.what == "settings":
            # Before the next request and the next save, which an event may come after.
            self._follow_accounts()
            self._count_foreign_changes()
        if change.what == "settings" or change.provider_id not in self.requests:
            self.post(change.what, change.provider_id)
        else:
            self.cache.forget()  # `ask` posts the start and the end of its own requests, once each

    # ---- following the file

    def _follow_file(self, events: Events) -> None:
        if not any(event.what == "settings" for event in events):
            return
        service = self.service
        if service.problem is None:
            there = {provider.id for provider in service.get_providers()}
            for provider_id in [key for key in list(self.refreshed) if key not in there]:
                self.refreshed.pop(provider_id, None)  # if the provider comes back, this is no news

    def _follow_accounts(self) -> None:
        """Drop what was learned from a provider that has another type, base URL or key now (PM-3).

        What is known of a deleted provider stays, as it may be brought back.
        """
        service = self.service
        if service.problem is not None:
            return
        for provider in service.get_providers():
            before = self._accounts.get(provider.id)
            self._accounts[provider.id] = provider
            if before is None or is_same_account(before, provider):
                continue
            self.refreshed.pop(provider.id, None)
            self.consent_asked.pop(provider.id, None)
            for key in [key for key in list(self.gone) if key[0] == provider.id]:
                self.gone.pop(key, None)

    def _poll(self) -> None:
        service = self.service
        if service.changed_outside():
            service.reload()
        self._count_foreign_changes()
        providers = () if service.problem is not None else service.get_providers()
        limited = {provider.id for provider in providers if service.retry_at(provider.id) is not None}
        for provider_id in self._limited - limited:
            self.post("discovery", provider_id)
        self._limited = limited
        if time.monotonic() - self._times_written_at > TIMES_CHANGE_SECONDS:
            self._times_written_at = time.monotonic()
            self.post("time")

    def _count_foreign_changes(self) -> None:
        saved_at, saved_by = self.service.saved_at, self.service.saved_by
        with self._counting:
            if saved_by != "another program" or saved_at == self.changed_at:
                return
            self.revision += 1
            self.changed_at = saved_at
        self.post("panels")

    # ---- asking providers

    def ask(self, provider_id: str, *, force: bool) -> bool:
        """Send a request for a provider's models; returns False if one is in flight.

        Args:
            provider_id: The provider's id.
            force: Whether to bypass the cache.
        """
        with self.lock:
            if provider_id in self.requests:
                return False
            self.refreshed.pop(provider_id, None)
            before = self.service.known_models(provider_id)
            future = self.service.start_discovery(provider_id, force_refresh=force)
            self.requests[provider_id] = Request(future, time.time())
        self.post("asking", provider_id)
        future.add_done_callback(
            lambda done: self._answered(provider_id, done, diff=force and before is not None)
        )
        return True

    def ask_all(self, provider_ids: list[str]) -> None:
        """Ask several providers, as one refresh with common progress and Cancel."""
        with self.lock:
            self.refreshed.clear()
            self.batch = Batch(len(provider_ids), set(provider_ids)) if provider_ids else None
        self.post("panels")
        for provider_id in provider_ids:
            try:
                under_way = self.ask(provider_id, force=True) or provider_id in self.requests
            except DispatchError:
                under_way = False  # it was deleted just now
            if not under_way:
                self.events.post_after(partial(self._leave_batch, provider_id))

    def cancel(self, provider_id: str = "") -> None:
        """Cancel the request to a provider; all requests if none is named."""
        with self.lock:
            stopped = [request for key, request in self.requests.items() if provider_id in {"", key}]
        for request in stopped:
            request.future.cancel()

    def _answered(self, provider_id: str, done: Future[ModelList], *, diff: bool) -> None:
        # Runs in the network's thread or in the caller's, without the lock: dictionary operations are atomic.
        if not done.cancelled() and done.exception() is None:
            models = done.result()
            seen = datetime.now(UTC)
            # An empty or incomplete list says nothing about single models.
            for model_id in models.removed if len(models) and not models.warning else ():
                self.gone.setdefault((provider_id, model_id), seen)
            for key in [key for key in list(self.gone) if key[0] == provider_id]:
                if models.get(key[1]) is not None:
                    self.gone.pop(key, None)
            if models.source == "live" and (models.warning or diff):
                self.refreshed[provider_id] = Refreshed(models)
        self.cache.forget()
        self.events.post_after(lambda: self._ended(provider_id))

    def _ended(self, provider_id: str) -> Events:
        self.requests.pop(provider_id, None)
        return (*self._leave_batch(provider_id), Event("discovery", provider_id))

    def _leave_batch(self, provider_id: str) -> Events:
        batch = self.batch
        if batch is not None:
            batch.waiting.discard(provider_id)
            if not batch.waiting:
                self.batch = None
                return (Event("panels"),)
        return ()

    # ---- consent to send keys

    def may_ask(self, provider_id: str) -> bool:
        """Whether a provider's key may be sent; if not, its row asks for consent."""
        if self.service.needs_consent(provider_id) is None:
            self.consent_asked.pop(provider_id, None)
            return True
        self._ask_for_consent(provider_id, changed=False)
        return False

    def allow(self, provider_id: str, sending: Sending) -> bool:
        """Allow a provider's key to be sent as the person saw it; its row asks again if that changed (SEC-8).

        Raises:
            ChangedMeanwhileError: If the file has changed and no consent is needed any more.
        """
        try:
            self.service.allow_sending(provider_id, variable=sending.variable, host=sending.host)
        except ConsentNeededError:
            self._ask_for_consent(provider_id, changed=True)
            return False
        self.consent_asked.pop(provider_id, None)
        return True

    def _ask_for_consent(self, provider_id: str, *, changed: bool) -> None:
        self.consent_asked[provider_id] = changed
        self.refreshed.pop(provider_id, None)
        self.post("panels", provider_id)


_hubs: weakref.WeakKeyDictionary[SettingsService, Hub] = weakref.WeakKeyDictionary()
_hubs_lock = threading.Lock()


def hub_of(service: object) -> Hub:
    """The hub of a service; created on first use.

    Raises:
        TypeError: If it is not a service, for example a path.
    """
    if not isinstance(service, SettingsService):
        words = "A panel takes a service. For a file of your own: dw.panel(dw.SettingsService(path))."
        raise TypeError(f"{words} This is {type(service).__name__}.")
    with _hubs_lock:
        hub = _hubs.get(service)
        if hub is None:
            hub = _hubs[service] = Hub(service)
            service.subscribe(_forward_to(hub))
        return hub


def _forward_to(hub: Hub) -> Callable[[Change], None]:
    """A callback that holds the hub weakly: the service's subscribers must not keep it alive."""
    reference = weakref.ref(hub)

    def tell(change: Change) -> None:
        there = reference()
        if there is not None:
            there.service_changed(change)

    return tell
