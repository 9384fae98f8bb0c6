"""Helpers shared by all edits."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import FieldProblem, InvalidInputError, NotFoundError
from ..secrets import LOOKS_LIKE_KEY, environment_name, looks_like_key, redact, secret_texts
from .document import JsonObject, set_in
from .kinds import needs_conversion_first
from .views import view

if TYPE_CHECKING:
    from .document import Document
    from .schema import CatalogEntry, Settings

MOCK_IS_BUILT_IN = (
    "The mock provider is built in: it is always there, and cannot be added, changed or deleted."
)
_LONGEST_SHOWN_CHARACTERS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """What a deletion hits.

    Attributes:
        entries: The catalog entries that lose their provider, or that go.
        tasks: The tasks that use one of them, in the file's order.
    """

    entries: tuple[CatalogEntry, ...] = ()
    tasks: tuple[str, ...] = ()


def as_tuple(values: object) -> tuple[Any, ...]:
    """Returns a tuple: None gives ``()``, a single value gives ``(value,)``; the caller checks the values."""
    if values is None:
        return ()
    if isinstance(values, Iterable) and not isinstance(values, str | bytes):
        return tuple(values)
    return (values,)


def open_for_edit(document: Document) -> Settings:
    """The view of a document, for an edit; a file in the old format must be converted first."""
    if needs_conversion_first(document):
        raise InvalidInputError(
            [],
            message="This file has the old format: its entries hold keys of their own.",
            hint="Convert it first. A copy of the file as it is will be kept beside it.",
        )
    return view(document)


def no_provider(provider_id: object) -> NotFoundError:
    """The error for an id that no provider has."""
    return NotFoundError(
        f"There is no provider with the id {_shown(provider_id)}.", hint="get_providers() lists them all."
    )


def no_entry(entry_id: object) -> NotFoundError:
    """The error for an id that no catalog entry has."""
    return NotFoundError(
        f"There is no catalog entry with the id {_shown(entry_id)}.", hint="The catalog lists them all."
    )


def known_keys(document: Document) -> list[str]:
    """The keys in a document, and the values of the environment variables that it refers to."""
    known = list(secret_texts(document))
    return known + [
        os.environ.get(name, "").strip() for text in known if (name := environment_name(text)) is not None
    ]


def refuse_keys(
    known: Iterable[str],
    entered: Iterable[tuple[str, object, object]],
    problems: list[FieldProblem],
    *,
    given_key: object = "",
) -> None:
    """Adds a problem for each field whose new text contains a key (PM-10).

    Args:
        known: The keys that the document had before the edit.
        entered: Field, new text and current text; unchanged texts are not checked.
        problems: The list to add to.
        given_key: The key given in the same edit.
    """
    changed = [(name, text) for name, text, now in entered if isinstance(text, str) and text and text != now]
    key = given_key.strip() if isinstance(given_key, str) else ""
    problems += [
        FieldProblem(name, LOOKS_LIKE_KEY)
        for name, text in changed
        if looks_like_key(text, given=key, registered=known)
    ]


def entry_index(settings: Settings, entry_id: object) -> int:
    index = settings.entry_index(entry_id)
    if index is None:
        raise no_entry(entry_id)
    return index


def without_assignments(document: Document, entry_ids: set[str]) -> Document:
    current = (document.get("models") or {}).get("assignment", ())
    rest = [found for found in current if found["modelId"] not in entry_ids]
    return document if len(rest) == len(current) else set_in(document, ("models", "assignment"), rest)


def with_models(document: Document, *, catalog: list[Any], assignment: list[Any] | None = None) -> Document:
    """The document with another catalog and, if given, other assignments."""
    models = JsonObject(document.get("models") or {})
    models["catalog"] = catalog
    if assignment is not None:
        models["assignment"] = assignment
    # The app refuses `models` without it, an empty one is fine (ST-7).
    models.setdefault("assignment", [])
    return set_in(document, ("models",), models)


def _shown(text: object) -> str:
    return redact(repr(text))[:_LONGEST_SHOWN_CHARACTERS]
