"""The keys that a scan of notebooks looks for."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from .._key_shapes import is_distinctive
from ..errors import DispatchError
from ..presets import KEY_VARIABLES
from ..secrets import is_reference, resolve_key, secret_texts
from ..settings.document import older_keys

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_SHORTEST_OLDER_KEY = 8  # no field says that it is a key, so it must not be an ordinary word


def registered_keys(documents: Iterable[Any], copies: Iterable[Path]) -> list[str]:
    """All keys in settings files, and those in the key variables of well-known providers.

    Args:
        documents: The settings.
        copies: Files with more of them; one that cannot be read is left out.
    """
    keys = [os.environ.get(name, "").strip() for name in KEY_VARIABLES]
    found_in = list(documents)
    for copy in copies:
        with suppress(OSError, ValueError, RecursionError):
            found_in.append(json.loads(copy.read_bytes()))
    for each in found_in:
        older = (key for key in older_keys(each) if is_distinctive(key, shortest=_SHORTEST_OLDER_KEY))
        for found in (*secret_texts(each), *older):
            text = found.strip()
            if is_reference(text):
                with suppress(DispatchError):
                    keys.append(resolve_key(text))
            else:
                keys.append(text)
    return [key for key in dict.fromkeys(keys) if key]
