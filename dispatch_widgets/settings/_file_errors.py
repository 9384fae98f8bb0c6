"""The words for what the file system refuses."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from ..errors import SettingsWriteError, UnreadableSettingsError
from ._files import NotAFileError

if TYPE_CHECKING:
    from pathlib import Path

_REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "your share of the disk is used up",
    errno.EROFS: "the disk is read-only",
    errno.EACCES: "the file or its folder is read-only for you",
    errno.EPERM: "the file or its folder is read-only for you",
    errno.ENOENT: "its folder does not exist",
    errno.ENOTDIR: "its folder does not exist",
    errno.EIO: "the disk reports an error",
    errno.ENAMETOOLONG: "its name is too long",
}
_HINTS = {
    errno.ENOSPC: "Make room, then try again.",
    errno.EDQUOT: "Make room, then try again.",
    errno.ENOENT: "Make the folder first.",
    errno.ENOTDIR: "Make the folder first.",
}


def reason_of(error: OSError) -> str:
    """Why the system refused, as the part of a sentence.

    Args:
        error: What it raised.
    """
    if error.errno in _REASONS:
        return _REASONS[error.errno]
    return (os.strerror(error.errno) if error.errno else str(error) or type(error).__name__).lower()


def read_error(error: OSError, path: Path) -> UnreadableSettingsError:
    """The error for a file that could not be read.

    Args:
        error: What the system raised.
        path: The settings file as the user named it.
    """
    if isinstance(error, NotAFileError):
        return UnreadableSettingsError(
            f"There is {error} in the settings file's place.",
            path=str(path),
            hint="Move it away, or choose another path.",
        )
    return UnreadableSettingsError(
        f"The settings file cannot be read: {reason_of(error)}.",
        path=str(path),
        hint="Check who owns the file and what its mode allows.",
    )


def write_error(error: OSError, target: Path, path: Path) -> SettingsWriteError:
    """The error for a file that could not be written.

    Args:
        error: What the system raised.
        target: The real file, links followed.
        path: The settings file as the user named it.
    """
    words = str(error) if isinstance(error, NotAFileError) else ""
    reason = f"there is {words} in the file's place" if words else reason_of(error)
    hint = _HINTS.get(error.errno or 0, f"Check {target.parent} and what it allows, then try again.")
    return SettingsWriteError(f"Not saved: {reason}.", path=str(path), hint=hint)
