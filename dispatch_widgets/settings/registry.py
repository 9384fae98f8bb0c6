"""Creates, changes and deletes providers, models and assignments, as pure edits of documents (PM-2 to PM-9).

Each function returns a new document, which shares all unchanged parts with the old one; an edit that changes
nothing returns the document itself. Each validates the document once, also for several providers or models.
"""

from __future__ import annotations

from ._catalog_edits import (
    NewModel,
    add_model,
    add_models,
    assign,
    delete_models,
    model_impact,
    move_models,
    read_once,
    unassign,
    update_model,
)
from ._edits import Impact, as_tuple, no_entry, no_provider
from ._provider_edits import (
    add_provider,
    delete_provider,
    delete_providers,
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
    "delete_models",
    "delete_provider",
    "delete_providers",
    "duplicates",
    "impact",
    "merge_duplicates",
    "merge_providers",
    "model_impact",
    "move_models",
    "no_entry",
    "no_provider",
    "read_once",
    "unassign",
    "update_model",
    "update_provider",
]
