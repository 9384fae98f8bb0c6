"""The rows of the list of providers, as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._text import clean
from ..secrets import NO_KEY_NEEDED, Secret
from ..urls import shown_url
from ._format import address, clock, counts, tile, without_zone
from ._states import DISMISS, TYPE_WORDS, ProviderState, fetched

if TYPE_CHECKING:
    from datetime import datetime

    from ..discovery.models import ModelList
    from ..errors import DispatchError
    from ..settings.schema import Provider
    from ._hub import Asked
    from ._rows import Action, Note, Rich, Row

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


def trouble_note(error: DispatchError) -> Note:
    """What went wrong with an action on a row."""
    return {
        "tone": "error",
        "title": clean(error.message, 600),
        "text": clean(without_zone(error.hint), 600),
        "actions": [DISMISS],
        "alert": True,
    }
