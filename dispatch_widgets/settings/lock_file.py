"""Where the lock file of a settings file is, and whether it is safe to open (ST-3).

`filelock` truncates what it opens. Older versions follow a planted link, symbolic before 3.20.1 and hard
before 4.3.1, and would truncate another file.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

from .file_system import file_type

if TYPE_CHECKING:
    from pathlib import Path


def lock_path_of(target: Path) -> Path:
    """The lock file of a settings file: beside it, and hidden from file browsers.

    It stays when the lock is released: if one process removed it, a second that waits for it and a third that
    makes a new one would both hold a lock.
    """
    return target.with_name(f".{target.name}.lock")


def lock_file_problem(lock_path: Path, target: Path) -> str:
    """Why a lock file must not be opened, as the end of a sentence; empty if it may, or does not exist.

    Raises:
        OSError: If its status cannot be read.
    """
    try:
        status = os.lstat(lock_path)
        return _type_problem(status) or ("" if _may_own_lock_file(status, target) else "another user's")
    except FileNotFoundError:
        return ""


def _type_problem(status: os.stat_result) -> str:
    if stat.S_ISLNK(status.st_mode):
        return "a symbolic link"
    if not stat.S_ISREG(status.st_mode):
        return file_type(status)
    if status.st_nlink > 1:
        return "a second name of another file (a hard link)"
    return ""


def _may_own_lock_file(status: os.stat_result, target: Path) -> bool:
    """Whether it belongs to the user, the folder's or settings file's owner, or a shared folder's group."""
    if not hasattr(os, "geteuid"):  # Windows gives no owner here
        return True
    folder = target.parent.stat()
    owners = {os.geteuid(), folder.st_uid}
    with suppress(FileNotFoundError):
        owners.add(target.stat().st_uid)
    shared = bool(folder.st_mode & stat.S_IWGRP) and status.st_gid == folder.st_gid
    return status.st_uid in owners or shared
