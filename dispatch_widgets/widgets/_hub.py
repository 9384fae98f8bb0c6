"""What several panels over one service share: news, requests under way, what was dismissed.

The hub's worker thread (`NewsDesk`) also looks, at a modest pace, whether the file was changed by another
program (ST-6) and whether a rate limit has ended.
"""

from __future__ import annotations

import threading
import time
import weakref
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ..errors import ConsentNeededError, DispatchError
from ..service import SettingsService, entry_kind
from ._news import News, NewsDesk
from .presenters.hub.hub import hub_of as presenters_hub_of

if TYPE_CHECKING:
    from concurrent.futures import Future

    from ..discovery.models import ModelList
    from ..service import Change, EntryKind
    from ..service.consent import Sending
    from ..settings.schema import CatalogEntry

LISTS_KEPT_SECONDS = 1.0
"""How long a look at the service's lists is good for."""

REDRAW_SECONDS = 30.0
"""How often relative times ("12 min ago") are written anew."""


@dataclass(slots=True)
class Asked:
    """A request that a panel started.

    Attributes:
        future: Its result, and the way to cancel it.
        since: When it was started, in seconds since 1970.
    """

    future: Future[ModelList]
    since: float


@dataclass(slots=True)
class Batch:
    """A refresh of all providers.

    Attributes:
        waiting: Ids that have not answered yet.
        total: How many were asked.
    """

    waiting: set[str]
    total: int


@dataclass(slots=True)
class Outcome:
    """What a refresh brought, until the next action.

    Attributes:
        models: The list that came.
        dismissed: Whether its note was closed.
    """

    models: ModelList
    dismissed: bool = False


class Hub(NewsDesk):
    """The shared part of all panels over one service. Use `hub_of` to get it.

    Args:
        service: The service; held weakly.

    Attributes:
        lock: Held while a panel draws or answers an action; one for all panels of a service.
        asked: Requests under way that panels started, by provider id.
        outcomes: What the last refresh of a provider brought.
        gone: Models that were listed and are no more, with the moment this was seen.
        kept: Entries whose "no longer listed" was dismissed.
        unsent: Providers that were to be asked and whose key goes nowhere before a yes (SEC-4), and
            whether there was one for what the file does not say any more (SEC-8).
        editing: Panels that have a form open.
        batch: The refresh of all providers that is under way.
        outside: When another program changed the file under an open form; None if none did.
        seen: When the version was saved that such a form was filled from; None if nobody knows.
    """

    def __init__(self, service: SettingsService) -> None:
        super().__init__()
        self._service = weakref.ref(service)
        # Tabs that have a presenter stand beside those that have none: one lock, and one knowledge of models.
        self._presenters = presenters_hub_of(service)
        self.lock: Any = self._presenters.lock
        self.asked: dict[str, Asked] = {}
        self.outcomes: dict[str, Outcome] = {}
        self.gone = self._presenters.gone
        self.kept = self._presenters.kept
        self.unsent: dict[str, bool] = {}
        self.editing: weakref.WeakSet[Any] = weakref.WeakSet()
        self.batch: Batch | None = None
        self.outside: datetime | None = None
        self.seen: datetime | None = None
        self._saved_at = service.saved_at
        self._limited: set[str] = set()
        self._drawn_at = time.monotonic()
        self._happened = 0  # counts what the service told: what was worked out before is worked out anew
        self._lists: dict[str, ModelList | None] = {}
        self._lists_of = 0
        self._lists_until = 0.0
        self._kinds: dict[str, EntryKind] = {}
        self._kinds_of = (0, -1)
        self._kinds_catalog: tuple[CatalogEntry, ...] = ()
        self._duplicates: tuple[tuple[str, ...], ...] = ()
        self._duplicates_of: object = None

    @property
    def service(self) -> SettingsService:
        """The service; panels hold it, so it is there as long as they are."""
        service = self._service()
        if service is None:  # pragma: no cover - a panel holds the service strongly
            raise RuntimeError("the service of these panels is gone")
        return service

    # -- what is held -------------------------------------------------------------------------------

    def told(self, change: Change) -> None:
        """Take a change of the service; called from any thread, returns at once.

        Args:
            change: What the service says has changed.
        """
        self._happened += 1
        self.post(News(change.what, change.provider_id))

    def noted(self, news: News) -> None:
        """Remember that another program changed the file under an open form, and forget who is gone.

        Args:
            news: What has changed.
        """
        if news.what != "settings":
            return
        service = self.service
        if self.editing and service.saved_by == "another program":
            if self.outside is None:
                self.seen = self._saved_at
            self.outside = service.saved_at
        self._saved_at = service.saved_at
        there = {provider.id for provider in self._providers()}
        if service.problem is None:
            for provider_id in [key for key in list(self.outcomes) if key not in there]:
                self.outcomes.pop(provider_id, None)  # should it come back, it has no news to tell

    def kinds(self) -> dict[str, EntryKind]:
        """What each catalog entry can do; worked out once for a state of file and lists."""
        catalog, happened = self.service.catalog, self._happened
        if self._kinds_of != (id(catalog), happened):
            self._kinds = {
                entry.id: entry_kind(entry, self.models(entry.provider_id or "")) for entry in catalog
            }
            self._kinds_of = (id(catalog), happened)
            self._kinds_catalog = catalog  # held, so that its id stays its own
        return self._kinds

    def duplicates(self) -> tuple[tuple[str, ...], ...]:
        """Groups of providers that are the same; worked out once for a state of the file."""
        settings = self.service.settings
        if self._duplicates_of is not settings:
            self._duplicates, self._duplicates_of = self.service.duplicates(), settings
        return self._duplicates

    def models(self, provider_id: str) -> ModelList | None:
        """The list that is held of a provider, fresh or old, without a request.

        One drawing asks this several times for each of many providers, so the answers are kept for as long
        as nothing happens, and a second at most: time alone makes a list stale.

        Args:
            provider_id: Whose list.
        """
        now, happened = time.monotonic(), self._happened
        if now > self._lists_until or happened != self._lists_of:
            self._lists = {}
            self._lists_of = happened
            self._lists_until = now + LISTS_KEPT_SECONDS
        if provider_id not in self._lists:
            self._lists[provider_id] = self.service.known_models(provider_id)
        return self._lists[provider_id]

    # -- asking ------------------------------------------------------------------------------------

    def ask(self, provider_id: str, *, force: bool) -> bool:
        """Start asking a provider, unless it is being asked already.

        Args:
            provider_id: Whom.
            force: Whether to go past the cache.

        Returns:
            Whether a request was started.
        """
        with self.lock:
            if provider_id in self.asked:
                return False
            self.outcomes.pop(provider_id, None)
            before = self.service.known_models(provider_id)
            future = self.service.start_discovery(provider_id, force_refresh=force)
            self.asked[provider_id] = Asked(future, time.time())
        self.post(News("shared", provider_id))
        future.add_done_callback(lambda done: self._answered(provider_id, done, before, force=force))
        return True

    def may_ask(self, provider_id: str) -> bool:
        """Whether a provider's key may be sent; if not, its card asks for the yes.

        Args:
            provider_id: Whom.
        """
        if self.service.needs_consent(provider_id) is None:
            self.unsent.pop(provider_id, None)
            return True
        self._ask_for_a_yes(provider_id, changed=False)
        return False

    def allow(self, provider_id: str, sending: Sending) -> bool:
        """Let a provider's key be sent, as the person has seen it; else its card asks anew (SEC-8).

        Args:
            provider_id: Whose key.
            sending: What they have seen.

        Returns:
            Whether it may be sent.

        Raises:
            ChangedMeanwhileError: If the file says something else by now for which no yes is needed.
        """
        try:
            self.service.allow_sending(provider_id, variable=sending.variable, host=sending.host)
        except ConsentNeededError:
            self._ask_for_a_yes(provider_id, changed=True)
            return False
        self.unsent.pop(provider_id, None)
        return True

    def _ask_for_a_yes(self, provider_id: str, *, changed: bool) -> None:
        self.unsent[provider_id] = changed
        self.outcomes.pop(provider_id, None)
        self.post(News("shared", provider_id))

    def ask_all(self, provider_ids: list[str]) -> None:
        """Ask several providers, as one refresh that can be followed and cancelled.

        Args:
            provider_ids: Whom.
        """
        with self.lock:
            self.outcomes.clear()
            self.batch = Batch(set(provider_ids), len(provider_ids)) if provider_ids else None
        self.post(News("shared"))
        for provider_id in provider_ids:
            try:
                started = self.ask(provider_id, force=True) or provider_id in self.asked
            except DispatchError:
                started = False  # it was deleted just now
            if not started:
                self._off_batch(provider_id)

    def cancel(self, provider_id: str = "") -> None:
        """Stop asking.

        Args:
            provider_id: Whom; everybody if empty.
        """
        with self.lock:
            stopped = [asked for key, asked in self.asked.items() if provider_id in {"", key}]
        for asked in stopped:
            asked.future.cancel()

    def _answered(
        self, provider_id: str, done: Future[ModelList], before: ModelList | None, *, force: bool
    ) -> None:
        # Runs in the network's thread or in the caller's: it only notes, the worker draws. It takes no
        # panel's lock for that reason; dictionary operations are atomic.
        self.asked.pop(provider_id, None)
        if not done.cancelled() and done.exception() is None:
            models = done.result()
            seen = datetime.now(UTC)
            # A list that is empty, or of which some were left out, says nothing of single models.
            for model_id in models.removed if len(models) and not models.warning else ():
                self.gone.setdefault((provider_id, model_id), seen)
            for key in [key for key in self.gone if key[0] == provider_id]:
                if models.get(key[1]) is not None:
                    self.gone.pop(key, None)
            if models.source == "live" and (models.warning or (force and before is not None)):
                self.outcomes[provider_id] = Outcome(models)
        self._happened += 1
        self._off_batch(provider_id)
        self.post(News("discovery", provider_id))
        self._presenters.post("discovery", provider_id)

    def _off_batch(self, provider_id: str) -> None:
        batch = self.batch
        if batch is not None:
            batch.waiting.discard(provider_id)
            if not batch.waiting:
                self.batch = None
                self.post(News("shared"))

    # -- time --------------------------------------------------------------------------------------

    def look(self) -> None:
        """See whether the file was changed outside, a limit has ended, or times have to be rewritten."""
        service = self.service
        if not self.editing:
            self.outside = None
        if service.changed_outside():
            service.reload()
        limited = {p.id for p in self._providers() if service.retry_at(p.id) is not None}
        for provider_id in self._limited - limited:
            self.post(News("discovery", provider_id))
        self._limited = limited
        if time.monotonic() - self._drawn_at > REDRAW_SECONDS:
            self._drawn_at = time.monotonic()
            self.post(News("time"))

    def _providers(self) -> tuple[Any, ...]:
        return () if self.service.problem is not None else self.service.get_providers()


_hubs: weakref.WeakKeyDictionary[SettingsService, Hub] = weakref.WeakKeyDictionary()
_hubs_lock = threading.Lock()


def hub_of(service: object) -> Hub:
    """The hub of a service; made when it is first asked for.

    Args:
        service: The service that panels show.

    Raises:
        TypeError: If it is something else, as a path is.
    """
    if not isinstance(service, SettingsService):
        words = "A panel takes a service. For a file of your own: dw.panel(dw.SettingsService(path))."
        raise TypeError(f"{words} This is {type(service).__name__}.")
    with _hubs_lock:
        hub = _hubs.get(service)
        if hub is None:
            hub = _hubs[service] = Hub(service)
            service.subscribe(hub.told)
        return hub
