"""From old settings files to the present form, as pure functions of the document (MIG-1 to MIG-8)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from .._hide_frames import hide_frames
from .document import json_equal
from .kinds import needs_migration
from .report import MigrationReport

__all__ = ["convert_entries", "migrate", "needs_migration", "new_uuid"]

if TYPE_CHECKING:
    from collections.abc import Callable

    from .document import Document


def new_uuid() -> str:
    """A new random id for a provider (PM-2)."""
    return str(uuid.uuid4())


@hide_frames
def migrate(
    document: Document, *, new_id: Callable[[], str] = new_uuid, path: str = ""
) -> tuple[Document, MigrationReport]:
    """Brings a document into the present form; one that is in it already comes back as it is.

    Args:
        document: What stands in the file; it is not changed.
        new_id: Gives the id of a new provider.
        path: The file, for errors.

    Returns:
        The new document and what was done; the report says that nothing is written yet.

    Raises:
        SettingsShapeError: If a part of the document cannot be understood (MIG-9).
    """
    if not needs_migration(document):
        return document, MigrationReport()
    return _move_keys_out(document, new_id, path)


@hide_frames
def convert_entries(
    document: Document, *, new_id: Callable[[], str] = new_uuid, path: str = ""
) -> tuple[Document, MigrationReport]:
    """Converts single entries from before providers that lie in a newer file (MIG-8).

    An account that is among the providers already is used; only the others are made.

    Args:
        document: What stands in the file; it is not changed.
        new_id: Gives the id of a new provider.
        path: The file, for errors.

    Returns:
        The new document, the same one if there is nothing to convert, and what was done.

    Raises:
        SettingsShapeError: If a part of the document cannot be understood (MIG-9).
    """
    converted, report = _move_keys_out(document, new_id, path)
    return (document if json_equal(document, converted) else converted), report


def _move_keys_out(
    document: Document, new_id: Callable[[], str], path: str
) -> tuple[Document, MigrationReport]:
    from .conversion import move_keys_out  # most files are never converted again

    return move_keys_out(document, new_id=new_id, path=path)
