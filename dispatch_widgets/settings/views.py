"""From a document to the view of it, and what is wrong with entries and assignments (PM-4, MIG-8, MIG-9)."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from ..errors import SettingsShapeError
from .schema import MOCK_PROVIDER_ID, Assignments, Settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .document import Document
    from .schema import Assignment, CatalogEntry, Provider

_Found = TypeVar("_Found", "CatalogEntry", "Assignment")

PROVIDER_DELETED = "Its provider was deleted."
PROVIDER_REMOVED = "Another program removed its provider."
NO_PROVIDER = "It has no provider."
UNCONVERTED = "It still holds a key of its own, from before providers. Convert it first."
SAME_ID = "Another entry before it has the same id."
ENTRY_DELETED = "The entry was deleted. Choose another one."
ENTRY_OF_REMOVED_PROVIDER = "Another program removed the provider of this entry."
ENTRY_WITHOUT_PROVIDER = "The provider of this entry was deleted. Choose another entry, or give it one."


def view(document: Document, *, path: str = "") -> Settings:
    """The validated view of a document.

    Unknown types, tasks and capabilities are no problem; a wrong kind of value where the project reads
    one is.

    Args:
        document: What `document.parse` gave.
        path: The file, for the error.

    Raises:
        SettingsShapeError: If a part cannot be understood; its pointer says which (MIG-9).
    """
    from ._shape import Parts, parts_of

    parts = parts_of(document)
    if not isinstance(parts, Parts):
        raise shape_error(*parts, path=path)
    providers, catalog = parts.providers, parts.models.catalog
    known = {provider.id for provider in providers} | {MOCK_PROVIDER_ID}
    raw = (document.get("models") or {}).get("catalog", ())
    # Whole sets first: in a file that is well, no entry is looked at one by one (P-6).
    problems = dict.fromkeys((entry.id for entry in catalog), "")
    if not (
        len(problems) == len(catalog)
        and {entry.provider_id for entry in catalog} <= known
        and not any("providerConfig" in item for item in raw)
    ):
        # The list is never taken away by who deletes a provider, here or in the app (ST-8).
        gone = PROVIDER_REMOVED if document.get("providers") is None else PROVIDER_DELETED
        catalog, problems = _checked(catalog, raw, known, gone)
    assignments = Assignments(_with_problem(found, problems) for found in parts.models.assignment)
    return Settings(providers=providers, catalog=catalog, assignments=assignments)


def provider_in(document: Document, provider_id: str) -> Provider | None:
    """One provider of a document, without a look at the rest; None if it is not there.

    Args:
        document: What `document.parse` gave.
        provider_id: Which one.
    """
    raw = (each for each in document.get("providers", ()) if each.get("id") == provider_id)
    return next(iter(view({"providers": [*islice(raw, 1)]}).providers), None)


def shape_error(pointer: str, words: str, *, path: str) -> SettingsShapeError:
    """The error for a place in the file that cannot be understood."""
    return SettingsShapeError(
        f"{pointer}: {words}.",
        path=path,
        pointer=pointer,
        hint="The file is not changed. Correct this place, or go back to a backup.",
    )


def is_unconverted(entry: Document) -> bool:
    """Whether an object of ``models.catalog`` is from before providers (MIG-8)."""
    return "providerConfig" in entry or ("providerType" in entry and entry.get("providerId") is None)


def _checked(
    catalog: tuple[CatalogEntry, ...], raw: Iterable[Document], known: set[str], gone: str
) -> tuple[tuple[CatalogEntry, ...], dict[str, str]]:
    """The entries with what is wrong with each; the same by id, where the first of an id counts."""
    checked: list[CatalogEntry] = []
    problems: dict[str, str] = {}
    for entry, item in zip(catalog, raw, strict=True):
        unconverted = is_unconverted(item)
        problem = "" if entry.provider_id in known else _why(entry, gone, unconverted=unconverted)
        if entry.id in problems:
            problem = SAME_ID
        else:
            problems[entry.id] = problem
        well = not (problem or unconverted)
        checked.append(entry if well else _marked(entry, problem=problem, unconverted=unconverted))
    return tuple(checked), problems


def _why(entry: CatalogEntry, gone: str, *, unconverted: bool) -> str:
    if unconverted:
        return UNCONVERTED
    return gone if entry.provider_id else NO_PROVIDER


def _with_problem(assignment: Assignment, problems: dict[str, str]) -> Assignment:
    """The assignment with what is wrong with it, given the problems of the entries by id."""
    problem = problems.get(assignment.model_id, ENTRY_DELETED)
    if problem == PROVIDER_REMOVED:
        problem = ENTRY_OF_REMOVED_PROVIDER
    elif problem in {PROVIDER_DELETED, NO_PROVIDER}:
        problem = ENTRY_WITHOUT_PROVIDER
    return _marked(assignment, problem=problem) if problem else assignment


def _marked(found: _Found, **findings: Any) -> _Found:
    """A copy with what was found out about it."""
    copy = replace(found)
    for name, finding in findings.items():
        # No constructor takes these, so that nobody else can claim them.
        object.__setattr__(copy, name, finding)
    return copy
