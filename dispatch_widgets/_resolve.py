"""From a task, or a provider and a model, to everything a client needs (API-5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ._text import html_table, text_table
from .secrets import Secret

if TYPE_CHECKING:
    from .settings.schema import CatalogEntry, Provider


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedModel:
    """A model that is ready to be used: who serves it, where, and with which key.

    Attributes:
        model: The id that a request names the model by.
        provider_id: The provider's id in the settings file.
        provider_name: What the provider is called.
        provider_type: ``anthropic``, ``openai-compatible`` or ``mock``.
        base_url: Where requests go; empty for the mock provider.
        api_key: The key itself, references followed. Shown masked; ``get_secret_value()`` gives it.
        task: The task it was resolved for; empty when it was asked for by name.
        entry_id: The catalog entry behind it; empty when it was asked for by name.
        label: The entry's display name, or the model's id.
        capabilities: What it can do: ``chat``, ``embedding``.
    """

    model: str
    provider_id: str
    provider_name: str
    provider_type: str
    base_url: str
    api_key: Secret
    task: str = ""
    entry_id: str = ""
    label: str = ""
    capabilities: tuple[str, ...] = ()

    def _facts(self) -> list[tuple[str, str]]:
        facts = [
            ("Task", self.task),
            ("Model", self.model),
            ("Provider", self.provider_name),
            ("Type", self.provider_type),
            ("Base URL", self.base_url),
            ("Key", str(self.api_key)),
            ("Can do", ", ".join(self.capabilities)),
        ]
        return [(name, value) for name, value in facts if value]

    def __str__(self) -> str:
        return text_table(("Resolved", ""), self._facts())

    def _repr_html_(self) -> str:
        return html_table(("Resolved", ""), self._facts())


def describe(
    provider: Provider,
    model: str,
    *,
    api_key: str,
    task: str = "",
    entry: CatalogEntry | None = None,
    capabilities: tuple[str, ...] = (),
) -> ResolvedModel:
    """Put a provider and a model together.

    Args:
        provider: Who serves the model.
        model: The model's id.
        api_key: The key itself, references followed.
        task: The task it is for, if any.
        entry: The catalog entry behind it, if any.
        capabilities: What it can do.
    """
    return ResolvedModel(
        model=model,
        provider_id=provider.id,
        provider_name=provider.name,
        provider_type=provider.type,
        base_url=provider.base_url,
        api_key=Secret(api_key),
        task=task,
        entry_id=entry.id if entry else "",
        label=(entry.label if entry else None) or model,
        capabilities=capabilities,
    )
