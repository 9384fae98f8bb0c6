"""One scan: reads each file, searches it, and writes it back without the keys."""

from __future__ import annotations

import errno
import os
import re
import stat
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import DispatchError
from ..settings.file_system import Files, NotAFileError, file_type
from ._content import places_in, without_keys
from ._walk import Walk
from .key_forms import KeyForms

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..settings.file_system import Content
    from ._content import Place
    from ._walk import File

MAX_FILE_BYTES = 128 * 1024 * 1024
"""A larger file is not read: looking through one can take ten times its size in memory."""

_SETTINGS_FILE = re.compile(r"dispatch\.settings.*\.json", re.IGNORECASE)
_ATTEMPTS = 3  # at a file, as another program can write it meanwhile


class Scan:
    """A scan and its results so far."""

    def __init__(self, keys: Iterable[str], *, fix: bool, keep: Iterable[str | Path] = ()) -> None:
        self.keys = [forms for key in dict.fromkeys(keys) if (forms := KeyForms.of(key)) is not None]
        self.files = 0
        self.places: list[tuple[Path, Place]] = []
        self.fixed: list[Path] = []
        self.backups: list[Path] = []
        self.unread: list[tuple[Path, str]] = []
        self.skipped: list[Path] = []
        self._fix = fix
        self._keep = frozenset(map(_real, keep))
        self._file_system = Files()
        # Replaced files with hard links: one of the names, and how many names still hold the old content.
        self._linked: dict[tuple[int, int], tuple[Path, int]] = {}

    def run(self, paths: Iterable[str | Path] | str | Path) -> None:
        """Scans files and folders, or a single one.

        Raises:
            InvalidInputError: If a path does not exist.
        """
        walk = Walk(paths)
        # The walk's own list, so that the reasons are in the order of the files.
        self.unread, self.skipped = walk.unread, walk.skipped
        for file in walk.files():
            self.files += not file.copy
            try:
                self._scan_file(file)
            except (OSError, DispatchError, MemoryError) as error:
                self.unread.append((file.path, _reason(error)))
        for path, names in self._linked.values():
            if names:
                self.unread.append((path, "It had a second name (a hard link), which still holds the key."))

    def _scan_file(self, file: File) -> None:
        places: list[Place] = []
        try:
            for _ in range(_ATTEMPTS):
                content = self._read(file.target)
                try:
                    notebook = file.copy or file.path.suffix.lower() == ".ipynb"
                    places = places_in(content.data, self.keys, notebook=notebook)
                    if file.copy or not places or not self._fix:
                        return
                    if self._remove_keys(file, content, notebook=notebook):
                        self.fixed.append(file.path)
                        return
                finally:
                    content.close()
            raise DispatchError("Not changed: another program writes it again and again.")
        finally:
            if places and file.copy:
                self.backups.append(file.path)
            else:
                self.places += [(file.path, place) for place in places]

    def _read(self, target: Path) -> Content:
        status = target.stat()
        if not stat.S_ISREG(status.st_mode):  # opening a device or a pipe can have side effects
            raise NotAFileError(file_type(status))
        content = self._file_system.read(target, keep_open=True, limit_bytes=MAX_FILE_BYTES)
        if content is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        return content

    def _remove_keys(self, file: File, content: Content, *, notebook: bool) -> bool:
        """Replaces the file by one without keys; False if another program wrote it since it was read."""
        target = file.target
        if file.refusal:
            raise DispatchError(file.refusal)
        if target in self._keep or _SETTINGS_FILE.fullmatch(target.name):
            raise DispatchError("Not changed: it is a settings file, and its keys belong there.")
        if not os.access(target, os.W_OK):  # a replacement would bypass its mode
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        cleaned = without_keys(content.data, self.keys, notebook=notebook)
        temporary = self._file_system.write_temporary(target, cleaned, content)
        try:
            copy = self._make_copy(target, content.data)
            done = False
            try:
                if self._is_unchanged(target, content):
                    self._file_system.replace(temporary, target)
                    done = True
            finally:
                if not done:
                    self._drop_copy(copy)
        finally:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
        if done:
            with suppress(OSError):
                self._file_system.sync_folder(target.parent)
            inode = (content.status.st_dev, content.status.st_ino)
            if content.status.st_nlink > 1 or inode in self._linked:
                first, _ = self._linked.get(inode, (file.path, 0))
                self._linked[inode] = (first, content.status.st_nlink - 1)
        return done

    def _is_unchanged(self, target: Path, content: Content) -> bool:
        current = self._file_system.read(target, limit_bytes=MAX_FILE_BYTES)
        return current is not None and current.digest == content.digest and _real(target) == target

    def _make_copy(self, target: Path, data: bytes) -> Path:
        # Written under its final name, so that a later scan finds it if this process is killed.
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        copy = target.with_name(f"{target.name}.{stamp}.bak")
        self._file_system.write_new(copy, data)
        self.backups.append(copy)
        return copy

    def _drop_copy(self, copy: Path) -> None:
        with suppress(OSError):  # if it fails, the copy stays in the report
            copy.unlink(missing_ok=True)
            self.backups.remove(copy)


def _real(path: str | Path) -> Path:
    return Path(os.path.realpath(path))


def _reason(error: OSError | DispatchError | MemoryError) -> str:
    if isinstance(error, DispatchError):
        return error.message
    if isinstance(error, MemoryError):
        return "There is not enough memory for it."
    if isinstance(error, NotAFileError):
        return f"It is {error}, no file."
    if error.errno == errno.EFBIG:
        return f"It is larger than {MAX_FILE_BYTES // 2**20} MiB."
    return error.strerror or type(error).__name__
