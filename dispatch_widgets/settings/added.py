"""What one state of the settings has that an earlier one had not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ._accounts import account_of_provider

if TYPE_CHECKING:
    from .schema import CatalogEntry, Provider, Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What was added since a backup was made.

    Attributes:
        providers: The providers that are not in it.
        entries: The catalog entries that are not in it.
    """

    providers: tuple[Provider, ...] = ()
    entries: tuple[CatalogEntry, ...] = ()


def added_since(now: Settings, before: Settings) -> Added:
    """Compare two states of the same file.

    An entry is known by its id. A provider is known by its id or, as a conversion gives new ids, by its
    account: type, key and base URL.

    Args:
        now: The later state.
        before: The earlier state; of a file in the old format, what a conversion makes of it.
    """
    ids = {provider.id for provider in before.providers}
    accounts = {account_of_provider(provider) for provider in before.providers}
    entries = {entry.id for entry in before.catalog}
    return Added(
        providers=tuple(
            provider
            for provider in now.providers
            if provider.id not in ids and account_of_provider(provider) not in accounts
        ),
        entries=tuple(entry for entry in now.catalog if entry.id not in entries),
    )
