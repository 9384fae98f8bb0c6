"""What is here already: key variables that are set, local servers that answer, each one press from use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from .._loop import background
from .._text import clean, plural
from ..detection import find_here_async, found_variables
from ..errors import ChangedMeanwhileError
from ..secrets import NO_KEY_NEEDED
from ._before_providers import why_off
from ._form_words import free_name
from ._format import address, tile
from ._news import News
from ._parts import able, button, classed, head, heading, make, say, shared, show, text
from ._states import is_local
from .item_list import ItemList

if TYPE_CHECKING:
    from collections.abc import Mapping
    from concurrent.futures import Future

    from ..detection import FoundHere as Found
    from ..detection import FoundServer, FoundVariable
    from ..settings.schema import Provider
    from ._rows import Action, Rich, Row
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
        self._hidden = False  # what was found; looking again shows it again
        self._looking: Future[Found] | None = None
        self._servers: tuple[FoundServer, ...] = ()
        self._looked = False
        self.list = make(ItemList, mode="manage", label="Found here", variant="dw-found")
        self.list.on_action(self._answer)
        self._fact = text("", "dw-sub")
        self.look = button("Look again", panel.does(self._look_again), classes="dw-quiet")
        self._hide_it = button("Hide", panel.does(self._hide), classes="dw-quiet")
        self._foot = text(_WORDS, "dw-sub")
        top = head(heading("Found here"), self._fact, actions=[self.look, self._hide_it])
        super().__init__([top, self.list, self._foot], layout=shared(widgets.Layout))
        classed(self, "dw-section")

    @property
    def rows(self) -> tuple[Row, ...]:
        """What was found and no provider uses, shown or hidden."""
        return self.list.rows

    @property
    def words(self) -> str:
        """What stands beside the heading, as HTML."""
        return str(self._fact.value)

    def draw(self, providers: tuple[Provider, ...]) -> None:
        """Look at the environment again, and show what no provider uses yet.

        The head stays also where nothing was found or all of it is hidden: a local server may be started
        at any time, and this is where to look for it.

        Args:
            providers: The providers there are.
        """
        self._take_answer()
        variables = {provider.key_variable for provider in providers if provider.key_variable}
        addresses = {address(provider.base_url) for provider in providers}
        add: Action = {"action": "add", "label": "Add", "icon": "plus"}
        if why_off(self._panel):
            add["disabled"], add["title"] = True, why_off(self._panel)
        rows: list[Row] = [
            {
                "id": _variable_id(found),
                "tile": tile(found.name),
                "title": clean(found.name),
                "line": _variable_line(found),
                "actions": [add],
            }
            for found in found_variables()
            if found.variable not in variables
        ]
        rows += [
            _server_row(found, add) for found in self._servers if address(found.base_url) not in addresses
        ]
        self.list.set_items(rows)
        say(self._fact, self._state(len(rows), bool(variables), any(map(is_local, providers))))
        able(self.look, self._looking is None, "Local ports are being asked")
        shown = bool(rows) and not self._hidden
        for part in (self.list, self._foot, self._hide_it):
            show(part, shown)

    def _state(self, count: int, used_variable: bool, used_server: bool) -> str:
        if self._looking is not None:
            return "Asking local ports…"
        if count:
            if self._hidden:
                return f"{count} hidden"
            if self._looked and not self._servers:
                return "In this kernel's environment. No local server answers."
            return f"In this kernel's environment{' and on local ports' if self._looked else ''}"
        variable = f"No {'other ' if used_variable else ''}key variable is set"
        if self._looked:
            return f"{variable}, and no {'other ' if used_server else ''}local server answers."
        return f"{variable} in this kernel. Local servers are asked when you look again."

    def close(self) -> None:
        """Stop looking, too."""
        if self._looking is not None:
            self._looking.cancel()
        super().close()

    def _hide(self) -> None:
        self._hidden = True

    # -- local servers -----------------------------------------------------------------------------

    def _look_again(self) -> None:
        """Ask the local servers' usual ports, in the background."""
        if self._looking is not None:
            return
        self._hidden = False
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
        found = next((each for each in found_variables() if _variable_id(each) == key), None)
        if found is None:
            # Nothing else is added in its place: what was pressed named another server, or a key (SEC-8).
            raise ChangedMeanwhileError("What was found here has changed. Nothing was added or sent.")
        if not found.base_url:
            self._panel.open_add(preset=found.preset.key)
            return
        provider = self._panel.service.add_provider(
            name=self._free(found.name),
            type=found.preset.type,
            api_key=found.reference,
            base_url=found.base_url,
        )
        self._panel.hub.ask(provider.id, force=True)

    def _free(self, name: str) -> str:
        return free_name(name, (provider.name for provider in self._panel.service.settings.providers))

    def _add_server(self, url: str) -> None:
        found = next((server for server in self._servers if server.base_url == url), None)
        if found is None:
            return
        if found.needs_key:
            self._panel.open_add(preset=found.preset.key)
            return
        provider = self._panel.service.add_provider(
            name=self._free(found.name),
            type=found.preset.type,
            api_key=NO_KEY_NEEDED,
            base_url=url,
        )
        self._panel.hub.ask(provider.id, force=True)


def _variable_id(found: FoundVariable) -> str:
    """With the server that is named in it: pressing Add is about this one."""
    named = found.named
    return found.preset.key if named is None else f"{found.preset.key} {named.base_url or named.companion}"


def _variable_line(found: FoundVariable) -> list[Rich]:
    line: list[Rich] = [[{"text": found.variable, "mono": True}, " is set in this kernel"]]
    return line if found.named is None else [*line, clean(found.named.words)]


def _server_row(found: FoundServer, add: Action) -> Row:
    where = address(found.base_url).split("/", 1)[0]
    if found.needs_key:
        words = f"Answers on {where} and wants a key"
    else:
        words = f"Answers on {where} with {plural(found.models or 0, 'model', zero='no')}"
    return {
        "id": f"{_SERVER}{found.base_url}",
        "tile": tile(found.name),
        "title": clean(found.name),
        "line": [words],
        "actions": [add],
    }
