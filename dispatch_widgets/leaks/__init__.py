"""Keys that got into notebooks and exported pages: found in every form they take there, and removed.

A key is looked for as it is, and as JSON, HTML, a URL and base64 write it, in sources, outputs,
attachments, metadata and widget state of notebooks, and in exported HTML. A report names the place and
shows no key.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._text import clean, html_table, plural, text_table
from ..errors import DispatchError, FieldProblem, InvalidInputError
from .key_forms import KeyForms, without_breaks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SUFFIXES = frozenset({".ipynb", ".html", ".htm"})
"""What is looked at in a folder; a file named by itself is looked at whatever its name."""
MAX_FILE_BYTES = 512 * 1024 * 1024

_SKIPPED_FOLDERS = frozenset({".git", "node_modules", "site-packages", "__pycache__"})
_INDENT = re.compile(r"\{\r?\n( +)")
_WIDGET_STATE = "application/vnd.jupyter.widget-state+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """A place where a key stands.

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
    """What a scan found. It is true in a condition if a key was found.

    Attributes:
        leaks: The places, in the files' order.
        files: How many files were looked at.
        keys: How many keys were looked for.
        fixed: The files from which keys were removed.
        backups: Copies of those files as they were; they still hold the keys.
        unread: Files that could not be read or written, each with the reason.
    """

    leaks: tuple[Leak, ...] = ()
    files: int = 0
    keys: int = 0
    fixed: tuple[Path, ...] = ()
    backups: tuple[Path, ...] = ()
    unread: tuple[tuple[Path, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.leaks)

    def _rows(self) -> list[tuple[object, ...]]:
        return [(leak.path, leak.cell or "", leak.place, leak.line, leak.key) for leak in self.leaks]

    def summary(self) -> str:
        """One line: how many places, in how many files."""
        looked = f"{plural(self.files, 'file')}, {plural(self.keys, 'key')} looked for"
        if not self.leaks:
            return f"No key found ({looked})."
        removed = " Removed." if self.fixed else ""
        return f"{plural(len(self.leaks), 'place')} with a key ({looked}).{removed}"

    def notes(self) -> tuple[str, ...]:
        """What else has to be said: about backups, and about files that could not be read."""
        notes = [f"{clean(path)}: {clean(why)}" for path, why in self.unread]
        if self.backups:
            names = ", ".join(clean(path) for path in self.backups)
            notes.append(f"The files as they were still hold the keys; delete them when all is well: {names}")
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


def scan_notebook(path: str | Path, keys: Iterable[str], *, fix: bool = False) -> ScanReport:
    """Look for keys in one notebook.

    Args:
        path: The notebook, or an exported page.
        keys: The keys to look for.
        fix: Whether to remove them, after a copy of the file was made beside it.

    Raises:
        InvalidInputError: If there is no such file.
    """
    return scan([path], keys, fix=fix)


def scan(paths: Iterable[str | Path], keys: Iterable[str], *, fix: bool = False) -> ScanReport:
    """Look for keys in notebooks and exported pages.

    Args:
        paths: Files, and folders that are gone through with all that is below them.
        keys: The keys to look for. Short ones that could be ordinary words are left out.
        fix: Whether to remove them, after a copy of each file was made beside it.

    Raises:
        InvalidInputError: If a path does not exist.
    """
    forms = [found for key in dict.fromkeys(keys) if (found := KeyForms.of(key)) is not None]
    leaks: list[Leak] = []
    fixed: list[Path] = []
    backups: list[Path] = []
    unread: list[tuple[Path, str]] = []
    files = 0
    for path in _files(paths):
        files += 1
        try:
            document = _Document.read(path)
            here = list(document.leaks(forms))
            if here and fix:
                backups.append(document.remove(forms))
                fixed.append(path)
        except (OSError, DispatchError) as error:
            reason = error.message if isinstance(error, DispatchError) else error.strerror
            unread.append((path, reason or type(error).__name__))
        else:
            leaks += here
    return ScanReport(
        leaks=tuple(leaks),
        files=files,
        keys=len(forms),
        fixed=tuple(fixed),
        backups=tuple(backups),
        unread=tuple(unread),
    )


def _files(paths: Iterable[str | Path]) -> Iterator[Path]:
    seen: set[Path] = set()
    for given in map(Path, paths):
        if not given.exists():
            shown = clean(given)
            raise InvalidInputError(
                [FieldProblem("path", f"There is no {shown}.")], message=f"There is no {shown}."
            )
        found = _below(given) if given.is_dir() else [given]
        for path in found:
            if path not in seen:
                seen.add(path)
                yield path


def _below(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED_FOLDERS)
        for name in sorted(names):
            if Path(name).suffix.lower() in SUFFIXES:
                yield Path(place, name)


class _Document:
    """One file: a notebook as JSON values, anything else as text."""

    def __init__(self, path: Path, text: str, book: dict[str, Any] | None) -> None:
        self.path = path
        self.text = text
        self.book = book

    @classmethod
    def read(cls, path: Path) -> _Document:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise DispatchError("The file is too large to be looked through.")
        # What is no UTF-8 must come out again as it went in.
        text = path.read_bytes().decode("utf-8", "surrogateescape")
        book: Any = None
        if path.suffix.lower() == ".ipynb":
            try:
                book = json.loads(text)
            except (ValueError, RecursionError):
                book = None  # a broken notebook is looked through as text
        return cls(path, text, book if isinstance(book, dict) else None)

    def leaks(self, forms: list[KeyForms]) -> Iterator[Leak]:
        parts = _book_parts(self.book) if self.book is not None else _page_parts(self.text)
        for cell, place, text in parts:
            compact = without_breaks(text)
            for found in forms:
                for at in found.places(text) if found.is_in(text, compact) else ():
                    yield Leak(
                        path=self.path,
                        place=place,
                        cell=cell,
                        line=text.count("\n", 0, at) + 1,
                        key=found.shown,
                    )

    def remove(self, forms: list[KeyForms]) -> Path:
        """Writes the file without the keys, and returns the copy of it as it was."""
        if self.book is None:
            text = _removed(self.text, forms)
        else:
            start = _INDENT.match(self.text)
            indent = len(start.group(1)) if start else None
            text = json.dumps(_cleaned(self.book, forms), indent=indent, ensure_ascii=False)
            text += "\n" if self.text.endswith("\n") else ""
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        backup = self.path.with_name(f"{self.path.name}.{stamp}.bak")
        shutil.copy2(self.path, backup)
        backup.chmod(0o600)
        _replace(self.path, text.encode("utf-8", "surrogateescape"))
        return backup


def _replace(path: Path, data: bytes) -> None:
    """Puts new content in a file's place in one step; mode and symbolic link stay."""
    target = path.resolve()
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with open(handle, "wb") as file:  # noqa: PTH123 - a descriptor
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(target, name)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _book_parts(book: dict[str, Any]) -> Iterator[tuple[int | None, str, str]]:
    """The parts of a notebook: the cell's number, what the part is called, its text."""
    cells = book.get("cells")
    for number, cell in enumerate(cells if isinstance(cells, list) else [], 1):
        if isinstance(cell, dict):
            for name, value in cell.items():
                for place, text in _cell_parts(name, value):
                    yield number, place, text
        else:
            yield from ((number, "cell", text) for text in _texts(cell))
    for name, value in book.items():
        if name == "cells" and isinstance(value, list):
            continue
        if name == "metadata" and isinstance(value, dict):
            for part, inner in value.items():
                place = "widget state" if part == "widgets" else "metadata"
                yield from ((None, place, text) for text in (part, *_texts(inner)))
        else:
            yield from ((None, "metadata", text) for text in _texts(value))


def _cell_parts(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if name == "outputs" and isinstance(value, list):
        for number, output in enumerate(value, 1):
            yield from _output_parts(number, output)
        return
    place = {"source": "source", "attachments": "attachment", "metadata": "metadata"}.get(name, name)
    yield from ((place, text) for text in _texts(value))


def _output_parts(number: int, output: Any) -> Iterator[tuple[str, str]]:
    bundle = output.get("data") if isinstance(output, dict) else None
    if not isinstance(output, dict) or not isinstance(bundle, dict):
        yield from ((f"output {number}", text) for text in _texts(output))
        return
    for kind, value in bundle.items():
        yield from ((f"output {number} ({clean(kind, 60)})", text) for text in (kind, *_texts(value)))
    rest = {name: value for name, value in output.items() if name != "data"}
    yield from ((f"output {number}", text) for text in _texts(rest))


def _texts(value: Any) -> Iterator[str]:
    """Every text of a JSON value, names of fields too; a list of lines is one text, as Jupyter writes it."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        if _is_lines(value):
            yield "".join(value)
        else:
            for item in value:
                yield from _texts(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield name
            yield from _texts(item)


def _is_lines(value: list[Any]) -> bool:
    return bool(value) and all(isinstance(item, str) for item in value)


def _page_parts(text: str) -> Iterator[tuple[int | None, str, str]]:
    """A page as one part; its line numbers are those of an editor."""
    place = "page with widget state" if _WIDGET_STATE in text else "page"
    yield None, place, text


def _removed(text: str, forms: list[KeyForms]) -> str:
    compact = without_breaks(text)
    for found in forms:
        if found.is_in(text, compact):
            text = found.removed_from(text)
            compact = without_breaks(text)
    return text


def _cleaned(value: Any, forms: list[KeyForms]) -> Any:
    """A copy of a JSON value without the keys; what holds none is as it was."""
    if isinstance(value, str):
        return _removed(value, forms)
    if isinstance(value, list):
        if _is_lines(value):
            items = [_removed(item, forms) for item in value]
            whole = "".join(items)
            cleaned = _removed(whole, forms)  # base64 that was broken into lines
            return items if cleaned == whole else cleaned.splitlines(keepends=True)
        return [_cleaned(item, forms) for item in value]
    if isinstance(value, dict):
        return {_removed(name, forms): _cleaned(item, forms) for name, item in value.items()}
    return value
