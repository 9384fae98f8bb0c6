"""Registering, changing, merging and deleting providers (PM-1 to PM-8)."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, TypeVar

from .._quiet import quiet
from ..errors import FieldProblem, InvalidInputError
from ..pasted import unwrapped_key
from ..secrets import API_KEY_FIELD, is_reference, key_problem
from ..settings import registry
from ..settings.registry import given, no_provider
from ..settings.schema import MOCK_PROVIDER, MOCK_PROVIDER_ID, ProviderList
from ..settings.views import provider_in
from ..urls import normalise_base_url, shown_url
from .consent import Sending, check_as_seen
from .core import ServiceCore

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..settings.document import Document
    from ..settings.registry import Impact
    from ..settings.schema import Provider


_log = logging.getLogger("dispatch_widgets")
_Key = TypeVar("_Key", str, str | None)


class Providers(ServiceCore):
    """The providers of the file."""

    def get_providers(self) -> ProviderList:
        """All providers in the file's order, and the mock provider if an entry refers to it (PM-5, PM-7).

        Returns:
            A tuple that reads as a table where it is shown.
        """
        settings = self.settings
        providers = settings.providers
        if any(entry.provider_id == MOCK_PROVIDER_ID for entry in settings.catalog) and not any(
            provider.id == MOCK_PROVIDER_ID for provider in providers
        ):
            return ProviderList((*providers, MOCK_PROVIDER))
        return ProviderList(providers)

    def provider(self, provider_id: str) -> Provider:
        """One provider.

        Args:
            provider_id: Its id; ``mock`` is always there.

        Raises:
            NotFoundError: If there is none.
        """
        provider = self.settings.provider(provider_id)
        if provider is not None:
            return provider
        raise no_provider(provider_id)

    @quiet
    def add_provider(
        self,
        *,
        name: str,
        type: str,  # noqa: A002
        api_key: str,
        base_url: str | None = None,
        pasted: bool = True,
    ) -> Provider:
        """Register a provider (PM-2).

        Args:
            name: What to call it; names may repeat.
            type: ``anthropic`` or ``openai-compatible``.
            api_key: The key, or a reference such as ``${OPENAI_API_KEY}``. What was clearly pasted around it
                (quotes, ``Bearer``, ``export NAME=`` …) is taken off, and ``$NAME`` becomes ``${NAME}``; that
                is logged as a warning, which a cell shows (SEC-3).
            base_url: Where its API begins, such as ``https://api.openai.com/v1``. Needed for
                ``openai-compatible``; for ``anthropic`` only for a gateway. What is taken off its end, and
                that a key would travel in the clear, is logged as a warning, which a cell shows (MD-14).
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

        # What was written, not what is there by now: another program may have put another host there.
        added = _provider_of(self._file.edit(change).document, made[0])
        self._given_here(added, api_key)
        _tell_of(notes, base_url, added)
        return added

    @quiet
    def update_provider(
        self,
        provider_id: str,
        *,
        name: str | None = None,
        type: str | None = None,  # noqa: A002
        api_key: str | None = None,
        base_url: str | None = None,
        pasted: bool = True,
        seen: Provider | None = None,
        sending: tuple[str, str] | None = None,
        consent: bool = True,
    ) -> Provider:
        """Change a provider; what is not given stays (PM-3).

        Args:
            provider_id: Which one.
            name: A new name.
            type: A new type; the base URL goes with the old one unless a new one is given.
            api_key: A new key; an empty text keeps the old one. What was pasted around it is taken off, as
                in `add_provider`.
            base_url: A new base URL; an empty text clears it.
            pasted: Whether the key may have been pasted by a person; if not, it is taken as it stands.
            seen: The provider as the user saw it, where they did: a key that was changed meanwhile does
                not go to the host of this change, nor the key of this change to a host that was changed
                meanwhile (SEC-8).
            sending: What the user agreed is sent where, as `needs_consent` gives it; the yes is saved
                for that only.
            consent: Whether a reference in ``api_key`` is given by the user, who thereby says that it
                may be sent. False for a program that passes on what it was sent itself.

        Raises:
            NotFoundError: If there is no such provider.
            InvalidInputError: If a field cannot be used; nothing is saved.
            ChangedMeanwhileError: If it is not as it was seen or agreed to; nothing is saved.
            ConsentNeededError: If something else than was agreed to would be sent, or elsewhere; nothing
                is saved.
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

        saved = _provider_of(self._file.edit(change).document, provider_id)
        if agreed is not None:
            self._allow(saved, agreed)
        elif consent:
            self._given_here(saved, api_key)
        _tell_of(notes, base_url, saved)
        return saved

    def _given_here(self, provider: Provider, api_key: object) -> None:
        """A reference that the user has just given here may be sent where they gave it for."""
        if isinstance(api_key, str) and is_reference(api_key.strip()):
            self._consents.allow(provider)

    def _allow(self, provider: Provider, seen: Sending | None) -> None:
        self._consents.allow(provider, seen)
        self._lists.allowed(provider.id)

    def needs_consent(self, provider_id: str) -> Sending | None:
        """What may not be sent for a provider before `allow_sending`, and where it would go (SEC-4).

        That is so for a key that is a reference and that neither belongs to this host (as a well-known
        provider's own variable does) nor was given here, in this process, through `add_provider` or
        `update_provider`.

        Args:
            provider_id: Which provider.

        Returns:
            The variable's name (or the ``keyring:`` reference) and the host, a pair with these names;
            None when nothing stands in the way, or when the variable is not set, so that there is
            nothing to send. The host has its scheme where that is not the usual one: https, and http on
            this machine and in private networks.

        Raises:
            NotFoundError: If there is no such provider.
        """
        return self._consents.needed(self.provider(provider_id))

    def allow_sending(
        self, provider_id: str, *, variable: str | None = None, host: str | None = None
    ) -> None:
        """Say that a provider's referenced key may be sent to its host; holds while this process runs.

        It holds for this reference and this host: where either is changed by someone else, it is asked
        for anew.

        Args:
            provider_id: Which provider.
            variable: What may be sent, as `needs_consent` or the error said it.
            host: Where it may be sent, in the same words. Without both it is a yes to what the file says
                at this moment, whatever was said before.

        Raises:
            NotFoundError: If there is no such provider.
            ConsentNeededError: If the file names another variable or host by now; says which.
            ChangedMeanwhileError: If it names others by now for which no yes is needed.
        """
        unnamed = variable is None and host is None
        self._allow(self.provider(provider_id), None if unnamed else Sending(variable or "", host or ""))

    def impact_of_deleting_provider(self, provider_id: str) -> Impact:
        """Which entries and tasks a deletion would hit.

        Args:
            provider_id: Which provider.
        """
        self.provider(provider_id)
        return registry.impact(self._file.document, provider_id)

    def delete_provider(self, provider_id: str, *, unassign: bool = False) -> Impact:
        """Delete a provider; its catalog entries stay and are marked (PM-4).

        Args:
            provider_id: Which one.
            unassign: Whether to take its entries' tasks away too.

        Returns:
            The entries and tasks that are hit.

        Raises:
            NotFoundError: If there is no such provider.
        """
        impact = self.impact_of_deleting_provider(provider_id)
        self._file.edit(
            lambda document: registry.delete_provider(document, provider_id, unassign=unassign),
            what=f"{self.provider(provider_id).name} was deleted",
        )
        return impact

    def merge_providers(self, keep: str, others: Iterable[str]) -> Provider:
        """Give the entries of some providers to another and delete those (PM-8), in one write.

        Args:
            keep: The id of the provider that stays.
            others: The ids of those that go; a text is one id.

        Raises:
            NotFoundError: If one of them does not exist.
        """
        gone = given(others)
        self._file.edit(
            lambda document: registry.merge_providers(document, keep, gone), what="Providers were merged"
        )
        return self.provider(keep)

    def merge_duplicates(self) -> tuple[tuple[str, ...], ...]:
        """Merge every group of `duplicates` into its first provider, all in one write (PM-8).

        So one `undo` takes all of it back, and a file that another program reads meanwhile is never
        half merged.

        Returns:
            The groups that were merged; the first id of each is the provider that stayed.
        """
        merged: list[tuple[str, ...]] = []

        def change(document: Document) -> Document:
            document, merged[:] = registry.merge_duplicates(document)
            return document

        self._file.edit(change, what="Duplicates were merged")
        return tuple(merged)

    def duplicates(self) -> tuple[tuple[str, ...], ...]:
        """Groups of provider ids that have the same type, key and address."""
        return registry.duplicates(self._file.document)


def _unwrapped(api_key: _Key) -> tuple[_Key, tuple[str, ...]]:
    """A key without what was pasted around it, and what was taken off; what is no text stays as it is."""
    if not isinstance(api_key, str):
        return api_key, ()
    cleaned = unwrapped_key(api_key)
    if api_key.strip() and not cleaned.value:  # an empty one would keep the old key
        raise InvalidInputError([FieldProblem(API_KEY_FIELD, key_problem("") or "")])
    return cleaned.value, cleaned.notes


def _provider_of(document: Document, provider_id: str) -> Provider:
    provider = provider_in(document, provider_id)
    if provider is None:
        raise no_provider(provider_id)
    return provider


def _document_of(provider: Provider) -> Document:
    """A file with nothing in it but this provider, as it was seen."""
    credentials = {"apiKey": provider.credentials.api_key.get_secret_value()}
    if provider.credentials.base_url is not None:
        credentials["baseUrl"] = provider.credentials.base_url
    one = {"id": provider.id, "name": provider.name, "type": provider.type, "credentials": credentials}
    return {"providers": [one]}


def _tell_of(notes: tuple[str, ...], base_url: str | None, saved: Provider) -> None:
    as_shown = base_url == shown_url(saved.base_url) != saved.base_url  # it was not taken: nothing to say
    if base_url and not as_shown:
        notes += normalise_base_url(base_url, saved.type).notes
    for note in notes:
        _log.warning("%s: %s", saved.name, note)
