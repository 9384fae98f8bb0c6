"""Converts catalog entries with keys of their own into providers and references (MIG-2 to MIG-4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .._terms import PROVIDER_TYPES
from ..errors import InvalidInputError
from ..secrets import key_problem, mask
from ..urls import ANTHROPIC_BASE_URL, app_accepts, normalise_base_url, shown_url
from .document import Document, JsonObject, masked, render, set_in
from .older_formats import rewrite
from .report import MigrationReport, ProviderMade
from .schema import MOCK_PROVIDER_ID, MOCK_TYPE, Settings, account_of, account_of_provider
from .views import is_unconverted, shape_error, view

if TYPE_CHECKING:
    from collections.abc import Callable

# The provider types of old entries, and today's.
_NEW_TYPE = {
    "anthropic": "anthropic",
    "openai": "openai-compatible",
    "openai-compatible": "openai-compatible",
}
_BASE_NAME = {"anthropic": "Anthropic", "openai-compatible": "OpenAI"}
# The variables that the app read the key from when the file had none.
_KEY_VARIABLE = {"anthropic": "ANTHROPIC_API_KEY", "openai-compatible": "OPENAI_API_KEY"}
_OLD_FIELDS = ("providerType", "providerConfig")
_KNOWN_CONFIG = {"apiKey", "baseUrl"}

_Account = tuple[str, str, str]


@dataclass(slots=True)
class _NewProvider:
    """A provider that the conversion will add."""

    id: str
    type: str
    key: str
    url: str
    url_notes: tuple[str, ...]
    url_problem: str
    from_environment: bool
    name: str = ""
    entries: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Conversion:
    """The state of a conversion, and the data for its report."""

    settings: Settings
    new_id: Callable[[], str]
    made: dict[_Account, _NewProvider] = field(default_factory=dict)
    known: dict[_Account, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    before: list[Any] = field(default_factory=list)
    after: list[Any] = field(default_factory=list)


def move_keys_out(
    document: Document, *, new_id: Callable[[], str], path: str = ""
) -> tuple[Document, MigrationReport]:
    """Makes a provider for each account in catalog entries, and lets the entries refer to it.

    An account that is a provider already is reused. Entries that cannot be understood stay unchanged, with a
    warning. The new document always has a ``providers`` list.

    Raises:
        SettingsShapeError: If a part of the document is invalid (MIG-9).
    """
    older = rewrite(document)
    document = older.document
    work = _Conversion(view(document, path=path), new_id)
    for provider in work.settings.providers:
        if provider.type in PROVIDER_TYPES:
            work.known.setdefault(account_of_provider(provider), provider.id)
    for account in older.accounts:
        _provider_for(work, _NEW_TYPE[account.kind], account.key.strip(), account.base_url.strip())
    catalog = list((document.get("models") or {}).get("catalog", ()))
    for index, entry in enumerate(catalog):
        if is_unconverted(entry):
            catalog[index] = _converted(work, entry, f"models.catalog[{index}]", path)
    _assign_names(work)
    _add_warnings(work)
    work.warnings += [
        f"{place} was left as it is: it cannot be converted without guessing. Keys may stand there."
        for place in older.not_understood
    ]
    work.warnings += [
        f"The entry {entry_id} has a base URL of its own and no key. The key that the file had for its kind "
        "was given for another host, so it is not used there."
        for entry_id in older.without_key
    ]
    providers = [_as_json(made) for made in work.made.values()]
    if work.changed:
        models = JsonObject(document["models"])
        models["catalog"] = catalog
        models.setdefault("assignment", [])  # the app refuses `models` without it (ST-7)
        document = set_in(document, ("models",), models)
    if providers or document.get("providers") is None:
        document = set_in(document, ("providers",), [*(document.get("providers") or ()), *providers])
    return document, _report(work, providers)


def _converted(work: _Conversion, entry: Document, pointer: str, path: str) -> Document:
    config = entry.get("providerConfig")
    if config is not None and not isinstance(config, dict):
        raise shape_error(f"{pointer}.providerConfig", "an object is expected here", path=path)
    config = config or {}
    provider_id = _provider_of(work, entry, config, pointer, path)
    if not provider_id:
        return entry
    new = JsonObject()
    for name, value in entry.items():
        if name in {*_OLD_FIELDS, "providerId"}:
            new.setdefault("providerId", provider_id)
        else:
            new[name] = value
    work.changed.append(entry["id"])
    work.before.append(entry)
    work.after.append(new)
    if lost := sorted(config.keys() - _KNOWN_CONFIG):
        names = ", ".join(lost)
        work.warnings.append(
            f"The entry {entry['id']} had settings that providers do not have: {names}. "
            "They are in the copy of the file only."
        )
    return new


def _provider_of(work: _Conversion, entry: Document, config: Document, pointer: str, path: str) -> str:
    """The id of the provider for an entry; empty if the entry cannot be converted."""
    old_type = entry.get("providerType")
    own = entry.get("providerId")
    if isinstance(own, str) and work.settings.provider(own) is not None:
        if _text_field(config, "apiKey", pointer, path):
            work.warnings.append(
                f"The entry {entry['id']} had a key of its own beside its provider. The provider's is used; "
                "the other is in the copy of the file only."
            )
        return own
    if old_type == MOCK_TYPE:
        return MOCK_PROVIDER_ID
    new_type = _NEW_TYPE.get(old_type) if isinstance(old_type, str) else None
    if new_type is None:
        work.warnings.append(
            f"The entry {entry['id']} was left as it is: its kind of provider is not known. "
            "Give it a provider in Models."
        )
        return ""
    key, url = _text_field(config, "apiKey", pointer, path), _text_field(config, "baseUrl", pointer, path)
    made = _provider_for(work, new_type, key, url)
    if isinstance(made, str):
        return made
    made.entries.append(entry["id"])
    return made.id


def _provider_for(work: _Conversion, new_type: str, key: str, written: str) -> _NewProvider | str:
    """The new provider for an account, or the id of an existing one."""
    account = account_of(new_type, key or f"${{{_KEY_VARIABLE[new_type]}}}", written)
    if account in work.known:
        return work.known[account]
    made = work.made.get(account)
    if made is None:
        url, notes, problem = _stored_url(account[2], written, new_type)
        made = _NewProvider(
            work.new_id(), new_type, account[1], url, notes, problem, from_environment=not key
        )
        work.made[account] = made
    made.from_environment |= not key
    return made


def _stored_url(known: str, written: str, type: str) -> tuple[str, tuple[str, ...], str]:  # noqa: A002
    """The base URL to store, notes on what was changed, and what is wrong with it."""
    try:
        url = normalise_base_url(written or known, type)
    except InvalidInputError as error:
        return written, (), error.problems[0].message
    return url.url, url.notes, ""


def _text_field(config: Document, name: str, pointer: str, path: str) -> str:
    value = config.get(name)
    if value is not None and not isinstance(value, str):
        raise shape_error(f"{pointer}.providerConfig.{name}", "a text is expected here", path=path)
    return (value or "").strip()


def _assign_names(work: _Conversion) -> None:
    """Names the new providers by type, numbered from 1 if there are several (MIG-3)."""
    taken = {provider.name for provider in work.settings.providers}
    for type_, base in _BASE_NAME.items():
        made = [item for item in work.made.values() if item.type == type_]
        if len(made) == 1 and base not in taken:
            made[0].name = base
            continue
        number = 0
        for item in made:
            number += 1
            while f"{base} {number}" in taken:
                number += 1
            item.name = f"{base} {number}"


def _add_warnings(work: _Conversion) -> None:
    for made in work.made.values():
        if made.from_environment:
            work.warnings.append(
                f"{made.name} has no key in the file: {made.key} is read from the environment. "
                "The Dispatch app does not expand it."
            )
        elif problem := key_problem(made.key):
            work.warnings.append(f"The key of {made.name} was kept as it was and cannot be used. {problem}")
        if made.url_problem:
            # The app refuses a whole file for one such URL (ST-7).
            refused = "" if app_accepts(made.url) else " The Dispatch app will refuse the whole file for it."
            work.warnings.append(
                f"The base URL of {made.name} was kept as it was and cannot be used. "
                f"{made.url_problem}{refused}"
            )
        work.warnings += [f"{made.name}: {note}" for note in made.url_notes]
        if made.type == "anthropic" and made.url != ANTHROPIC_BASE_URL:
            work.warnings.append(
                f"{made.name} has a base URL of its own. The Dispatch app ignores it and would send the key "
                "to Anthropic."
            )


def _as_json(made: _NewProvider) -> JsonObject:
    credentials = JsonObject(apiKey=made.key)
    if not (made.type == "anthropic" and made.url == ANTHROPIC_BASE_URL):
        credentials["baseUrl"] = made.url
    return JsonObject(id=made.id, name=made.name, type=made.type, credentials=credentials)


def _report(work: _Conversion, providers: list[JsonObject]) -> MigrationReport:
    return MigrationReport(
        providers=tuple(
            ProviderMade(
                id=made.id,
                name=made.name,
                type=made.type,
                base_url=shown_url(made.url),
                masked_key=mask(made.key),
                entries=tuple(made.entries),
            )
            for made in work.made.values()
        ),
        entries=tuple(work.changed),
        warnings=tuple(work.warnings),
        before=_shown({"models": {"catalog": work.before}}) if work.before else "",
        after=_shown({"providers": providers, "models": {"catalog": work.after}}) if work.after else "",
    )


def _shown(part: Document) -> str:
    return render(masked(part)).decode()
