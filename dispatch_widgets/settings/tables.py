"""Providers and settings as tables, as plain text and as HTML, keys masked (SEC-1, UI)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._text import escaped, html_table, plural, text_table
from ..secrets import NO_KEY_NEEDED, Secret
from ..urls import shown_url
from .schema import Provider

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .schema import Settings

MOST_ROWS = 50
"""A longer catalog is cut here; the rest is counted."""

_PROVIDER_HEADS = ("Name", "Type", "Base URL", "Key", "Id")
_ENTRY_HEADS = ("Entry", "Model", "Provider", "Can do", "Id")
_TASK_HEADS = ("Task", "Entry", "Model")
_NO_KEY = Secret(NO_KEY_NEEDED)

Table = tuple[str, tuple[str, ...], list[tuple[object, ...]]]


class ProviderList(tuple[Provider, ...]):
    """Providers in their order; as a cell's last line they read as a table."""

    __slots__ = ()

    def __repr__(self) -> str:
        return text_table(_PROVIDER_HEADS, _provider_rows(self)) if self else "No providers yet."

    def _repr_html_(self) -> str:
        return html_table(_PROVIDER_HEADS, _provider_rows(self)) if self else "<p>No providers yet.</p>"


def _provider_rows(providers: Iterable[Provider]) -> list[tuple[object, ...]]:
    return [(p.name, p.type, shown_url(p.base_url), _shown_key(p), p.id) for p in providers]


def _shown_key(provider: Provider) -> str:
    bare = provider.is_mock or provider.credentials.api_key == _NO_KEY
    return "no key needed" if bare else provider.masked_key


def settings_text(settings: Settings) -> str:
    """Settings as plain text.

    Args:
        settings: What to show.
    """
    return "\n\n".join(
        f"{title}\n{text_table(heads, rows)}" if rows else title for title, heads, rows in _tables(settings)
    )


def settings_html(settings: Settings) -> str:
    """Settings as HTML, everything escaped.

    Args:
        settings: What to show.
    """
    return "".join(
        html_table(heads, rows, caption=title) if rows else f"<p>{escaped(title)}</p>"
        for title, heads, rows in _tables(settings)
    )


def _tables(settings: Settings) -> list[Table]:
    names = {provider.id: provider.name for provider in settings.providers}
    entries: list[tuple[object, ...]] = [
        (
            entry.title,
            entry.model,
            entry.problem or names.get(entry.provider_id or "", entry.provider_id),
            "" if entry.capabilities is None else ", ".join(entry.capabilities),
            entry.id,
        )
        for entry in settings.catalog[:MOST_ROWS]
    ]
    more = len(settings.catalog) - len(entries)
    tasks: list[tuple[object, ...]] = []
    for given in settings.assignments:
        entry = settings.entry(given.model_id)
        tasks.append((given.task, given.problem or (entry and entry.title), entry and entry.model))
    cut = f" (the first {MOST_ROWS})" if more > 0 else ""
    return [
        (plural(len(settings.providers), "provider"), _PROVIDER_HEADS, _provider_rows(settings.providers)),
        (plural(len(settings.catalog), "catalog entry", "catalog entries") + cut, _ENTRY_HEADS, entries),
        (plural(len(tasks), "task set", "tasks set"), _TASK_HEADS, tasks),
    ]
