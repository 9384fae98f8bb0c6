"""Trying a model, only when asked: one tiny real request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._loop import background
from ..trying import TRY_TIMEOUT_SECONDS, attempt
from .resolving import Resolving

if TYPE_CHECKING:
    from concurrent.futures import Future

    from .._resolve import ResolvedModel
    from ..trying import TryResult


class Trying(Resolving):
    """Does what was picked answer?"""

    def try_task(self, task: str, *, timeout_seconds: float = TRY_TIMEOUT_SECONDS) -> TryResult:
        """Ask the model of a task for a few tokens, or for one embedding.

        A request that fails is a result, not an exception: ``result.error`` says why, with a hint.

        Args:
            task: One of the six tasks.
            timeout_seconds: How long it may take, by the wall.

        Raises:
            DispatchError: If there is nothing to ask: everything that `resolve` raises.
        """
        return background.call(self._attempt(self.resolve(task), timeout_seconds))

    async def try_task_async(self, task: str, *, timeout_seconds: float = TRY_TIMEOUT_SECONDS) -> TryResult:
        """See `try_task`.

        Args:
            task: One of the six tasks.
            timeout_seconds: How long it may take, by the wall.
        """
        return await background.wait(self._attempt(self.resolve(task), timeout_seconds))

    def try_model(
        self, provider: str, model: str, *, timeout_seconds: float = TRY_TIMEOUT_SECONDS
    ) -> TryResult:
        """Ask a model for a few tokens, or for one embedding; see `try_task`.

        Args:
            provider: The provider's id, or its name if no other has the same.
            model: The model's id.
            timeout_seconds: How long it may take, by the wall.

        Raises:
            DispatchError: If there is nothing to ask: everything that `resolve_model` raises.
        """
        return background.call(self._attempt(self.resolve_model(provider, model), timeout_seconds))

    async def try_model_async(
        self, provider: str, model: str, *, timeout_seconds: float = TRY_TIMEOUT_SECONDS
    ) -> TryResult:
        """See `try_model`.

        Args:
            provider: The provider's id, or its name.
            model: The model's id.
            timeout_seconds: How long it may take, by the wall.
        """
        return await background.wait(self._attempt(self.resolve_model(provider, model), timeout_seconds))

    def start_try(self, task: str, *, timeout_seconds: float = TRY_TIMEOUT_SECONDS) -> Future[TryResult]:
        """Start `try_task` and return at once; for panels. Cancelling the future cancels the request.

        Args:
            task: One of the six tasks.
            timeout_seconds: How long it may take, by the wall.

        Raises:
            DispatchError: If there is nothing to ask: everything that `resolve` raises.
        """
        return background.submit(self._attempt(self.resolve(task), timeout_seconds))

    async def _attempt(self, resolved: ResolvedModel, timeout_seconds: float) -> TryResult:
        return await attempt(resolved, timeout_seconds=timeout_seconds, transport=self._transport)
