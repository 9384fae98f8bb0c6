"""What kind of a settings file a document is, from the document alone (MIG-1, MIG-8, ST-8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from .older_formats import rewrite
from .schema import MOCK_PROVIDER_ID
from .views import is_unconverted

if TYPE_CHECKING:
    from .document import Document

Kind = Literal["nothing", "current", "old", "lost", "mixed"]


def kind_of(document: Document) -> Kind:
    """What kind of a file a document is; ``null`` for a section counts as its absence, as in the app.

    Args:
        document: What stands in the file.

    Returns:
        ``nothing``
            Neither providers nor entries: a file that is yet to be filled.
        ``old``
            From before providers: entries hold keys of their own, or accounts stand where the first versions
            of the app had them, and no entry refers to a provider.
        ``lost``
            Entries refer to providers, and there is none: another program removed them all. Whether it was
            not the user who did, `KeptProviders.removed` knows.
        ``mixed``
            Entries that hold keys of their own stand beside providers, or beside entries that refer to some.
            The latter may be there or `lost_ids`.
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
    """The ids of providers that entries refer to in a file that has none; in the order met.

    Empty where there is a provider: a single one that is gone may have been deleted.

    Args:
        document: What stands in the file.
    """
    if document.get("providers"):
        return ()
    ids = (entry["providerId"] for entry in entries_of(document) if _refers(entry))
    return tuple(dict.fromkeys(id_ for id_ in ids if id_ != MOCK_PROVIDER_ID))


def needs_migration(document: Document) -> bool:
    """Whether a document is to be migrated by itself: no ``providers``, and no entry refers to one (MIG-1).

    An empty document, which is also what a missing file reads as, needs none.

    Args:
        document: What stands in the file.
    """
    return (
        bool(document) and document.get("providers") is None and not any(map(_refers, entries_of(document)))
    )


def needs_conversion_first(document: Document) -> bool:
    """Whether a document must be migrated before it is edited: it would never be migrated afterwards.

    Args:
        document: What stands in the file.
    """
    return needs_migration(document) and kind_of(document) == "old"


def has_older_accounts(document: Document) -> bool:
    """Whether accounts stand where the first versions of the app had them (MIG-10).

    In a file that has ``providers`` already, only what could be converted counts.

    Args:
        document: What stands in the file.
    """
    models = document.get("models")
    accounts = models.get("providers") if isinstance(models, dict) else None
    if document.get("llm") is None and accounts is None:
        return False
    return document.get("providers") is None or rewrite(document).document is not document


def entries_of(document: Document) -> list[Document]:
    """The objects of the catalog, as far as it is one.

    Args:
        document: What stands in the file.
    """
    models = document.get("models")
    catalog: Any = models.get("catalog") if isinstance(models, dict) else None
    return [entry for entry in catalog if isinstance(entry, dict)] if isinstance(catalog, list) else []


def _refers(entry: Document) -> bool:
    return isinstance(entry.get("providerId"), str) and bool(entry["providerId"])
