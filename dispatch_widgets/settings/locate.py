"""Finds the settings file, and says how it was found (ST-1)."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ..errors import FieldProblem, InvalidInputError, NoWorkingFolderError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FILE_NAME = "dispatch.settings.json"
PATH_VARIABLE = "DISPATCH_SETTINGS_PATH"
WORKSPACE_LEVELS = 6
"""How many folders the Dispatch app searches for its workspace, from the working folder up."""

_WORKSPACE_MARKS = ("pnpm-workspace.yaml", "turbo.json")
_APP_FOLDERS = ("Dispatch", "@dispatch/desktop")
_GIT_TIMEOUT_SECONDS = 5.0

Why = Literal["argument", "variable", "workspace", "found", "cwd"]


@dataclass(frozen=True, kw_only=True)
class Location:
    """The settings file, and how it was found.

    Attributes:
        path: Its absolute path; it need not exist.
        why: The rule that found it.
        reason: The same as a text: ``2 folders up, beside pnpm-workspace.yaml``.
        app_note: Which file the Dispatch app would take, where one that is nearer could be meant; else empty.
        others: Other settings files that exist, such as the installed app's; never used silently.
    """

    path: Path
    why: Why
    reason: str
    app_note: str = ""
    others: tuple[Path, ...] = ()
    _environ: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def git_warning(self) -> str:
        """A sentence if the file, or its backups, could get into git; else an empty text.

        Asks git once, when it is first wanted; without git there is nothing to warn of.
        """
        return _git_warning(self.path, self._environ)


def locate(
    path: str | os.PathLike[str] | None = None,
    *,
    cwd: Path | None = None,
    environ: Mapping[str, str] | None = None,
    home: Path | None = None,
) -> Location:
    """Finds the settings file as the Dispatch app does, and in one more place.

    An explicit path; else ``DISPATCH_SETTINGS_PATH``; else the workspace's folder; else the nearest folder
    upwards that has such a file; else the working folder.

    Args:
        path: The file, if it is given; may begin with ``~``.
        cwd: The working folder; the process's unless given.
        environ: The environment; the process's unless given.
        home: The user's home; the process's unless given.

    Raises:
        InvalidInputError: If the path has a character that no path can have.
        NoWorkingFolderError: If the working folder is needed and does not exist.
    """
    environ = os.environ if environ is None else environ
    home = home or Path.home()
    cwd = _working_folder(cwd)
    found, why, reason = _find(path, cwd, environ, home)
    if not os.path.lexists(found) and why in {"workspace", "cwd"}:
        place = f"{reason[0].lower()}{reason[1:]}"
        reason = f"Not made yet. The first save makes it here, {place}"
    others = tuple(other for other in _existing(cwd, environ, home) if not _is_same(other, found))
    note = _app_note(found, why, cwd, others)
    return Location(path=found, why=why, reason=reason, app_note=note, others=others, _environ=environ)


def _app_note(found: Path, why: Why, cwd: Path | None, others: tuple[Path, ...]) -> str:
    nearer = cwd / FILE_NAME if cwd else found
    if why != "workspace" or os.path.lexists(found) or nearer not in others:
        return ""
    return (
        f"The Dispatch app would take {found} too, which is not there yet, and not the {FILE_NAME} in the "
        f"working folder. Move that one there, or set {PATH_VARIABLE} to it for both."
    )


def _find(
    path: str | os.PathLike[str] | None, cwd: Path | None, environ: Mapping[str, str], home: Path
) -> tuple[Path, Why, str]:
    if path is not None:
        return _absolute(path, cwd, home), "argument", "Path given in the call"
    named = environ.get(PATH_VARIABLE, "").strip()
    if named:
        return _absolute(named, cwd, home), "variable", f"Path from {PATH_VARIABLE}"
    if cwd is None:
        raise NoWorkingFolderError
    folders = [cwd, *cwd.parents]
    for level, folder in enumerate(folders[:WORKSPACE_LEVELS]):
        for mark in _WORKSPACE_MARKS:
            if os.path.exists(folder / mark):  # noqa: PTH110 - Path's raises in a folder without permission
                return folder / FILE_NAME, "workspace", f"{_where(level)}, beside {mark}"
    for level, folder in enumerate(folders):
        if _is_file(folder / FILE_NAME):
            return folder / FILE_NAME, "found" if level else "cwd", _where(level)
    return cwd / FILE_NAME, "cwd", _where(0)


def checked_path(path: str | os.PathLike[str]) -> str:
    """A path as text.

    Raises:
        InvalidInputError: If it has a character that no path can have.
    """
    text = os.fspath(path)
    if "\0" in text:
        raise InvalidInputError([FieldProblem("path", "A path cannot have a NUL character in it.")])
    return text


def _working_folder(given: Path | None) -> Path | None:
    try:
        return Path(os.path.abspath(given or Path.cwd()))  # noqa: PTH100 - links stay as the user wrote them
    except FileNotFoundError:  # it was removed
        return None


def _absolute(path: str | os.PathLike[str], cwd: Path | None, home: Path) -> Path:
    text = checked_path(path)
    if text == "~" or text.startswith(("~/", f"~{os.sep}")):
        text = str(home) + text[1:]
    if cwd is None and not os.path.isabs(text):  # noqa: PTH117 - text, as the user wrote it
        raise NoWorkingFolderError(text)
    return Path(os.path.abspath((cwd or Path()) / text))  # noqa: PTH100 - links stay as the user wrote them


def _where(level: int) -> str:
    if level == 0:
        return "In the working folder"
    return "1 folder up" if level == 1 else f"{level} folders up"


def _existing(cwd: Path | None, environ: Mapping[str, str], home: Path) -> Iterator[Path]:
    """All existing settings files that could be meant instead, the nearest first."""
    app_data = [
        Path(environ.get("XDG_CONFIG_HOME") or home / ".config"),
        home / "Library/Application Support",
    ]
    if environ.get("APPDATA"):
        app_data.append(Path(environ["APPDATA"]))
    candidates = [folder / FILE_NAME for folder in (cwd, *cwd.parents)] if cwd else []
    candidates += [base / name / FILE_NAME for base in app_data for name in _APP_FOLDERS]
    seen: list[Path] = []
    for candidate in candidates:
        if _is_file(candidate) and not any(_is_same(candidate, known) for known in seen):
            seen.append(candidate)
            yield candidate


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a folder without permission
        return False


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one == other or one.samefile(other)
    except OSError:
        return False


def _git_warning(path: Path, environ: Mapping[str, str]) -> str:
    path = Path(os.path.realpath(path))  # the keys, and the backups, are where links lead
    if not any(os.path.lexists(folder / ".git") for folder in path.parents):
        return ""
    import subprocess

    backup = f"{path.stem}.backup-20000101T000000Z{path.suffix}"
    # Variables set by a surrounding git command must not lead to another work tree.
    own = {name: value for name, value in environ.items() if not name.startswith("GIT_")}
    try:
        asked = subprocess.run(
            # Without an index refresh, as one may start the file system monitor of the configuration; with
            # NUL after each name, as git puts one that is not ASCII in quotes otherwise.
            ["git", "-c", "core.fsmonitor=false", "check-ignore", "-z", "--stdin"],  # noqa: S607
            input=b"".join(os.fsencode(name) + b"\0" for name in (path.name, backup)),
            cwd=path.parent,
            env={**own, "GIT_OPTIONAL_LOCKS": "0"},
            capture_output=True,
            timeout=_GIT_TIMEOUT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    if asked.returncode not in {0, 1}:  # 128: not a work tree after all, or not to be trusted
        return ""
    ignored = {os.fsdecode(name) for name in asked.stdout.split(b"\0")}
    open_ = [name for name in (path.name, backup) if name not in ignored]
    if not open_:
        return ""
    what = "This file" if path.name in open_ else "The backups of this file"
    pattern = f"{path.stem}*{path.suffix}*"
    return f"{what} can get into git, with the keys. Add {pattern} to .gitignore."
