"""What is asked before a provider is deleted or its rate limit's lock is lifted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...._text import clean, plural
from ..shared.many import named
from ..shared.views import Action, CheckBox, Fact, Note

if TYPE_CHECKING:
    from ....service import Impact
    from ....settings.schema import Assignments, Provider

_KEEP = Action("keep", "Keep it", kind="close")


def delete_question(provider: Provider, impact: Impact, assignments: Assignments) -> Note:
    """What deleting a provider hits, and the question whether to (PM-4)."""
    title = f"Delete {clean(provider.name)}?"
    delete = Action("delete", "Delete provider", {"row": provider.id}, style="danger")
    if not impact.entries:
        return Note("error", title, "Nothing uses it.", (delete, _KEEP), icon="trash")
    hit = plural(len(impact.entries), "catalog entry", "catalog entries")
    if impact.tasks:
        hit += f" and {plural(len(impact.tasks), 'task')}"
    one = len(impact.entries) + len(impact.tasks) == 1
    stays = (
        "It stays, marked as invalid, until you give it"
        if one
        else "They stay, marked as invalid, until you give them"
    )
    titles = {entry.id: clean(entry.title) for entry in impact.entries}
    facts = [Fact("Entries", named(list(titles.values())))]
    check = None
    if impact.tasks:
        doing = {found.task: titles.get(found.model_id, "") for found in assignments}
        facts.append(
            Fact("Tasks", named([f"{clean(task)} ({doing.get(task, '')})" for task in impact.tasks]))
        )
        check = CheckBox(
            "Take it out of its tasks too (the Dispatch app would answer them with mock text).", ticked=True
        )
    return Note(
        "error",
        title,
        f"{hit} {'uses' if one else 'use'} it. {stays} another provider.",
        (delete, _KEEP),
        icon="trash",
        facts=tuple(facts),
        check=check,
    )


def unlock_question(provider: Provider) -> Note:
    """The question before a rate limit's lock is lifted (MD-10)."""
    return Note(
        "warn",
        f"Unlock {clean(provider.name)}?",
        "The server may refuse again, and longer.",
        (
            Action("unlock", "Unlock", {"row": provider.id}),
            Action("keep", "Keep it locked", kind="close"),
        ),
        icon="clock",
    )
