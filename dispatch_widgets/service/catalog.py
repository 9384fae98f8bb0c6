"""The models that were kept, what they can do, and which task has which (PM-6, API-1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from .._quiet import quiet
from .._text import clean
from ..discovery.capabilities import infer_capabilities
from ..errors import FieldProblem, InvalidInputError
from ..secrets import redact
from ..settings import registry
from ..settings.registry import Impact, NewModel
from ..settings.tasks import TASK_NEEDS, TASKS
from .discovering import Discovering

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .._terms import Capability
    from ..discovery.models import ModelList
    from ..settings.document import Document
    from ..settings.schema import Assignment, Assignments, CatalogEntry, Settings
    from ..settings.tasks import Task


@dataclass(frozen=True, slots=True)
class EntryKind:
    """What a catalog entry can do, and how that is known.

    Attributes:
        capabilities: ``chat``, ``embedding``, or empty for a model that is neither.
        known: ``stated`` in the file, ``listed`` by its provider, ``inferred`` from the model's id, or
            ``unknown`` (an empty list in the file, which the app and this package count as chat).
    """

    capabilities: tuple[Capability, ...]
    known: Literal["stated", "listed", "inferred", "unknown"]


def known_task(task: str) -> Task:
    """The task, checked.

    Args:
        task: What was given as one.

    Raises:
        InvalidInputError: If it is none of the six.
    """
    for known in TASKS:
        if known == task:
            return known
    raise InvalidInputError(
        [FieldProblem("task", f"{clean(redact(str(task)), 40)!r} is not a task.")],
        hint=f"The tasks are {', '.join(TASKS)}.",
    )


def kind_of(entry: CatalogEntry, models: ModelList | None) -> EntryKind:
    """What an entry can do, given its provider's list (PM-6).

    Args:
        entry: A catalog entry.
        models: The list that is held of its provider; None if there is none.
    """
    if entry.capabilities:
        return EntryKind(entry.capabilities, "stated")
    if entry.capabilities is not None:
        return EntryKind(("chat",), "unknown")
    listed = models.get(entry.model) if models is not None else None
    if listed is not None:
        return EntryKind(listed.capabilities, "listed")
    return EntryKind(infer_capabilities(entry.model), "inferred")


def _entry(settings: Settings, entry_id: str) -> CatalogEntry:
    entry = settings.entry(entry_id)
    if entry is None:
        raise registry.no_entry(entry_id)
    return entry


class Catalog(Discovering):
    """The catalog and the tasks of the file."""

    @property
    def catalog(self) -> tuple[CatalogEntry, ...]:
        """The models the user chose to keep, in the file's order; ``problem`` says what is wrong with one."""
        return self.settings.catalog

    @property
    def assignments(self) -> Assignments:
        """Which entry does which task; also by name: ``service.assignments["grade"]``."""
        return self.settings.assignments

    def entry(self, entry_id: str) -> CatalogEntry:
        """One catalog entry.

        Args:
            entry_id: Its id.

        Raises:
            NotFoundError: If there is none.
        """
        return _entry(self.settings, entry_id)

    @quiet
    def add_model(
        self,
        *,
        provider_id: str,
        model: str,
        label: str | None = None,
        capabilities: Iterable[str] | None = None,
        tasks: Iterable[str] = (),
    ) -> CatalogEntry:
        """Keep a model in the catalog (PM-6).

        Args:
            provider_id: Who serves it.
            model: The model's id, from the provider's list or typed by hand.
            label: A display name.
            capabilities: ``chat`` and ``embedding``; inferred from the id when not given.
            tasks: Tasks to give it at once.

        Raises:
            InvalidInputError: If a field cannot be used; nothing is saved.
            NotFoundError: If there is no such provider.
        """
        new = NewModel(
            provider_id=provider_id, model=model, label=label, capabilities=capabilities, tasks=tasks
        )
        return self.add_models([new])[0]

    @quiet
    def add_models(self, models: Iterable[NewModel]) -> tuple[CatalogEntry, ...]:
        """Keep several models at once, in one write: all of them or none.

        Args:
            models: What to keep.

        Raises:
            InvalidInputError: If a field of one of them cannot be used; nothing is saved.
            NotFoundError: If a provider does not exist.
        """
        wanted = [new.settled() for new in models]
        made: list[str] = []

        def change(document: Document) -> Document:
            document, made[:] = registry.add_models(document, wanted)
            return document

        self._file.edit(
            change, what=f"{len(wanted)} added" if len(wanted) != 1 else f"{wanted[0].model} was added"
        )
        settings = self.settings
        return tuple(_entry(settings, entry_id) for entry_id in made)

    @quiet
    def update_model(
        self,
        entry_id: str,
        *,
        provider_id: str | None = None,
        model: str | None = None,
        label: str | None = None,
        capabilities: Iterable[str] | None = None,
    ) -> CatalogEntry:
        """Change a catalog entry; what is not given stays.

        Args:
            entry_id: Which one.
            provider_id: Another provider for it.
            model: Another model id.
            label: A new display name; an empty text clears it.
            capabilities: What it can do.

        Raises:
            NotFoundError: If there is no such entry or provider.
            InvalidInputError: If a field cannot be used; nothing is saved.
        """
        wanted = registry.read_once(capabilities)
        self._file.edit(
            lambda document: registry.update_model(
                document, entry_id, provider_id=provider_id, model=model, label=label, capabilities=wanted
            )
        )
        return self.entry(entry_id)

    def impact_of_deleting_model(self, entry_id: str) -> Impact:
        """Which tasks a deletion would hit.

        Args:
            entry_id: Which entry.
        """
        entry = self.entry(entry_id)
        return Impact(entries=(entry,), tasks=registry.model_impact(self._file.document, entry_id))

    def delete_model(self, entry_id: str) -> Impact:
        """Delete a catalog entry, and its tasks' assignments with it.

        Args:
            entry_id: Which one.

        Returns:
            The entry and the tasks that are not set any more.
        """
        impact = self.impact_of_deleting_model(entry_id)
        self._file.edit(
            lambda document: registry.delete_model(document, entry_id),
            what=f"{self.entry(entry_id).title} was deleted",
        )
        return impact

    def assign(self, task: str, entry_id: str) -> Assignment:
        """Give a task a catalog entry.

        Args:
            task: One of the six tasks.
            entry_id: The entry that is to do it.

        Raises:
            InvalidInputError: If there is no such task.
            NotFoundError: If there is no such entry.
        """
        self._file.edit(lambda document: registry.assign(document, task, entry_id), what=f"{task} was set")
        assignment: Assignment = self.assignments[task]
        return assignment

    def unassign(self, task: str) -> None:
        """Take a task's entry away; nothing happens if it has none.

        Args:
            task: One of the six tasks.
        """
        self._file.edit(lambda document: registry.unassign(document, task), what=f"{task} was unset")

    def capabilities_of(self, entry: CatalogEntry) -> EntryKind:
        """What an entry can do: as the file states, as its provider lists, or as its model's id tells (PM-6).

        Args:
            entry: A catalog entry.
        """
        listed_in = None if entry.capabilities is not None else self.known_models(entry.provider_id or "")
        return kind_of(entry, listed_in)

    def entries_for(self, task: str) -> tuple[CatalogEntry, ...]:
        """The usable entries that can do a task: embedding models for ``embed``, chat models for the others.

        Args:
            task: One of the six tasks.

        Raises:
            InvalidInputError: If there is no such task.
        """
        needed = TASK_NEEDS[known_task(task)]
        return tuple(
            entry
            for entry in self.catalog
            if not entry.problem and needed in self.capabilities_of(entry).capabilities
        )
