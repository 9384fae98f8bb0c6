"""Edits of the providers, as pure functions on documents (PM-2 to PM-5, PM-8)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from .._terms import PROVIDER_TYPES
from ..errors import FieldProblem, InvalidInputError
from ..secrets import API_KEY_FIELD, clean_key, key_problem, mask
from ..urls import ANTHROPIC_BASE_URL, BASE_URL_FIELD, normalise_base_url, shown_url
from ._edits import (
    MOCK_IS_BUILT_IN,
    Impact,
    as_tuple,
    known_keys,
    no_provider,
    open_for_edit,
    refuse_keys,
    with_models,
    without_assignments,
)
from .document import JsonObject, json_equal, set_in
from .schema import MOCK_TYPE, Provider, Settings, account_of_provider
from .views import view

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .document import Document

_NAME = "Give it a name."
_TYPE = f"Choose {' or '.join(PROVIDER_TYPES)}."


def add_provider(
    document: Document,
    *,
    name: str,
    type: str,  # noqa: A002 - the file's own word
    api_key: str,
    base_url: str | None = None,
    provider_id: str | None = None,
) -> tuple[Document, str]:
    """Adds a provider at the end of the list (PM-2).

    Args:
        document: The document.
        name: Its display name; need not be unique.
        type: ``anthropic`` or ``openai-compatible``.
        api_key: The key, or a reference such as ``${NAME}``.
        base_url: Its base URL; required for ``openai-compatible``.
        provider_id: Its id; a new UUID4 unless given.

    Returns:
        The new document and the provider's id.

    Raises:
        InvalidInputError: With one problem for every field that cannot be used.
    """
    settings = open_for_edit(document)
    problems: list[FieldProblem] = []
    name = _cleaned_name(name, problems)
    _check_type(type, problems)
    problem = key_problem(api_key)
    if problem:
        problems.append(FieldProblem(API_KEY_FIELD, problem))
    # An invalid type must not give a second problem about the base URL.
    url = _cleaned_url(base_url, type, problems) if type in PROVIDER_TYPES else ""
    entered = (("name", name, None), (BASE_URL_FIELD, url or base_url, None))
    refuse_keys(known_keys(document), entered, problems, given_key=api_key)
    if problems:
        raise InvalidInputError(problems)
    new_id = provider_id or _new_id(settings)
    credentials = JsonObject(apiKey=clean_key(api_key))
    if url:
        credentials["baseUrl"] = url
    provider = JsonObject(id=new_id, name=name, type=type, credentials=credentials)
    return set_in(document, ("providers",), [*(document.get("providers") or ()), provider]), new_id


def update_provider(
    document: Document,
    provider_id: str,
    *,
    name: str | None = None,
    type: str | None = None,  # noqa: A002 - the file's own word
    api_key: str | None = None,
    base_url: str | None = None,
) -> Document:
    """Changes the given fields; None keeps a field, and the id never changes (PM-3).

    A new type drops the base URL unless a new one is given, so that a key is never sent to the old host.

    Args:
        document: The document.
        provider_id: The provider's id.
        name: A new name.
        type: A new type.
        api_key: A new key; an empty string or the masked key keeps it (SEC-3).
        base_url: A new base URL; an empty string removes it if the type has a default.

    Raises:
        NotFoundError: If no provider has this id.
        InvalidInputError: With one problem for every field that cannot be used.
    """
    settings = open_for_edit(document)
    index, provider = _provider_to_change(settings, provider_id)
    raw = document["providers"][index]
    new = JsonObject(raw)
    credentials = JsonObject(raw["credentials"]) if isinstance(raw.get("credentials"), dict) else JsonObject()
    problems: list[FieldProblem] = []
    if name is not None:
        new["name"] = _cleaned_name(name, problems)
    new_type = provider.type
    if type is not None and type != provider.type:
        _check_type(type, problems)
        new["type"] = new_type = type
        credentials.pop("baseUrl", None)
        base_url = "" if base_url is None else base_url
    if api_key is not None and not _keeps_key(provider, api_key):
        problem = key_problem(api_key)
        if problem:
            problems.append(FieldProblem(API_KEY_FIELD, problem))
        else:
            credentials["apiKey"] = clean_key(api_key)
    if new_type == provider.type and _keeps_url(provider, base_url):
        base_url = None
    if base_url is not None and not any(problem.field == "type" for problem in problems):
        url = _cleaned_url(base_url, new_type, problems)
        if url:
            credentials["baseUrl"] = url
        else:
            credentials.pop("baseUrl", None)
    entered = (
        ("name", new.get("name"), raw.get("name")),
        (BASE_URL_FIELD, credentials.get("baseUrl"), provider.credentials.base_url),
    )
    refuse_keys(known_keys(document), entered, problems, given_key=api_key)
    if problems:
        raise InvalidInputError(problems)
    if credentials or "credentials" in raw:
        new["credentials"] = credentials
    return document if json_equal(raw, new) else set_in(document, ("providers", index), new)


def _keeps_key(provider: Provider, api_key: object) -> bool:
    if not isinstance(api_key, str):
        return False
    current = provider.credentials.api_key.get_secret_value()
    given = api_key.strip()
    return not given or given == current or (bool(current) and given == mask(current))


def _keeps_url(provider: Provider, base_url: object) -> bool:
    """Whether a base URL is the shown form of the current one, which may lack parts of it."""
    current = provider.credentials.base_url or ""
    return base_url != current and base_url == shown_url(current)


def delete_provider(document: Document, provider_id: str, *, unassign: bool = False) -> Document:
    """Deletes a provider; see `delete_providers`."""
    return delete_providers(document, [provider_id], unassign=unassign)[0]


def delete_providers(
    document: Document, provider_ids: Iterable[str], *, unassign: bool = False
) -> tuple[Document, Impact]:
    """Deletes providers, all of them or none; their catalog entries stay and are shown as invalid (PM-4).

    With `unassign`, the tasks that use these entries lose their assignments too.

    Returns:
        The new document, and what the deletion hit.

    Raises:
        NotFoundError: If no provider has an id.
        InvalidInputError: If one is the mock provider.
    """
    settings = open_for_edit(document)
    named = as_tuple(provider_ids)
    gone = {_provider_to_change(settings, provider_id)[0] for provider_id in named}
    hit = _impact(settings, named)
    if not gone:
        return document, hit
    if unassign:
        document = without_assignments(document, {entry.id for entry in hit.entries})
    rest = [raw for index, raw in enumerate(document["providers"]) if index not in gone]
    return set_in(document, ("providers",), rest), hit


def impact(document: Document, *provider_ids: str) -> Impact:
    """What deleting providers would affect (PM-4).

    Raises:
        NotFoundError: If no provider has an id.
    """
    settings = view(document)
    for provider_id in provider_ids:
        if settings.provider(provider_id) is None:
            raise no_provider(provider_id)
    return _impact(settings, provider_ids)


def _impact(settings: Settings, provider_ids: Iterable[str]) -> Impact:
    gone = set(provider_ids)
    entries = tuple(entry for entry in settings.catalog if entry.provider_id in gone)
    ids = {entry.id for entry in entries}
    tasks = tuple(found.task for found in settings.assignments if found.model_id in ids)
    return Impact(entries=entries, tasks=tasks)


def merge_providers(document: Document, keep: str, others: Iterable[str]) -> Document:
    """Moves the entries of `others` to the provider `keep`, and deletes the others (PM-8).

    Raises:
        NotFoundError: If an id is unknown.
        InvalidInputError: If `keep` is among `others`, or the mock provider is named.
    """
    settings = open_for_edit(document)
    gone = as_tuple(others)
    for provider_id in (keep, *gone):
        _provider_to_change(settings, provider_id)
    if keep in gone:
        raise InvalidInputError([FieldProblem("providerId", "The provider to keep cannot be one that goes.")])
    if not gone:
        return document
    return _merged(document, dict.fromkeys(gone, keep))


def merge_duplicates(
    document: Document, keep: str | None = None
) -> tuple[Document, tuple[tuple[str, ...], ...]]:
    """Merges each group of `duplicates` into its first provider, in one edit (PM-8).

    With `keep`, only the group of that provider is merged, into it.

    Returns:
        The new document and the groups; the first id of each is the remaining provider.
    """
    groups = _same_accounts(open_for_edit(document))
    if keep is not None:
        groups = tuple((keep, *(each for each in group if each != keep)) for group in groups if keep in group)
    if not groups:
        return document, groups
    return _merged(document, {gone: keep for keep, *others in groups for gone in others}), groups


def _merged(document: Document, heirs: dict[str, str]) -> Document:
    """Moves entries from the providers in `heirs` to their heirs, and deletes these providers."""
    catalog = (document.get("models") or {}).get("catalog", ())
    if any(entry.get("providerId") in heirs for entry in catalog):
        inherited = [
            set_in(entry, ("providerId",), heirs[entry["providerId"]])
            if entry.get("providerId") in heirs
            else entry
            for entry in catalog
        ]
        document = with_models(document, catalog=inherited)
    rest = [provider for provider in document["providers"] if provider["id"] not in heirs]
    return set_in(document, ("providers",), rest)


def duplicates(document: Document) -> tuple[tuple[str, ...], ...]:
    """Groups of providers that are the same account: same type, key and base URL (PM-8).

    Returns:
        The ids of each group of two or more, in the file's order.
    """
    return _same_accounts(view(document))


def _same_accounts(settings: Settings) -> tuple[tuple[str, ...], ...]:
    groups: dict[tuple[str, str, str], list[str]] = {}
    for index, provider in enumerate(settings.providers):
        # A provider with a duplicate id cannot be addressed.
        if provider.type in PROVIDER_TYPES and settings.provider_index(provider.id) == index:
            groups.setdefault(account_of_provider(provider), []).append(provider.id)
    return tuple(tuple(ids) for ids in groups.values() if len(ids) > 1)


def _provider_to_change(settings: Settings, provider_id: str) -> tuple[int, Provider]:
    index = settings.provider_index(provider_id)
    provider = settings.provider(provider_id)
    if provider is not None and provider.is_mock:
        raise InvalidInputError([FieldProblem("providerId", MOCK_IS_BUILT_IN)])
    if provider is None or index is None:
        raise no_provider(provider_id)
    return index, provider


def _new_id(settings: Settings) -> str:
    while settings.provider(new_id := str(uuid.uuid4())) is not None:
        pass
    return new_id


def _cleaned_name(name: object, problems: list[FieldProblem]) -> str:
    cleaned = name.strip() if isinstance(name, str) else ""
    # A name of zero-width characters alone would be invisible.
    if not any(character.isprintable() and not character.isspace() for character in cleaned):
        problems.append(FieldProblem("name", _NAME))
    return cleaned


def _check_type(type: object, problems: list[FieldProblem]) -> None:  # noqa: A002
    if type not in PROVIDER_TYPES:
        problems.append(FieldProblem("type", MOCK_IS_BUILT_IN if type == MOCK_TYPE else _TYPE))


def _cleaned_url(base_url: object, type: str, problems: list[FieldProblem]) -> str:  # noqa: A002
    """The base URL to store; empty for the type's default."""
    try:
        url = normalise_base_url("" if base_url is None else base_url, type).url
    except InvalidInputError as error:
        problems.extend(error.problems)
        return ""
    return "" if type == "anthropic" and url == ANTHROPIC_BASE_URL else url
