"""Which keys a scan of notebooks looks for."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from typing import TYPE_CHECKING

from ..errors import DispatchError
from ..presets import KEY_VARIABLES
from ..secrets import is_reference, resolve_key, secret_texts

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from ..settings.document import Document


def registered_keys(document: Document, copies: Iterable[Path]) -> list[str]:
    """Every key in a settings file and its copies, and what the key variables of known providers hold.

    Args:
        document: The settings file.
        copies: Its backups; one that cannot be read is left out.
    """
    keys = [os.environ.get(name, "").strip() for name in KEY_VARIABLES]
    documents = [document]
    for copy in copies:
        with suppress(OSError, ValueError, RecursionError):
            documents.append(json.loads(copy.read_bytes()))
    for each in documents:
        for found in secret_texts(each):
            text = found.strip()
            if is_reference(text):
                with suppress(DispatchError):
                    keys.append(resolve_key(text))
            else:
                keys.append(text)
    return [key for key in dict.fromkeys(keys) if key]
