"""What is asked in a provider's card before something is done that cannot be undone, or that sends a key."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from .._text import clean, plural
from ..errors import reference_words
from ..presets import preset_for_url
from ..service.consent import Sending, why_asked

if TYPE_CHECKING:
    from ..service import Impact
    from ..settings.schema import Assignments, Provider
    from ._rows import Action, Note, Rich, Run

_LONGEST_HOST_CHARACTERS = 60
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


def consent_question(provider: Provider, sending: Sending, *, changed: bool = False) -> Note:
    """The question before a referenced key is sent to a host it was not made for (SEC-4).

    Args:
        provider: Whose key it is.
        sending: What would be sent where.
        changed: Whether the person has just said yes to what the file does not say any more (SEC-8).
    """
    url = provider.base_url
    preset = preset_for_url(url)
    known = why_asked(sending.variable, url)
    if preset is not None and preset.key_variable not in {None, sending.variable}:
        known = f"{preset.name} usually has another key."
    variable = sending.variable
    shown: Run = {"text": clean(variable if ":" in variable else f"${{{variable}}}", 80), "mono": True}
    asked = f"Nothing is sent to {_host(sending)} until you say so here."
    note: Note = {
        "tone": "warn",
        "title": ["The file names ", shown, " as this provider's key."],
        "text": f"{known} {asked}".strip(),
        "actions": [{"action": _allow_action(sending), "label": send_words(sending)}],
    }
    if changed:
        note["title"] = ["The file has changed. It names ", shown, " as this provider's key now."]
        note["text"] = f"Nothing was sent. {note['text']}"
        note["alert"] = True
    return note


def send_words(sending: Sending) -> str:
    """What the button says that allows it: ``Send $NAME to host``."""
    return clean(f"Send {reference_words(sending.variable)} to {_host(sending)}", 160)


def _host(sending: Sending) -> str:
    """Where it would be sent; of a long name the end, which says whose it is."""
    host = clean(sending.host)
    return host if len(host) <= _LONGEST_HOST_CHARACTERS else f"…{host[1 - _LONGEST_HOST_CHARACTERS :]}"


def _allow_action(sending: Sending) -> str:
    """The button's action, with what it says: that comes back with the press, and nothing else is allowed."""
    return " ".join(["allow", *(quote(part, safe="") for part in sending)])


def allowed_by(action: str) -> Sending:
    """What a person said yes to by pressing a button that `consent_question` made.

    Args:
        action: The button's action, as the page sent it.
    """
    _, variable, host = (f"{action}  ").split(" ", 3)[:3]
    return Sending(unquote(variable), unquote(host))
