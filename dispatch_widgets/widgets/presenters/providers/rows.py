"""The row of a provider."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ...._text import clean
from ..._format import at_clock, counts, tile
from ..shared.views import Action, Option, Row, Run
from ..status.cards import shown_address, shown_key
from ..status.provider_status import TYPE_LABELS, fetched_words

if TYPE_CHECKING:
    from datetime import datetime

    from ....discovery.models import ModelList
    from ....settings.schema import Provider
    from ..hub.hub import Request
    from ..shared.views import Note, Words
    from ..status.provider_status import ProviderStatus

SORTS = (
    Option("", "As added"),
    Option("title", "By name"),
    Option("attention", "What needs attention first"),
    Option("models", "Most models first"),
)


def provider_row(
    provider: Provider,
    status: ProviderStatus,
    models: ModelList | None,
    now: datetime,
    *,
    request: Request | None = None,
    note: Note | None = None,
    not_writable: str = "",
) -> Row:
    """The row of a provider.

    Args:
        provider: The provider.
        status: Its status.
        models: Its cached list; None if there is none.
        now: The current time.
        request: The request in flight; None if there is none.
        note: Shown in place of the status' own note.
        not_writable: The reason why nothing can be changed; empty if it can.
    """
    kind: Words = (Run(TYPE_LABELS.get(provider.type, clean(provider.type)), wide_only=True),)
    where: Words = "No network" if provider.is_mock else shown_address(provider)
    if request is not None:
        second: tuple[Words, ...] = ((Run("Asking… ", spinner=True, since=request.since),),)
    else:
        second = (shown_key(provider), *([fetched_words(models, now)] if models is not None else []))
    return Row(
        provider.id,
        clean(provider.name),
        (where, kind),
        ((counts(models) if models is not None else "No list yet",), second),
        opens=edit_action(provider, not_writable),
        leads=Action("models", f"Models of {clean(provider.name)}", {"list": provider.id}, kind="go"),
        badge=status.badge,
        tile=tile(provider.name),
        waiting=request is not None,
        stale=request is None and models is not None and models.source == "stale",
        note=note or status.note,
        actions=()
        if provider.is_mock
        else _actions(provider, status, now, request is not None, not_writable),
    )


def edit_action(provider: Provider, not_writable: str) -> Action | None:
    """The action of a press on a provider's name; None if it cannot be edited."""
    if provider.is_mock or not_writable:
        return None
    return Action("provider", f"Edit {clean(provider.name)}", {"row": provider.id}, kind="form")


def _actions(
    provider: Provider, status: ProviderStatus, now: datetime, asking: bool, not_writable: str
) -> tuple[Action, ...]:
    name, args = clean(provider.name), {"row": provider.id}

    def icon_action(action: Action, off: str = "") -> Action:
        return replace(action, args={**args}, style="quiet", icon_only=True, off=off)

    if asking:
        first = icon_action(Action("stop_asking", f"Stop asking {name}", icon="close"))
    else:
        off = ""
        if status.limited_until is not None:
            off = f"{name} can be refreshed again {at_clock(status.limited_until, now)}"
        elif not provider.is_known:
            off = "This version does not know how to ask it"
        first = icon_action(Action("refresh", f"Refresh {name}", icon="refresh"), off)
    edit = Action("provider", f"Edit {name}", kind="form", icon="edit")
    delete = Action("ask_delete", f"Delete {name}", icon="trash")
    return first, icon_action(edit, not_writable), icon_action(delete, not_writable)
