"""From a task or a name to a model that is ready to use (API-5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._quiet import quiet
from .._resolve import describe
from ..discovery.capabilities import infer_capabilities
from ..errors import FieldProblem, InvalidInputError, UnresolvedTaskError
from ..secrets import resolve_key
from .catalog import Catalog, known_task

if TYPE_CHECKING:
    from .._resolve import ResolvedModel
    from ..settings.schema import CatalogEntry, Provider


class Resolving(Catalog):
    """What the next cell uses."""

    def resolve(self, task: str) -> ResolvedModel:
        """The model that a task was given, with provider, base URL and key ready to use (API-5).

        Args:
            task: One of the six tasks.

        Raises:
            InvalidInputError: If there is no such task.
            UnresolvedTaskError: If it has no model, or one that cannot be used; says where to mend it.
            MissingVariableError: If the key refers to a variable that is not set.
            ConsentNeededError: If the key refers to something that was not made for this host (SEC-4).
        """
        known_task(task)
        settings = self.settings
        assignment = settings.assignments.get(task)
        if assignment is None:
            raise UnresolvedTaskError(
                f"The task {task} has no model.",
                task=task,
                hint="Choose one in the panel's Router tab, or call assign(task, entry_id).",
            )
        if assignment.problem:
            raise UnresolvedTaskError(
                f"The task {task} has no usable model. {assignment.problem}",
                task=task,
                hint="Choose another entry in the Router tab, or give this one a provider in Models.",
            )
        entry = self.entry(assignment.model_id)
        provider = self.provider(entry.provider_id or "")
        return self._described(provider, entry.model, task=task, entry=entry)

    def resolve_model(self, provider: str, model: str) -> ResolvedModel:
        """A model by provider and id, for those who do not think in tasks (API-5).

        Args:
            provider: The provider's id, or its name if no other has the same.
            model: The model's id.

        Raises:
            NotFoundError: If there is no such provider.
            InvalidInputError: If the name belongs to several, or the model's id is blank.
            ConsentNeededError: If the key refers to something that was not made for this host (SEC-4).
        """
        if not isinstance(model, str) or not model.strip():
            raise InvalidInputError([FieldProblem("model", "Type a model id.")])
        chosen = [p for p in self.get_providers() if p.id == provider]
        chosen = chosen or [p for p in self.get_providers() if p.name == provider]
        if len(chosen) > 1:
            raise InvalidInputError(
                [FieldProblem("provider", f"{len(chosen)} providers are called {provider!r}.")],
                hint="Give the provider's id instead: " + ", ".join(p.id for p in chosen),
            )
        return self._described(chosen[0] if chosen else self.provider(provider), model.strip())

    @quiet
    def _described(
        self, provider: Provider, model: str, *, task: str = "", entry: CatalogEntry | None = None
    ) -> ResolvedModel:
        self._consents.check(provider)
        key = "" if provider.is_mock else provider.credentials.api_key.get_secret_value()
        if entry is not None:
            capabilities = self.capabilities_of(entry).capabilities
        else:
            listed = self.known_models(provider.id)
            found = listed.get(model) if listed is not None else None
            capabilities = found.capabilities if found is not None else infer_capabilities(model)
        return describe(
            provider,
            model,
            api_key=resolve_key(key),
            task=task,
            entry=entry,
            capabilities=capabilities,
        )
