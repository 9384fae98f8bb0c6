"""One copy of the providers as last saved here, for the day on which another program removes them (ST-8).

Today's Dispatch app writes the settings file without ``providers`` when it saves its schedules. The copy lies
in the user's state folder, never beside the file, where git or a sync could take it. It is a source for
bringing them back and for nothing else.
"""

from __future__ import annotations

import logging
import os
import stat
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import SettingsWriteError, UnreadableSettingsError
from ._files import Files
from .document import Document, JsonObject, parse, render, set_in
from .kinds import entries_of, kind_of
from .schema import MOCK_TYPE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

VARIABLE = "DISPATCH_WIDGETS_KEEP_PROVIDERS"
"""Set to ``0``, no copy is kept, and one that there is goes."""

_OFF = {"0", "no", "off", "false"}
_FOLDER_MODE = 0o700
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCopy:
    """The copy for one settings file.

    Attributes:
        path: Where it lies.
        file: The settings file that it is of, links followed.
        saved_at: When it last changed (UTC).
        providers: The providers, as they stood in the file.
        removed: The ids of those that another program has removed since, with the whole list.
    """

    path: Path
    file: str
    saved_at: datetime
    providers: tuple[JsonObject, ...] = ()
    removed: frozenset[str] = frozenset()

    @property
    def reason(self) -> str:
        """What it is, in a few words, as `Backup.reason` says it."""
        return "The providers, as last saved here"

    @property
    def size_bytes(self) -> int:
        """How big it is; 0 if it is gone."""
        with suppress(OSError):
            return self.path.stat().st_size
        return 0


class KeptProviders:
    """The copy of the providers of one settings file. What goes wrong with it never stops anything else.

    Args:
        path: The settings file; a symbolic link is followed.
        on: Whether a copy is kept; None leaves it to the variable. Off removes one that there is.
        folder: Where copies lie; the user's state folder unless given.
        clock: Gives the time in seconds since 1970.
        environ: The environment; the process's unless given.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        on: bool | None = None,
        folder: Path | None = None,
        clock: Callable[[], float] = time.time,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self._file = Path(path)
        self._folder = folder
        self._clock = clock
        self._files = Files()
        environ = os.environ if environ is None else environ
        self.on = environ.get(VARIABLE, "").strip().lower() not in _OFF if on is None else on
        if not self.on:
            self.delete()

    def __repr__(self) -> str:
        return f"KeptProviders({str(self._file)!r}, on={self.on})"

    @property
    def path(self) -> Path:
        """Where the copy lies, or would lie: named by a hash of the settings file's real path."""
        from hashlib import sha256

        name = sha256(os.fsencode(self._real_file())).hexdigest()
        return (self._folder or state_folder()) / f"{name}.json"

    def read(self) -> KeptCopy | None:
        """The copy; None if there is none, or if what lies there was not put there by this user's saves."""
        path = self.path
        try:
            if not (_is_own(path.parent) and _is_own(path)):
                return None
            content = self._files.read(path)
            document = parse(content.data, path=str(path)) if content else {}
        except (OSError, UnreadableSettingsError) as error:
            if not isinstance(error, FileNotFoundError):
                _log.warning("the kept copy of the providers cannot be read: %s", error)
            return None
        return _as_copy(document, path, self._real_file())

    def follow(self, before: Document, after: Document) -> None:
        """Takes note of a save of ours.

        Args:
            before: What the file held before it.
            after: What it holds now.
        """
        if self.on:
            self._change(lambda copy: followed(observed(copy, before), before, after), make=True)

    def observe(self, now: Document) -> None:
        """Takes note of what another program has made of the file. Without a copy none is made.

        Args:
            now: What the file holds.
        """
        if self.on:
            self._change(lambda copy: observed(copy, now), make=False)

    def removed(self, document: Document) -> tuple[JsonObject, ...]:
        """The providers that another program has removed from the file, as they were last saved here.

        Args:
            document: What the file holds.
        """
        copy = self.read() if self.on else None
        return () if copy is None else removed_from(document, copy)

    def bring_back(self, document: Document) -> Document:
        """The document with the removed providers in it, behind those that it has (an edit for the store).

        Args:
            document: What the file holds; the same comes back if nothing was removed.
        """
        return brought_back(document, self.removed(document))

    def delete(self) -> bool:
        """Removes the copy; whether there was one."""
        try:
            self.path.unlink()
        except FileNotFoundError:
            return False
        except OSError as error:
            _log.warning("the kept copy of the providers cannot be removed: %s", error)
            return False
        return True

    def _real_file(self) -> str:
        return os.path.realpath(self._file)

    def _change(self, change: Callable[[KeptCopy], KeptCopy], *, make: bool) -> None:
        old = self.read()
        if old is None and not make:
            return
        base = old or KeptCopy(path=self.path, file=self._real_file(), saved_at=datetime.now(UTC))
        new = change(base)
        if new == base and (old is not None or not new.providers):
            return
        if not new.providers:
            self.delete()
            return
        try:
            self._write(new)
        except (OSError, SettingsWriteError) as error:
            _log.warning("the copy of the providers could not be kept: %s", error)

    def _write(self, copy: KeptCopy) -> None:
        folder = copy.path.parent
        folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        if not _is_own(folder):
            raise PermissionError(f"{folder} belongs to somebody else")
        folder.chmod(_FOLDER_MODE)
        document = JsonObject(
            file=copy.file,
            savedAt=datetime.fromtimestamp(self._clock(), UTC).isoformat(),
            providers=list(copy.providers),
            removed=sorted(copy.removed),
        )
        self._files.sweep(copy.path)
        temporary = self._files.write_temporary(copy.path, render(document), None)
        try:
            self._files.replace(temporary, copy.path)
        finally:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)


def state_folder() -> Path:
    """Where copies lie: the user's own folder for what programs remember."""
    from platformdirs import user_state_path

    return user_state_path("dispatch-widgets", appauthor=False) / "providers"


def followed(copy: KeptCopy, before: Document, after: Document) -> KeptCopy:
    """The copy after a save of ours: what the file has, and what others had removed from it before.

    Args:
        copy: The copy until now.
        before: What the file held before the save.
        after: What it holds now.
    """
    listed = _listed(after)
    if listed is None:
        # Nobody deletes providers so: an undo, or a file in the old form that was restored.
        return replace(copy, removed=frozenset(map(_id, copy.providers)))
    taken = {*_ids(before), *_ids(after)}
    keys = {_account(provider) for provider in listed}
    lost = [found for found in copy.providers if _id(found) not in taken and _account(found) not in keys]
    return replace(copy, providers=(*listed, *lost), removed=frozenset(map(_id, lost)))


def observed(copy: KeptCopy, now: Document) -> KeptCopy:
    """The copy after a look at what another program has made of the file.

    A provider that is gone from a list that is there was deleted, so it goes here too. But where all are gone
    and entries still refer to some, the list was lost.

    Args:
        copy: The copy until now.
        now: What the file holds.
    """
    known = {_id(found) for found in copy.providers}
    if _listed(now) is None:
        return replace(copy, removed=frozenset(known))
    there = set(_ids(now))
    gone = known - there - copy.removed
    all_gone = gone and not (known - copy.removed) & there
    if all_gone and gone & _referred(now):
        return replace(copy, removed=(copy.removed | gone) - there)
    return replace(
        copy,
        providers=tuple(found for found in copy.providers if _id(found) not in gone),
        removed=copy.removed - there,
    )


def removed_from(document: Document, copy: KeptCopy) -> tuple[JsonObject, ...]:
    """The providers of a copy that another program has removed from a document.

    Args:
        document: What the file holds.
        copy: The copy.
    """
    if not document or kind_of(document) == "old":
        return ()
    there = set(_ids(document))
    missing = [
        found for found in copy.providers if _id(found) not in there and found.get("type") != MOCK_TYPE
    ]
    if _listed(document) is None:
        return tuple(missing)
    # Of a list that is there again, perhaps with others, those that are needed.
    wanted = _referred(document) if there else copy.removed | _referred(document)
    return tuple(found for found in missing if _id(found) in wanted & observed(copy, document).removed)


def brought_back(document: Document, providers: tuple[JsonObject, ...]) -> Document:
    """A document with providers in it that it had before; what it has itself wins.

    Args:
        document: The document; it stays as it is.
        providers: The ones to bring back.
    """
    there = set(_ids(document))
    back = [found for found in providers if _id(found) not in there]
    if not back:
        return document
    return set_in(document, ("providers",), [*(document.get("providers") or ()), *back])


def _listed(document: Document) -> tuple[JsonObject, ...] | None:
    providers = document.get("providers")
    if not isinstance(providers, list):
        return None
    return tuple(
        JsonObject(found)
        for found in providers
        if isinstance(found, dict) and isinstance(found.get("id"), str)
    )


def _ids(document: Document) -> list[str]:
    return [_id(found) for found in _listed(document) or ()]


def _id(provider: Document) -> str:
    return str(provider["id"])


def _account(provider: Document) -> tuple[Any, ...]:
    credentials = provider.get("credentials")
    given = credentials if isinstance(credentials, dict) else {}
    return provider.get("type"), given.get("apiKey"), given.get("baseUrl")


def _referred(document: Document) -> frozenset[str]:
    ids = (entry.get("providerId") for entry in entries_of(document))
    return frozenset(id_ for id_ in ids if isinstance(id_, str))


def _as_copy(document: Document, path: Path, file: str) -> KeptCopy | None:
    # A copy that names another file was put there by somebody.
    providers = _listed(document)
    if providers is None or document.get("file") != file:
        return None
    removed = document.get("removed")
    saved_at = datetime.fromtimestamp(0, UTC)
    with suppress(TypeError, ValueError):
        saved_at = datetime.fromisoformat(document.get("savedAt", ""))
    return KeptCopy(
        path=path,
        file=file,
        saved_at=saved_at,
        providers=providers,
        removed=frozenset(map(str, removed)) if isinstance(removed, list) else frozenset(),
    )


def _is_own(path: Path) -> bool:
    """Whether a file or folder is this user's, and nobody else can write to it; a link is nobody's."""
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        return False
    if not hasattr(os, "geteuid"):  # Windows tells no owner here
        return True
    return status.st_uid == os.geteuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
