"""A list to pick one model from, alone in a cell, for the code in the next one."""

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


class ModelPicker(PagePanel, widgets.ValueWidget):  # type: ignore[misc] # ipywidgets ships no types
    """Models to pick one from; what is picked is in ``.value``, and ``.client()`` is ready to use it.

    Showing it asks nobody: it offers the lists that are held, and Refresh fetches them.

    Args:
        task: One of the six tasks: models that can do it are offered, the one that it has now is picked
            at first, and a button gives it the one that is picked.
        provider: Whose models to offer: a provider's id, or its name if no other has the same; those of
            all providers if None.
        kind: ``chat`` or ``embedding``: only models that can do this; what the task needs if None.
        service: The service to pick from; the default file's if None.

    Raises:
        InvalidInputError: If there is no such task or kind, or several providers have this name.
        NotFoundError: If there is no such provider.

    Attributes:
        value: The model's id; empty while nothing is picked. May be set, and observed.
        provider_id: Whose model it is; empty while nothing is picked.
        selected: The model as its provider lists it; None while nothing is picked, or for an id that is
            not listed.
        description: Its name where it is one of several controls; `ipywidgets.interact` sets it.
    """

    presenter: PickerPresenter

    value = traitlets.Unicode("").tag(sync=True)
    provider_id = traitlets.Unicode("")
    selected: Any = traitlets.Any(None)
    description = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self,
        task: str | None = None,
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
                there._follow()  # noqa: SLF001 - it is its own

        presenter.on_change(follow)

    def __repr__(self) -> str:
        return f"ModelPicker(value={self.value!r})"

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take what a page sets; a value that is no model's id, or looks like a key, is left out (SEC-2)."""
        value = sync_data.get("value", "")
        is_id = isinstance(value, str) and len(value) <= LONGEST_CHARACTERS
        if not is_id or self.presenter.is_key(value):
            sync_data = {name: given for name, given in sync_data.items() if name != "value"}
        super().set_state(sync_data)

    @property
    def task(self) -> str:
        """The task that it picks for, or an empty text."""
        return str(self.presenter.task)

    def resolve(self) -> ResolvedModel:
        """What is picked, with provider, base URL and key ready to use.

        Raises:
            InvalidInputError: If nothing is picked, or it is not known whose model it is.
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
        """A client for what is picked; see `ResolvedModel.client`.

        Args:
            **options: What the SDK's client takes.
        """
        return self.resolve().client(**options)

    def async_client(self, **options: Any) -> Any:
        """A client to be awaited; see `ResolvedModel.async_client`.

        Args:
            **options: What the SDK's client takes.
        """
        return self.resolve().async_client(**options)

    def _follow(self) -> None:
        """Bring the traits in step with what is picked; who observes one of them sees the others in step."""
        picked = self.presenter.picked
        with self.presenter.hub.lock, self.hold_trait_notifications():
            self.provider_id, self.value = picked.provider_id, picked.model
            self.selected = self.presenter.listed

    @traitlets.observe("value")
    def _value_was_set(self, change: Mapping[str, Any]) -> None:
        """Code, or a page, has set the value: find out whose model it is."""
        if change["new"] != self.presenter.picked.model:
            self.presenter.set_value(change["new"])
