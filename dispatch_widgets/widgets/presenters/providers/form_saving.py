"""Saving the provider form, and what a test of it requests."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypedDict, cast

from ...._text import clean
from ....errors import FieldProblem, InvalidInputError
from ....pasted import unwrapped_key
from ....secrets import API_KEY_FIELD, NO_KEY_NEEDED, environment_name, is_reference
from ....service.consent import check_as_seen, sending_of
from ....urls import host_words, normalise_base_url, shown_url
from .checks import Candidate
from .form_input import TYPED, UNSAFE, VARIABLE
from .form_words import dropped_words, free_name
from .key_place import KeyPlace
from .keyring import kept_in_keyring

if TYPE_CHECKING:
    from ...._terms import ProviderType
    from ....service import SettingsService
    from ....service.consent import Sending
    from ....settings.schema import Provider
    from .form_input import FormInput
    from .keyring import Keyring


class _Changes(TypedDict, total=False):
    """The fields of a provider that were changed in the form."""

    name: str
    type: ProviderType
    api_key: str
    base_url: str


@dataclass(frozen=True, slots=True, repr=False)
class Saved:
    """The result of saving a form.

    Attributes:
        provider: The provider as it is in the file now.
        is_new: True if it was added.
        fetch: True if its models have to be fetched (again).
        agreed: The sending that the form announced and the person consented to by saving; or None.
        taken_off: Sentences on what was typed around the key or base URL and is not saved.
    """

    provider: Provider
    is_new: bool
    fetch: bool
    agreed: Sending | None
    taken_off: str


class FormSaving:
    """Saves the form's values, and says what a test of them requests.

    Args:
        service: The service to save to.
        keyring: Whether there is a keyring.
    """

    def __init__(self, service: SettingsService, keyring: Keyring) -> None:
        self._service = service
        self._keyring = keyring

    def save(self, given: FormInput, key: str, *, again: bool) -> Saved:
        """Save the values; fields that are not changed stay as they are in the file.

        Args:
            given: The values of the fields, except the key.
            key: The value of the key's field.
            again: Whether to add a provider again that is gone.

        Raises:
            InvalidInputError: If a field is invalid.
            ChangedMeanwhileError: If the provider leads to another server than the form said.
            NotFoundError: If the provider is gone.
        """
        service, before = self._service, given.before
        typed, taken_off = _typed_key(given, key)
        name = given.name
        if not name.strip() and given.preset is not None:
            name = free_name(given.preset.name, service)
        renamed: tuple[str, ...] = ()
        if before is None or again:
            provider = service.add_provider(
                name=name,
                type=cast("ProviderType", given.type),
                api_key=self._key(given, typed, name) or _key_saved_before(given),
                base_url=given.base_url or None,
            )
            fetch = True
        else:
            changes = _changes(before, given, self._key(given, typed, name))
            if given.source == VARIABLE and changes.keys() <= {"name"}:
                # The form named the host as it was then; nothing else would notice that it has changed.
                check_as_seen(service.provider(before.id), before)
            service.reload()
            renamed = self._saved_over(before, given) if "name" in changes else ()
            provider = (
                service.update_provider(before.id, **changes, seen=before)
                if changes
                else service.provider(before.id)
            )
            fetch = bool(changes.keys() - {"name"})
        agreed = sending_of(provider) if given.source == VARIABLE else None
        changed = provider.credentials != (before.credentials if before is not None else None)
        notes = (*taken_off, *(_changes_to_url(given) if changed else ()), *renamed)
        return Saved(provider, before is None or again, fetch, agreed, " ".join(notes))

    def _key(self, given: FormInput, typed: str, name: str) -> str:
        """The key to save; empty to keep the existing one."""
        if given.source == VARIABLE:
            variable = environment_name(unwrapped_key(given.variable).value) or given.variable.strip()
            return f"${{{variable}}}" if variable else ""
        if typed and given.in_keyring and given.needs_key and not is_reference(typed):
            # Checked first, so that no key is stored in the keyring and then not saved.
            if problems := other_problems(given, name):
                raise InvalidInputError(problems)
            return kept_in_keyring(typed, name)
        if typed:
            return typed
        return NO_KEY_NEEDED if given.preset is not None and not given.preset.needs_key else ""

    def _saved_over(self, before: Provider, given: FormInput) -> tuple[str, ...]:
        """A sentence that another program's new name was replaced; nothing if there was none."""
        now = self._service.settings.provider(before.id)
        if now is None or now.name in {before.name, given.name}:
            return ()
        name = clean(now.name, 60)
        return (f"Another program had named it {name} meanwhile; your name took the place of that.",)

    def candidate(self, given: FormInput, key: str) -> Candidate:
        """The provider that a test asks: the server that saving would ask, by the same rules.

        Raises:
            InvalidInputError: If there is no key for it, or the base URL cannot be used.
        """
        typed = key if given.source == TYPED else ""
        where = normalise_base_url(given.base_url, given.type).url
        api_key = self._key(replace(given, in_keyring=False), typed, given.name)
        return Candidate(
            type=given.type,
            api_key=api_key or self._kept_key(given),
            base_url=given.base_url,
            host=clean(host_words(where), 80),
            is_preset=given.preset is not None and where == given.preset.base_url,
        )

    def _kept_key(self, given: FormInput) -> str:
        """The saved key of an edited provider; it is never tested at another server than its own (SEC-8)."""
        before = given.before
        if before is None:
            return ""
        place = KeyPlace(preset="", type=before.type, url=before.credentials.base_url or "")
        if not place.leads_to(given.place):
            words = f"The saved key is for {place.host}. To test another server, enter the key for it."
            raise InvalidInputError([FieldProblem(API_KEY_FIELD, words)])
        key = before.credentials.api_key.get_secret_value()
        if is_reference(key) and self._service.needs_consent(before.id) is not None:
            words = "This key goes nowhere before you press Send in the provider's row."
            raise InvalidInputError([FieldProblem(API_KEY_FIELD, words)])
        return key


def _typed_key(given: FormInput, key: str) -> tuple[str, tuple[str, ...]]:
    """The typed key without what was pasted around it, and sentences on what was removed."""
    if given.source != TYPED:
        return "", ()
    cleaned = unwrapped_key(key)
    return cleaned.value or key, cleaned.notes


def other_problems(given: FormInput, name: str) -> list[FieldProblem]:
    """The problems of the fields other than the key.

    Args:
        given: The values of the fields.
        name: The name that would be saved.
    """
    problems = [] if name.strip() else [FieldProblem("name", "Give it a name.")]
    try:
        normalise_base_url(given.base_url, given.type)
    except InvalidInputError as error:
        problems += error.problems
    return problems


def _key_saved_before(given: FormInput) -> str:
    """The key of a provider that is added again; references are not reused unseen (SEC-4)."""
    if given.before is None:
        return ""
    credentials = given.before.credentials
    key = credentials.api_key.get_secret_value()
    if is_reference(key):
        return ""
    place = KeyPlace(preset="", type=given.before.type, url=credentials.base_url or "")
    if key == NO_KEY_NEEDED or place.leads_to(given.place):
        return key
    words = dropped_words("The key saved before", place.host)
    raise InvalidInputError([FieldProblem(API_KEY_FIELD, words)])


def _changes(before: Provider, given: FormInput, key: str) -> _Changes:
    changes: _Changes = {}
    if given.name != before.name:
        changes["name"] = given.name
    if given.type != before.type:
        changes["type"] = cast("ProviderType", given.type)
    if key and key != f"${{{before.key_variable}}}":
        changes["api_key"] = key
    if given.base_url != shown_url(before.credentials.base_url or "") or (
        "type" in changes and given.base_url
    ):
        changes["base_url"] = given.base_url
    return changes


def _changes_to_url(given: FormInput) -> tuple[str, ...]:
    """Sentences on what was corrected in the typed base URL."""
    notes = normalise_base_url(given.base_url, given.type).notes
    return tuple(note for note in notes if not note.startswith(UNSAFE))
