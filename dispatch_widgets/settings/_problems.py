"""What is wrong with entries and assignments that are well formed, in sentences (PM-4, MIG-8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .schema import (
    ENTRY_DELETED,
    ENTRY_WITHOUT_PROVIDER,
    MOCK_PROVIDER_ID,
    NO_PROVIDER,
    PROVIDER_DELETED,
    SAME_ID,
    UNCONVERTED,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .document import Document
    from .schema import CatalogEntry, Settings


def is_leftover(entry: Document) -> bool:
    """Whether a catalog entry of the document is from before providers (MIG-8).

    Args:
        entry: One object of ``models.catalog``.
    """
    return "providerConfig" in entry or ("providerType" in entry and entry.get("providerId") is None)


def mark_problems(settings: Settings, document: Document) -> None:
    """Fills in what is wrong with entries and assignments; called once, on a view that nobody else has.

    Args:
        settings: The view of the document.
        document: The document.
    """
    catalog = settings.catalog
    known = {provider.id for provider in settings.providers} | {MOCK_PROVIDER_ID}
    raw = document.get("models", {}).get("catalog", ())
    # Whole sets first: in a file that is well, no entry is looked at one by one (P-6).
    well = (
        len({entry.id for entry in catalog}) == len(catalog)
        and {entry.provider_id for entry in catalog} <= known
        and not any("providerConfig" in item for item in raw)
    )
    problems = {} if well else _mark(catalog, raw, known)
    for assignment in settings.assignments:
        problem = problems.get(assignment.model_id, "")
        if not problem and not any(entry.id == assignment.model_id for entry in catalog):
            problem = ENTRY_DELETED
        elif problem in {PROVIDER_DELETED, NO_PROVIDER}:
            problem = ENTRY_WITHOUT_PROVIDER
        object.__setattr__(assignment, "problem", problem)


def _mark(catalog: tuple[CatalogEntry, ...], raw: Iterable[Document], known: set[str]) -> dict[str, str]:
    """Fills in what is wrong with each entry; gives the same by id, where the first of an id counts."""
    problems: dict[str, str] = {}
    for entry, item in zip(catalog, raw, strict=True):
        unconverted = is_leftover(item)
        problem = "" if entry.provider_id in known else _why(entry, unconverted=unconverted)
        if entry.id in problems:
            problem = SAME_ID
        else:
            problems[entry.id] = problem
        # Nobody else has seen these objects yet, so filling them in now is still making them.
        object.__setattr__(entry, "problem", problem)
        object.__setattr__(entry, "unconverted", unconverted)
    return problems


def _why(entry: CatalogEntry, *, unconverted: bool) -> str:
    if unconverted:
        return UNCONVERTED
    return PROVIDER_DELETED if entry.provider_id else NO_PROVIDER
