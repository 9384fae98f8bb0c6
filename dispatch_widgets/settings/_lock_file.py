"""The lock file beside the settings file: whether what stands in its place may be opened as one (ST-3).

`filelock` empties what it opens. Old versions follow a planted link there, symbolic before 3.20.1 and hard
before 4.3.1, and so would empty another file.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

from ._files import kind_of

if TYPE_CHECKING:
    from pathlib import Path


def wrong_in_its_place(lock_path: Path, target: Path) -> str:
    """What stands there that is no lock file, or whose it is that has nothing to do with the folder.

    Args:
        lock_path: The lock file; it need not exist.
        target: The real settings file, which lies beside it.

    Returns:
        The end of a sentence; empty if all is well.

    Raises:
        OSError: If the system does not let us look.
    """
    try:
        status = os.lstat(lock_path)
        return _wrong_kind(status) or ("" if _may_have_a_lock(status, target) else "another user's")
    except FileNotFoundError:
        return ""


def _wrong_kind(status: os.stat_result) -> str:
    if stat.S_ISLNK(status.st_mode):
        return "a symbolic link"
    if not stat.S_ISREG(status.st_mode):
        return kind_of(status)
    if status.st_nlink > 1:
        return "a second name of another file (a hard link)"
    return ""


def _may_have_a_lock(status: os.stat_result, target: Path) -> bool:
    """Whether its owner is we, who owns the folder or the settings file, or the folder's group."""
    if not hasattr(os, "geteuid"):  # Windows tells no owner here
        return True
    folder = target.parent.stat()
    owners = {os.geteuid(), folder.st_uid}
    with suppress(FileNotFoundError):
        owners.add(target.stat().st_uid)
    shared = bool(folder.st_mode & stat.S_IWGRP) and status.st_gid == folder.st_gid
    return status.st_uid in owners or shared
