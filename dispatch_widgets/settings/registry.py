"""Create, change and delete what is in the settings, as pure edits of the document (PM-2 to PM-9).

Every function takes a document and gives a new one; the one it was given never changes, and what an
edit does not touch is the very same object in both. An edit that changes nothing gives back the
document itself. Each reads the document once, those for several providers or models too.
"""

from __future__ import annotations

from ._catalog_edits import (
    NewModel,
    add_model,
    add_models,
    assign,
    delete_model,
    model_impact,
    read_once,
    unassign,
    update_model,
)
from ._edits import Impact, as_tuple, no_entry, no_provider
from ._provider_edits import (
    add_provider,
    delete_provider,
    duplicates,
    impact,
    merge_duplicates,
    merge_providers,
    update_provider,
)

__all__ = [
    "Impact",
    "NewModel",
    "add_model",
    "add_models",
    "add_provider",
    "as_tuple",
    "assign",
    "delete_model",
    "delete_provider",
    "duplicates",
    "impact",
    "merge_duplicates",
    "merge_providers",
    "model_impact",
    "no_entry",
    "no_provider",
    "read_once",
    "unassign",
    "update_model",
    "update_provider",
]
