"""The files to scan: those given, and notebooks and pages in the given folders."""

from __future__ import annotations

import os
import re
import stat
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from .._text import clean
from ..errors import FieldProblem, InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SUFFIXES = frozenset({".ipynb", ".html", ".htm"})
"""The files that are scanned in a folder; a file given by itself is scanned whatever its suffix."""

_SKIPPED_FOLDERS = frozenset({".git", "node_modules", "site-packages", "__pycache__"})
_COPY = re.compile(r".*\.\d{8}T\d{12}\.bak", re.DOTALL)
_JUNCTION = getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", -1)


class File(NamedTuple):
    """A file to scan.

    Attributes:
        path: The path as given or found.
        target: The real file, links followed.
        refusal: Why it must not be changed; empty if it may.
        copy: Whether it is a copy that an earlier scan made.
    """

    path: Path
    target: Path
    refusal: str
    copy: bool


class Walk:
    """Walks files and folders; no link to a folder is followed, and no file is returned twice.

    Raises:
        InvalidInputError: If one of them does not exist.
    """

    def __init__(self, paths: Iterable[str | os.PathLike[str]] | str | os.PathLike[str]) -> None:
        self.unread: list[tuple[Path, str]] = []
        self.skipped: list[Path] = []
        self._given: list[tuple[Path, Path]] = []
        self._devices: dict[Path, int] = {}  # the device of each given path
        self._seen: set[Path] = set()
        # All are checked first, so that nothing was changed if one does not exist.
        for path in [paths] if isinstance(paths, (str, os.PathLike)) else paths:
            if not os.fspath(path):  # Path("") would be the working folder
                raise _no_such_path("path without a name")
            try:
                status = Path(path).stat()
            except (FileNotFoundError, NotADirectoryError, ValueError):
                raise _no_such_path(clean(path)) from None
            except OSError as error:
                self.unread.append((Path(path), error.strerror or type(error).__name__))
            else:
                real = Path(os.path.realpath(path))
                self._given.append((Path(path), real))
                self._devices[real] = status.st_dev

    def files(self) -> Iterator[File]:
        """Yields the files, and fills `unread` and `skipped`."""
        for path, real in self._given:
            for found in self._below(path) if real.is_dir() else [path]:
                target = Path(os.path.realpath(found))
                if target not in self._seen:
                    self._seen.add(target)
                    copy = found != path and bool(_COPY.fullmatch(found.name))
                    yield File(found, target, self._refusal_for(target), copy)

    def _below(self, folder: Path) -> Iterator[Path]:
        folders = [folder]
        while folders:
            here = folders.pop()
            try:
                with os.scandir(here) as entries:
                    found = sorted(entries, key=lambda entry: entry.name)
            except OSError as error:
                self.unread.append((here, error.strerror or type(error).__name__))
                continue
            inner = []
            for entry in found:
                path = here / entry.name
                if _is_folder(entry):
                    if entry.name not in _SKIPPED_FOLDERS and self._may_enter(entry, path):
                        inner.append(path)
                elif path.suffix.lower() in SUFFIXES or (
                    _COPY.fullmatch(entry.name) and not entry.is_symlink()  # a link is no copy of ours
                ):
                    yield path
            folders += reversed(inner)

    def _may_enter(self, entry: os.DirEntry[str], path: Path) -> bool:
        if not entry.is_symlink() and not _is_junction(entry):
            return True
        real = Path(os.path.realpath(path))
        if not any(real.is_relative_to(root) for root in self._devices):
            self.skipped.append(path)
        return False  # its content is found under its own path

    def _refusal_for(self, target: Path) -> str:
        around = [root for root in self._devices if target.is_relative_to(root)]
        if target in around:
            return ""
        with suppress(OSError):  # it is gone; reading it will fail
            # The folder's device, as some file systems have one for each file.
            device = target.parent.stat().st_dev
            if any(self._devices[root] == device for root in around):
                return ""
        if around:
            return "Not changed: it is on another file system. Give it by itself."
        return "Not changed: this link leads out of the folder. Give the file by itself."


def _no_such_path(shown: str) -> InvalidInputError:
    problem = FieldProblem("path", f"There is no {shown}.")
    return InvalidInputError([problem], message=problem.message)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a circular link
        return False


def _is_junction(entry: os.DirEntry[str]) -> bool:
    return getattr(entry.stat(follow_symlinks=False), "st_reparse_tag", 0) == _JUNCTION
