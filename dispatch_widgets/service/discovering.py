"""Asking providers for their models (MD-6 to MD-15), from any thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._loop import background
from ..errors import NotFoundError
from .providers import Providers

if TYPE_CHECKING:
    from concurrent.futures import Future
    from datetime import datetime

    from ..discovery.diagnose import Diagnosis
    from ..discovery.models import ModelList
    from ..errors import DispatchError
    from .lists import ResultCallback


class Discovering(Providers):
    """The lists that providers give."""

    def discover_models(self, provider_id: str, force_refresh: bool = False) -> ModelList:
        """The models that a provider offers; works in a cell, a script and a panel's callback.

        Args:
            provider_id: Whom to ask.
            force_refresh: Whether to go past the cache, which is good for an hour (MD-6, MD-7).

        Raises:
            NotFoundError: If there is no such provider.
            DiscoveryError: If asking failed and no list can stand in (MD-15).
        """
        provider = self.provider(provider_id)
        ready = self._lists.ready(provider, force_refresh=force_refresh)
        if ready is not None:
            return ready
        return background.call(self._lists.ask(provider, force_refresh=force_refresh))

    async def discover_models_async(self, provider_id: str, force_refresh: bool = False) -> ModelList:
        """See `discover_models`.

        Args:
            provider_id: Whom to ask.
            force_refresh: Whether to go past the cache.
        """
        provider = self.provider(provider_id)
        ready = self._lists.ready(provider, force_refresh=force_refresh)
        if ready is not None:
            return ready
        return await background.wait(self._lists.ask(provider, force_refresh=force_refresh))

    def start_discovery(self, provider_id: str, *, force_refresh: bool = False) -> Future[ModelList]:
        """Start asking and return at once; cancelling the future cancels the request.

        Args:
            provider_id: Whom to ask.
            force_refresh: Whether to go past the cache.
        """
        return self._lists.start(self.provider(provider_id), force_refresh=force_refresh)

    def refresh_all(
        self, *, force_refresh: bool = True, on_result: ResultCallback | None = None
    ) -> dict[str, ModelList | DispatchError]:
        """Ask all providers at once; each has its own result, a list or an error (MD-12).

        Args:
            force_refresh: Whether to go past the cache.
            on_result: Called from the background loop with each id and result as it comes.
        """
        asked = self._lists.ask_all(self.get_providers(), force_refresh=force_refresh, on_result=on_result)
        return background.call(asked)

    async def refresh_all_async(
        self, *, force_refresh: bool = True, on_result: ResultCallback | None = None
    ) -> dict[str, ModelList | DispatchError]:
        """See `refresh_all`.

        Args:
            force_refresh: Whether to go past the cache.
            on_result: Called with each id and result as it comes.
        """
        asked = self._lists.ask_all(self.get_providers(), force_refresh=force_refresh, on_result=on_result)
        return await background.wait(asked)

    def diagnose(self, provider_id: str) -> Diagnosis:
        """Find out step by step why a provider gives no models (MD-14): name, connection, answer, guess.

        Only the provider's own host is tried.

        Args:
            provider_id: Which provider; the mock provider has nothing to find out.

        Raises:
            NotFoundError: If there is no such provider.
        """
        return background.call(self._lists.diagnose(self.provider(provider_id)))

    def start_diagnosis(self, provider_id: str) -> Future[Diagnosis]:
        """`diagnose` without waiting, for panels; cancelling the future cancels the requests.

        Args:
            provider_id: Which provider.
        """
        return background.submit(self._lists.diagnose(self.provider(provider_id)))

    def known_models(self, provider_id: str) -> ModelList | None:
        """The list that is held for a provider, fresh or old; never asks.

        Args:
            provider_id: Whose list.
        """
        try:
            return self._lists.held(self.provider(provider_id))
        except NotFoundError:
            return None

    def last_error(self, provider_id: str) -> DispatchError | None:
        """What went wrong when the provider was asked last; None if nothing did.

        Args:
            provider_id: Which provider.
        """
        return self._lists.last_error(provider_id)

    def retry_at(self, provider_id: str) -> datetime | None:
        """When a rate-limited provider may be asked again (UTC); None if it may now (MD-10).

        Args:
            provider_id: Which provider.
        """
        return self._lists.retry_at(provider_id)

    def unlock(self, provider_id: str) -> None:
        """Lift a rate limit's lock before its time (MD-10).

        Args:
            provider_id: Which provider.
        """
        self._lists.unlock(provider_id)

    def is_asking(self, provider_id: str) -> bool:
        """Whether a request for this provider is under way.

        Args:
            provider_id: Which provider.
        """
        return self._lists.is_asking(provider_id)
