"""The validated view of a document, with problems of entries and assignments (PM-4, MIG-8, MIG-9)."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from .._key_shapes import holds_well_known_key, is_distinctive
from ..errors import SettingsShapeError
from ..secrets import is_reference, mask, redact
from .schema import MOCK_PROVIDER_ID, Assignments, Settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .document import Document
    from .schema import Assignment, CatalogEntry, Provider

_Found = TypeVar("_Found", "CatalogEntry", "Assignment")

PROVIDER_DELETED = "Its provider was deleted."
PROVIDER_REMOVED = "Another program removed its provider."
NO_PROVIDER = "It has no provider."
UNCONVERTED = "It has the old format, with a key of its own. Convert it first."
SAME_ID = "Another entry before it has the same id."
ENTRY_DELETED = "The entry was deleted. Choose another one."
ENTRY_OF_REMOVED_PROVIDER = "Another program removed the provider of this entry."
EMBED_BY_ANTHROPIC = "The Dispatch app refuses an Anthropic provider for embed."
_SHORTEST_KEY = 16  # of those that are looked for in names (PM-10)
ENTRY_WITHOUT_PROVIDER = "The provider of this entry was deleted. Choose another entry, or give it one."


def view(document: Document, *, path: str = "") -> Settings:
    """The validated view of a document; `path` is for the error.

    Unknown types, tasks and capabilities are accepted; values of a wrong JSON type are not. A key in a
    provider's name or an entry's label is masked, as both are shown everywhere (SEC-1).

    Raises:
        SettingsShapeError: If a part is invalid; its pointer says which (MIG-9).
    """
    from ._shape import Parts, parts_of

    parts = parts_of(document)
    if not isinstance(parts, Parts):
        raise shape_error(*parts, path=path)
    providers = _with_names_masked(parts.providers)
    catalog = tuple(
        replace(entry, label=_without_key(entry.label)) if _may_hold_key(entry.label) else entry
        for entry in parts.models.catalog
    )
    known = {provider.id for provider in providers} | {MOCK_PROVIDER_ID}
    raw = (document.get("models") or {}).get("catalog", ())
    # Sets are compared first, so that the entries of a valid file are not checked one by one (P-6).
    problems = dict.fromkeys((entry.id for entry in catalog), "")
    if not (
        len(problems) == len(catalog)
        and {entry.provider_id for entry in catalog} <= known
        and not any("providerConfig" in item for item in raw)
    ):
        # Deleting a provider, here or in the app, never removes the whole list (ST-8).
        gone = PROVIDER_REMOVED if document.get("providers") is None else PROVIDER_DELETED
        catalog, problems = _checked(catalog, raw, known, gone)
    settings = Settings(providers=providers, catalog=catalog)
    assignments = (_with_problems(found, problems, settings) for found in parts.models.assignment)
    return replace(settings, assignments=Assignments(assignments))


def provider_in(document: Document, provider_id: str) -> Provider | None:
    """One provider of a document, without validating the rest; None if there is none with this id."""
    raw = (each for each in document.get("providers", ()) if each.get("id") == provider_id)
    return next(iter(view({"providers": [*islice(raw, 1)]}).providers), None)


def shape_error(pointer: str, words: str, *, path: str) -> SettingsShapeError:
    """The error for an invalid place in the file."""
    return SettingsShapeError(
        f"{pointer}: {words}.",
        path=path,
        pointer=pointer,
        hint="The file is not changed. Correct this place, or go back to a backup.",
    )


def is_unconverted(entry: Document) -> bool:
    """Whether an object of ``models.catalog`` has the old format (MIG-8)."""
    return "providerConfig" in entry or ("providerType" in entry and entry.get("providerId") is None)


def _with_names_masked(providers: tuple[Provider, ...]) -> tuple[Provider, ...]:
    keys = {provider.credentials.api_key.get_secret_value().strip() for provider in providers}
    own = [key for key in keys if not is_reference(key) and is_distinctive(key, shortest=_SHORTEST_KEY)]
    return tuple(
        replace(provider, name=_without_key(provider.name, own))
        if _may_hold_key(provider.name) or any(key in provider.name for key in own)
        else provider
        for provider in providers
    )


def _may_hold_key(text: str | None) -> bool:
    return text is not None and len(text) >= _SHORTEST_KEY and holds_well_known_key(text)


def _without_key(text: str | None, keys: Iterable[str] = ()) -> str:
    shown = redact(text or "", keys)
    return mask(shown) if holds_well_known_key(shown) else shown


def _checked(
    catalog: tuple[CatalogEntry, ...], raw: Iterable[Document], known: set[str], gone: str
) -> tuple[tuple[CatalogEntry, ...], dict[str, str]]:
    """The entries with their problems, and the problems by id, where the first entry of an id counts."""
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


def _with_problems(assignment: Assignment, problems: dict[str, str], settings: Settings) -> Assignment:
    """The assignment with its problems, given the entries' problems by id."""
    problem = problems.get(assignment.model_id, ENTRY_DELETED)
    if problem == PROVIDER_REMOVED:
        problem = ENTRY_OF_REMOVED_PROVIDER
    elif problem in {PROVIDER_DELETED, NO_PROVIDER}:
        problem = ENTRY_WITHOUT_PROVIDER
    app_problem = EMBED_BY_ANTHROPIC if _is_embed_by_anthropic(assignment, settings) else ""
    if not (problem or app_problem):
        return assignment
    return _marked(assignment, problem=problem, app_problem=app_problem)


def _is_embed_by_anthropic(assignment: Assignment, settings: Settings) -> bool:
    if assignment.task != "embed":
        return False  # most assignments need no look at the catalog
    entry = settings.entry(assignment.model_id)
    provider = settings.provider(entry.provider_id or "") if entry is not None else None
    return provider is not None and provider.type == "anthropic"


def _marked(found: _Found, **findings: Any) -> _Found:
    """A copy with fields that no constructor takes."""
    copy = replace(found)
    for name, finding in findings.items():
        # They are not in the constructors, so that a file cannot set them.
        object.__setattr__(copy, name, finding)
    return copy
