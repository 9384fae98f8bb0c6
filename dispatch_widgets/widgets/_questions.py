"""What is asked in a provider's card before something is done that cannot be undone, or that sends a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._text import clean, plural
from ..presets import preset_for_url

if TYPE_CHECKING:
    from ..service import Impact
    from ..settings.schema import Assignments, Provider
    from ._rows import Action, Note, Rich

MOST_NAMED = 12
"""So many entries or tasks are named in a question; the rest is counted."""


def delete_question(provider: Provider, impact: Impact, assignments: Assignments) -> Note:
    """What deleting a provider hits, and the question whether to (PM-4).

    Args:
        provider: The provider.
        impact: The entries and tasks that it hits.
        assignments: Which entry does which task.
    """
    titles = {entry.id: clean(entry.title) for entry in impact.entries}
    actions: list[Action] = [
        {"action": "confirm_delete", "label": "Delete provider", "style": "danger"},
        {"action": "keep", "label": "Keep it"},
    ]
    note: Note = {
        "tone": "error",
        "icon": "trash",
        "title": f"Delete {clean(provider.name)}?",
        "actions": actions,
        "tall": True,
    }
    if not impact.entries:
        note["text"] = "Nothing uses it."
        return note
    hit = plural(len(impact.entries), "catalog entry", "catalog entries")
    if impact.tasks:
        hit += f" and {plural(len(impact.tasks), 'task')}"
    one = len(impact.entries) + len(impact.tasks) == 1
    stays = (
        "It stays, marked as invalid, until you give it"
        if one
        else "They stay, marked as invalid, until you give them"
    )
    note["text"] = f"{hit} {'uses' if one else 'use'} it. {stays} another provider."
    facts: list[tuple[str, Rich]] = [("Entries", _cut(list(titles.values())))]
    if impact.tasks:
        doing = {found.task: titles.get(found.model_id, "") for found in assignments}
        facts.append(("Tasks", _cut([f"{clean(task)} ({doing.get(task, '')})" for task in impact.tasks])))
        note["check"] = {
            "label": "Take it out of its tasks too (the Dispatch app would answer them with mock text).",
            "value": True,
        }
    note["facts"] = facts
    return note


def _cut(names: list[str]) -> str:
    more = len(names) - MOST_NAMED
    return " · ".join(names[:MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def unlock_question(provider: Provider) -> Note:
    """The question before a rate limit's lock is lifted (MD-10)."""
    return {
        "tone": "warn",
        "icon": "clock",
        "title": f"Unlock {clean(provider.name)}?",
        "text": "The server may refuse again, and longer.",
        "actions": [
            {"action": "confirm_unlock", "label": "Unlock"},
            {"action": "keep", "label": "Keep it locked"},
        ],
    }


def consent_question(provider: Provider, reference: str, host: str) -> Note:
    """The question before a referenced key is sent to a host it was not made for (SEC-4).

    Args:
        provider: Whose key it is.
        reference: The variable's name, or the whole ``keyring:`` reference.
        host: Where it would be sent.
    """
    preset = preset_for_url(provider.base_url)
    usual = preset is not None and preset.key_variable
    known = f"{preset.name} usually has another key. " if preset is not None and usual else ""
    shown = clean(reference if ":" in reference else f"${{{reference}}}", 80)
    return {
        "tone": "warn",
        "title": ["The file names ", {"text": shown, "mono": True}, " as this provider's key."],
        "text": f"{known}Nothing is sent to {clean(host, 60)} until you say so here.",
        "actions": [{"action": "allow", "label": send_words(reference, host)}],
    }


def send_words(reference: str, host: str) -> str:
    """What the button says that allows it: ``Send $NAME to host``."""
    return clean(f"Send {reference if ':' in reference else f'${reference}'} to {clean(host, 60)}", 160)
