"""The model lists that a service holds: who is being asked, what came, what went wrong last.

Settings and discovery do not know each other; this is where a provider of the file becomes a target
to ask. All asking happens on the background loop; what is held can be read from any thread.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from concurrent.futures import Future
from typing import TYPE_CHECKING

from .._loop import background
from .._quiet import quiet
from ..discovery.builtin import builtin_models
from ..discovery.models import Target
from ..errors import (
    ConsentNeededError,
    DiscoveryError,
    DispatchError,
    FieldProblem,
    InvalidInputError,
)
from ..secrets import resolve_key
from ..settings.registry import no_provider
from ..urls import normalise_base_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    import httpx

    from .._terms import ProviderType
    from ..discovery.diagnose import Diagnosis
    from ..discovery.discoverer import Discoverer
    from ..discovery.models import ModelList
    from ..settings.schema import Provider
    from .consent import Consents

    ResultCallback = Callable[[str, "ModelList | DispatchError"], None]


class ModelLists:
    """The lists of all providers of one settings file.

    Args:
        timeout_seconds: Wall-clock deadline of one request, in seconds.
        transport: An httpx transport to use instead of the network.
        clock: Wall clock, in seconds since 1970.
        on_change: Called, from whichever thread, with ``asking`` or ``discovery`` and a provider's id.
        consents: What references may be sent where (SEC-4).
    """

    def __init__(
        self,
        *,
        timeout_seconds: float,
        transport: httpx.AsyncBaseTransport | None,
        clock: Callable[[], float] | None,
        on_change: Callable[[str, str], None],
        consents: Consents,
    ) -> None:
        self._timeout_seconds = timeout_seconds
        self._transport = transport
        self._clock = clock
        self._on_change = on_change
        self._consents = consents
        self._lock = threading.Lock()
        self._made: Discoverer | None = None
        self._asking: Counter[str] = Counter()
        self._errors: dict[str, DispatchError] = {}
        self._providers: dict[str, Provider] = {}

    @property
    def _discoverer(self) -> Discoverer:
        """Made at first use: it brings in the HTTP library."""
        with self._lock:
            if self._made is None:
                from ..discovery.discoverer import Discoverer

                self._made = Discoverer(
                    timeout_seconds=self._timeout_seconds,
                    transport=self._transport,
                    clock=self._clock or time.time,
                )
            return self._made

    def follow(self, providers: Iterable[Provider]) -> None:
        """Drop what is held for providers that are gone or have another type, URL or key (PM-3).

        Args:
            providers: The providers as they are now.
        """
        now = {provider.id: provider for provider in providers}
        with self._lock:
            changed = [
                provider_id
                for provider_id, provider in self._providers.items()
                if not _is_same_account(provider, now.get(provider_id))
            ]
            self._providers = now
            for provider_id in changed:
                self._errors.pop(provider_id, None)
            made = self._made
        if made is not None:
            for provider_id in changed:
                made.forget(provider_id)

    @quiet
    def target(self, provider: Provider) -> Target:
        """Whom to ask for a provider's models.

        Args:
            provider: A provider of the file.

        Raises:
            InvalidInputError: If its type is not known here, or its base URL cannot be used.
            MissingVariableError: If its key refers to a variable that is not set.
            ConsentNeededError: If its key refers to something that must not be sent there unasked.
        """
        kind: ProviderType
        if provider.type == "anthropic":
            kind = "anthropic"
        elif provider.type == "openai-compatible":
            kind = "openai-compatible"
        else:
            raise InvalidInputError(
                [
                    FieldProblem(
                        "type", f"{provider.type} is not a type that this version can ask for models."
                    )
                ],
                hint="A newer version of this package or of the Dispatch app may know it.",
            )
        url = normalise_base_url(provider.base_url, provider.type).url
        self._consents.check(provider)
        key = resolve_key(provider.credentials.api_key.get_secret_value())
        return Target(
            provider_id=provider.id,
            name=provider.name,
            type=kind,
            base_url=url,
            api_key=key,
        )

    def ready(self, provider: Provider, *, force_refresh: bool) -> ModelList | None:
        """The list that needs no request: held for less than an hour, or built in (MD-6).

        Args:
            provider: A provider of the file, or the mock provider.
            force_refresh: Whether a held list does not do (MD-7).
        """
        if provider.is_mock:
            return builtin_models(provider.id, provider.name)
        if force_refresh or self._made is None:
            return None
        return self._made.cached(self.target(provider))

    def held(self, provider: Provider) -> ModelList | None:
        """Whatever list is held, fresh or old, without a request and without an error.

        Args:
            provider: A provider of the file, or the mock provider.
        """
        if provider.is_mock:
            return builtin_models(provider.id, provider.name)
        if self._made is None:
            return None
        try:
            return self._made.peek(self.target(provider))
        except DispatchError:
            return None

    async def ask(self, provider: Provider, *, force_refresh: bool) -> ModelList:
        """Ask a provider, or answer from the cache. Runs on the background loop.

        Where the provider is changed meanwhile it is asked again as it is then (PM-3).

        Args:
            provider: A provider of the file.
            force_refresh: Whether to go past the cache (MD-7).

        Raises:
            DispatchError: As the table of MD-15 says, or if the provider cannot be asked at all.
            NotFoundError: If the provider is deleted meanwhile.
        """
        with self._lock:
            self._asking[provider.id] += 1
        self._on_change("asking", provider.id)
        try:
            while True:
                outcome = await self._answer(provider, force_refresh=force_refresh)
                error = outcome if isinstance(outcome, DispatchError) else outcome.error
                now = self._noted(provider, error)
                if now is provider:
                    break
                # What came is about an account that is no longer this provider's: it is thrown away.
                provider, force_refresh = now, False
        finally:
            with self._lock:
                self._asking[provider.id] -= 1
            self._on_change("discovery", provider.id)
        if isinstance(outcome, DispatchError):
            raise outcome
        return outcome

    async def _answer(self, provider: Provider, *, force_refresh: bool) -> ModelList | DispatchError:
        try:
            return await self._discoverer.discover(self.target(provider), force_refresh=force_refresh)
        except DispatchError as error:
            return error

    def _noted(self, asked: Provider, error: DispatchError | None) -> Provider:
        """Keeps what came of asking a provider, unless it was changed meanwhile: then gives it as it is now.

        Args:
            asked: The provider as it was when it was asked.
            error: What went wrong; None if nothing did.

        Raises:
            NotFoundError: If it was deleted meanwhile.
        """
        with self._lock:
            now = self._providers.get(asked.id)
            if now is None:
                raise no_provider(asked.id)
            if not _is_same_account(asked, now):
                return now
            if error is None:
                self._errors.pop(asked.id, None)
            else:
                self._errors[asked.id] = error
            return asked

    async def ask_all(
        self, providers: Iterable[Provider], *, force_refresh: bool, on_result: ResultCallback | None
    ) -> dict[str, ModelList | DispatchError]:
        """Ask several providers at once; a broken one holds back nobody (MD-12).

        Args:
            providers: Whom to ask.
            force_refresh: Whether to go past the cache.
            on_result: Called with each id and result as it comes.

        Returns:
            A list or an error for each provider id, in the order given.
        """
        import asyncio

        chosen = list(providers)

        async def one(provider: Provider) -> ModelList | DispatchError:
            result: ModelList | DispatchError
            if provider.is_mock:
                result = builtin_models(provider.id, provider.name)
            else:
                try:
                    result = await self.ask(provider, force_refresh=force_refresh)
                except DispatchError as error:
                    result = error
            if on_result is not None:
                on_result(provider.id, result)
            return result

        results = await asyncio.gather(*(one(provider) for provider in chosen))
        return {provider.id: result for provider, result in zip(chosen, results, strict=True)}

    def start(self, provider: Provider, *, force_refresh: bool) -> Future[ModelList]:
        """Start asking and return at once; for panels. Cancelling the future cancels the request.

        Args:
            provider: A provider of the file, or the mock provider.
            force_refresh: Whether to go past the cache.
        """
        try:
            ready = self.ready(provider, force_refresh=force_refresh)
        except DispatchError:
            ready = None  # asking raises the same, where it is noted and told
        if ready is None:
            return background.submit(self.ask(provider, force_refresh=force_refresh))
        future: Future[ModelList] = Future()
        future.set_result(ready)
        return future

    async def diagnose(self, provider: Provider) -> Diagnosis:
        """Find out step by step why a provider gives no models. Runs on the background loop.

        Args:
            provider: A provider of the file.
        """
        from ..discovery.diagnose import Diagnosis, Step, diagnose

        try:
            target = self.target(provider)
        except DispatchError as error:  # it cannot be asked at all: that is the diagnosis
            return Diagnosis(steps=(Step(ok=False, text=error.message),), suggestion=error.hint)
        return await diagnose(target, timeout_seconds=self._timeout_seconds, transport=self._transport)

    def is_asking(self, provider_id: str) -> bool:
        """Whether a request for this provider is under way.

        Args:
            provider_id: The provider's id.
        """
        with self._lock:
            return self._asking[provider_id] > 0

    def last_error(self, provider_id: str) -> DispatchError | None:
        """What went wrong when the provider was asked last; None if nothing did.

        Args:
            provider_id: The provider's id.
        """
        with self._lock:
            return self._errors.get(provider_id)

    def allowed(self, provider_id: str) -> None:
        """Forget that a provider could not be asked without a yes, now that there is one.

        Args:
            provider_id: The provider's id.
        """
        with self._lock:
            if isinstance(self._errors.get(provider_id), ConsentNeededError):
                del self._errors[provider_id]
        self._on_change("discovery", provider_id)

    def retry_at(self, provider_id: str) -> datetime | None:
        """When a rate-limited provider may be asked again (UTC); None if it may now.

        Args:
            provider_id: The provider's id.
        """
        return self._made.retry_at(provider_id) if self._made is not None else None

    def unlock(self, provider_id: str) -> None:
        """Lift a rate limit's lock before its time (MD-10).

        Args:
            provider_id: The provider's id.
        """
        if self._made is None:
            return
        self._made.unlock(provider_id)
        with self._lock:
            error = self._errors.get(provider_id)
            if isinstance(error, DiscoveryError) and error.kind == "RATE_LIMITED":
                del self._errors[provider_id]
        self._on_change("discovery", provider_id)


def _is_same_account(one: Provider, other: Provider | None) -> bool:
    """Whether two states of a provider would be asked in the same way (PM-3)."""
    return (
        other is not None
        and (one.type, one.base_url) == (other.type, other.base_url)
        and one.credentials.api_key == other.credentials.api_key
    )
