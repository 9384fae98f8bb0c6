"""The service that panels, command line, HTTP and notebooks use (API-1).

It is the only place where the settings file and model discovery meet. Every change is validated and saved at
once; every read sees what other programs have written. A read looks at the file once and answers from that; a
change returns what it saved.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar

from .._hide_frames import hide_frames
from .._log import get_logger, tell
from .._loop import background
from .._text import clean
from ..clients import resolved_model
from ..errors import DispatchError, FieldProblem, InvalidInputError
from ..pasted import unwrapped_key
from ..secrets import API_KEY_FIELD, is_reference, key_problem, resolve_key
from ..settings import registry
from ..settings.locate import locate
from ..settings.registry import Impact, NewModel, as_tuple, no_provider
from ..settings.tasks import TASK_NEEDS
from ..settings.views import provider_in
from ..trying import MOST_AT_ONCE, TRY_TIMEOUT_SECONDS, try_resolved
from ..urls import normalise_base_url, shown_url
from .asking import Asking, ask_each
from .choosing import (
    entries_of,
    entry_for,
    entry_of,
    known_task,
    provider_called,
    provider_of,
    provider_of_entry,
    shown_providers,
)
from .consent import Consents, Sending, check_as_seen
from .entry_kinds import entry_kind, model_kind
from .file import SettingsFile
from .registered_keys import registered_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from concurrent.futures import Future
    from datetime import datetime
    from pathlib import Path

    import httpx

    from .._terms import Capability, ProviderType
    from ..clients import ResolvedModel
    from ..discovery.diagnose import Diagnosis
    from ..discovery.models import ModelList, Price
    from ..errors import SettingsFileError
    from ..leaks import ScanReport
    from ..settings.backups import Added
    from ..settings.document import Document
    from ..settings.kept_providers import KeptCopy
    from ..settings.locate import Location
    from ..settings.report import MigrationReport
    from ..settings.schema import (
        Assignment,
        Assignments,
        CatalogEntry,
        Provider,
        ProviderList,
        Settings,
    )
    from ..settings.store import Backup
    from ..settings.tasks import Task
    from ..trying import TryCallback, TryResult
    from .asking import ResultCallback
    from .entry_kinds import EntryKind
    from .file import LastChange
    from .sharing import SharedCopy

_log = get_logger("dispatch_widgets")

REQUEST_TIMEOUT_SECONDS = 10.0
_LONGEST_TIMEOUT_SECONDS = 86_400
_Key = TypeVar("_Key", str, str | None)


@dataclass(frozen=True, slots=True)
class Change:
    """A change that subscribers are told of.

    Attributes:
        what: ``settings`` (the file's content as shown), ``asking`` (a request began) or
            ``discovery`` (a request ended, or a lock was lifted).
        provider_id: The provider that it is about; empty for ``settings``.
    """

    what: Literal["settings", "asking", "discovery"]
    provider_id: str = ""


def _checked_timeout(seconds: object) -> float:
    if isinstance(seconds, int | float) and 0 < seconds <= _LONGEST_TIMEOUT_SECONDS:
        return float(seconds)
    raise InvalidInputError(
        [FieldProblem("timeout_seconds", "Give a number of seconds above 0, at most those of a day.")]
    )


class SettingsService:
    """The providers, models and tasks of a settings file.

    Args:
        path: The settings file. None finds it: ``DISPATCH_SETTINGS_PATH``, the workspace, a folder upwards,
            the working folder (ST-1).
        timeout_seconds: How long a request to a provider may take, in seconds of wall-clock time.
        auto_migrate: Whether a file in the old format is migrated when it is opened (MIG-1).
        keep_providers_copy: Whether a copy of the providers is kept in the user's state folder, in case
            another program removes them (ST-8). False, or ``DISPATCH_WIDGETS_KEEP_PROVIDERS=0``, keeps none
            and deletes an existing one.
        transport: An httpx transport in place of the network, for tests.
        clock: Wall clock in seconds since 1970, for tests; `time.time` if None.
    """

    def __init__(
        self,
        path: str | Path | None = None,
        *,
        timeout_seconds: float = REQUEST_TIMEOUT_SECONDS,
        auto_migrate: bool = True,
        keep_providers_copy: bool = True,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self.location: Location = locate(path)
        timeout_seconds = _checked_timeout(timeout_seconds)
        self._subscribers: list[Callable[[Change], None]] = []
        self._lock = threading.Lock()
        self._transport = transport
        self._consents = Consents()
        self._asking = Asking(
            consents=self._consents,
            on_change=lambda what, provider_id: self._notify(Change(what, provider_id)),
            timeout_seconds=timeout_seconds,
            transport=transport,
            clock=clock,
        )
        self._file = SettingsFile(
            self.location.path,
            auto_migrate=auto_migrate,
            keep_providers_copy=keep_providers_copy,
            clock=clock or time.time,
            on_change=self._settings_changed,
        )

    def __repr__(self) -> str:
        return f"SettingsService({str(self.path)!r})"

    # ---- subscribers

    def subscribe(self, callback: Callable[[Change], None]) -> Callable[[], None]:
        """Call a function at every change, in the thread that makes it.

        Args:
            callback: Called with a `Change`; its exceptions are logged.

        Returns:
            A function that ends the subscription.
        """
        with self._lock:
            self._subscribers.append(callback)

        def unsubscribe() -> None:
            with self._lock:
                if callback in self._subscribers:
                    self._subscribers.remove(callback)

        return unsubscribe

    def _notify(self, change: Change) -> None:
        with self._lock:
            subscribers = tuple(self._subscribers)
        for callback in subscribers:
            try:
                callback(change)
            except Exception:  # noqa: BLE001 - one listener must not silence the others
                _log.exception("A subscriber failed.")

    def _settings_changed(self, current: Callable[[], Settings]) -> None:
        self._asking.follow(current)
        self._notify(Change("settings"))

    def problems_of(self, edit: Callable[[Document], object]) -> tuple[FieldProblem, ...]:
        """The problems that an edit would report for its fields; nothing is saved.

        For a caller that has found wrong fields itself and reports all of them together.

        Args:
            edit: Makes a new document from the current one, as the functions of `settings.registry` do.
        """
        try:
            edit(self._file.document)
        except InvalidInputError as error:
            return error.problems
        except DispatchError:
            return ()  # the caller's refusal stands, whatever else is wrong
        return ()

    # ---- the file

    @property
    def path(self) -> Path:
        """The settings file."""
        return self._file.path

    @property
    def settings(self) -> Settings:
        """The whole file as a validated, read-only view.

        Raises:
            SettingsFileError: If the file cannot be read as settings (ST-4); it is left as it is.
        """
        return self._file.settings

    @property
    def problem(self) -> SettingsFileError | None:
        """The error if the file cannot be read, else None."""
        if self._file.changed_outside():
            self._file.reload()
        return self._file.problem

    @property
    def saved_at(self) -> datetime | None:
        """When the file was last written (UTC); None if there is none."""
        return self._file.saved_at

    @property
    def saved_by(self) -> str:
        """``this notebook``, ``another program``, or an empty text if unknown."""
        return self._file.saved_by

    @property
    def migration_report(self) -> MigrationReport | None:
        """The report of the migration of this file; None if this service has made none."""
        return self._file.report

    @property
    def awaiting_migration(self) -> bool:
        """Whether the file is in the old format; nothing is written to it before `migrate`."""
        return self._file.awaiting_migration

    def changed_outside(self) -> bool:
        """Whether another program has changed the file since it was last read (ST-6)."""
        return self._file.changed_outside()

    def reload(self) -> bool:
        """Read the file again.

        Returns:
            Whether the settings have changed.
        """
        return self._file.reload()

    @property
    def undoable(self) -> str:
        """What `undo` would undo, in a few words such as ``Lab was deleted``; empty if nothing."""
        return self._file.undoable

    @property
    def last_change(self) -> LastChange | None:
        """This service's last save; None after it was undone, or without one."""
        return self._file.last_change

    def undo(self, change: LastChange | None = None) -> str:
        """Undo this service's last change, if the file has not changed since.

        Args:
            change: A `last_change` of before; it is undone only if nothing was saved after it.

        Returns:
            What was undone.

        Raises:
            DispatchError: If there is nothing to undo.
        """
        return self._file.undo(change)

    def preview_migration(self) -> MigrationReport | None:
        """What `migrate` would do, without writing (MIG-6); None if there is nothing to migrate."""
        return self._file.preview()

    def migrate(self) -> MigrationReport | None:
        """Convert a file in the old format now, after a backup.

        Returns:
            The report. If there was nothing to migrate, that of the last migration, or None.
        """
        return self._file.migrate_now()

    @property
    def convertible(self) -> bool:
        """Whether a file with providers has older entries that can be converted."""
        return self._file.convertible

    @property
    def places_left(self) -> tuple[str, ...]:
        """Places in the app's first formats that cannot be converted, and may hold keys (MIG-10)."""
        return self._file.places_left

    def convert_entries(self) -> MigrationReport:
        """Convert entries with credentials of their own in a file with providers (MIG-8)."""
        return self._file.convert_entries()

    def finish_save(self) -> None:
        """Finish an interrupted save with the complete copy that it left (ST-2).

        Raises:
            NotFoundError: If there is none, or the file is complete.
            SettingsFileError: If the file cannot be written.
        """
        self._file.finish_save()

    def backups(self) -> tuple[Backup, ...]:
        """The backups beside the file, newest first."""
        return self._file.store.backups()

    def restore(self, backup: Backup | Path) -> None:
        """Restore a backup, after a backup of the current file (MIG-5).

        Args:
            backup: One of `backups`, or its path.
        """
        self._file.restore(backup)

    def added_since(self, backup: Backup | Path) -> Added:
        """The providers and entries that a backup does not have, and that restoring it would lose.

        Args:
            backup: One of `backups`, or its path.

        Raises:
            NotFoundError: If it does not exist, or is no backup of this file.
            UnreadableSettingsError: If it cannot be read as settings.
        """
        return self._file.added_since(backup)

    def delete_backup(self, backup: Backup | Path) -> None:
        """Delete one backup.

        Args:
            backup: One of `backups`, or its path.
        """
        self._file.store.delete_backup(backup)
        self._notify(Change("settings"))

    @property
    def lost_providers(self) -> bool:
        """Whether another program has removed all providers, and entries refer to some (ST-8)."""
        return self._file.lost_providers

    @property
    def removed_providers(self) -> tuple[Provider, ...]:
        """The providers that another program has removed, as last saved here (ST-8)."""
        return self._file.removed_providers

    def bring_back_providers(self) -> tuple[Provider, ...]:
        """Append the providers that another program has removed to those in the file (ST-8).

        Providers in the file stay as they are. References that come back do not count as entered here.

        Returns:
            The providers that were brought back.

        Raises:
            NotFoundError: If there is nothing to bring back.
            SettingsFileError: If the file cannot be read, locked or written.
        """
        return self._file.bring_back_providers()

    @property
    def kept_copy(self) -> KeptCopy | None:
        """The copy that `bring_back_providers` takes the providers from; None if there is none."""
        return self._file.kept_copy

    def delete_kept_copy(self) -> None:
        """Delete the copy of the providers. The next save makes a new one, unless copies are turned off.

        Raises:
            NotFoundError: If there is none.
        """
        self._file.delete_kept_copy()

    @property
    def gone_at(self) -> datetime | None:
        """When the file was noticed to have disappeared (UTC); None if it exists, or never did (ST-10)."""
        _ = self.problem
        return self._file.gone.at if self._file.gone else None

    @property
    def can_put_back(self) -> bool:
        """Whether the content of a file that has disappeared is known."""
        return bool(self._file.gone and self._file.gone.document)

    def put_back(self) -> None:
        """Restore a file that has disappeared, with its last content (ST-10).

        Raises:
            NotFoundError: If the file exists, or could not be read before.
            SettingsFileError: If it cannot be written.
        """
        self._file.put_back()

    @hide_frames
    def export_without_keys(self, path: str | Path, *, replace: bool = False) -> SharedCopy:
        """Write a copy of the settings to share, with ``${NAME}`` in place of each key.

        References stay as they are. The result lists the variables that whoever uses the copy has to set. The
        copy is in today's format, even if the file is not. Only you can read a new one; a file that is
        replaced keeps its mode.

        Args:
            path: Where to write the copy; ``~`` is your home.
            replace: Whether to overwrite an existing file.

        Raises:
            InvalidInputError: If the copy would still contain a key (the message names the places, never the
                key), if ``path`` exists, or if it is the settings file itself. Nothing is written.
            NotFoundError: If there are no settings, or another program removed the providers; bring them
                back first.
            SettingsFileError: If the settings cannot be read, or the copy cannot be written.
        """
        from .sharing import SharedCopy, checked_target, without_keys, write_copy

        target = checked_target(path, self.path)
        data, variables = without_keys(self._file.converted(), self._registered_keys(*self._copies()))
        write_copy(target, data, replace=replace)
        return SharedCopy(path=target, variables=variables)

    def move_away(self) -> Path:
        """Move a broken file away, so that the next save starts a new one (ST-4).

        Returns:
            Where the file is now.
        """
        return self._file.move_away()

    # ---- the providers

    def get_providers(self) -> ProviderList:
        """All providers in the file's order, and the mock provider if an entry refers to it (PM-5, PM-7).

        Returns:
            A tuple, which a cell shows as a table.
        """
        return shown_providers(self.settings)

    def provider(self, provider_id: str) -> Provider:
        """The provider with an id.

        Args:
            provider_id: Its id; ``mock`` is always there.

        Raises:
            NotFoundError: If there is none.
        """
        return provider_of(self.settings, provider_id)

    @hide_frames
    def add_provider(
        self,
        *,
        name: str,
        type: ProviderType,  # noqa: A002
        api_key: str,
        base_url: str | None = None,
        pasted: bool = True,
    ) -> Provider:
        """Register a provider (PM-2).

        Args:
            name: Its name; need not be unique.
            type: ``anthropic`` or ``openai-compatible``.
            api_key: The key, or a reference such as ``${OPENAI_API_KEY}``. What was clearly pasted around it
                (quotes, ``Bearer``, ``export NAME=`` …) is taken off, and ``$NAME`` becomes ``${NAME}``; that
                is logged as a warning, which a cell shows (SEC-3).
            base_url: Where its API begins, such as ``https://api.openai.com/v1``. Needed for
                ``openai-compatible``; for ``anthropic`` only for a gateway. A removed ending, and a URL over
                which the key would travel unencrypted, are logged as warnings, which a cell shows (MD-14).
            pasted: Whether the key may have been pasted by a person; if not, it is taken as it stands.

        Raises:
            InvalidInputError: With one problem for each field that cannot be used; nothing is saved.
        """
        api_key, notes = _unwrapped(api_key) if pasted else (api_key, ())
        made: list[str] = []

        def change(document: Document) -> Document:
            document, provider_id = registry.add_provider(
                document, name=name, type=type, api_key=api_key, base_url=base_url
            )
            made[:] = [provider_id]
            return document

        # As saved, because another program may have written another host since.
        added = provider_of(self._file.edit(change), made[0])
        self._given_here(added, api_key)
        _log_notes(notes, base_url, added)
        return added

    @hide_frames
    def update_provider(
        self,
        provider_id: str,
        *,
        name: str | None = None,
        type: ProviderType | None = None,  # noqa: A002
        api_key: str | None = None,
        base_url: str | None = None,
        pasted: bool = True,
        seen: Provider | None = None,
        sending: tuple[str, str] | None = None,
        consent: bool = True,
    ) -> Provider:
        """Change the given fields of a provider (PM-3).

        Args:
            provider_id: Its id.
            name: A new name.
            type: A new type; it drops the base URL unless a new one is given.
            api_key: A new key; an empty text keeps the old one. What was pasted around it is taken off, as
                in `add_provider`.
            base_url: A new base URL; an empty text clears it.
            pasted: Whether the key may have been pasted by a person; if not, it is taken as it stands.
            seen: The provider as the user saw it, if they did. Nothing is saved if another program has since
                changed its key or host, so that a key would be sent to another host than they saw (SEC-8).
            sending: What the user has consented to, as returned by `needs_consent`; the consent is stored
                for that only.
            consent: Whether the user entered the reference in ``api_key``, and so consents to its sending.
                False for a program that passes on what it received.

        Raises:
            NotFoundError: If there is no such provider.
            InvalidInputError: If a field cannot be used; nothing is saved.
            ChangedMeanwhileError: If it is not as the user saw it or consented to; nothing is saved.
            ConsentNeededError: If something else would be sent than the user consented to, or to another
                host; nothing is saved.
        """
        api_key, notes = _unwrapped(api_key) if pasted else (api_key, ())
        agreed = None if sending is None else Sending(*sending)
        moves = (type, api_key, base_url) != (None, None, None)

        def change(document: Document) -> Document:
            def changed(before: Document) -> Document:
                return registry.update_provider(
                    before, provider_id, name=name, type=type, api_key=api_key, base_url=base_url
                )

            after = changed(document)
            if seen is not None and moves:
                expected = _provider_of(changed(_document_of(seen)), provider_id)
                check_as_seen(_provider_of(after, provider_id), expected)
            if agreed is not None:
                self._consents.compare(_provider_of(after, provider_id), agreed)
            return after

        saved = provider_of(self._file.edit(change), provider_id)
        if agreed is not None:
            self._allow(saved, agreed)
        elif consent:
            self._given_here(saved, api_key)
        _log_notes(notes, base_url, saved)
        return saved

    def impact_of_deleting_provider(self, provider_id: str) -> Impact:
        """The entries and tasks that deleting a provider would affect.

        Args:
            provider_id: The provider's id.
        """
        return self.impact_of_deleting_providers([provider_id])

    def impact_of_deleting_providers(self, provider_ids: Iterable[str]) -> Impact:
        """The entries and tasks that deleting several providers would affect.

        Args:
            provider_ids: The providers' ids.

        Raises:
            NotFoundError: If there is no such provider.
        """
        return registry.impact(self._file.document, *as_tuple(provider_ids))

    def delete_provider(self, provider_id: str, *, unassign: bool = False) -> Impact:
        """Delete a provider; its catalog entries stay and are marked (PM-4).

        Args:
            provider_id: The provider's id.
            unassign: Whether to unassign the tasks of its entries too.

        Returns:
            The entries and tasks that are affected.

        Raises:
            NotFoundError: If there is no such provider.
        """
        return self.delete_providers([provider_id], unassign=unassign)

    def delete_providers(self, provider_ids: Iterable[str], *, unassign: bool = False) -> Impact:
        """Delete several providers in one write, all of them or none; their entries stay (PM-4).

        Args:
            provider_ids: The providers' ids.
            unassign: Whether to unassign the tasks of their entries too.

        Returns:
            The entries and tasks that are affected.

        Raises:
            InvalidInputError: If one is the built-in mock; nothing is saved.
            NotFoundError: If there is no such provider; nothing is saved.
        """
        settings = self.settings
        named = {each: provider_of(settings, each).name for each in as_tuple(provider_ids)}
        hit: list[Impact] = []

        def change(document: Document) -> Document:
            document, impact = registry.delete_providers(document, named, unassign=unassign)
            hit[:] = [impact]
            return document

        self._file.edit(change, what=_what(list(named.values()), "deleted"))
        return hit[0]

    def merge_providers(self, keep: str, others: Iterable[str]) -> Provider:
        """Move the entries of some providers to another, and delete them, in one write (PM-8).

        Args:
            keep: The id of the provider to keep.
            others: The ids of those to delete, or a single id.

        Raises:
            NotFoundError: If one of them does not exist.
        """
        gone = as_tuple(others)
        saved = self._file.edit(
            lambda document: registry.merge_providers(document, keep, gone), what="Providers were merged"
        )
        return provider_of(saved, keep)

    def merge_duplicates(self, keep: str | None = None) -> tuple[tuple[str, ...], ...]:
        """Merge every group of `duplicates` into its first provider, in one write (PM-8).

        One `undo` undoes all of it.

        Args:
            keep: The id of a provider: only its group is merged, into it. None for all groups.

        Returns:
            The groups; the first id of each is the remaining provider.
        """
        merged: list[tuple[str, ...]] = []

        def change(document: Document) -> Document:
            document, merged[:] = registry.merge_duplicates(document, keep)
            return document

        self._file.edit(change, what="Duplicates were merged")
        return tuple(merged)

    def duplicates(self) -> tuple[tuple[str, ...], ...]:
        """Groups of ids of providers that have the same type, key and base URL."""
        return registry.duplicates(self._file.document)

    # ---- consent

    def needs_consent(self, provider_id: str) -> Sending | None:
        """The reference whose value needs `allow_sending` before it is sent, and the host it goes to (SEC-4).

        A reference needs it unless its variable belongs to the host, as with well-known providers, or it was
        entered in this process with `add_provider` or `update_provider`.

        Args:
            provider_id: The provider's id.

        Returns:
            A named pair: the variable's name or the ``keyring:`` reference, and the host. The host includes
            its scheme unless that is the usual one: https, or http on this machine and in private networks.
            None if no consent is needed, or the variable is not set.

        Raises:
            NotFoundError: If there is no such provider.
        """
        return self._consents.needed(self.provider(provider_id))

    def allow_sending(
        self, provider_id: str, *, variable: str | None = None, host: str | None = None
    ) -> None:
        """Allow sending the value of a provider's reference to its host, while this process runs.

        The consent is for this reference and this host; a changed one needs a new consent.

        Args:
            provider_id: The provider's id.
            variable: What may be sent, as given by `needs_consent` or the error.
            host: Where it may be sent, as given there. Without both, the consent is for what the file says
                now.

        Raises:
            NotFoundError: If there is no such provider.
            ConsentNeededError: If the file names another variable or host now; the error has both.
            ChangedMeanwhileError: If the file names others now that need no consent.
        """
        unnamed = variable is None and host is None
        self._allow(self.provider(provider_id), None if unnamed else Sending(variable or "", host or ""))

    def _given_here(self, provider: Provider, api_key: object) -> None:
        """Stores the consent to a reference that the user has just entered here, exactly as it is written."""
        if isinstance(api_key, str) and is_reference(api_key):
            self._consents.allow(provider)

    def _allow(self, provider: Provider, seen: Sending | None) -> None:
        self._consents.allow(provider, seen)
        self._asking.book.allow(provider.id)

    # ---- discovery

    @hide_frames
    def check_provider(
        self,
        *,
        type: ProviderType,  # noqa: A002
        api_key: str,
        base_url: str | None = None,
    ) -> ModelList:
        """Request a provider's models before it is registered; nothing is saved or cached.

        Passing a reference such as ``${NAME}`` is consent to send its value to that server, this once.

        Args:
            type: ``anthropic`` or ``openai-compatible``.
            api_key: The key, or a reference such as ``${OPENAI_API_KEY}``; see `add_provider`.
            base_url: Where its API begins; see `add_provider`.

        Returns:
            The list, as from `discover_models`; its ``provider_id`` is empty.

        Raises:
            InvalidInputError: With one problem for each field that cannot be used.
            MissingVariableError: If the key refers to a variable that is not set.
            DiscoveryError: If there is no list (MD-15).
        """
        return background.call(self.start_check(type=type, api_key=api_key, base_url=base_url))

    @hide_frames
    def start_check(
        self,
        *,
        type: ProviderType,  # noqa: A002
        api_key: str,
        base_url: str | None = None,
    ) -> Future[ModelList]:
        """`check_provider` without waiting, for panels; cancelling the future cancels the request."""
        return background.submit(self._asking.check(_unsaved(type, api_key, base_url)))

    @hide_frames
    def start_check_diagnosis(
        self,
        *,
        type: ProviderType,  # noqa: A002
        api_key: str,
        base_url: str | None = None,
    ) -> Future[Diagnosis]:
        """`start_diagnosis` for a provider before it is registered; nothing is saved or cached."""
        provider = _unsaved(type, api_key, base_url)
        return background.submit(self._asking.diagnose(provider, entered=True))

    def discover_models(self, provider_id: str, force_refresh: bool = False) -> ModelList:
        """The models that a provider offers; works in cells, scripts and callbacks of widgets.

        Args:
            provider_id: The provider's id.
            force_refresh: Whether to ignore the cache, which is valid for an hour (MD-6, MD-7).

        Raises:
            NotFoundError: If there is no such provider.
            DiscoveryError: If the request failed and there is no earlier list to use (MD-15).
        """
        return background.call(self.start_discovery(provider_id, force_refresh=force_refresh))

    async def discover_models_async(self, provider_id: str, force_refresh: bool = False) -> ModelList:
        """See `discover_models`."""
        return await background.wait(self.start_discovery(provider_id, force_refresh=force_refresh))

    def start_discovery(self, provider_id: str, *, force_refresh: bool = False) -> Future[ModelList]:
        """`discover_models` without waiting, for panels; cancelling the future cancels the request."""
        return self._asking.start(self.provider(provider_id), force_refresh=force_refresh)

    def refresh_all(
        self, *, force_refresh: bool = True, on_result: ResultCallback | None = None
    ) -> dict[str, ModelList | DispatchError]:
        """Request the models of all providers concurrently; returns a list or an error for each (MD-12).

        Args:
            force_refresh: Whether to ignore the cache.
            on_result: Called from the background loop with each id and result as it comes.
        """
        return background.call(self.start_refresh_all(force_refresh=force_refresh, on_result=on_result))

    async def refresh_all_async(
        self, *, force_refresh: bool = True, on_result: ResultCallback | None = None
    ) -> dict[str, ModelList | DispatchError]:
        """See `refresh_all`."""
        return await background.wait(self.start_refresh_all(force_refresh=force_refresh, on_result=on_result))

    def start_refresh_all(
        self, *, force_refresh: bool = True, on_result: ResultCallback | None = None
    ) -> Future[dict[str, ModelList | DispatchError]]:
        """`refresh_all` without waiting; cancelling the future cancels the requests."""
        return background.submit(
            self._asking.ask_all(self.get_providers(), force_refresh=force_refresh, on_result=on_result)
        )

    def diagnose(self, provider_id: str) -> Diagnosis:
        """Find out step by step why a provider lists no models (MD-14).

        It checks the host's name, the connection and the response, then tries other paths of the same host.

        Args:
            provider_id: The provider's id; for the mock provider there is nothing to diagnose.

        Raises:
            NotFoundError: If there is no such provider.
        """
        return background.call(self.start_diagnosis(provider_id))

    def start_diagnosis(self, provider_id: str) -> Future[Diagnosis]:
        """`diagnose` without waiting, for panels; cancelling the future cancels the requests."""
        return background.submit(self._asking.diagnose(self.provider(provider_id)))

    def known_models(self, provider_id: str) -> ModelList | None:
        """The cached list of a provider, however old, without a request.

        Args:
            provider_id: The provider's id.
        """
        provider = self.settings.provider(provider_id)
        return None if provider is None else self._asking.peek(provider)

    def last_error(self, provider_id: str) -> DispatchError | None:
        """The error of the last request to a provider; None if it succeeded.

        Args:
            provider_id: The provider's id.
        """
        return self._asking.book.last_error(provider_id)

    def retry_at(self, provider_id: str) -> datetime | None:
        """When a rate-limited provider may be asked again (UTC); None if it may now (MD-10).

        Args:
            provider_id: The provider's id.
        """
        return self._asking.book.retry_at(provider_id)

    def unlock(self, provider_id: str) -> None:
        """Allow requests again before a rate limit has expired (MD-10).

        Args:
            provider_id: The provider's id.
        """
        self._asking.book.unlock(provider_id)

    def is_asking(self, provider_id: str) -> bool:
        """Whether a request for this provider is under way.

        Args:
            provider_id: The provider's id.
        """
        return self._asking.book.is_asking(provider_id)

    # ---- the catalog and the tasks

    @property
    def catalog(self) -> tuple[CatalogEntry, ...]:
        """The catalog in the file's order; ``problem`` says what is wrong with an entry."""
        return self.settings.catalog

    @property
    def assignments(self) -> Assignments:
        """The assignments of tasks to entries; also by task: ``service.assignments["grade"]``."""
        return self.settings.assignments

    def entry(self, entry_id: str) -> CatalogEntry:
        """The catalog entry with an id.

        Args:
            entry_id: Its id.

        Raises:
            NotFoundError: If there is none.
        """
        return entry_of(self.settings, entry_id)

    @hide_frames
    def add_model(
        self,
        *,
        provider_id: str,
        model: str,
        label: str | None = None,
        capabilities: Iterable[Capability] | None = None,
        tasks: Iterable[Task] = (),
        entry_id: str | None = None,
    ) -> CatalogEntry:
        """Add a model to the catalog (PM-6).

        Args:
            provider_id: The id of its provider.
            model: The model's id, listed by the provider or not.
            label: A display name.
            capabilities: ``chat`` and ``embedding``; inferred from the id when not given.
            tasks: Tasks to assign it to.
            entry_id: The entry's id, which no other entry has; made from provider and model when not given.

        Raises:
            InvalidInputError: If a field cannot be used; nothing is saved.
            NotFoundError: If there is no such provider.
        """
        new = NewModel(
            provider_id=provider_id,
            model=model,
            label=label,
            capabilities=capabilities,
            tasks=tasks,
            entry_id=entry_id,
        )
        return self.add_models([new])[0]

    @hide_frames
    def add_models(self, models: Iterable[NewModel]) -> tuple[CatalogEntry, ...]:
        """Add several models to the catalog, in one write: all of them or none.

        Args:
            models: The models to add.

        Raises:
            InvalidInputError: If a field of one of them cannot be used; nothing is saved.
            NotFoundError: If a provider does not exist.
        """
        wanted = [new.with_iterables_read() for new in models]
        made: list[str] = []

        def change(document: Document) -> Document:
            document, made[:] = registry.add_models(document, wanted)
            return document

        saved = self._file.edit(change, what=_what([new.model for new in wanted], "added"))
        return tuple(entry_of(saved, entry_id) for entry_id in made)

    @hide_frames
    def update_model(
        self,
        entry_id: str,
        *,
        provider_id: str | None = None,
        model: str | None = None,
        label: str | None = None,
        capabilities: Iterable[Capability] | None = None,
    ) -> CatalogEntry:
        """Change the given fields of a catalog entry.

        Args:
            entry_id: The entry's id.
            provider_id: The id of another provider.
            model: Another model id.
            label: A new display name; an empty text clears it.
            capabilities: What it can do.

        Raises:
            NotFoundError: If there is no such entry or provider.
            InvalidInputError: If a field cannot be used; nothing is saved.
        """
        wanted = registry.read_once(capabilities)
        saved = self._file.edit(
            lambda document: registry.update_model(
                document, entry_id, provider_id=provider_id, model=model, label=label, capabilities=wanted
            )
        )
        return entry_of(saved, entry_id)

    def move_models(self, entry_ids: Iterable[str], provider_id: str) -> tuple[CatalogEntry, ...]:
        """Give several catalog entries another provider in one write, all of them or none.

        Args:
            entry_ids: The entries' ids; entries without a provider are among those that can be moved.
            provider_id: The id of the provider.

        Returns:
            The entries as saved, each once, in the order given.

        Raises:
            NotFoundError: If there is no such entry or provider; nothing is saved.
        """
        settings = self.settings
        named = entries_of(settings, entry_ids)
        what = _what(
            [entry.title for entry in named.values()], f"moved to {provider_of(settings, provider_id).name}"
        )
        saved = self._file.edit(
            lambda document: registry.move_models(document, named, provider_id), what=what
        )
        return tuple(entry_of(saved, entry_id) for entry_id in named)

    def impact_of_deleting_model(self, entry_id: str) -> Impact:
        """The tasks that deleting an entry would affect.

        Args:
            entry_id: The entry's id.
        """
        return registry.model_impact(self._file.document, entry_id)

    def delete_model(self, entry_id: str) -> Impact:
        """Delete a catalog entry, and unassign its tasks.

        Args:
            entry_id: The entry's id.

        Returns:
            The entry, and the tasks that have no model now.
        """
        return self.delete_models([entry_id])

    def delete_models(self, entry_ids: Iterable[str]) -> Impact:
        """Delete several catalog entries in one write, all of them or none, and unassign their tasks.

        Args:
            entry_ids: The entries' ids.

        Returns:
            The entries, and the tasks that have no model now.

        Raises:
            NotFoundError: If there is no such entry; nothing is saved.
        """
        named = entries_of(self.settings, entry_ids)
        hit: list[Impact] = []

        def change(document: Document) -> Document:
            document, impact = registry.delete_models(document, named)
            hit[:] = [impact]
            return document

        self._file.edit(change, what=_what([entry.title for entry in named.values()], "deleted"))
        return hit[0]

    def assign(self, task: Task, entry_id: str) -> Assignment:
        """Assign a catalog entry to a task.

        Args:
            task: One of the six tasks.
            entry_id: The entry's id.

        Raises:
            InvalidInputError: If there is no such task.
            NotFoundError: If there is no such entry.
        """
        saved = self._file.edit(
            lambda document: registry.assign(document, task, entry_id), what=f"{task} was set"
        )
        return saved.assignments[task]

    def unassign(self, task: Task) -> None:
        """Remove the assignment of a task, if it has one.

        Args:
            task: One of the six tasks.
        """
        self._file.edit(lambda document: registry.unassign(document, task), what=f"{task} was unset")

    def capabilities_of(self, entry: CatalogEntry) -> EntryKind:
        """The capabilities of an entry: stated in the file, listed by its provider, or inferred (PM-6).

        Args:
            entry: A catalog entry.
        """
        listed = None if entry.capabilities is not None else self.known_models(entry.provider_id or "")
        return entry_kind(entry, listed)

    def entries_for(self, task: Task) -> tuple[CatalogEntry, ...]:
        """The usable entries that can do a task: embedding models for ``embed``, chat models for the others.

        Args:
            task: One of the six tasks.

        Raises:
            InvalidInputError: If there is no such task.
        """
        needed = TASK_NEEDS[known_task(task)]
        settings = self.settings
        unstated = {entry.provider_id for entry in settings.catalog if entry.capabilities is None}
        asked = [provider for provider in shown_providers(settings) if provider.id in unstated]
        lists = {provider.id: self._asking.peek(provider) for provider in asked}
        return tuple(
            entry
            for entry in settings.catalog
            if not entry.problem
            and needed in entry_kind(entry, lists.get(entry.provider_id or "")).capabilities
        )

    # ---- using a model

    def resolve(self, task: Task) -> ResolvedModel:
        """The model assigned to a task, with provider, base URL and key, ready to use (API-5).

        Args:
            task: One of the six tasks.

        Raises:
            InvalidInputError: If there is no such task.
            UnresolvedTaskError: If it has no usable model; the hint says where to change that.
            MissingVariableError: If the key refers to a variable that is not set.
            ConsentNeededError: If the key refers to something that was not made for this host (SEC-4).
        """
        known_task(task)
        settings = self.settings
        entry = entry_for(settings, task)
        provider = provider_of(settings, entry.provider_id or "")
        return self._described(provider, entry.model, task=task, entry=entry)

    def resolve_model(self, provider: str, model: str) -> ResolvedModel:
        """A model by provider and id, without a task (API-5).

        Args:
            provider: The provider's id, or its name if no other has the same.
            model: The model's id.

        Raises:
            NotFoundError: If there is no such provider.
            InvalidInputError: If the name belongs to several, or the model's id is blank.
            ConsentNeededError: If the key refers to something that was not made for this host (SEC-4).
        """
        if not isinstance(model, str) or not model.strip():
            raise InvalidInputError([FieldProblem("model", "Type a model id.")])
        return self._described(provider_called(self.settings, provider), model.strip())

    @hide_frames
    def _described(
        self,
        provider: Provider,
        model: str,
        *,
        task: Task | Literal[""] = "",
        entry: CatalogEntry | None = None,
    ) -> ResolvedModel:
        self._consents.check(provider)
        is_stated = entry is not None and entry.capabilities is not None
        listed = None if is_stated else self._asking.peek(provider)
        kind = model_kind(model, listed) if entry is None else entry_kind(entry, listed)
        return resolved_model(
            provider,
            model,
            api_key="" if provider.is_mock else _usable_key(provider),
            task=task,
            entry=entry,
            capabilities=kind.capabilities,
        )

    # ---- trying a model

    def try_task(self, task: Task, *, timeout_seconds: float = TRY_TIMEOUT_SECONDS) -> TryResult:
        """Ask the model of a task for a few tokens, or for one embedding.

        A request that fails is a result, not an exception: ``result.error`` says why, with a hint.

        Args:
            task: One of the six tasks.
            timeout_seconds: How long it may take, in seconds of wall-clock time.

        Raises:
            DispatchError: If there is no model to ask: everything that `resolve` raises.
        """
        return background.call(self.start_try(task, timeout_seconds=timeout_seconds))

    async def try_task_async(self, task: Task, *, timeout_seconds: float = TRY_TIMEOUT_SECONDS) -> TryResult:
        """See `try_task`."""
        return await background.wait(self.start_try(task, timeout_seconds=timeout_seconds))

    def try_model(
        self, provider: str, model: str, *, timeout_seconds: float = TRY_TIMEOUT_SECONDS
    ) -> TryResult:
        """Ask a model for a few tokens, or for one embedding; see `try_task`.

        Args:
            provider: The provider's id, or its name if no other has the same.
            model: The model's id.
            timeout_seconds: How long it may take, in seconds of wall-clock time.

        Raises:
            DispatchError: If there is no model to ask: everything that `resolve_model` raises.
        """
        return background.call(self._try(self.resolve_model(provider, model), timeout_seconds))

    async def try_model_async(
        self, provider: str, model: str, *, timeout_seconds: float = TRY_TIMEOUT_SECONDS
    ) -> TryResult:
        """See `try_model`."""
        return await background.wait(self._try(self.resolve_model(provider, model), timeout_seconds))

    def start_try(self, task: Task, *, timeout_seconds: float = TRY_TIMEOUT_SECONDS) -> Future[TryResult]:
        """`try_task` without waiting, for panels; cancelling the future cancels the request."""
        return background.submit(self._try(self.resolve(task), timeout_seconds))

    def try_entries(
        self,
        entry_ids: Iterable[str],
        *,
        timeout_seconds: float = TRY_TIMEOUT_SECONDS,
        on_result: TryCallback | None = None,
    ) -> dict[str, TryResult | DispatchError]:
        """Ask several catalog entries at once for a few tokens, or for one embedding each; see `try_task`.

        At most six are asked at the same time. One that fails delays no other.

        Args:
            entry_ids: The entries' ids.
            timeout_seconds: How long each may take, in seconds of wall-clock time.
            on_result: Called from the background loop with each id and result as it comes.

        Returns:
            A result for each entry id, in the order given; an error in its place if an entry cannot be asked.

        Raises:
            NotFoundError: If there is no such entry; nothing is asked then.
        """
        return background.call(
            self.start_try_entries(entry_ids, timeout_seconds=timeout_seconds, on_result=on_result)
        )

    async def try_entries_async(
        self,
        entry_ids: Iterable[str],
        *,
        timeout_seconds: float = TRY_TIMEOUT_SECONDS,
        on_result: TryCallback | None = None,
    ) -> dict[str, TryResult | DispatchError]:
        """See `try_entries`; cancelling it cancels all requests."""
        return await background.wait(
            self.start_try_entries(entry_ids, timeout_seconds=timeout_seconds, on_result=on_result)
        )

    def start_try_entries(
        self,
        entry_ids: Iterable[str],
        *,
        timeout_seconds: float = TRY_TIMEOUT_SECONDS,
        on_result: TryCallback | None = None,
    ) -> Future[dict[str, TryResult | DispatchError]]:
        """`try_entries` without waiting, for panels; cancelling the future cancels all requests."""
        settings = self.settings
        models = {
            entry_id: self._described_or_error(settings, entry)
            for entry_id, entry in entries_of(settings, entry_ids).items()
        }
        return background.submit(self._try_each(models, timeout_seconds, on_result))

    def _described_or_error(self, settings: Settings, entry: CatalogEntry) -> ResolvedModel | DispatchError:
        try:
            return self._described(provider_of_entry(settings, entry), entry.model, entry=entry)
        except DispatchError as error:
            return error

    async def _try_each(
        self,
        models: Mapping[str, ResolvedModel | DispatchError],
        timeout_seconds: float,
        on_result: TryCallback | None,
    ) -> dict[str, TryResult | DispatchError]:
        import asyncio

        places = asyncio.Semaphore(MOST_AT_ONCE)

        async def one(model: ResolvedModel | DispatchError) -> TryResult:
            if isinstance(model, DispatchError):
                raise model
            async with places:
                return await self._try(model, timeout_seconds)

        return await ask_each(models, one, on_result)

    async def _try(self, resolved: ResolvedModel, timeout_seconds: float) -> TryResult:
        return await try_resolved(
            resolved,
            timeout_seconds=timeout_seconds,
            transport=self._transport,
            price=self._price_of(resolved),
        )

    def _price_of(self, resolved: ResolvedModel) -> Price | None:
        """The price in the cached list, which is not asked for."""
        listed = self.known_models(resolved.provider_id)
        model = listed.get(resolved.model) if listed is not None else None
        return model.price if model is not None else None

    # ---- scanning for keys

    def scan_notebook(self, path: str | Path, *, fix: bool = False) -> ScanReport:
        """Look for registered keys in one notebook; see `scan`.

        Args:
            path: The notebook, or an exported page.
            fix: Whether to remove them, after copying the file beside itself.
        """
        return self.scan([path], fix=fix)

    @hide_frames
    def scan(self, paths: Iterable[str | Path] | str | Path, *, fix: bool = False) -> ScanReport:
        """Look for registered keys in notebooks and exported pages.

        The registered keys are: every key, token and password in the settings file, its backups and the copy
        of the providers; the keys that references in them lead to; and the keys in the variables of
        well-known providers.

        Args:
            paths: Files and folders, or a single one; folders are searched recursively.
            fix: Whether to remove them, after copying each file beside itself. Settings files and their
                copies are never changed: keys belong there.

        Raises:
            InvalidInputError: If a path does not exist; then nothing was changed.
            SettingsFileError: If the settings file cannot be read.
        """
        from ..leaks import scan

        backups, kept = self._copies()
        keep = [self.path, *backups, *([kept.path] if kept else ())]
        return scan(paths, self._registered_keys(backups, kept), fix=fix, keep=keep)

    def _copies(self) -> tuple[list[Path], KeptCopy | None]:
        """The backups' paths, and the copy of the providers."""
        return [backup.path for backup in self.backups()], self.kept_copy

    def _registered_keys(self, copies: list[Path], kept: KeptCopy | None) -> list[str]:
        """The keys of `scan`."""
        return registered_keys([self._file.document, *(kept.providers if kept else ())], copies)


def _unwrapped(api_key: _Key) -> tuple[_Key, tuple[str, ...]]:
    """A key without what was pasted around it, and notes on that; other values than texts are unchanged."""
    if not isinstance(api_key, str):
        return api_key, ()
    cleaned = unwrapped_key(api_key)
    if api_key.strip() and not cleaned.value:  # an empty key would keep the old one
        raise InvalidInputError([FieldProblem(API_KEY_FIELD, key_problem("") or "")])
    return cleaned.value, cleaned.notes


def _usable_key(provider: Provider) -> str:
    """The key of a provider, checked: SDKs quote one that cannot be sent in their errors (SEC-3).

    Raises:
        DispatchError: If it cannot be resolved or sent.
    """
    key = resolve_key(provider.credentials.api_key.get_secret_value())
    problem = key_problem(key)
    if problem:
        name = clean(provider.name, 60)
        raise InvalidInputError(
            [FieldProblem(API_KEY_FIELD, problem)],
            message=f"The key of {name} cannot be sent. {problem}",
            hint=f"Enter the key of {name} again, in dw.panel() or with update_provider.",
        )
    return key


def _what(names: Sequence[str], done: str) -> str:
    """A change of some entries, for `undo`: ``gpt-4o was deleted``, ``3 deleted``."""
    return f"{names[0]} was {done}" if len(names) == 1 else f"{len(names)} {done}"


def _unsaved(type: str, api_key: str, base_url: str | None) -> Provider:  # noqa: A002
    """A provider as it would be saved.

    Raises:
        InvalidInputError: With one problem for each field that cannot be used.
    """
    key, _ = _unwrapped(api_key)
    document, provider_id = registry.add_provider(
        {}, name="This provider", type=type, api_key=key, base_url=base_url
    )
    return _provider_of(document, provider_id)


def _provider_of(document: Document, provider_id: str) -> Provider:
    provider = provider_in(document, provider_id)
    if provider is None:
        raise no_provider(provider_id)
    return provider


def _document_of(provider: Provider) -> Document:
    """A document with only this provider, as the user saw it."""
    credentials = {"apiKey": provider.credentials.api_key.get_secret_value()}
    if provider.credentials.base_url is not None:
        credentials["baseUrl"] = provider.credentials.base_url
    one = {"id": provider.id, "name": provider.name, "type": provider.type, "credentials": credentials}
    return {"providers": [one]}


def _log_notes(notes: tuple[str, ...], base_url: str | None, saved: Provider) -> None:
    as_shown = base_url == shown_url(saved.base_url) != saved.base_url  # not saved: no note
    if base_url and not as_shown:
        notes += normalise_base_url(base_url, saved.type).notes
    for note in notes:
        tell(f"{saved.name}: {note}")
