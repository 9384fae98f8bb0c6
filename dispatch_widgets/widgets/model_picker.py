"""A list in a cell to select one model from, for the code in the next cell."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any, Literal

import ipywidgets as widgets
import traitlets

from .._text import clean
from ..errors import InvalidInputError
from .page_panel import PagePanel
from .presenters.models.picker import PickerPresenter
from .presenters.shared.arguments import LONGEST_CHARACTERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..clients import ResolvedModel
    from ..service import SettingsService
    from ..settings.tasks import Task


class ModelPicker(PagePanel, widgets.ValueWidget):  # type: ignore[misc] # ipywidgets ships no types
    """A list of models to select one from; ``.value`` is its id, and ``.client()`` creates a client for it.

    Showing it sends no request: it offers the cached lists, and Refresh fetches them.

    Args:
        task: One of the six tasks. Only models that can do it are offered, the assigned one is selected at
            first, and a button assigns the selected one.
        provider: The provider whose models to offer, by its id, or its name if no other has the same. None
            offers those of all providers.
        kind: ``chat`` or ``embedding``, to offer only models that can do this; what the task needs if None.
        service: The service to pick from; the default file's if None.

    Raises:
        InvalidInputError: If there is no such task or kind, or several providers have this name.
        NotFoundError: If there is no such provider.

    Attributes:
        value: The selected model's id, or an empty string. It can be set and observed.
        provider_id: The id of its provider, or an empty string.
        selected: The model as its provider lists it; None if nothing is selected or the id is not listed.
        description: Its label among other controls; `ipywidgets.interact` sets it.
    """

    presenter: PickerPresenter

    value = traitlets.Unicode("").tag(sync=True)
    provider_id = traitlets.Unicode("")
    selected: Any = traitlets.Any(None)
    description = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self,
        task: Task | None = None,
        *,
        provider: str | None = None,
        kind: Literal["chat", "embedding"] | None = None,
        service: SettingsService | None = None,
    ) -> None:
        presenter = PickerPresenter(service, task=task or "", provider=provider or "", kind=kind or "")
        super().__init__(presenter=presenter)
        self._follow()
        me = weakref.ref(self)

        def follow() -> None:
            there = me()
            if there is not None:
                there._follow()  # noqa: SLF001 - `there` is this picker

        presenter.on_change(follow)

    def __repr__(self) -> str:
        return f"ModelPicker(value={self.value!r})"

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Accept what a page sets, except a value that cannot be a model's id or looks like a key (SEC-2)."""
        value = sync_data.get("value", "")
        is_id = isinstance(value, str) and len(value) <= LONGEST_CHARACTERS
        if not is_id or self.presenter.is_key(value):
            sync_data = {name: given for name, given in sync_data.items() if name != "value"}
        super().set_state(sync_data)

    @property
    def task(self) -> str:
        """The task that it picks for, or an empty string."""
        return str(self.presenter.task)

    def resolve(self) -> ResolvedModel:
        """The selected model, with provider, base URL and key ready to use.

        Raises:
            InvalidInputError: If nothing is selected, or the model's provider is not known.
            DispatchError: Everything that `SettingsService.resolve_model` raises.
        """
        if not self.value:
            raise InvalidInputError(
                [], message="Nothing is picked yet.", hint="Pick a model in the list, then run this again."
            )
        if not self.provider_id:
            raise InvalidInputError(
                [],
                message=f"It is not known who serves {clean(self.value, 80)}.",
                hint="Give the picker a provider: ModelPicker(provider=…).",
            )
        return self.service.resolve_model(self.provider_id, self.value)

    def client(self, **options: Any) -> Any:
        """A client for the selected model; see `ResolvedModel.client`.

        Args:
            **options: Arguments of the SDK's client.
        """
        return self.resolve().client(**options)

    def async_client(self, **options: Any) -> Any:
        """An async client for the selected model; see `ResolvedModel.async_client`.

        Args:
            **options: Arguments of the SDK's client.
        """
        return self.resolve().async_client(**options)

    def _follow(self) -> None:
        """Update the traits from the selection; observers of one of them see all updated."""
        picked = self.presenter.picked
        with self.presenter.hub.lock, self.hold_trait_notifications():
            self.provider_id, self.value = picked.provider_id, picked.model
            self.selected = self.presenter.listed

    @traitlets.observe("value")
    def _value_was_set(self, change: Mapping[str, Any]) -> None:
        """Code or a page has set the value: find the model's provider."""
        if change["new"] != self.presenter.picked.model:
            self.presenter.set_value(change["new"])
