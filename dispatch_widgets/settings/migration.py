"""Migrates old settings files to the current format, as pure functions on documents (MIG-1 to MIG-8)."""

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
    """Migrates a document to the current format; a current one is returned as it is.

    Returns:
        The new document and the report, which says that nothing is written yet.

    Raises:
        SettingsShapeError: If a part of the document is invalid (MIG-9).
    """
    if not needs_migration(document):
        return document, MigrationReport()
    from .conversion import move_keys_out  # most files need none

    return move_keys_out(document, new_id=new_id, path=path)


@hide_frames
def convert_entries(
    document: Document, *, new_id: Callable[[], str] = new_uuid, path: str = ""
) -> tuple[Document, MigrationReport]:
    """Converts single entries in the old format in a newer file (MIG-8).

    An account that is a provider already is reused.

    Returns:
        The new document, or the same one if there is nothing to convert, and the report.

    Raises:
        SettingsShapeError: If a part of the document is invalid (MIG-9).
    """
    from .conversion import move_keys_out

    converted, report = move_keys_out(document, new_id=new_id, path=path)
    return (document if json_equal(document, converted) else converted), report
