"""From a task, or a provider and a model, to a client that is ready (API-5)."""

from __future__ import annotations

from .resolved import ResolvedModel, describe

__all__ = ["ResolvedModel", "describe"]
