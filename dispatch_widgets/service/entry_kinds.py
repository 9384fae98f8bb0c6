"""The capabilities of catalog entries, and where they are from (PM-6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ..discovery.capabilities import infer_capabilities

if TYPE_CHECKING:
    from .._terms import Capability
    from ..discovery.models import ModelList
    from ..settings.schema import CatalogEntry


@dataclass(frozen=True, slots=True)
class EntryKind:
    """The capabilities of a catalog entry, and where they are from.

    Attributes:
        capabilities: ``chat``, ``embedding``, both, or none.
        known: ``stated`` in the file, ``listed`` by its provider, ``inferred`` from the model's id, or
            ``unknown`` (an empty list in the file, which the app and this package count as chat).
    """

    capabilities: tuple[Capability, ...]
    known: Literal["stated", "listed", "inferred", "unknown"]


def entry_kind(entry: CatalogEntry, models: ModelList | None) -> EntryKind:
    """The capabilities of an entry, given its provider's list (PM-6).

    Args:
        entry: A catalog entry.
        models: The list that is held of its provider; None if there is none.
    """
    if entry.capabilities:
        return EntryKind(entry.capabilities, "stated")
    if entry.capabilities is not None:
        return EntryKind(("chat",), "unknown")
    return model_kind(entry.model, models)


def model_kind(model: str, models: ModelList | None) -> EntryKind:
    """The capabilities of a model that no entry states.

    Args:
        model: The model's id.
        models: The list that is held of its provider; None if there is none.
    """
    listed = models.get(model) if models is not None else None
    if listed is not None:
        return EntryKind(listed.capabilities, "listed")
    return EntryKind(infer_capabilities(model), "inferred")
