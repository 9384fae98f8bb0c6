"""What is here already: key variables that are set, local servers that answer, each one press from use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from .._loop import background
from .._text import clean
from ..finding import find_here_async, found_variables
from ..presets import find_preset
from ..secrets import NO_KEY_NEEDED
from ._format import address, plural, tile
from ._news import News
from ._parts import able, button, classed, head, heading, make, say, shared, show, text
from .item_list import ItemList

if TYPE_CHECKING:
    from collections.abc import Mapping
    from concurrent.futures import Future

    from ..finding import FoundHere as Found
    from ..finding import FoundServer
    from ..settings.schema import Provider
    from ._rows import Row
    from .providers import ProvidersPanel

_WORDS = (
    "A key found this way is not copied. The file gets the variable's name, and the value is read when it is "
    "used."
)
_SERVER = "server:"


class FoundHere(widgets.VBox):  # type: ignore[misc] # ipywidgets ships no types
    """The section "Found here" of the Providers tab.

    Variables are looked at by itself, local servers are asked only when "Look again" is pressed.

    Args:
        panel: The panel that it stands in.

    Attributes:
        list: What was found.
        look: The button that asks local servers.
    """

    def __init__(self, panel: ProvidersPanel) -> None:
        self._panel = panel
        self._hidden = False
        self._made = False
        self._looking: Future[Found] | None = None
        self._servers: tuple[FoundServer, ...] = ()
        self._looked = False
        self.list = make(ItemList, mode="manage", label="Found here", variant="dw-found")
        self.list.on_action(self._answer)
        super().__init__(layout=shared(widgets.Layout, hidden=True))
        classed(self, "dw-section")

    def _make(self) -> list[widgets.Widget]:
        panel = self._panel
        self._fact = text("", "dw-sub")
        self.look = button("Look again", panel.does(self._look_again), classes="dw-quiet")
        hide = button("Hide", panel.does(self._hide), classes="dw-quiet")
        self._foot = text(_WORDS, "dw-sub")
        return [head(heading("Found here"), self._fact, actions=[self.look, hide]), self.list, self._foot]

    @property
    def rows(self) -> tuple[Row, ...]:
        """What was found, as it is shown."""
        return self.list.rows

    @property
    def words(self) -> str:
        """What stands beside the heading, as HTML; empty before the section is shown."""
        return str(self._fact.value) if self._made else ""

    def draw(self, providers: tuple[Provider, ...]) -> None:
        """Look at the environment again, and show what no provider uses yet.

        Args:
            providers: The providers there are.
        """
        self._take_answer()
        variables = {provider.key_variable for provider in providers}
        addresses = {address(provider.base_url) for provider in providers}
        rows: list[Row] = [
            {
                "id": found.preset.key,
                "tile": tile(found.preset.name),
                "title": found.preset.name,
                "line": [[{"text": found.variable, "mono": True}, " is set in this kernel"]],
                "actions": [{"action": "add", "label": "Add", "icon": "plus"}],
            }
            for found in found_variables()
            if found.variable not in variables
        ]
        rows += [_server_row(found) for found in self._servers if address(found.base_url) not in addresses]
        self.list.set_items(rows)
        # It stands there when there is something to show, and where somebody begins.
        wanted = bool(rows) or not providers or self._looked or self._looking is not None
        if wanted and not self._made:  # made when there is something to show, which may be never
            self._made = True
            self.children = tuple(self._make())
        show(self, wanted and not self._hidden)
        if self._made:
            self._draw_head(any_rows=bool(rows))

    def _draw_head(self, *, any_rows: bool) -> None:
        looking = self._looking is not None
        if looking:
            words = "Asking local ports…"
        elif not any_rows:
            words = (
                "No key variable is set, and no local server answers."
                if self._looked
                else "No key variable is set in this kernel. Local servers are asked when you look again."
            )
        else:
            words = "In this kernel's environment" + (" and on local ports" if self._looked else "")
        say(self._fact, words)
        able(self.look, not looking, "Local ports are being asked")
        show(self._foot, any_rows)

    def close(self) -> None:
        """Close the list too, which has no place while there is nothing to show."""
        if self._looking is not None:
            self._looking.cancel()
        self.list.close()
        super().close()

    def _hide(self) -> None:
        self._hidden = True

    # -- local servers -----------------------------------------------------------------------------

    def _look_again(self) -> None:
        """Ask the local servers' usual ports, in the background."""
        if self._looking is not None:
            return
        self._looking = background.submit(find_here_async())
        self._looking.add_done_callback(lambda _done: self._panel.hub.post(News("shared")))

    def _take_answer(self) -> None:
        done = self._looking
        if done is None or not done.done():
            return
        self._looking, self._looked = None, True
        if done.cancelled() or done.exception() is not None:
            self._servers = ()
            return
        self._servers = done.result().servers
        self._panel.root.say(
            f"{plural(len(self._servers), 'local server')} found"
            if self._servers
            else "No local server answers"
        )

    # -- adding ------------------------------------------------------------------------------------

    def _answer(self, action: str, row: str, _data: Mapping[str, Any]) -> None:
        if action == "add":
            self._panel.act(lambda: self._add(row))

    def _add(self, key: str) -> None:
        if key.startswith(_SERVER):
            self._add_server(key.removeprefix(_SERVER))
            return
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

    def _add_server(self, url: str) -> None:
        found = next((server for server in self._servers if server.base_url == url), None)
        if found is None:
            return
        if found.needs_key:
            self._panel.open_add(preset=found.preset.key)
            return
        provider = self._panel.service.add_provider(
            name=found.preset.name, type=found.preset.type, api_key=NO_KEY_NEEDED, base_url=url
        )
        self._panel.hub.ask(provider.id, force=True)


def _server_row(found: FoundServer) -> Row:
    where = address(found.base_url).split("/", 1)[0]
    if found.needs_key:
        words = f"Answers on {where} and wants a key"
    else:
        words = f"Answers on {where} with {plural(found.models or 0, 'model')}"
    return {
        "id": f"{_SERVER}{found.base_url}",
        "tile": tile(found.preset.name),
        "title": clean(found.preset.name),
        "line": [words],
        "actions": [{"action": "add", "label": "Add", "icon": "plus"}],
    }
