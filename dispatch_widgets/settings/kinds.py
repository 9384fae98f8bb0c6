"""Classifies settings files by their content (MIG-1, MIG-8, ST-8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from .older_formats import rewrite
from .schema import MOCK_PROVIDER_ID
from .views import is_unconverted

if TYPE_CHECKING:
    from .document import Document

Kind = Literal["nothing", "current", "old", "lost", "mixed"]


def kind_of(document: Document) -> Kind:
    """Classifies a document; ``null`` for a section counts as absent, as in the app.

    Returns:
        ``nothing``
            Neither providers nor entries: an empty or new file.
        ``old``
            In the old format: entries hold keys of their own, or accounts are where the app's first
            versions had them, and no entry refers to a provider.
        ``lost``
            Entries refer to providers, and there are none. Whether another program or the user removed them,
            `KeptProviders.removed` tells.
        ``mixed``
            Some entries hold keys of their own, and there are providers or entries that refer to them. Those
            providers may exist or be `lost_ids`.
        ``current``
            Anything else.
    """
    entries = entries_of(document)
    old = any(is_unconverted(entry) for entry in entries) or has_older_accounts(document)
    providers = document.get("providers")
    if old:
        return "mixed" if providers is not None or any(map(_refers, entries)) else "old"
    if lost_ids(document):
        return "lost"
    return "current" if providers is not None or entries else "nothing"


def lost_ids(document: Document) -> tuple[str, ...]:
    """The provider ids that entries refer to in a file without providers.

    Empty if there is any provider, as a single missing one may have been deleted.
    """
    if document.get("providers"):
        return ()
    ids = (entry["providerId"] for entry in entries_of(document) if _refers(entry))
    return tuple(dict.fromkeys(id_ for id_ in ids if id_ != MOCK_PROVIDER_ID))


def needs_migration(document: Document) -> bool:
    """Whether a document is migrated automatically: no ``providers``, and no entry refers to one (MIG-1).

    An empty document, and so a missing file, needs no migration.
    """
    return (
        bool(document) and document.get("providers") is None and not any(map(_refers, entries_of(document)))
    )


def needs_conversion_first(document: Document) -> bool:
    """Whether a document must be migrated before an edit, as it would not be migrated afterwards."""
    return needs_migration(document) and kind_of(document) == "old"


def has_older_accounts(document: Document) -> bool:
    """Whether there are accounts where the app's first versions had them (MIG-10).

    In a file with ``providers``, only accounts that can be converted count.
    """
    models = document.get("models")
    accounts = models.get("providers") if isinstance(models, dict) else None
    if document.get("llm") is None and accounts is None:
        return False
    return document.get("providers") is None or rewrite(document).document is not document


def entries_of(document: Document) -> list[Document]:
    """The catalog's objects; empty if there is no valid catalog."""
    models = document.get("models")
    catalog: Any = models.get("catalog") if isinstance(models, dict) else None
    return [entry for entry in catalog if isinstance(entry, dict)] if isinstance(catalog, list) else []


def _refers(entry: Document) -> bool:
    return isinstance(entry.get("providerId"), str) and bool(entry["providerId"])
