"""From a provider of the file to an answer of its server (MD-6 to MD-15), only where its key may be sent.

Settings and discovery do not know each other; here a provider of the file becomes a target to ask. What came
of it is in the book (`discovery.book`) and nowhere else.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from .._hide_frames import hide_frames
from .._loop import background
from .._terms import PROVIDER_TYPES
from ..discovery.book import ProviderBook
from ..discovery.builtin import builtin_models
from ..discovery.models import Target
from ..errors import DispatchError, FieldProblem, InvalidInputError
from ..secrets import resolve_key
from ..settings.registry import no_provider
from ..settings.schema import Settings
from ..urls import normalise_base_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Literal

    import httpx

    from ..discovery.diagnose import Diagnosis
    from ..discovery.discoverer import Discoverer
    from ..discovery.models import ModelList
    from ..settings.schema import Provider
    from .consent import Consents

    ResultCallback = Callable[[str, "ModelList | DispatchError"], None]


class Asking:
    """Asks the providers of one settings file, on the background loop.

    Args:
        consents: What references may be sent where (SEC-4).
        on_change: Called, from whichever thread, with ``asking`` or ``discovery`` and a provider's id.
        timeout_seconds: Wall-clock deadline of one request, in seconds.
        transport: An httpx transport to use instead of the network.
        clock: Wall clock, in seconds since 1970; `time.time` if None.
    """

    def __init__(
        self,
        *,
        consents: Consents,
        on_change: Callable[[Literal["asking", "discovery"], str], None],
        timeout_seconds: float,
        transport: httpx.AsyncBaseTransport | None,
        clock: Callable[[], float] | None,
    ) -> None:
        self.book = ProviderBook(clock or time.time, on_change)
        self._consents = consents
        self._timeout_seconds = timeout_seconds
        self._transport = transport
        self._lock = threading.Lock()
        self._settings = Settings()

    def follow(self, settings: Settings) -> None:
        """Drop what is known of providers that are gone or have another type, URL or key (PM-3).

        Args:
            settings: The file as it is now.
        """
        with self._lock:
            before, self._settings = self._settings, settings
            for provider in before.providers:
                if not _is_same_account(provider, settings.provider(provider.id)):
                    self.book.forget(provider.id)

    @hide_frames
    def target(self, provider: Provider) -> Target:
        """Whom to ask for a provider's models.

        Args:
            provider: A provider of the file.

        Raises:
            InvalidInputError: If its type is not known here, or its base URL cannot be used.
            MissingVariableError: If its key refers to a variable that is not set.
            ConsentNeededError: If its key refers to something that must not be sent there unasked.
        """
        return self._target(provider, allowed=self._consents.check)

    def _target(self, provider: Provider, *, allowed: Callable[[Provider], None]) -> Target:
        kind = next((known for known in PROVIDER_TYPES if known == provider.type), None)
        if kind is None:
            raise InvalidInputError(
                [
                    FieldProblem(
                        "type", f"{provider.type} is not a type that this version can ask for models."
                    )
                ],
                hint="A newer version of this package or of the Dispatch app may know it.",
            )
        url = normalise_base_url(provider.base_url, kind).url
        allowed(provider)
        return Target(
            provider_id=provider.id,
            name=provider.name,
            type=kind,
            base_url=url,
            api_key=resolve_key(provider.credentials.api_key.get_secret_value()),
        )

    async def check(self, provider: Provider) -> ModelList:
        """Ask a provider that is not in the file, and keep nothing of it.

        Args:
            provider: A provider as it was just given here, which is the yes to sending its key (SEC-4).

        Raises:
            DispatchError: As `ask` does.
        """
        from ..discovery.discoverer import Discoverer

        target = replace(self._target(provider, allowed=lambda _: None), provider_id="")
        discoverer = Discoverer(
            timeout_seconds=self._timeout_seconds, transport=self._transport, clock=self.book.now
        )
        try:
            return await discoverer.discover(target)
        finally:
            await discoverer.aclose()

    def cached(self, provider: Provider) -> ModelList | None:
        """Whatever list is held, fresh or old, without a request and without an error.

        Args:
            provider: A provider of the file, or the mock provider.
        """
        if provider.is_mock:
            return builtin_models(provider.id, provider.name)
        try:
            return self.book.peek(self.target(provider))
        except DispatchError:
            return None

    def start(self, provider: Provider, *, force_refresh: bool) -> Future[ModelList]:
        """Start asking and return at once; what needs no request is there already (MD-6).

        Args:
            provider: A provider of the file, or the mock provider.
            force_refresh: Whether to go past the cache (MD-7).
        """
        ready = self._ready(provider, force_refresh=force_refresh)
        if ready is None:
            return background.submit(self.ask(provider, force_refresh=force_refresh))
        future: Future[ModelList] = Future()
        future.set_result(ready)
        return future

    def _ready(self, provider: Provider, *, force_refresh: bool) -> ModelList | None:
        if provider.is_mock:
            return builtin_models(provider.id, provider.name)
        try:
            return None if force_refresh else self.book.cached(self.target(provider))
        except DispatchError:
            return None  # asking raises the same, where it is noted and told

    async def ask(self, provider: Provider, *, force_refresh: bool) -> ModelList:
        """Ask a provider, or answer from the cache.

        Where the provider is changed meanwhile it is asked again as it is then (PM-3).

        Args:
            provider: A provider of the file, or the mock provider.
            force_refresh: Whether to go past the cache (MD-7).

        Raises:
            DispatchError: As the table of MD-15 says, or if the provider cannot be asked at all.
            NotFoundError: If the provider is deleted meanwhile.
        """
        if provider.is_mock:
            return builtin_models(provider.id, provider.name)
        with self.book.asking(provider.id):
            while True:
                try:
                    outcome: ModelList | DispatchError = await self._discoverer.discover(
                        self._target_or_refusal(provider), force_refresh=force_refresh
                    )
                except DispatchError as error:
                    outcome = error
                now = self._settings.provider(provider.id)
                if now is None:
                    raise no_provider(provider.id)
                if _is_same_account(provider, now):
                    break
                # What came is about an account that is no longer this provider's: it is thrown away.
                provider, force_refresh = now, False
        if isinstance(outcome, DispatchError):
            raise outcome
        return outcome

    def _target_or_refusal(self, provider: Provider) -> Target:
        """The target; why there is none is noted, unless the provider has been changed already."""
        try:
            return self.target(provider)
        except DispatchError as error:
            with self._lock:
                is_current = _is_same_account(provider, self._settings.provider(provider.id))
                if is_current:
                    self.book.keep_refusal(provider.id, error)
            raise

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

        async def one(provider: Provider) -> tuple[str, ModelList | DispatchError]:
            result: ModelList | DispatchError
            try:
                result = await self.ask(provider, force_refresh=force_refresh)
            except DispatchError as error:
                result = error
            if on_result is not None:
                on_result(provider.id, result)
            return provider.id, result

        return dict(await asyncio.gather(*map(one, providers)))

    async def diagnose(self, provider: Provider) -> Diagnosis:
        """Find out step by step why a provider gives no models (MD-14, MD-16).

        Args:
            provider: A provider of the file.
        """
        from ..discovery.diagnose import Diagnosis, Step, diagnose

        try:
            target = self.target(provider)
        except DispatchError as error:  # it cannot be asked at all: that is the diagnosis
            return Diagnosis(steps=(Step(ok=False, text=error.message),), suggestion=error.hint)
        found = await diagnose(target, timeout_seconds=self._timeout_seconds, transport=self._transport)
        if found.ok and self.book.last_error(provider.id) is not None:
            return replace(found, suggestion="It answers now: refresh its list.")
        return found

    @cached_property
    def _discoverer(self) -> Discoverer:
        """Made at first use: it brings in the HTTP library. Only the background loop asks for it."""
        from ..discovery.discoverer import Discoverer

        return Discoverer(timeout_seconds=self._timeout_seconds, transport=self._transport, book=self.book)


def _is_same_account(one: Provider, other: Provider | None) -> bool:
    """Whether two states of a provider would be asked in the same way (PM-3)."""
    return (
        other is not None
        and (one.type, one.base_url) == (other.type, other.base_url)
        and one.credentials.api_key == other.credentials.api_key
    )
