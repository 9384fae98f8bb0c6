"""What is here already: key variables that are set in this kernel, each one press away from use."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from ..presets import PRESETS, find_preset
from ._format import tile
from ._parts import button, classed, head, heading, make, markup, shared, show, text
from .item_list import ItemList

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..settings.schema import Provider
    from ._rows import Row
    from .providers import ProvidersPanel

_WORDS = (
    "A key found this way is not copied. The file gets the variable's name, and the value is read when it is "
    "used."
)


class FoundHere(widgets.VBox):  # type: ignore[misc] # ipywidgets ships no types
    """The section "Found here" of the Providers tab.

    Args:
        panel: The panel that it stands in.

    Attributes:
        list: What was found.
    """

    def __init__(self, panel: ProvidersPanel) -> None:
        self._panel = panel
        self._hidden = False
        self._made = False
        self.list = make(ItemList, mode="manage", label="Found here", variant="dw-found")
        self.list.on_action(self._answer)
        super().__init__(layout=shared(widgets.Layout, hidden=True))
        classed(self, "dw-section")

    def _make(self) -> list[widgets.Widget]:
        panel = self._panel
        top = head(
            heading("Found here"),
            markup('<span class="dw-wide-only">Set in the environment of this kernel</span>', "dw-sub"),
            actions=[
                button("Look again", panel.does(lambda: None), classes="dw-quiet"),
                button("Hide", panel.does(self._hide), classes="dw-quiet"),
            ],
        )
        return [top, self.list, text(_WORDS, "dw-sub")]

    @property
    def rows(self) -> tuple[Row, ...]:
        """What was found, as it is shown."""
        return self.list.rows

    def draw(self, providers: tuple[Provider, ...]) -> None:
        """Look again, and show what no provider uses yet.

        Args:
            providers: The providers there are.
        """
        taken = {provider.key_variable for provider in providers}
        rows: list[Row] = [
            {
                "id": preset.key,
                "tile": tile(preset.name),
                "title": preset.name,
                "line": [[{"text": str(preset.key_variable), "mono": True}, " is set in this kernel"]],
                "actions": [{"action": "add", "label": "Add", "icon": "plus"}],
            }
            for preset in PRESETS
            if preset.key_variable not in taken and os.environ.get(preset.key_variable or "", "").strip()
        ]
        self.list.set_items(rows)
        if rows and not self._made:  # made when there is something to show, which may be never
            self._made = True
            self.children = tuple(self._make())
        show(self, bool(rows) and not self._hidden)

    def close(self) -> None:
        """Close the list too, which has no place while there is nothing to show."""
        self.list.close()
        super().close()

    def _hide(self) -> None:
        self._hidden = True

    def _answer(self, action: str, row: str, _data: Mapping[str, Any]) -> None:
        if action == "add":
            self._panel.act(lambda: self._add(row))

    def _add(self, key: str) -> None:
        preset = find_preset(key)
        if preset is None:
            return
        provider = self._panel.service.add_provider(
            name=preset.name,
            type=preset.type,
            api_key=f"${{{preset.key_variable}}}",
            base_url=None if preset.type == "anthropic" else preset.base_url,
        )
        self._panel.hub.ask(provider.id, force=True)
