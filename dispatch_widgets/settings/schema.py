"""What stands in the settings file, as frozen views for reading (PM-1, PM-6, PM-7).

The views hold only what the project knows. They are never written back: edits are made on the
document (`registry`), so nothing that a view does not show can get lost. No view shows a key.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, dataclass_transform, get_args

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, model_validator
from pydantic.dataclasses import dataclass as validated

from ..errors import SettingsShapeError
from ..secrets import Secret, environment_name
from ..urls import ANTHROPIC_BASE_URL, host_of, shown_url
from .document import put
from .tasks import TASKS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .document import Document

Capability = Literal["chat", "embedding"]
CAPABILITIES: tuple[Capability, ...] = get_args(Capability)

PROVIDER_TYPES = ("anthropic", "openai-compatible")
"""The types that a provider can be given (PM-1)."""

MOCK_PROVIDER_ID = "mock"
MOCK_TYPE = "mock"

PROVIDER_DELETED = "Its provider was deleted."
NO_PROVIDER = "It has no provider."
UNCONVERTED = "It still holds a key of its own, from before providers. Convert it first."
SAME_ID = "Another entry before it has the same id."
ENTRY_DELETED = "The entry was deleted. Choose another one."
ENTRY_WITHOUT_PROVIDER = "The provider of this entry was deleted. Choose another entry, or give it one."

# Catalog entries come in thousands. Slotted dataclasses are validated a fifth faster than BaseModel
# and take half the memory, and a field that is not in __init__ cannot be filled by the file.
_CONFIG = ConfigDict(extra="ignore", hide_input_in_errors=True)


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(Field,))
def _view(cls: type) -> Any:
    return validated(frozen=True, kw_only=True, slots=True, config=_CONFIG)(cls)


@_view
class Credentials:
    """How a provider is asked.

    Attributes:
        api_key: The key, or a reference to one; prints masked.
        base_url: As it stands in the file; None where there is none.
    """

    api_key: Secret = Field(validation_alias="apiKey")
    base_url: str | None = Field(default=None, validation_alias="baseUrl")

    def __repr__(self) -> str:
        url = None if self.base_url is None else shown_url(self.base_url)
        return f"Credentials(api_key={str(self.api_key)!r}, base_url={url!r})"


@_view
class Provider:
    """An account at a server that serves models (PM-1).

    Attributes:
        id: Never changes.
        name: What the user calls it; names may repeat.
        type: ``anthropic``, ``openai-compatible``, ``mock``, or one that a newer app knows.
        credentials: Key and base URL.
    """

    id: str
    name: str
    type: str
    credentials: Credentials

    @model_validator(mode="before")
    @classmethod
    def _spare_unknown_types(cls, value: Any) -> Any:
        # What a type we do not know needs as credentials is its own affair; it must not stop the rest.
        if not isinstance(value, dict) or value.get("type") in PROVIDER_TYPES:
            return value
        given = value.get("credentials")
        given = given if isinstance(given, dict) else {}
        key, url = given.get("apiKey"), given.get("baseUrl")
        kept = {
            "apiKey": key if isinstance(key, str) else "",
            "baseUrl": url if isinstance(url, str) else None,
        }
        return {**value, "credentials": kept}

    @property
    def base_url(self) -> str:
        """Where it is asked: the file's base URL, else the type's default, else an empty text."""
        own = (self.credentials.base_url or "").strip()
        return own or (ANTHROPIC_BASE_URL if self.type == "anthropic" else "")

    @property
    def host(self) -> str:
        """Host, with port where one is named, of `base_url`; never user name or password."""
        return host_of(self.base_url)

    @property
    def masked_key(self) -> str:
        """The key as it may be shown: ``sk-…a1b2``, or the reference itself."""
        return str(self.credentials.api_key)

    @property
    def key_variable(self) -> str | None:
        """The environment variable that the key refers to, or None."""
        return environment_name(self.credentials.api_key.get_secret_value())

    @property
    def is_mock(self) -> bool:
        """Whether it is the built-in provider without a network (PM-7)."""
        return self.type == MOCK_TYPE

    @property
    def is_known(self) -> bool:
        """Whether this version knows the type; others are kept and shown, and cannot be asked."""
        return self.is_mock or self.type in PROVIDER_TYPES

    def __repr__(self) -> str:
        return (
            f"Provider(id={self.id!r}, name={self.name!r}, type={self.type!r}, "
            f"host={self.host!r}, key={self.masked_key!r})"
        )


@_view
class CatalogEntry:
    """A model that the user chose to keep (PM-6).

    Attributes:
        id: The entry's own id, which assignments name.
        provider_id: Whose model it is; None in entries from before providers.
        model: What a request names the model by.
        label: What the user calls it.
        capabilities: As the file states them; None where it does not.
        problem: Why the entry cannot be used, in a sentence; empty when all is well (PM-4).
        unconverted: Whether it still carries ``providerConfig`` or lacks a provider for its
            ``providerType`` (MIG-8).
    """

    id: str
    provider_id: str | None = Field(default=None, validation_alias="providerId")
    model: str
    label: str | None = None
    capabilities: tuple[Capability, ...] | None = None
    problem: str = Field(default="", init=False)
    unconverted: bool = Field(default=False, init=False)

    @property
    def title(self) -> str:
        """What to call it: the label, else the model's id."""
        return self.label or self.model


@_view
class Assignment:
    """Which catalog entry does a task.

    Attributes:
        task: One of the six tasks, or one that a newer app knows.
        model_id: The catalog entry's id (the file's own word).
        problem: Why the task has no usable model, in a sentence; empty when all is well.
    """

    task: str
    model_id: str = Field(validation_alias="modelId")
    problem: str = Field(default="", init=False)

    @property
    def entry_id(self) -> str:
        """The same as `model_id`, by the name of what it is."""
        return self.model_id

    @property
    def is_known(self) -> bool:
        """Whether the task is one of the six."""
        return self.task in TASKS


class Assignments(tuple[Assignment, ...]):
    """The assignments in the file's order, which can also be asked by task.

    Where a task stands twice the first one counts, as in the Dispatch app.
    """

    __slots__ = ()

    def get(self, task: str) -> Assignment | None:
        """The assignment of a task, or None."""
        return next((found for found in self if found.task == task), None)

    def __getitem__(self, key: Any) -> Any:
        """The assignment of a task, or at an index; a KeyError if the task has none."""
        if not isinstance(key, str):
            return super().__getitem__(key)
        found = self.get(key)
        if found is None:
            raise KeyError(key)
        return found

    def __contains__(self, item: object) -> bool:
        return self.get(item) is not None if isinstance(item, str) else super().__contains__(item)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The part of the settings file that this project knows.

    Attributes:
        providers: As in the file, in its order; the built-in mock provider is not among them.
        catalog: The entries, in the file's order.
        assignments: Which entry does which task.
    """

    providers: tuple[Provider, ...] = ()
    catalog: tuple[CatalogEntry, ...] = ()
    assignments: Assignments = field(default_factory=Assignments)

    @cached_property
    def _providers_by_id(self) -> dict[str, int]:
        return {found.id: index for index, found in reversed(list(enumerate(self.providers)))}

    @cached_property
    def _entries_by_id(self) -> dict[str, int]:
        return {found.id: index for index, found in reversed(list(enumerate(self.catalog)))}

    def __repr__(self) -> str:
        from .tables import settings_text

        return settings_text(self)

    def _repr_html_(self) -> str:
        from .tables import settings_html

        return settings_html(self)

    def provider_index(self, provider_id: object) -> int | None:
        """Where a provider stands in the file's list, or None."""
        return self._providers_by_id.get(provider_id) if isinstance(provider_id, str) else None

    def entry_index(self, entry_id: object) -> int | None:
        """Where an entry stands in the file's catalog, or None."""
        return self._entries_by_id.get(entry_id) if isinstance(entry_id, str) else None

    def provider(self, provider_id: str) -> Provider | None:
        """The provider with this id, the built-in mock included, or None."""
        index = self.provider_index(provider_id)
        if index is not None:
            return self.providers[index]
        return MOCK_PROVIDER if provider_id == MOCK_PROVIDER_ID else None

    def entry(self, entry_id: str) -> CatalogEntry | None:
        """The catalog entry with this id, or None."""
        index = self.entry_index(entry_id)
        return None if index is None else self.catalog[index]


@_view
class _Models:
    catalog: tuple[CatalogEntry, ...] = ()
    assignment: tuple[Assignment, ...] = ()


@_view
class _File:
    providers: tuple[Provider, ...] = ()
    models: _Models = Field(default_factory=_Models)


_FILE: TypeAdapter[_File] = TypeAdapter(_File)

MOCK_PROVIDER: Provider = TypeAdapter(Provider).validate_python(
    {"id": MOCK_PROVIDER_ID, "name": "Mock", "type": MOCK_TYPE}
)
"""The provider that is always there and never written into the file (PM-7)."""


def view(document: Document, *, path: str = "") -> Settings:
    """The validated view of a document.

    Unknown types, tasks and capabilities are no problem; a wrong kind of value where the project reads
    one is.

    Args:
        document: What `document.parse` gave.
        path: The file, for the error.

    Raises:
        SettingsShapeError: If a part cannot be understood; its pointer says which (MIG-9).
    """
    found = _validated(document)
    if isinstance(found, _File):
        return _with_problems(found, document)
    pointer, words = found
    raise SettingsShapeError(
        f"{pointer}: {words}.",
        path=path,
        pointer=pointer,
        hint="The file is not changed. Correct this place, or go back to a backup.",
    )


def _validated(document: Document) -> _File | tuple[str, str]:
    # The error is raised by the caller: pydantic's own, which holds what was in the file, must not hang
    # on it as its context (SEC-1).
    try:
        return _FILE.validate_python(document)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=False, include_input=False)
    for problem in problems:
        if problem["type"] != "literal_error":
            return pointer_of(problem["loc"]), _WORDS.get(problem["type"], "this value cannot be understood")
    # Capabilities that another version of the app may know stay in the file, and out of the view.
    entries = {problem["loc"][2]: document["models"]["catalog"][problem["loc"][2]] for problem in problems}
    for index, entry in entries.items():
        known = [item for item in entry["capabilities"] if item in CAPABILITIES]
        document = put(document, ("models", "catalog", index, "capabilities"), known)
    return _validated(document)


_WORDS = {
    "missing": "it is missing",
    "string_type": "a text is expected here",
    "value_error": "a text is expected here",
    "tuple_type": "a list is expected here",
    "dataclass_type": "an object is expected here",
    "dict_type": "an object is expected here",
}


def pointer_of(location: tuple[str | int, ...]) -> str:
    """A place in the document as people write it: ``models.catalog[3].model``.

    Args:
        location: The names and indexes that lead there.
    """
    text = ""
    for step in location:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return text.removeprefix(".")


def is_leftover(entry: Document) -> bool:
    """Whether a catalog entry of the document is from before providers (MIG-8).

    Args:
        entry: One object of ``models.catalog``.
    """
    return "providerConfig" in entry or ("providerType" in entry and entry.get("providerId") is None)


def _with_problems(file: _File, document: Document) -> Settings:
    models = file.models
    known = {provider.id for provider in file.providers} | {MOCK_PROVIDER_ID}
    raw = document.get("models", {}).get("catalog", ())
    # Whole sets first: in a file that is well, no entry is looked at one by one (P-6).
    well = (
        len({entry.id for entry in models.catalog}) == len(models.catalog)
        and {entry.provider_id for entry in models.catalog} <= known
        and not any("providerConfig" in item for item in raw)
    )
    problems = {} if well else _mark(models.catalog, raw, known)
    for assignment in models.assignment:
        problem = problems.get(assignment.model_id, "")
        if not problem and not any(entry.id == assignment.model_id for entry in models.catalog):
            problem = ENTRY_DELETED
        elif problem in {PROVIDER_DELETED, NO_PROVIDER}:
            problem = ENTRY_WITHOUT_PROVIDER
        object.__setattr__(assignment, "problem", problem)
    return Settings(
        providers=file.providers,
        catalog=models.catalog,
        assignments=Assignments(models.assignment),
    )


def _mark(catalog: tuple[CatalogEntry, ...], raw: Iterable[Document], known: set[str]) -> dict[str, str]:
    """Fills in what is wrong with each entry; gives the same by id, where the first of an id counts."""
    problems: dict[str, str] = {}
    for entry, item in zip(catalog, raw, strict=True):
        unconverted = is_leftover(item)
        problem = "" if entry.provider_id in known else _why(entry, unconverted=unconverted)
        if entry.id in problems:
            problem = SAME_ID
        else:
            problems[entry.id] = problem
        # Nobody else has seen these objects yet, so filling them in now is still making them.
        object.__setattr__(entry, "problem", problem)
        object.__setattr__(entry, "unconverted", unconverted)
    return problems


def _why(entry: CatalogEntry, *, unconverted: bool) -> str:
    if unconverted:
        return UNCONVERTED
    return PROVIDER_DELETED if entry.provider_id else NO_PROVIDER
