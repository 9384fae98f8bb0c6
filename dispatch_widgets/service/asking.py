"""Requests to the providers of a settings file (MD-6 to MD-15), if their keys may be sent there.

Settings and discovery do not import each other; here a provider of the file becomes a target of discovery.
All results are in the book (`discovery.book`).
"""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from .._hide_frames import hide_frames
from .._loop import background
from .._terms import PROVIDER_TYPES
from ..discovery.book import ProviderBook
from ..discovery.models import Target, mock_list
from ..errors import DispatchError, FieldProblem, InvalidInputError
from ..secrets import resolve_key
from ..settings.registry import no_provider
from ..settings.schema import Settings
from ..urls import normalise_base_url

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping
    from concurrent.futures import Future
    from typing import Literal

    import httpx

    from ..discovery.diagnose import Diagnosis
    from ..discovery.discoverer import Discoverer
    from ..discovery.models import ModelList
    from ..settings.schema import Provider
    from .consent import Consents

    ResultCallback = Callable[[str, "ModelList | DispatchError"], None]


_Asked = TypeVar("_Asked")
_Result = TypeVar("_Result")


class Asking:
    """Makes the requests for one settings file, on the background loop.

    Args:
        consents: Which references may be sent where (SEC-4).
        on_change: Called, from whichever thread, with ``asking`` or ``discovery`` and a provider's id.
        timeout_seconds: The wall-clock deadline of a request, in seconds.
        transport: An httpx transport in place of the network.
        clock: Gives the time in seconds since 1970; `time.time` if None.
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

    def follow(self, current: Callable[[], Settings]) -> None:
        """Drops the results of providers that are gone or have a new type, URL or key (PM-3).

        Args:
            current: Returns the current settings; called under a lock, so that of two threads the later one
                never follows an older state.
        """
        with self._lock:
            before, self._settings = self._settings, current()
            settings = self._settings
            for provider in before.providers:
                if not is_same_account(provider, settings.provider(provider.id)):
                    self.book.forget(provider.id)

    @hide_frames
    def target(self, provider: Provider) -> Target:
        """The target of requests for a provider's models.

        Raises:
            InvalidInputError: If its type is unknown, or its base URL cannot be used.
            MissingVariableError: If its key refers to a variable that is not set.
            ConsentNeededError: If its key is a reference that may not be sent there without consent.
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
        """Requests the models of a provider that is not in the file, and keeps nothing of the result.

        The user has just entered it, and so consents to sending its key (SEC-4).

        Raises:
            DispatchError: As `ask` does.
        """
        from ..discovery.discoverer import Discoverer

        target = replace(self._target(provider, allowed=lambda _: None), provider_id="")
        discoverer = Discoverer(
            timeout_seconds=self._timeout_seconds, transport=self._transport, clock=self.book.now
        )
        return await discoverer.discover(target)

    def peek(self, provider: Provider) -> ModelList | None:
        """The cached list, however old, without a request; None if there is none."""
        if provider.is_mock:
            return mock_list(provider.id, provider.name)
        try:
            return self.book.peek(self.target(provider))
        except DispatchError:
            return None

    def start(self, provider: Provider, *, force_refresh: bool) -> Future[ModelList]:
        """Starts a request, and returns at once; a fresh cached list needs none (MD-6)."""
        ready = self._ready(provider, force_refresh=force_refresh)
        if ready is not None:
            return background.done(ready)
        return background.submit(self.ask(provider, force_refresh=force_refresh))

    def _ready(self, provider: Provider, *, force_refresh: bool) -> ModelList | None:
        if provider.is_mock:
            return mock_list(provider.id, provider.name)
        try:
            return None if force_refresh else self.book.cached(self.target(provider))
        except DispatchError:
            return None  # `ask` raises the same, and records it

    async def ask(self, provider: Provider, *, force_refresh: bool) -> ModelList:
        """Requests a provider's models, or returns the cached list.

        If the provider is changed meanwhile, the changed one is asked (PM-3).

        Raises:
            DispatchError: As the table of MD-15 says, or if no request can be made.
            NotFoundError: If the provider is deleted meanwhile.
        """
        if provider.is_mock:
            return mock_list(provider.id, provider.name)
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
                if is_same_account(provider, now):
                    break
                # The result is dropped, as it belongs to an account that is no longer this provider's.
                provider, force_refresh = now, False
        if isinstance(outcome, DispatchError):
            raise outcome
        return outcome

    def _target_or_refusal(self, provider: Provider) -> Target:
        """The target; the reason why there is none is recorded, unless the provider has changed already."""
        try:
            return self.target(provider)
        except DispatchError as error:
            with self._lock:
                is_current = is_same_account(provider, self._settings.provider(provider.id))
                if is_current:
                    self.book.keep_refusal(provider.id, error)
            raise

    async def ask_all(
        self, providers: Iterable[Provider], *, force_refresh: bool, on_result: ResultCallback | None
    ) -> dict[str, ModelList | DispatchError]:
        """Requests the models of several providers concurrently; one that fails delays no other (MD-12).

        Returns:
            A list or an error by provider id, in the order given.
        """
        asked = {provider.id: provider for provider in providers}
        return await ask_each(
            asked, lambda provider: self.ask(provider, force_refresh=force_refresh), on_result
        )

    async def diagnose(self, provider: Provider, *, entered: bool = False) -> Diagnosis:
        """Finds out step by step why a provider gives no models (MD-14, MD-16).

        Args:
            provider: The provider.
            entered: Whether the user has just entered it and so consents to sending its key, as in `check`.
        """
        from ..discovery.diagnose import Diagnosis, Step, diagnose

        if provider.is_mock:
            return Diagnosis(
                steps=(Step(ok=True, text=f"{provider.name} is built in and needs no network."),),
                suggestion="Nothing needs to be changed.",
            )
        try:
            target = self._target(provider, allowed=lambda _: None) if entered else self.target(provider)
        except DispatchError as error:  # no request can be made, which is the diagnosis
            return Diagnosis(steps=(Step(ok=False, text=error.message),), suggestion=error.hint)
        found = await diagnose(target, timeout_seconds=self._timeout_seconds, transport=self._transport)
        if found.ok and self.book.last_error(provider.id) is not None:
            unlock = "unlock it, then " if self.book.retry_at(provider.id) is not None else ""
            return replace(found, suggestion=f"It answers now: {unlock}refresh its list.")
        return found

    @cached_property
    def _discoverer(self) -> Discoverer:
        """Created on first use, as it imports the HTTP library; only used on the background loop."""
        from ..discovery.discoverer import Discoverer

        return Discoverer(timeout_seconds=self._timeout_seconds, transport=self._transport, book=self.book)


async def ask_each(
    asked: Mapping[str, _Asked],
    ask: Callable[[_Asked], Awaitable[_Result]],
    on_result: Callable[[str, _Result | DispatchError], None] | None,
) -> dict[str, _Result | DispatchError]:
    """Asks all at once; an error is the result of the one that it is about, and delays no other.

    Returns:
        A result or an error by id, in the order given.
    """
    import asyncio

    async def one(name: str) -> _Result | DispatchError:
        result: _Result | DispatchError
        try:
            result = await ask(asked[name])
        except DispatchError as error:
            result = error
        if on_result is not None:
            on_result(name, result)
        return result

    return dict(zip(asked, await asyncio.gather(*map(one, asked)), strict=True))


def is_same_account(one: Provider, other: Provider | None) -> bool:
    """Whether requests for two states of a provider would be the same (PM-3)."""
    return (
        other is not None
        and (one.type, one.base_url) == (other.type, other.base_url)
        and one.credentials.api_key == other.credentials.api_key
    )
