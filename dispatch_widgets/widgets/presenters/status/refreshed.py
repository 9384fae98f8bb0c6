"""The result of a refresh: which models are new, which are gone, and which tasks used them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...._text import clean, plural
from ..._format import listed
from ..shared.views import Action, Badge, Note, Run, joined
from .words import LONGEST_CHARACTERS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ....settings.schema import Provider
    from ..hub.hub import Hub, Refreshed
    from ..shared.views import Words

MOST_NAMED = 6
"""The most new or gone models that a note names; the others are counted."""


def refreshed_status(
    hub: Hub, provider: Provider, refreshed: Refreshed
) -> tuple[Badge | None, Note | None, bool]:
    """The badge and note of a refresh, and whether it needs attention."""
    models, args = refreshed.models, {"row": provider.id}
    dismiss = Action("dismiss_news", "Dismiss", {**args}, style="quiet")
    warning = clean(models.warning, LONGEST_CHARACTERS) if models.warning else ""
    if warning and not len(models) and models.error is None:
        mend = (
            Action("provider", "Edit", {**args}, kind="form"),
            Action("refresh", "Try again", {**args}, style="quiet"),
            Action("diagnose", "Diagnose", {**args}, style="quiet"),
        )
        text = "A model id can always be typed by hand, in Models."
        return Badge("Not a model list", "error", "error"), Note("error", warning, text, mend), True
    if not models.added and not models.removed:
        if warning:
            return None, None if refreshed.dismissed else Note("warn", warning, actions=(dismiss,)), False
        return Badge("No change", "ok", "check"), None, False
    parts = [f"{len(models.added):,} new"] if models.added else []
    parts += [f"{len(models.removed):,} gone"] if models.removed else []
    badge = Badge(", ".join(parts), "info", "info")
    if refreshed.dismissed:
        return badge, None, False
    said = [_named("New: ", models.added)] if models.added else []
    said += _gone(hub, provider, models.removed) if models.removed else []
    said += [warning] if warning else []
    show = Action("models", "Show in Models", {"list": provider.id, "kind": "new"}, kind="go")
    return badge, Note("info", said[0], joined(*said[1:]), (show, dismiss)), False


def _gone(hub: Hub, provider: Provider, removed: Sequence[str]) -> list[Words]:
    """Which models are gone, those in use first, each with its tasks."""
    settings, gone = hub.service.settings, frozenset(removed)
    entries = {e.id: e.model for e in settings.catalog if e.provider_id == provider.id and e.model in gone}
    used: dict[str, list[str]] = {model: [] for model in entries.values()}
    for assignment in settings.assignments:
        if assignment.model_id in entries:
            used[entries[assignment.model_id]].append(assignment.task)
    ids = sorted(removed, key=lambda model: (not used.get(model), model not in used))
    tails = {model: f"used by {listed(tasks)}" for model, tasks in used.items() if tasks}
    said: list[Words] = [_named("Gone: ", ids, tails, end=".")]
    if entries:
        said.append(f"The {'entry stays' if len(entries) == 1 else 'entries stay'} and may still answer.")
    return said


def _named(lead: str, ids: Sequence[str], tails: Mapping[str, str] | None = None, *, end: str = "") -> Words:
    runs: list[str | Run] = [lead]
    for position, name in enumerate(ids[:MOST_NAMED]):
        runs += [", "] if position else []
        runs.append(Run(clean(name), mono=True))
        if tails and name in tails:  # after a single model a clause, among several in parentheses
            runs.append(f", {tails[name]}" if len(ids) == 1 else f" ({tails[name]})")
    more = len(ids) - MOST_NAMED
    runs.append(f" and {plural(more, 'more', 'more')}{end}" if more > 0 else end)
    return tuple(run for run in runs if run)
