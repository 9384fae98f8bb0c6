"""Edits of the catalog and the assignments, as pure functions on documents (PM-6)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from .._terms import CAPABILITIES
from ..errors import FieldProblem, InvalidInputError
from ._edits import (
    Impact,
    as_tuple,
    entry_index,
    known_keys,
    no_provider,
    open_for_edit,
    refuse_keys,
    with_models,
    without_assignments,
)
from .document import JsonObject, json_equal, set_in
from .tasks import TASKS
from .views import view

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterable

    from .._terms import Capability
    from .document import Document
    from .schema import Provider, Settings
    from .tasks import Task

_LONGEST_SLUG_CHARACTERS = 40
_MODEL = "Type a model id."
_CAPABILITIES = f"Leave it out, or choose from {' and '.join(CAPABILITIES)}."
_TASK = f"Choose one of {', '.join(TASKS)}."
_PROVIDER = "Choose a provider."
_ID = "Leave it out, or choose an id."
_ID_IS_TAKEN = "Another entry has this id."
_TEXT = "A text is expected."
_NAMED = ("id", "model", "label")
_Text = TypeVar("_Text", bound=str)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewModel:
    """A model to add to the catalog.

    Attributes:
        provider_id: The id of its provider; ``mock`` for the built-in one.
        model: The model's id, as requests name it.
        label: Its display name; None or blank for the model's id.
        capabilities: ``chat``, ``embedding``, both or none; None means that they are inferred.
        tasks: Tasks to assign it to.
        entry_id: The entry's id; None for ``<provider's name>:<model>``.
    """

    provider_id: str
    model: str
    label: str | None = None
    capabilities: Iterable[Capability] | None = None
    tasks: Iterable[Task] = ()
    entry_id: str | None = None

    def with_iterables_read(self) -> NewModel:
        """The same with its iterables read once: an edit may be applied more than once."""
        return replace(self, capabilities=read_once(self.capabilities), tasks=read_once(self.tasks) or ())


def read_once(several: Iterable[_Text] | None) -> Iterable[_Text] | None:
    """Capabilities or tasks that can be read again; one text in their place is a slip, and stays one."""
    return several if several is None or isinstance(several, str) else as_tuple(several)


def add_model(
    document: Document,
    *,
    provider_id: str,
    model: str,
    label: str | None = None,
    capabilities: Iterable[Capability] | None = None,
    tasks: Iterable[Task] = (),
    entry_id: str | None = None,
) -> tuple[Document, str]:
    """Adds a model to the catalog and assigns it to tasks, in one edit (PM-6); the fields are `NewModel`'s.

    Returns:
        The new document and the entry's id.

    Raises:
        NotFoundError: If no provider has this id.
        InvalidInputError: With one problem for every field that cannot be used.
    """
    new = NewModel(
        provider_id=provider_id,
        model=model,
        label=label,
        capabilities=capabilities,
        tasks=tasks,
        entry_id=entry_id,
    )
    document, (made,) = add_models(document, [new])
    return document, made


def add_models(document: Document, models: Iterable[NewModel]) -> tuple[Document, tuple[str, ...]]:
    """Adds several models to the catalog, in one edit: all of them or none (PM-6).

    Returns:
        The new document and the entries' ids, in the order of the models.

    Raises:
        NotFoundError: If a provider does not exist.
        InvalidInputError: With the problems of the first model that cannot be added.
    """
    settings = open_for_edit(document)
    old: dict[str, Any] = document.get("models") or {}
    catalog, assignment = [*old.get("catalog", ())], [*old.get("assignment", ())]
    taken = {entry.id for entry in settings.catalog}
    ids: list[str] = []
    known = known_keys(document)
    for new in models:
        problems: list[FieldProblem] = []
        fields = _cleaned_entry(
            problems,
            # _cleaned_entry takes None for "not given"; here both are required.
            provider_id=new.provider_id or "",
            model=new.model or "",
            label=new.label,
            capabilities=new.capabilities,
        )
        if new.entry_id is not None:
            fields["id"] = _chosen_id(problems, new.entry_id, taken)
        refuse_keys(known, ((name, fields.get(name), None) for name in _NAMED), problems)
        tasks = _words(new.tasks)
        if any(task not in TASKS for task in tasks):
            problems.append(FieldProblem("task", _TASK))
        if problems:
            raise InvalidInputError(problems)
        provider = settings.provider(fields["providerId"])
        if provider is None:
            raise no_provider(new.provider_id)
        entry_id = fields.pop("id", None) or _entry_id(taken, provider, fields["model"])
        taken.add(entry_id)
        ids.append(entry_id)
        stated = {name: value for name, value in fields.items() if value != ""}
        catalog.append(JsonObject(id=entry_id, **stated))
        for task in tasks:
            _set_assignment(assignment, task, entry_id)
    return (with_models(document, catalog=catalog, assignment=assignment) if ids else document), tuple(ids)


def update_model(
    document: Document,
    entry_id: str,
    *,
    provider_id: str | None = None,
    model: str | None = None,
    label: str | None = None,
    capabilities: Iterable[str] | None = None,
) -> Document:
    """Changes the given fields of a catalog entry; None keeps a field, an empty label removes it (PM-6).

    Raises:
        NotFoundError: If no entry or no provider has the id.
        InvalidInputError: With one problem for every field that cannot be used.
    """
    settings = open_for_edit(document)
    index = entry_index(settings, entry_id)
    problems: list[FieldProblem] = []
    fields = _cleaned_entry(
        problems, provider_id=provider_id, model=model, label=label, capabilities=capabilities
    )
    raw = document["models"]["catalog"][index]
    refuse_keys(known_keys(document), ((name, fields.get(name), raw.get(name)) for name in _NAMED), problems)
    if problems:
        raise InvalidInputError(problems)
    if "providerId" in fields and settings.provider(fields["providerId"]) is None:
        raise no_provider(fields["providerId"])
    new = JsonObject(raw)
    for name, value in fields.items():
        if value == "":
            new.pop(name, None)
        else:
            new[name] = value
    if json_equal(raw, new):
        return document
    catalog = list(document["models"]["catalog"])
    catalog[index] = new
    return with_models(document, catalog=catalog)


def move_models(document: Document, entry_ids: Iterable[str], provider_id: str) -> Document:
    """Gives catalog entries another provider, in one edit: all of them or none (PM-4).

    Raises:
        NotFoundError: If no entry or no provider has an id.
    """
    settings = open_for_edit(document)
    moved = _indexes(settings, entry_ids)
    if settings.provider(provider_id) is None:
        raise no_provider(provider_id)
    old = (document.get("models") or {}).get("catalog", ())
    catalog = [
        set_in(raw, ("providerId",), provider_id) if index in moved else raw for index, raw in enumerate(old)
    ]
    return document if json_equal(list(old), catalog) else with_models(document, catalog=catalog)


def delete_models(document: Document, entry_ids: Iterable[str]) -> tuple[Document, Impact]:
    """Deletes catalog entries and their assignments, in one edit: all of them or none (API-1).

    Returns:
        The new document, and what the deletion hit.

    Raises:
        NotFoundError: If no entry has an id.
    """
    settings = open_for_edit(document)
    gone = _indexes(settings, entry_ids)
    if not gone:
        return document, Impact()
    rest = [raw for index, raw in enumerate(document["models"]["catalog"]) if index not in gone]
    document = with_models(document, catalog=rest)
    return without_assignments(document, _ids_gone(settings, gone)), _impact(settings, gone)


def model_impact(document: Document, entry_id: str) -> Impact:
    """What deleting a catalog entry would hit: the entry, and the tasks that use it.

    Raises:
        NotFoundError: If no entry has this id.
    """
    settings = view(document)
    return _impact(settings, _indexes(settings, [entry_id]))


def _indexes(settings: Settings, entry_ids: Iterable[str]) -> dict[int, None]:
    """Where the entries are in the catalog, each once, in the order given."""
    return dict.fromkeys(entry_index(settings, entry_id) for entry_id in as_tuple(entry_ids))


def _ids_gone(settings: Settings, indexes: Container[int]) -> set[str]:
    """The ids that no entry has once these are gone; two entries may have the same."""
    gone: set[str] = set()
    left: set[str] = set()
    for index, entry in enumerate(settings.catalog):
        (gone if index in indexes else left).add(entry.id)
    return gone - left


def _impact(settings: Settings, indexes: Collection[int]) -> Impact:
    gone = _ids_gone(settings, indexes)
    return Impact(
        entries=tuple(settings.catalog[index] for index in indexes),
        tasks=tuple(found.task for found in settings.assignments if found.model_id in gone),
    )


def assign(document: Document, task: str, entry_id: str) -> Document:
    """Assigns a catalog entry to a task.

    Raises:
        NotFoundError: If no entry has this id.
        InvalidInputError: If the task is none of the six.
    """
    settings = open_for_edit(document)
    if task not in TASKS:
        raise InvalidInputError([FieldProblem("task", _TASK)])
    entry_index(settings, entry_id)
    assignment = list(document["models"].get("assignment", ()))
    if not _set_assignment(assignment, task, entry_id):
        return document
    return set_in(document, ("models", "assignment"), assignment)


def _set_assignment(assignment: list[Document], task: str, entry_id: str) -> bool:
    """Sets a task's entry in a list that may be modified; whether that changes anything."""
    for index, found in enumerate(assignment):
        if found["task"] == task:
            if found["modelId"] == entry_id:
                return False
            assignment[index] = set_in(found, ("modelId",), entry_id)
            return True
    assignment.append(JsonObject(task=task, modelId=entry_id))
    return True


def unassign(document: Document, task: str) -> Document:
    """Removes a task's assignment, if it has one; the task may be unknown if the file names it.

    Raises:
        InvalidInputError: If neither the project nor the file knows the task.
    """
    settings = open_for_edit(document)
    if settings.assignments.get(task) is None:
        if task not in TASKS:
            raise InvalidInputError([FieldProblem("task", _TASK)])
        return document
    rest = [found for found in document["models"]["assignment"] if found["task"] != task]
    return set_in(document, ("models", "assignment"), rest)


def _cleaned_entry(
    problems: list[FieldProblem],
    *,
    provider_id: str | None,
    model: str | None,
    label: str | None,
    capabilities: Iterable[str] | None,
) -> dict[str, Any]:
    """The given fields by their names in the file; an empty label removes the label."""
    fields: dict[str, Any] = {}
    for name, text, problem in (("providerId", provider_id, _PROVIDER), ("model", model, _MODEL)):
        if text is not None:
            fields[name] = _stripped(text) or ""
            if not fields[name]:
                problems.append(FieldProblem(name, problem))
    if label is not None:
        fields["label"] = _stripped(label)
        if fields["label"] is None:
            problems.append(FieldProblem("label", _TEXT))
    if capabilities is not None:
        wanted = _words(capabilities)
        if any(item not in CAPABILITIES for item in wanted):
            problems.append(FieldProblem("capabilities", _CAPABILITIES))
        else:
            fields["capabilities"] = list(dict.fromkeys(wanted))
    return fields


def _words(several: object) -> tuple[Any, ...]:
    """Capabilities or tasks; one text in their place is a slip."""
    return ("",) if isinstance(several, str) else as_tuple(several)


def _stripped(text: object) -> str | None:
    return text.strip() if isinstance(text, str) else None


def _chosen_id(problems: list[FieldProblem], entry_id: object, taken: set[str]) -> str:
    chosen = _stripped(entry_id) or ""
    if not chosen or chosen in taken:
        problems.append(FieldProblem("id", _ID_IS_TAKEN if chosen else _ID))
    return chosen


def _entry_id(taken: set[str], provider: Provider, model: str) -> str:
    slug = re.sub(r"[\W_]+", "-", provider.name.lower())[:_LONGEST_SLUG_CHARACTERS].strip("-")
    wanted = f"{slug or 'provider'}:{model}"
    entry_id, number = wanted, 1
    while entry_id in taken:
        number += 1
        entry_id = f"{wanted}-{number}"
    return entry_id
