"""Create, change and delete what is in the settings, as pure edits of the document (PM-2 to PM-9).

Every function takes a document and gives a new one; the one it was given never changes, and what an
edit does not touch is the very same object in both. An edit that changes nothing gives back the
document itself.
"""

from __future__ import annotations

from ._catalog import add_model, assign, delete_model, model_impact, unassign, update_model
from ._edits import given
from ._providers import (
    Impact,
    add_provider,
    delete_provider,
    duplicates,
    impact,
    merge_providers,
    update_provider,
)
from .migration import convert_entries

__all__ = [
    "Impact",
    "add_model",
    "add_provider",
    "assign",
    "convert_entries",
    "delete_model",
    "delete_provider",
    "duplicates",
    "given",
    "impact",
    "merge_providers",
    "model_impact",
    "unassign",
    "update_model",
    "update_provider",
]
