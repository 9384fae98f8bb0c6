"""The questions before a provider is deleted or unlocked after a rate limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...._text import clean, plural
from ..shared.many import named
from ..shared.views import Action, CheckBox, Fact, Note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ....service import Impact
    from ....settings.schema import Assignments, Provider


def delete_question(
    providers: Sequence[Provider], impact: Impact, assignments: Assignments, place: str
) -> Note:
    """The question before providers are deleted, with what uses them (PM-4).

    Args:
        providers: The providers.
        impact: The entries and tasks that use them.
        assignments: Which entry is assigned to which task.
        place: Where the question is shown: the row of a single provider, or the section.
    """
    several = len(providers) > 1
    them, what = ("them", f"{len(providers):,} providers") if several else ("it", "provider")
    names = [clean(provider.name) for provider in providers]
    ids = tuple(provider.id for provider in providers)
    delete = Action("delete", f"Delete {what}", {"row": place, "rows": ids}, style="danger")
    entries, tasks = impact.entries, impact.tasks
    titles = {entry.id: clean(entry.title) for entry in entries}
    doing = {found.task: titles.get(found.model_id, "") for found in assignments}
    using = [f"{clean(task)} ({doing.get(task, '')})" for task in tasks]
    facts = {"Providers": names if several else [], "Entries": list(titles.values()), "Tasks": using}
    take_out = f"Take {them} out of {'their' if several else 'its'} tasks too"
    unassign = CheckBox(f"{take_out} (the Dispatch app would answer them with mock text).", ticked=True)
    return Note(
        "error",
        f"Delete {what if several else names[0]}?",
        _what_it_hits(impact, them),
        (delete, Action("keep", f"Keep {them}", kind="close")),
        icon="trash",
        facts=tuple(Fact(name, named(found)) for name, found in facts.items() if found),
        check=unassign if tasks else None,
    )


def _what_it_hits(impact: Impact, them: str) -> str:
    entries, tasks = len(impact.entries), len(impact.tasks)
    if not entries:
        return f"Nothing uses {them}."
    hit = plural(entries, "catalog entry", "catalog entries")
    if tasks:
        hit += f" and {plural(tasks, 'task')}"
    if entries + tasks == 1:
        return f"{hit} uses {them}. It stays, marked as invalid, until you give it another provider."
    return f"{hit} use {them}. They stay, marked as invalid, until you give them another provider."


def unlock_question(provider: Provider) -> Note:
    """The question before a rate-limited provider is unlocked (MD-10)."""
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
