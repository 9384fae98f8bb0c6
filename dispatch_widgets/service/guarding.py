"""Looking for this file's keys where they must not be: in notebooks and exported pages."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from .._quiet import quietly
from ..errors import DispatchError
from ..presets import KEY_VARIABLES
from ..secrets import is_reference, resolve_key, secret_texts
from .trying import Trying

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from ..leaks import ScanReport


class Guarding(Trying):
    """The leak guard."""

    def scan_notebook(self, path: str | Path, *, fix: bool = False) -> ScanReport:
        """Look for registered keys in one notebook; see `scan`.

        Args:
            path: The notebook, or an exported page.
            fix: Whether to remove them, after a copy of the file was made beside it.
        """
        return self.scan([path], fix=fix)

    def scan(self, paths: Iterable[str | Path] | str | Path, *, fix: bool = False) -> ScanReport:
        """Look for registered keys in notebooks and exported pages.

        Registered are: every key, token and password in the settings file and its backups, what
        references in them lead to, and what the key variables of well-known providers hold.

        Args:
            paths: Files, and folders that are gone through with all that is below them; or a single one.
            fix: Whether to remove them, after a copy of each file was made beside it.

        Raises:
            InvalidInputError: If a path does not exist; then nothing was changed.
            SettingsFileError: If the settings file cannot be read.
        """
        from ..leaks import scan

        return quietly(lambda: scan(paths, self._guarded_keys(), fix=fix))

    def _guarded_keys(self) -> list[str]:
        keys = [os.environ.get(name, "").strip() for name in KEY_VARIABLES]
        documents: list[Any] = [self._file.document]
        for backup in self.backups():
            with suppress(OSError, ValueError, RecursionError):
                documents.append(json.loads(backup.path.read_bytes()))
        for document in documents:
            for found in secret_texts(document):
                text = found.strip()
                if is_reference(text):
                    with suppress(DispatchError):
                        keys.append(resolve_key(text))
                else:
                    keys.append(text)
        return [key for key in dict.fromkeys(keys) if key]
