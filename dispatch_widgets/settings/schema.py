"""Read-only dataclasses for the content of the settings file (PM-1, PM-6, PM-7).

They have only the fields that this package knows, and are never written back: edits are made on the document
(`registry`), so that unknown fields are kept. None of them prints a key.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Self, SupportsIndex, overload

from .._terms import PROVIDER_TYPES, Capability
from .._text import escaped, html_table, plural, text_table
from ..errors import InvalidInputError
from ..secrets import NO_KEY_NEEDED, Secret, environment_name
from ..urls import ANTHROPIC_BASE_URL, OPENAI_BASE_URL, host_of, normalise_base_url, shown_url
from .tasks import TASKS

if TYPE_CHECKING:
    from collections.abc import Iterable

MOCK_PROVIDER_ID = "mock"
MOCK_TYPE = "mock"

MOST_ROWS = 50
"""How many catalog entries a table shows; the others are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """Key and base URL of a provider.

    Attributes:
        api_key: The key, or a reference to one; prints masked.
        base_url: The base URL as in the file, or None.
    """

    api_key: Secret
    base_url: str | None = None

    def __repr__(self) -> str:
        url = None if self.base_url is None else shown_url(self.base_url)
        return f"Credentials(api_key={str(self.api_key)!r}, base_url={url!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        # A pickle has no key, and the URL without user info and query (SEC-1); a copy is the same object.
        url = None if self.base_url is None else shown_url(self.base_url)
        return (partial(Credentials, api_key=self.api_key, base_url=url), ())

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
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

    @property
    def base_url(self) -> str:
        """The base URL of the file, else the type's default, else an empty string."""
        own = (self.credentials.base_url or "").strip()
        return own or (ANTHROPIC_BASE_URL if self.type == "anthropic" else "")

    @property
    def host(self) -> str:
        """The host of `base_url`, with its port if it has one; never user name or password."""
        return host_of(self.base_url)

    @property
    def masked_key(self) -> str:
        """The masked key: ``sk-…a1b2``, or the reference itself."""
        return str(self.credentials.api_key)

    @property
    def key_variable(self) -> str | None:
        """The environment variable that the key refers to, or None."""
        return environment_name(self.credentials.api_key.get_secret_value())

    @property
    def is_mock(self) -> bool:
        """Whether it is the built-in mock provider, which uses no network (PM-7)."""
        return self.type == MOCK_TYPE

    @property
    def is_known(self) -> bool:
        """Whether this version knows the type; others are kept and shown, but cannot be used."""
        return self.is_mock or self.type in PROVIDER_TYPES

    def __repr__(self) -> str:
        return (
            f"Provider(id={self.id!r}, name={self.name!r}, type={self.type!r}, "
            f"host={self.host!r}, key={self.masked_key!r})"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogEntry:
    """A model that the user chose to keep (PM-6).

    Attributes:
        id: The entry's own id, which assignments name.
        provider_id: The id of its provider; None in entries in the old format.
        model: The model's id, as requests name it.
        label: Its display name.
        capabilities: As stated in the file, or None.
        problem: Why the entry cannot be used, in a sentence; empty if it can (PM-4).
        unconverted: Whether it still carries ``providerConfig`` or lacks a provider for its
            ``providerType`` (MIG-8).
    """

    id: str
    provider_id: str | None = None
    model: str
    label: str | None = None
    capabilities: tuple[Capability, ...] | None = None
    problem: str = field(default="", init=False)
    unconverted: bool = field(default=False, init=False)

    @property
    def title(self) -> str:
        """The label, else the model's id."""
        return self.label or self.model


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """The catalog entry that is assigned to a task.

    Attributes:
        task: One of the six tasks, or one that a newer app knows.
        model_id: The catalog entry's id (the file calls it that).
        problem: Why the task has no usable model, in a sentence; empty if it has one.
        app_problem: Why the Dispatch app refuses the model for the task, in a sentence; empty if it does not.
    """

    task: str
    model_id: str
    problem: str = field(default="", init=False)
    app_problem: str = field(default="", init=False)

    @property
    def entry_id(self) -> str:
        """The catalog entry's id; an alias of `model_id`."""
        return self.model_id

    @property
    def is_known(self) -> bool:
        """Whether the task is one of the six."""
        return self.task in TASKS


class Assignments(tuple[Assignment, ...]):
    """The assignments in the file's order, which can also be accessed by task.

    If a task is assigned twice, the first assignment counts, as in the Dispatch app.
    """

    __slots__ = ()

    def get(self, task: str) -> Assignment | None:
        """The assignment of a task, or None."""
        return next((found for found in self if found.task == task), None)

    @overload
    def __getitem__(self, key: SupportsIndex | str) -> Assignment: ...
    @overload
    def __getitem__(self, key: slice) -> tuple[Assignment, ...]: ...
    def __getitem__(self, key: SupportsIndex | str | slice) -> Assignment | tuple[Assignment, ...]:
        """The assignment of a task, or at an index; raises KeyError if the task has none."""
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
    """The part of the settings file that this package knows.

    Attributes:
        providers: As in the file, in its order; the built-in mock provider is not among them.
        catalog: The entries, in the file's order.
        assignments: Which entry is assigned to which task.
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
        return "\n\n".join(
            f"{title}\n{text_table(heads, rows)}" if rows else title for title, heads, rows in _tables(self)
        )

    def _repr_html_(self) -> str:
        return "".join(
            html_table(heads, rows, caption=title) if rows else f"<p>{escaped(title)}</p>"
            for title, heads, rows in _tables(self)
        )

    def provider_index(self, provider_id: object) -> int | None:
        """The index of a provider in the file's list, or None."""
        return self._providers_by_id.get(provider_id) if isinstance(provider_id, str) else None

    def entry_index(self, entry_id: object) -> int | None:
        """The index of an entry in the file's catalog, or None."""
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


MOCK_PROVIDER = Provider(
    id=MOCK_PROVIDER_ID, name="Mock", type=MOCK_TYPE, credentials=Credentials(api_key=Secret(""))
)
"""The provider that is always there and never written into the file (PM-7)."""


def account_of(type: str, key: str, base_url: str | None) -> tuple[str, str, str]:  # noqa: A002
    """The identity of an account: type, key and base URL, normalised (MIG-2, PM-8).

    A base URL of None or blanks means the type's default.
    """
    url = (base_url or "").strip()
    if not url:
        url = ANTHROPIC_BASE_URL if type == "anthropic" else OPENAI_BASE_URL
    try:
        url = normalise_base_url(url, type).url
    except InvalidInputError:
        url = url.rstrip("/")
    return type, key.strip(), url


def account_of_provider(provider: Provider) -> tuple[str, str, str]:
    """`account_of` for a provider."""
    credentials = provider.credentials
    return account_of(provider.type, credentials.api_key.get_secret_value(), credentials.base_url)


_PROVIDER_HEADS = ("Name", "Type", "Base URL", "Key", "Id")
_ENTRY_HEADS = ("Entry", "Model", "Provider", "Can do", "Id")
_TASK_HEADS = ("Task", "Entry", "Model")
_NO_KEY = Secret(NO_KEY_NEEDED)

Table = tuple[str, tuple[str, ...], list[tuple[object, ...]]]


class ProviderList(tuple[Provider, ...]):
    """Providers in their order, which a cell shows as a table."""

    __slots__ = ()

    def __repr__(self) -> str:
        return text_table(_PROVIDER_HEADS, _provider_rows(self)) if self else "No providers yet."

    def _repr_html_(self) -> str:
        return html_table(_PROVIDER_HEADS, _provider_rows(self)) if self else "<p>No providers yet.</p>"


def _provider_rows(providers: Iterable[Provider]) -> list[tuple[object, ...]]:
    return [(p.name, p.type, shown_url(p.base_url), _shown_key(p), p.id) for p in providers]


def _shown_key(provider: Provider) -> str:
    bare = provider.is_mock or provider.credentials.api_key == _NO_KEY
    return "no key needed" if bare else provider.masked_key


def _tables(settings: Settings) -> list[Table]:
    names = {provider.id: provider.name for provider in settings.providers}
    entries: list[tuple[object, ...]] = [
        (
            entry.title,
            entry.model,
            entry.problem or names.get(entry.provider_id or "", entry.provider_id),
            "" if entry.capabilities is None else ", ".join(entry.capabilities),
            entry.id,
        )
        for entry in settings.catalog[:MOST_ROWS]
    ]
    more = len(settings.catalog) - len(entries)
    tasks: list[tuple[object, ...]] = []
    for given in settings.assignments:
        entry = settings.entry(given.model_id)
        tasks.append((given.task, given.problem or (entry and entry.title), entry and entry.model))
    cut = f" (the first {MOST_ROWS})" if more > 0 else ""
    return [
        (plural(len(settings.providers), "provider"), _PROVIDER_HEADS, _provider_rows(settings.providers)),
        (plural(len(settings.catalog), "catalog entry", "catalog entries") + cut, _ENTRY_HEADS, entries),
        (plural(len(tasks), "task set", "tasks set"), _TASK_HEADS, tasks),
    ]
