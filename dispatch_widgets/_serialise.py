"""Values as plain JSON objects for ``--json``: named as in the settings file, without keys."""

from __future__ import annotations

from .urls import shown_url

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from .discovery.diagnose import Diagnosis
    from .discovery.models import DiscoveredModel, ModelList
    from .leaks import ScanReport
    from .service.sharing import SharedCopy
    from .settings.kept_providers import KeptCopy
    from .settings.report import MigrationReport
    from .settings.schema import Provider
    from .settings.store import Backup
    from .trying import TryResult


def serialise_provider(provider: Provider) -> dict[str, Any]:
    """A provider, its key in the form that may be shown."""
    return {
        "id": provider.id,
        "name": provider.name,
        "type": provider.type,
        "baseUrl": shown_url(provider.base_url),
        "key": provider.masked_key,
    }


def serialise_model_list(models: ModelList) -> dict[str, Any]:
    """A list of models, and where it came from."""
    return {
        "providerId": models.provider_id,
        "source": models.source,
        "fetchedAt": models.fetched_at.isoformat() if models.fetched_at else None,
        "warning": models.warning,
        "models": [serialise_model(model) for model in models],
    }


def serialise_model(model: DiscoveredModel) -> dict[str, Any]:
    """A model; what its server does not state is left out."""
    fields = {
        "id": model.id,
        "name": model.name,
        "capabilities": list(model.capabilities),
        "ownedBy": model.owned_by,
        "created": model.created,
        "contextWindow": model.context_window,
        "maxOutputTokens": model.max_output_tokens,
        "features": list(model.features) or None,
        "deprecated": model.deprecated,
        "shutdownDate": model.shutdown_date,
    }
    return {name: value for name, value in fields.items() if value is not None}


def serialise_migration(path: Path, report: MigrationReport | None) -> dict[str, Any]:
    """What a migration did or would do."""
    if report is None:
        return {"path": str(path), "needed": False, "written": False}
    return {
        "path": str(path),
        "needed": True,
        "written": report.written,
        "backup": str(report.backup) if report.backup else None,
        "providers": [
            {
                "id": made.id,
                "name": made.name,
                "type": made.type,
                "baseUrl": made.base_url,
                "key": made.masked_key,
            }
            for made in report.providers
        ],
        "entries": list(report.entries),
        "warnings": list(report.warnings),
    }


def serialise_backup(backup: Backup) -> dict[str, Any]:
    """A copy of the settings file."""
    return {
        "path": str(backup.path),
        "madeAt": backup.made_at.isoformat(),
        "reason": backup.reason,
        "sizeBytes": backup.size_bytes,
        "providers": backup.providers,
        "entries": backup.entries,
        "kept": False,
    }


def serialise_kept_copy(copy: KeptCopy) -> dict[str, Any]:
    """The copy of the providers, as `serialise_backup` tells of a copy of the file."""
    return {
        "path": str(copy.path),
        "madeAt": copy.saved_at.isoformat(),
        "reason": copy.reason,
        "sizeBytes": copy.size_bytes,
        "providers": len(copy.providers),
        "entries": 0,
        "kept": True,
    }


def serialise_diagnosis(diagnosis: Diagnosis) -> dict[str, Any]:
    """What was tried at a provider, and what to change."""
    return {
        "ok": diagnosis.ok,
        "steps": [{"ok": step.ok, "text": step.text} for step in diagnosis.steps],
        "suggestion": diagnosis.suggestion,
        "suggestedBaseUrl": diagnosis.suggested_base_url,
        "suggestedType": diagnosis.suggested_type,
    }


def serialise_try(result: TryResult) -> dict[str, Any]:
    """What came of one request to a model."""
    return {
        "ok": result.ok,
        "task": result.task,
        "model": result.model,
        "provider": result.provider_name,
        "latencySeconds": round(result.latency_seconds, 3),
        "message": result.message,
        "answer": result.answer,
        "inputTokens": result.input_tokens,
        "outputTokens": result.output_tokens,
        "costDollars": result.cost_dollars,
        "error": result.error.as_dict() if result.error else None,
    }


def serialise_shared_copy(copy: SharedCopy) -> dict[str, Any]:
    """A copy without keys, and the variables that it needs."""
    return {
        "path": str(copy.path),
        "variables": [
            {"name": variable.name, "providers": list(variable.providers), "places": list(variable.places)}
            for variable in copy.variables
        ],
    }


def serialise_scan(report: ScanReport) -> dict[str, Any]:
    """What a scan for keys found, each key in the form that may be shown."""
    return {
        "files": report.files,
        "keys": report.keys,
        "leaks": [
            {
                "path": str(leak.path),
                "cell": leak.cell,
                "place": leak.place,
                "line": leak.line,
                "key": leak.key,
            }
            for leak in report.leaks
        ],
        "fixed": [str(path) for path in report.fixed],
        "backups": [str(path) for path in report.backups],
        "unread": [{"path": str(path), "reason": reason} for path, reason in report.unread],
        "skipped": [str(path) for path in report.skipped],
    }
