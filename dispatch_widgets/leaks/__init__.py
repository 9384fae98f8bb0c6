"""Finds and removes keys that leaked into notebooks and exported pages.

A key is looked for in plain text and as encoded in JSON, HTML, URLs and base64, in sources, outputs,
attachments, metadata and widget state of notebooks, and in exported HTML. A report names the place and
shows no key.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .._hide_frames import hide_frames
from .._text import clean, html_table, plural, text_table
from ._scan import MAX_FILE_BYTES, Scan
from ._walk import SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["MAX_FILE_BYTES", "SUFFIXES", "Leak", "ScanReport", "scan"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """A place where a key was found.

    Attributes:
        path: The file.
        place: Where in it: ``source``, ``output 2 (text/html)``, ``widget state``, ``metadata``,
            ``attachment``, ``page``.
        cell: The cell's number, counted from 1; None for what belongs to no cell.
        line: The line within the place, counted from 1.
        key: The key in the form that may be shown.
    """

    path: Path
    place: str
    cell: int | None
    line: int
    key: str

    def __str__(self) -> str:
        where = f"cell {self.cell}, {self.place}" if self.cell else self.place
        return f"{self.path}: {where}, line {self.line}: {self.key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanReport:
    """The result of a scan; true if a key was found.

    Attributes:
        leaks: The places, in the order of the files.
        files: How many files were scanned.
        keys: How many keys were looked for.
        fixed: The files from which keys were removed.
        backups: Copies of those files, and copies of earlier scans that were found; they still hold the keys.
        unread: Files and folders that could not be read or were not changed, each with the reason.
        skipped: Links to folders outside of the given paths, which were not followed.
    """

    leaks: tuple[Leak, ...] = ()
    files: int = 0
    keys: int = 0
    fixed: tuple[Path, ...] = ()
    backups: tuple[Path, ...] = ()
    unread: tuple[tuple[Path, str], ...] = ()
    skipped: tuple[Path, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.leaks)

    def _rows(self) -> list[tuple[object, ...]]:
        return [(leak.path, leak.cell or "", leak.place, leak.line, leak.key) for leak in self.leaks]

    def summary(self) -> str:
        """One line: how many places, in how many files."""
        looked = f"{plural(self.files, 'file')}, {plural(self.keys, 'key')} looked for"
        unread = f" {plural(len(self.unread), 'path')} not read or not changed." if self.unread else ""
        if not self.leaks:
            return f"No key found ({looked}).{unread}"
        removed = ""
        if self.fixed:
            left = {leak.path for leak in self.leaks}.difference(self.fixed)
            removed = f" Not removed from {plural(len(left), 'file')}." if left else " Removed."
        return f"{plural(len(self.leaks), 'place')} with a key ({looked}).{removed}{unread}"

    def notes(self) -> tuple[str, ...]:
        """Notes about backups, unread files, skipped links and what to do with a leaked key."""
        notes = [f"{clean(path)}: {clean(why)}" for path, why in self.unread]
        if self.backups:
            names = ", ".join(clean(path) for path in self.backups)
            notes.append(f"The files as they were still hold the keys; delete them when all is well: {names}")
        if self.skipped:
            names = ", ".join(clean(path) for path in self.skipped)
            notes.append(f"Links to other folders are not followed; give those by themselves: {names}")
        if self.leaks:
            notes.append("A key that was saved or shared is no secret any more: make a new one.")
        return tuple(notes)

    def __str__(self) -> str:
        table = text_table(_HEADS, self._rows()) if self.leaks else ""
        return "\n".join(line for line in (self.summary(), table, *self.notes()) if line)

    def _repr_html_(self) -> str:
        from .._text import escaped

        table = html_table(_HEADS, self._rows(), caption=self.summary())
        return table + "".join(f"<p>{escaped(note)}</p>" for note in self.notes())


_HEADS = ("File", "Cell", "Place", "Line", "Key")


COPIES_MADE = "Copies that still hold keys: "
"""The beginning of the note on an exception that ended a scan after it had made copies."""


@hide_frames
def scan(
    paths: Iterable[str | Path] | str | Path,
    keys: Iterable[str] | str,
    *,
    fix: bool = False,
    keep: Iterable[str | Path] = (),
) -> ScanReport:
    """Looks for keys in notebooks and exported pages.

    A file of more than `MAX_FILE_BYTES` is not read, and the report says so.

    Args:
        paths: Files and folders, or a single one; folders are searched recursively. Files outside of them
            that a link leads to are scanned and not changed.
        keys: The keys to look for, or a single one. Short ones that could be ordinary words are left out.
        fix: Whether to remove them, after copying each file beside itself. Everything else in the file is
            kept byte for byte, and so are its mode and owner. Files named like a settings file
            (``dispatch.settings*.json``) are not changed.
        keep: More files that are not changed, such as the settings file and its copies.

    Raises:
        InvalidInputError: If a path does not exist; nothing was changed then.
    """
    done = Scan([keys] if isinstance(keys, str) else keys, fix=fix, keep=keep)
    try:
        done.run(paths)
    except BaseException as stopped:
        if done.backups:
            stopped.add_note(COPIES_MADE + ", ".join(map(os.fspath, done.backups)))
        raise
    return ScanReport(
        leaks=tuple(Leak(path=path, **place._asdict()) for path, place in done.places),
        files=done.files,
        keys=len(done.keys),
        fixed=tuple(done.fixed),
        backups=tuple(done.backups),
        unread=tuple(done.unread),
        skipped=tuple(done.skipped),
    )
