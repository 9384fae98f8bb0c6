"""The objects in responses, with the names and structure of the settings file."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from .._serialise import serialise_model
from ..errors import DiscoveryError
from ..urls import shown_url
from .trpc_format import from_dispatch_error, moment

if TYPE_CHECKING:
    from ..discovery.models import DiscoveredModel, ModelList
    from ..errors import DispatchError
    from ..service import Impact
    from ..settings.schema import Assignment, CatalogEntry, Provider


def provider_shape(provider: Provider, *, masked: bool) -> dict[str, Any]:
    """A provider as in the settings file; `masked` applies to its key and base URL."""
    own = provider.credentials
    credentials = {"apiKey": provider.masked_key if masked else own.api_key.get_secret_value()}
    if own.base_url is not None:
        credentials["baseUrl"] = shown_url(own.base_url) if masked else own.base_url
    return {"id": provider.id, "name": provider.name, "type": provider.type, "credentials": credentials}


def entry_shape(entry: CatalogEntry) -> dict[str, Any]:
    """A catalog entry as in the settings file, and what is wrong with it."""
    capabilities = entry.capabilities
    fields = {
        "id": entry.id,
        "providerId": entry.provider_id,
        "model": entry.model,
        "label": entry.label,
        "capabilities": None if capabilities is None else list(capabilities),
        "problem": entry.problem or None,
    }
    return {name: value for name, value in fields.items() if value is not None}


def assignment_shape(assignment: Assignment) -> dict[str, Any]:
    """An assignment as in the settings file, and what is wrong with it, here and for the Dispatch app."""
    fields = {
        "task": assignment.task,
        "modelId": assignment.model_id,
        "problem": assignment.problem or None,
        "appProblem": assignment.app_problem or None,
    }
    return {name: value for name, value in fields.items() if value is not None}


def deletion_shape(impact: Impact) -> dict[str, Any]:
    """The entries and tasks that a deletion affected (PM-4)."""
    return {
        "success": True,
        "entries": [entry_shape(entry) for entry in impact.entries],
        "tasks": list(impact.tasks),
    }


def model_shape(model: DiscoveredModel) -> dict[str, Any]:
    """A model of a list, without the fields that its server does not state."""
    facts = serialise_model(model)
    if model.input_modalities is not None:
        facts["inputModalities"] = list(model.input_modalities)
    if model.price is not None:
        facts["price"] = {"input": _finite(model.price.input), "output": _finite(model.price.output)}
    return facts


def list_shape(models: ModelList) -> dict[str, Any]:
    """The list of a provider, and its state (MD-13)."""
    return {
        "providerId": models.provider_id,
        "providerName": models.provider_name,
        "models": [model_shape(model) for model in models],
        "source": models.source,
        "fetchedAt": None if models.fetched_at is None else moment(models.fetched_at),
        "warning": models.warning,
        "error": None if models.error is None else error_shape(models.error),
        "retryAt": None if models.retry_at is None else moment(models.retry_at),
        "added": list(models.added),
        "removed": list(models.removed),
    }


def failed_list_shape(provider: Provider, error: DispatchError) -> dict[str, Any]:
    """The state of a provider without a list, or with one from before a failure (MD-15)."""
    cached = error.cached if isinstance(error, DiscoveryError) else None
    retry_at = error.retry_at if isinstance(error, DiscoveryError) else None
    return {
        "providerId": provider.id,
        "providerName": provider.name,
        "models": [] if cached is None else [model_shape(model) for model in cached.models],
        "source": None if cached is None else "stale",
        "fetchedAt": None if cached is None or cached.fetched_at is None else moment(cached.fetched_at),
        "warning": "",
        "error": error_shape(error),
        "retryAt": None if retry_at is None else moment(retry_at),
        "added": [],
        "removed": [],
    }


def error_shape(error: DispatchError) -> dict[str, Any]:
    """An error beside a list: code, message and hint, and for a discovery failure its kind."""
    told = from_dispatch_error(error)
    return {"code": told.name, "message": told.message, **told.extra}


def _finite(number: float | None) -> float | None:
    return number if number is not None and math.isfinite(number) else None
