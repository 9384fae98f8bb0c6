"""A copy of the providers as last saved, to restore them when another program removes them (ST-8).

Today's Dispatch app drops ``providers`` from the settings file when it saves its schedules. The copy is in
the user's state folder, not beside the file, where git or a sync could pick it up. It serves to restore
providers and nothing else.
"""

from __future__ import annotations

import os
import stat
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from dataclasses import fields as dataclass_fields
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._log import get_logger
from ..errors import SettingsWriteError, UnreadableSettingsError
from ..secrets import masked_copy
from .document import Document, JsonObject, parse, render, set_in
from .file_system import Files
from .kinds import entries_of, kind_of
from .schema import MOCK_TYPE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

VARIABLE = "DISPATCH_WIDGETS_KEEP_PROVIDERS"
"""Set to ``0``, no copy is kept, and an existing one is deleted."""

_OFF = {"0", "no", "off", "false"}
_FOLDER_MODE = 0o700
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCopy:
    """The copy for one settings file.

    Attributes:
        path: Where it lies.
        file: The settings file that it belongs to, links followed.
        saved_at: When it last changed (UTC).
        providers: The providers, as they were in the file.
        removed: The ids of those that another program has removed since, with the whole list.
    """

    path: Path
    file: str
    saved_at: datetime
    providers: tuple[JsonObject, ...] = ()
    removed: frozenset[str] = frozenset()

    def __reduce__(self) -> tuple[Any, ...]:
        fields = {each.name: getattr(self, each.name) for each in dataclass_fields(self)}
        fields["providers"] = masked_copy(self.providers)  # a pickle holds no key (SEC-1)
        return partial(KeptCopy, **fields), ()

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
    """The copy of the providers of one settings file. Its failures are logged and never raised.

    Args:
        path: The settings file; a symbolic link is followed.
        on: Whether a copy is kept; None leaves it to the variable. False deletes an existing copy.
        folder: Where copies are; the user's state folder unless given.
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
        """The copy; None if there is none, or if the file there was not written by this user's saves."""
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

    def record_save(self, before: Document, after: Document) -> None:
        """Updates the copy after a save of ours."""
        if self.on:
            self._change(
                lambda copy: after_own_save(after_foreign_change(copy, before), before, after), make=True
            )

    def record_restore(self, before: Document, after: Document) -> None:
        """Updates the copy after a backup was restored."""
        if self.on:
            self._change(
                lambda copy: after_restore(after_foreign_change(copy, before), before, after), make=True
            )

    def record_foreign_change(self, now: Document) -> None:
        """Updates an existing copy after another program wrote the file."""
        if self.on:
            self._change(lambda copy: after_foreign_change(copy, now), make=False)

    def removed(self, document: Document) -> tuple[JsonObject, ...]:
        """The providers that another program has removed from the document, as last saved here."""
        copy = self.read() if self.on else None
        return () if copy is None else removed_from(document, copy)

    def bring_back(self, document: Document) -> Document:
        """Appends the removed providers (an edit for the store); the same document if there are none."""
        return with_providers(document, self.removed(document))

    def delete(self) -> bool:
        """Deletes the copy; whether there was one."""
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
    """The folder for copies, in the user's state folder."""
    from platformdirs import user_state_path

    return user_state_path("dispatch-widgets", appauthor=False) / "providers"


def after_own_save(copy: KeptCopy, before: Document, after: Document) -> KeptCopy:
    """The copy after a save of ours: the file's providers, and those that others had removed before."""
    listed = _listed(after)
    if listed is None:
        # This is no deletion, but an undo or a restored file in the old format.
        return replace(copy, removed=frozenset(map(_id, copy.providers)))
    taken = {*_ids(before), *_ids(after)}
    # An account that was entered anew has another id: what an entry refers to is still wanted.
    keys = {_account(provider) for provider in listed}
    wanted = _referenced_ids(after)
    lost = [
        found
        for found in copy.providers
        if _id(found) not in taken and (_account(found) not in keys or _id(found) in wanted)
    ]
    return replace(copy, providers=(*listed, *lost), removed=frozenset(map(_id, lost)))


def after_restore(copy: KeptCopy, before: Document, after: Document) -> KeptCopy:
    """The copy after a restore: empty if the restored file neither has nor misses providers."""
    wanted = _referenced_ids(after).intersection(map(_id, copy.providers))
    if _listed(after) is None and kind_of(after) != "old" and not wanted:
        return replace(copy, providers=(), removed=frozenset())
    return after_own_save(copy, before, after)


def after_foreign_change(copy: KeptCopy, now: Document) -> KeptCopy:
    """The copy after another program wrote the file.

    A provider missing from the list was deleted, so it is dropped here too. If all are missing and entries
    still refer to some, the list was lost.
    """
    known = {_id(found) for found in copy.providers}
    if _listed(now) is None:
        return replace(copy, removed=frozenset(known))
    there = set(_ids(now))
    gone = known - there - copy.removed
    all_gone = gone and not (known - copy.removed) & there
    if all_gone and gone & _referenced_ids(now):
        return replace(copy, removed=(copy.removed | gone) - there)
    return replace(
        copy,
        providers=tuple(found for found in copy.providers if _id(found) not in gone),
        removed=copy.removed - there,
    )


def removed_from(document: Document, copy: KeptCopy) -> tuple[JsonObject, ...]:
    """The providers of a copy that another program has removed from a document."""
    if not document or kind_of(document) == "old":
        return ()
    there = set(_ids(document))
    missing = [
        found for found in copy.providers if _id(found) not in there and found.get("type") != MOCK_TYPE
    ]
    if _listed(document) is None:
        return tuple(missing)
    # If the file has a list again, only the providers that its entries need.
    wanted = _referenced_ids(document) if there else copy.removed | _referenced_ids(document)
    return tuple(
        found for found in missing if _id(found) in wanted & after_foreign_change(copy, document).removed
    )


def with_providers(document: Document, providers: tuple[JsonObject, ...]) -> Document:
    """Appends providers to a document, except for ids that it has."""
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


def _referenced_ids(document: Document) -> frozenset[str]:
    ids = (entry.get("providerId") for entry in entries_of(document))
    return frozenset(id_ for id_ in ids if isinstance(id_, str))


def _as_copy(document: Document, path: Path, file: str) -> KeptCopy | None:
    # A copy that names another file was not written by us.
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
    """Whether a file or folder, but no link, belongs to this user and nobody else can write to it."""
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        return False
    if not hasattr(os, "geteuid"):  # Windows gives no owner here
        return True
    return status.st_uid == os.geteuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
