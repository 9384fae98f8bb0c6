"""From a task, or a provider and a model, to a client that is ready (API-5)."""

from __future__ import annotations

from .resolved import ResolvedModel, resolved_model

__all__ = ["ResolvedModel", "resolved_model"]
