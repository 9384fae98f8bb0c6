"""Rows of the Models tab's lists: the rail of providers, the models to pick from, the catalog."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._text import clean
from ..settings.views import SAME_ID
from ._format import created, day, listed, price, tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from ..discovery.models import DiscoveredModel, ModelList
    from ..service import EntryKind
    from ..settings.schema import CatalogEntry, Provider
    from ._rows import Action, Badge, Note, Rich, Row, SortKeys

ALL = "*"
"""The row of the rail that stands for all providers."""

CATALOG_COLUMNS = (("entry", "Entry"), ("prov", "Provider"), ("kind", "Kind"), ("used", "Used by"))


def row_id(provider_id: str, model_id: str) -> str:
    """What the page names a model by; unique over all providers, also where ids hold slashes."""
    return f"{len(provider_id)}:{provider_id}:{model_id}"


def model_of(key: str) -> tuple[str, str]:
    """The provider's and the model's id behind a `row_id`."""
    length, _, rest = key.partition(":")
    cut = int(length)
    return rest[:cut], rest[cut + 1 :]


def pick_rows(
    models: ModelList, provider: Provider, have: AbstractSet[str], *, mixed: bool = False
) -> list[Row]:
    """The models of one provider, to pick from.

    Args:
        models: Its list.
        provider: Whose list it is.
        have: Ids of its models that are in the catalog.
        mixed: Whether the list shows models of several providers.
    """
    new = frozenset(models.added)
    name = clean(provider.name)
    return [_pick_row(model, provider.id, name if mixed else "", have, new) for model in models]


def _pick_row(
    model: DiscoveredModel,
    provider_id: str,
    provider_name: str,
    have: AbstractSet[str],
    new: AbstractSet[str],
) -> Row:
    # Thousands of these are made at once: nothing is put into a row that says nothing.
    row: Row = {"id": row_id(provider_id, model.id), "title": clean(model.name), "kind": model.kind}
    line = _pick_line(model)
    if model.name == model.id:
        row["mono"] = True
    if line:
        row["line"] = line
    if provider_name:
        row["from"] = provider_name
    if model.id in have:
        row["have"] = True
    if model.id in new:
        row["new"] = True
    if model.owned_by:
        row["search"] = clean(model.owned_by)
    context, cost = tokens(model.context_window), price(model.price)
    if context or cost:
        row["cells"] = {"context": context, "price": cost}
    if model.created or model.context_window or cost:
        row["sort"] = _sort_keys(model)
    return row


def _pick_line(model: DiscoveredModel) -> list[Rich]:
    line: list[Rich] = []
    if model.name != model.id:
        line.append({"text": clean(model.id), "id": True})
    elif model.created:
        line += [since] if (since := created(model.created)) else []
    if model.shutdown_date:
        line.append(f"ends {clean(model.shutdown_date, 20)}")
    elif model.deprecated:
        line.append("deprecated")
    return line


def _sort_keys(model: DiscoveredModel) -> SortKeys:
    keys: SortKeys = {}
    if model.created:
        keys["created"] = model.created
    if model.context_window:
        keys["context"] = model.context_window
    if model.price is not None and (model.price.input is not None or model.price.output is not None):
        keys["price"] = (model.price.input or 0.0) + (model.price.output or 0.0)
    return keys


def rail_row(provider: Provider, models: ModelList | None, *, badge: Badge | None) -> Row:
    """A provider to choose.

    Args:
        provider: The provider.
        models: The list that is held of it.
        badge: What its card says is wrong with it; None if nothing is.
    """
    row: Row = {"id": provider.id, "title": clean(provider.name)}
    if badge is not None:
        row["badge"] = badge
    elif models is not None:
        row["count"] = f"{len(models):,}"
    return row


def kind_words(kind: EntryKind) -> str:
    """What an entry can do, in a word or two."""
    if kind.known == "unknown":
        return "unknown"
    return "both" if len(kind.capabilities) > 1 else (*kind.capabilities, "other")[0]


def entry_row(
    entry: CatalogEntry,
    kind: EntryKind,
    used: Sequence[str],
    providers: Mapping[str, Provider],
    *,
    gone: datetime | None = None,
    unlisted: bool = False,
    listing: Iterable[str] = (),
    note: Note | None = None,
) -> Row:
    """One catalog entry.

    Args:
        entry: The entry.
        kind: What it can do.
        used: The tasks that use it.
        providers: All providers by id.
        gone: When its provider stopped listing it; None if it did not, or that was dismissed.
        unlisted: Whether its provider's list lacks it, as far as is known always.
        listing: Ids of providers that list its model, for an entry without one.
        note: A question or failure in place of the entry's own note.
    """
    title = clean(entry.title)
    provider = providers.get(entry.provider_id or "")
    without = "Deleted" if entry.provider_id else "None"
    edit: Action = {
        "action": "edit",
        "label": f"Edit {title}",
        "icon": "edit",
        "style": "quiet",
        "only": True,
    }
    delete: Action = {
        "action": "delete",
        "label": f"Delete {title}",
        "icon": "trash",
        "style": "quiet",
        "only": True,
    }
    row: Row = {
        "id": entry.id,
        "title": title,
        "cells": {
            "prov": clean(provider.name) if provider else {"text": without, "tone": "error"},
            "kind": kind_words(kind),
            "used": ", ".join(clean(task) for task in used),
        },
        "actions": [edit, delete],
    }
    if entry.label:
        row["line"] = [{"text": clean(entry.model), "id": True}]
    else:
        row["mono"] = True
    own: Note | None = None
    if entry.unconverted:  # one note over the catalog says what that means
        row["badge"] = {"text": "From before providers", "tone": "warn", "icon": "warn"}
    elif entry.problem == SAME_ID:
        row["badge"] = {"text": "Same id twice", "tone": "error", "icon": "error"}
        own = {"tone": "error", "title": entry.problem, "text": "The first of the two is used."}
        row["id"] = f"{entry.id}\0again"  # a list needs ids of its own
        row["actions"] = []
    elif entry.problem:
        row["badge"] = {"text": "No provider", "tone": "error", "icon": "error"}
        own = _give_provider(entry, used, providers.values(), listing)
    elif gone is not None and provider is not None:
        row["badge"] = {"text": "No longer listed", "tone": "warn", "icon": "warn"}
        own = _no_longer_listed(provider, used, gone)
    elif unlisted and provider is not None:
        row["badge"] = {"text": "Not listed", "tone": "info", "icon": "info"}
        own = _not_listed(provider)
    shown = note or own
    if shown is not None:
        row["note"] = shown
    return row


def _give_provider(
    entry: CatalogEntry, used: Sequence[str], providers: Iterable[Provider], listing: Iterable[str]
) -> Note:
    why = entry.problem.rstrip(".")
    loss = f", so {listed(used)} {'has' if len(used) == 1 else 'have'} no model." if used else "."
    options = [[provider.id, clean(provider.name)] for provider in providers if not provider.is_mock]
    if not options:
        add: Action = {"action": "add_provider", "label": "Add provider"}
        return {"tone": "error", "title": why + loss, "actions": [add]}
    # Whose model it is is not guessed: only a provider that lists it is proposed.
    proposed = next((key for key in listing if any(key == option[0] for option in options)), "")
    return {
        "tone": "error",
        "title": why + loss,
        "select": {
            "label": f"Provider for {clean(entry.title)}",
            "options": [["", "Choose a provider"], *options],
            "value": proposed,
        },
        "actions": [{"action": "give", "label": "Give provider"}],
    }


def _no_longer_listed(provider: Provider, used: Sequence[str], gone: datetime) -> Note:
    words = "It may still answer for a while."
    if used:
        words += f" Choose another model for {listed(used)} when you can."
    return {
        "tone": "warn",
        "title": f"{clean(provider.name)} stopped listing this id on {day(gone)}.",
        "text": words,
        "actions": [
            {"action": "pick_other", "label": "Pick another model"},
            {"action": "keep_listed", "label": "Keep", "style": "quiet"},
        ],
    }


def _not_listed(provider: Provider) -> Note:
    return {
        "tone": "info",
        "title": f"{clean(provider.name)} does not list this id.",
        "text": "It may be another name of a model, or one that is not served any more.",
        "actions": [
            {"action": "pick_other", "label": "Pick another model"},
            {"action": "keep_listed", "label": "Keep", "style": "quiet"},
        ],
    }


def delete_question(entry: CatalogEntry, used: Sequence[str], *, deleting: bool = False) -> Note:
    """The question before a catalog entry is deleted.

    Args:
        entry: The entry.
        used: The tasks that use it.
        deleting: Whether it was answered and the file is being written.
    """
    loss = "Nothing uses it."
    if used:
        loss = f"{listed(used)} {'uses it and is' if len(used) == 1 else 'use it and are'} then not set."
    return {
        "tone": "error",
        "icon": "trash",
        "title": f"Delete {clean(entry.title)}?",
        "text": loss,
        "actions": [
            {
                "action": "confirm_delete",
                "label": "Deleting…" if deleting else "Delete entry",
                "style": "danger",
                "disabled": deleting,
            },
            {"action": "keep", "label": "Keep it", "disabled": deleting},
        ],
    }
