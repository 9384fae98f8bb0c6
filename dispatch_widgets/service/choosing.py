"""Finds providers and entries by id, name or task, in one state of the settings (API-5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._text import clean
from ..errors import FieldProblem, InvalidInputError, UnresolvedTaskError
from ..secrets import redact
from ..settings.registry import as_tuple, no_entry, no_provider
from ..settings.schema import MOCK_PROVIDER, MOCK_PROVIDER_ID, ProviderList
from ..settings.tasks import TASKS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..settings.schema import CatalogEntry, Provider, Settings
    from ..settings.tasks import Task


def shown_providers(settings: Settings) -> ProviderList:
    """All providers in the file's order, and the mock provider if an entry refers to it (PM-5, PM-7)."""
    mock_is_used = any(entry.provider_id == MOCK_PROVIDER_ID for entry in settings.catalog)
    if mock_is_used and settings.provider(MOCK_PROVIDER_ID) is MOCK_PROVIDER:
        return ProviderList((*settings.providers, MOCK_PROVIDER))
    return ProviderList(settings.providers)


def provider_of(settings: Settings, provider_id: str) -> Provider:
    """The provider with this id.

    Raises:
        NotFoundError: If there is none.
    """
    provider = settings.provider(provider_id)
    if provider is None:
        raise no_provider(provider_id)
    return provider


def provider_called(settings: Settings, provider: str) -> Provider:
    """The provider with this id, or else with this name.

    Raises:
        NotFoundError: If there is none.
        InvalidInputError: If several have the name.
    """
    shown = shown_providers(settings)
    chosen = [p for p in shown if p.id == provider] or [p for p in shown if p.name == provider]
    if len(chosen) > 1:
        raise InvalidInputError(
            [FieldProblem("provider", f"{len(chosen)} providers are called {provider!r}.")],
            hint="Give the provider's id instead: " + ", ".join(p.id for p in chosen),
        )
    return chosen[0] if chosen else provider_of(settings, provider)


def entry_of(settings: Settings, entry_id: str) -> CatalogEntry:
    """The catalog entry with this id.

    Raises:
        NotFoundError: If there is none.
    """
    entry = settings.entry(entry_id)
    if entry is None:
        raise no_entry(entry_id)
    return entry


def entries_of(settings: Settings, entry_ids: Iterable[str]) -> dict[str, CatalogEntry]:
    """The catalog entries with these ids, each once, in the order given.

    Raises:
        NotFoundError: If there is none for one of them.
    """
    return {entry.id: entry for entry in (entry_of(settings, entry_id) for entry_id in as_tuple(entry_ids))}


def provider_of_entry(settings: Settings, entry: CatalogEntry) -> Provider:
    """The provider of an entry.

    Raises:
        InvalidInputError: If the entry cannot be used.
        NotFoundError: If it has no provider.
    """
    if entry.problem:
        raise InvalidInputError(
            [FieldProblem("entry", entry.problem)],
            message=f"{entry.title} cannot be used. {entry.problem}",
            hint="Give it a provider in the panel's Models tab.",
        )
    return provider_of(settings, entry.provider_id or "")


def entry_for(settings: Settings, task: str) -> CatalogEntry:
    """The entry that is assigned to a task; its provider exists.

    Raises:
        UnresolvedTaskError: If it has no entry, or one that cannot be used; says where to change that.
    """
    assignment = settings.assignments.get(task)
    if assignment is None:
        raise UnresolvedTaskError(
            f"The task {task} has no model.",
            task=task,
            hint="Choose one in the panel's Router tab, or call assign(task, entry_id).",
        )
    if assignment.problem:
        raise UnresolvedTaskError(
            f"The task {task} has no usable model. {assignment.problem}",
            task=task,
            hint="Choose another entry in the Router tab, or give this one a provider in Models.",
        )
    return entry_of(settings, assignment.model_id)


def known_task(task: str) -> Task:
    """The task, if it is one of the six.

    Raises:
        InvalidInputError: If it is none of the six.
    """
    for known in TASKS:
        if known == task:
            return known
    raise InvalidInputError(
        [FieldProblem("task", f"{clean(redact(str(task)), 40)!r} is not a task.")],
        hint=f"The tasks are {', '.join(TASKS)}.",
    )
