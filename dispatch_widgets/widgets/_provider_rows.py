"""The rows of the list of providers, as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._text import clean
from ..presets import is_own_pair, preset_for_url
from ..secrets import NO_KEY_NEEDED, Secret
from ..urls import shown_url
from ._format import address, clock, counts, plural, tile
from ._states import DISMISS, TYPE_WORDS, ProviderState, fetched

if TYPE_CHECKING:
    from datetime import datetime

    from ..discovery.models import ModelList
    from ..errors import DispatchError
    from ..service import Impact
    from ..settings.schema import Assignments, Provider
    from ._hub import Asked
    from ._rows import Action, Note, Rich, Row

MOST_NAMED = 12
"""So many entries or tasks are named in a question; the rest is counted."""

_NO_KEY = Secret(NO_KEY_NEEDED)


def shown_address(provider: Provider) -> str:
    """Where a provider is asked, without scheme and without what may be secret."""
    return address(shown_url(provider.base_url))


def shown_key(provider: Provider) -> Rich:
    """A provider's key as a row shows it (SEC-1)."""
    if provider.is_mock:
        return "needs no key"
    if provider.credentials.api_key == _NO_KEY:
        return "no key needed"
    return {"text": clean(provider.masked_key), "mono": True}


def foreign_variable(provider: Provider) -> str:
    """The variable that must not be sent before the user says so (SEC-4); empty when there is none."""
    name = provider.key_variable
    return name if name and not is_own_pair(name, provider.base_url) else ""


def provider_row(
    provider: Provider,
    state: ProviderState,
    models: ModelList | None,
    now: datetime,
    *,
    asked: Asked | None = None,
    note: Note | None = None,
    writable: str = "",
) -> Row:
    """One provider.

    Args:
        provider: The provider.
        state: How it stands.
        models: The list that is held of it.
        now: The present moment.
        asked: The request under way, if there is one.
        note: A question or failure in place of the state's own note.
        writable: Why nothing can be changed; empty when it can.
    """
    name = clean(provider.name)
    kind: Rich = {"text": TYPE_WORDS.get(provider.type, clean(provider.type)), "wide": True}
    when: Rich = fetched(models, now)
    if asked is not None:
        second: list[Rich] = [{"text": "Asking… ", "spin": True, "since": asked.since}]
    else:
        second = [shown_key(provider), when]
    row: Row = {
        "id": provider.id,
        "tile": tile(provider.name),
        "title": name,
        "line": [{"text": "No network", "wide": False}, kind]
        if provider.is_mock
        else [shown_address(provider), kind],
        "meta": [[counts(models) if models is not None else "No list yet"], second],
        "state": "waiting" if asked else "stale" if models is not None and models.source == "stale" else "",
        "actions": _actions(provider, state, now, asked=asked is not None, writable=writable),
    }
    if state.badge is not None:
        row["badge"] = state.badge
    shown = note or state.note
    if shown is not None:
        row["note"] = shown
    return row


def _actions(
    provider: Provider, state: ProviderState, now: datetime, *, asked: bool, writable: str
) -> list[Action]:
    if provider.is_mock:
        return []
    name = clean(provider.name)
    refresh: Action = {
        "action": "refresh",
        "label": f"Refresh {name}",
        "icon": "refresh",
        "style": "quiet",
        "only": True,
    }
    if asked:
        refresh = {**refresh, "action": "cancel", "label": f"Stop asking {name}", "icon": "close"}
    elif state.limited_until is not None:
        refresh["disabled"] = True
        refresh["title"] = f"{name} can be refreshed again at {clock(state.limited_until, now)}"
    elif not provider.is_known:
        refresh["disabled"] = True
        refresh["title"] = "This version does not know how to ask it"
    edit: Action = {"action": "edit", "label": f"Edit {name}", "icon": "edit", "style": "quiet", "only": True}
    delete: Action = {
        "action": "delete",
        "label": f"Delete {name}",
        "icon": "trash",
        "style": "quiet",
        "only": True,
    }
    if writable:
        for action in (edit, delete):
            action["disabled"] = True
            action["title"] = writable
    return [refresh, edit, delete]


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


def consent_question(provider: Provider, variable: str) -> Note:
    """The question before a variable's value is sent to a host it was not made for (SEC-4)."""
    preset = preset_for_url(provider.base_url)
    known = (
        f"{preset.name} usually has another variable. " if preset is not None and preset.key_variable else ""
    )
    return {
        "tone": "warn",
        "title": ["The file names ", {"text": f"${{{variable}}}", "mono": True}, " as this provider's key."],
        "text": f"{known}Nothing is sent to {clean(provider.host)} until you say so here.",
        "actions": [{"action": "allow", "label": f"Send ${variable} to {clean(provider.host, 60)}"}],
    }


def trouble_note(error: DispatchError) -> Note:
    """What went wrong with an action on a row."""
    return {
        "tone": "error",
        "title": clean(error.message, 600),
        "text": clean(error.hint, 600),
        "actions": [DISMISS],
        "alert": True,
    }
