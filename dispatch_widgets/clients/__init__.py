"""Clients, and arguments for clients, for a task or a model (API-5)."""

from __future__ import annotations

from .resolved import ResolvedModel, resolved_model

__all__ = ["ResolvedModel", "resolved_model"]
