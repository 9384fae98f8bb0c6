"""The service's functions on the default settings file, for a cell that wants no object first.

``dw.discover_models(...)``, ``dw.resolve(...)`` and ``dw.panel()`` all act on one `SettingsService`
for the file that `default_service` finds. Each function is the method of the same name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._hide_frames import hide_frames
from .service import SettingsService
from .service.default import default_service
from .trying import TRY_TIMEOUT_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from ._terms import Capability, ProviderType
    from .clients import ResolvedModel
    from .discovery.models import ModelList
    from .errors import DispatchError
    from .leaks import ScanReport
    from .service import Impact
    from .service.asking import ResultCallback
    from .service.sharing import SharedCopy
    from .settings.report import MigrationReport
    from .settings.schema import Assignment, CatalogEntry, Provider, ProviderList
    from .settings.tasks import Task
    from .trying import TryCallback, TryResult
    from .widgets.app import Panel


def panel(service: SettingsService | None = None) -> Panel:
    """The whole app in a cell.

    Args:
        service: The service to show; the default file's if None.
    """
    from .widgets.app import Panel

    return Panel(service)


def preview_migration(path: str | Path | None = None) -> MigrationReport | None:
    """What migrating a settings file would do; nothing is written (MIG-6).

    Args:
        path: The file; the default one if None.

    Returns:
        The report, or None if the file needs no migration.
    """
    return SettingsService(path, auto_migrate=False).preview_migration()


def get_providers() -> ProviderList:
    """See `SettingsService.get_providers`."""
    return default_service().get_providers()


@hide_frames
def add_provider(
    *,
    name: str,
    type: ProviderType,  # noqa: A002
    api_key: str,
    base_url: str | None = None,
    pasted: bool = True,
) -> Provider:
    """See `SettingsService.add_provider`."""
    return default_service().add_provider(
        name=name, type=type, api_key=api_key, base_url=base_url, pasted=pasted
    )


@hide_frames
def update_provider(
    provider_id: str,
    *,
    name: str | None = None,
    type: ProviderType | None = None,  # noqa: A002
    api_key: str | None = None,
    base_url: str | None = None,
    pasted: bool = True,
    seen: Provider | None = None,
    sending: tuple[str, str] | None = None,
    consent: bool = True,
) -> Provider:
    """See `SettingsService.update_provider`."""
    return default_service().update_provider(
        provider_id,
        name=name,
        type=type,
        api_key=api_key,
        base_url=base_url,
        pasted=pasted,
        seen=seen,
        sending=sending,
        consent=consent,
    )


def allow_sending(provider_id: str, *, variable: str | None = None, host: str | None = None) -> None:
    """See `SettingsService.allow_sending`."""
    default_service().allow_sending(provider_id, variable=variable, host=host)


def delete_provider(provider_id: str, *, unassign: bool = False) -> Impact:
    """See `SettingsService.delete_provider`."""
    return default_service().delete_provider(provider_id, unassign=unassign)


def removed_providers() -> tuple[Provider, ...]:
    """See `SettingsService.removed_providers`."""
    return default_service().removed_providers


def bring_back_providers() -> tuple[Provider, ...]:
    """See `SettingsService.bring_back_providers`."""
    return default_service().bring_back_providers()


@hide_frames
def export_without_keys(path: str | Path, *, replace: bool = False) -> SharedCopy:
    """See `SettingsService.export_without_keys`."""
    return default_service().export_without_keys(path, replace=replace)


def merge_providers(keep: str, others: Iterable[str]) -> Provider:
    """See `SettingsService.merge_providers`."""
    return default_service().merge_providers(keep, others)


def merge_duplicates(keep: str | None = None) -> tuple[tuple[str, ...], ...]:
    """See `SettingsService.merge_duplicates`."""
    return default_service().merge_duplicates(keep)


@hide_frames
def add_model(
    *,
    provider_id: str,
    model: str,
    label: str | None = None,
    capabilities: Iterable[Capability] | None = None,
    tasks: Iterable[Task] = (),
    entry_id: str | None = None,
) -> CatalogEntry:
    """See `SettingsService.add_model`."""
    return default_service().add_model(
        provider_id=provider_id,
        model=model,
        label=label,
        capabilities=capabilities,
        tasks=tasks,
        entry_id=entry_id,
    )


@hide_frames
def update_model(
    entry_id: str,
    *,
    provider_id: str | None = None,
    model: str | None = None,
    label: str | None = None,
    capabilities: Iterable[Capability] | None = None,
) -> CatalogEntry:
    """See `SettingsService.update_model`."""
    return default_service().update_model(
        entry_id, provider_id=provider_id, model=model, label=label, capabilities=capabilities
    )


def delete_model(entry_id: str) -> Impact:
    """See `SettingsService.delete_model`."""
    return default_service().delete_model(entry_id)


def assign(task: Task, entry_id: str) -> Assignment:
    """See `SettingsService.assign`."""
    return default_service().assign(task, entry_id)


def unassign(task: Task) -> None:
    """See `SettingsService.unassign`."""
    default_service().unassign(task)


@hide_frames
def check_provider(
    *,
    type: ProviderType,  # noqa: A002
    api_key: str,
    base_url: str | None = None,
) -> ModelList:
    """See `SettingsService.check_provider`."""
    return default_service().check_provider(type=type, api_key=api_key, base_url=base_url)


def discover_models(provider_id: str, force_refresh: bool = False) -> ModelList:
    """See `SettingsService.discover_models`."""
    return default_service().discover_models(provider_id, force_refresh)


async def discover_models_async(provider_id: str, force_refresh: bool = False) -> ModelList:
    """See `SettingsService.discover_models_async`."""
    return await default_service().discover_models_async(provider_id, force_refresh)


def refresh_all(
    *, force_refresh: bool = True, on_result: ResultCallback | None = None
) -> dict[str, ModelList | DispatchError]:
    """See `SettingsService.refresh_all`."""
    return default_service().refresh_all(force_refresh=force_refresh, on_result=on_result)


async def refresh_all_async(
    *, force_refresh: bool = True, on_result: ResultCallback | None = None
) -> dict[str, ModelList | DispatchError]:
    """See `SettingsService.refresh_all_async`."""
    return await default_service().refresh_all_async(force_refresh=force_refresh, on_result=on_result)


def resolve(task: Task) -> ResolvedModel:
    """See `SettingsService.resolve`."""
    return default_service().resolve(task)


def resolve_model(provider: str, model: str) -> ResolvedModel:
    """See `SettingsService.resolve_model`."""
    return default_service().resolve_model(provider, model)


def try_task(task: Task, *, timeout_seconds: float = TRY_TIMEOUT_SECONDS) -> TryResult:
    """See `SettingsService.try_task`."""
    return default_service().try_task(task, timeout_seconds=timeout_seconds)


async def try_task_async(task: Task, *, timeout_seconds: float = TRY_TIMEOUT_SECONDS) -> TryResult:
    """See `SettingsService.try_task_async`."""
    return await default_service().try_task_async(task, timeout_seconds=timeout_seconds)


def try_model(provider: str, model: str, *, timeout_seconds: float = TRY_TIMEOUT_SECONDS) -> TryResult:
    """See `SettingsService.try_model`."""
    return default_service().try_model(provider, model, timeout_seconds=timeout_seconds)


async def try_model_async(
    provider: str, model: str, *, timeout_seconds: float = TRY_TIMEOUT_SECONDS
) -> TryResult:
    """See `SettingsService.try_model_async`."""
    return await default_service().try_model_async(provider, model, timeout_seconds=timeout_seconds)


def try_entries(
    entry_ids: Iterable[str],
    *,
    timeout_seconds: float = TRY_TIMEOUT_SECONDS,
    on_result: TryCallback | None = None,
) -> dict[str, TryResult | DispatchError]:
    """See `SettingsService.try_entries`."""
    return default_service().try_entries(entry_ids, timeout_seconds=timeout_seconds, on_result=on_result)


async def try_entries_async(
    entry_ids: Iterable[str],
    *,
    timeout_seconds: float = TRY_TIMEOUT_SECONDS,
    on_result: TryCallback | None = None,
) -> dict[str, TryResult | DispatchError]:
    """See `SettingsService.try_entries_async`."""
    return await default_service().try_entries_async(
        entry_ids, timeout_seconds=timeout_seconds, on_result=on_result
    )


def scan(paths: Iterable[str | Path] | str | Path, *, fix: bool = False) -> ScanReport:
    """See `SettingsService.scan`."""
    return default_service().scan(paths, fix=fix)


def scan_notebook(path: str | Path, *, fix: bool = False) -> ScanReport:
    """See `SettingsService.scan_notebook`."""
    return default_service().scan_notebook(path, fix=fix)
