"""The section "Found here": key variables that are set and local servers that answer, ready to add."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ...._loop import background
from ...._text import clean, plural
from ....detection import find_here_async, found_variables
from ....errors import ChangedMeanwhileError
from ....secrets import NO_KEY_NEEDED
from ....urls import leads_here
from ..._format import address, tile
from ..shared.file_notice import why_not_writable
from ..shared.views import Action, Answer, Focus, Opening, Row, Run, Section
from .form_words import free_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future

    from ...._terms import ProviderType
    from ....detection import FoundHere as Found
    from ....detection import FoundServer, FoundVariable
    from ....settings.schema import Provider
    from ..hub.hub import Hub
    from ..shared.arguments import Arguments
    from ..shared.presenter import Handler
    from ..shared.views import Words

SECTION = "found"
_SERVER = "server:"
_FOOT = (
    "A key found this way is not copied. The file gets the variable's name, and the value is read when it is "
    "used."
)


class FoundHere:
    """The section "Found here".

    Variables are looked up automatically; local servers are asked only when "Look again" is pressed.

    Args:
        hub: The service's hub.
        added: Called with the id of an added provider.
    """

    def __init__(self, hub: Hub, added: Callable[[str], object]) -> None:
        self._hub = hub
        self._tell_added = added
        self._hidden = False
        self._request: Future[Found] | None = None
        self._asked = False
        self._servers: tuple[FoundServer, ...] = ()

    @property
    def handlers(self) -> dict[str, Handler]:
        """The handlers of its actions."""
        return {"look_for_servers": self._ask_servers, "hide_found": self._hide, "add_found": self._add}

    def stop(self) -> None:
        """Cancel the search for servers."""
        if self._request is not None:
            self._request.cancel()

    def taken_answer(self) -> str:
        """Take in a finished search for servers; returns the announcement, empty for none."""
        done = self._request
        if done is None or not done.done():
            return ""
        self._request, self._asked, self._servers = None, True, ()
        if done.cancelled() or done.exception() is not None:
            return ""
        self._servers = done.result().servers
        count = len(self._servers)
        return f"{plural(count, 'local server')} found" if count else "No local server answers"

    def section(self, providers: Sequence[Provider]) -> Section:
        """The section, with what no provider uses yet.

        The heading stays even if nothing was found or everything is hidden: a local server may be started at
        any time, and "Look again" is here.
        """
        variables = {provider.key_variable for provider in providers if provider.key_variable}
        addresses = {address(provider.base_url) for provider in providers}
        add = Action("add_found", "Add", icon="plus", off=why_not_writable(self._hub.service))
        rows = [_variable_row(found, add) for found in found_variables() if found.variable not in variables]
        rows += [
            _server_row(found, add) for found in self._servers if address(found.base_url) not in addresses
        ]
        used_server = any(leads_here(provider.base_url) for provider in providers)
        off = "Local ports are being asked" if self._request is not None else ""
        look = Action("look_for_servers", "Look again", style="quiet", off=off)
        shown = bool(rows) and not self._hidden
        return Section(
            SECTION,
            "Found here",
            self._fact(len(rows), bool(variables), used_server),
            actions=(look, Action("hide_found", "Hide", style="quiet")) if shown else (look,),
            rows=tuple(rows) if shown else (),
            foot=_FOOT if shown else "",
        )

    @property
    def offers_something(self) -> bool:
        """Whether a variable or a server was found, even if hidden."""
        return bool(found_variables() or self._servers)

    def _fact(self, count: int, used_variable: bool, used_server: bool) -> str:
        if self._request is not None:
            return "Asking local ports…"
        if count:
            if self._hidden:
                return f"{count} hidden"
            if self._asked and not self._servers:
                return "In this kernel's environment. No local server answers."
            return f"In this kernel's environment{' and on local ports' if self._asked else ''}"
        variable = f"No {'other ' if used_variable else ''}key variable is set"
        if self._asked:
            return f"{variable}, and no {'other ' if used_server else ''}local server answers."
        return f"{variable} in this kernel. Local servers are asked when you look again."

    # ---- doing

    def _ask_servers(self, _args: Arguments) -> None:
        if self._request is not None:
            return
        self._hidden, hub = False, self._hub
        self._request = background.submit(find_here_async())
        self._request.add_done_callback(lambda _done: hub.post("panels"))

    def _hide(self, _args: Arguments) -> None:
        self._hidden = True

    def _add(self, args: Arguments) -> Answer:
        row = args.text("found")
        if row.startswith(_SERVER):
            return self._add_server(row.removeprefix(_SERVER))
        found = next((each for each in found_variables() if _variable_id(each) == row), None)
        if found is None:
            # Nothing is added in its place: the pressed button named another server or key (SEC-8).
            raise ChangedMeanwhileError("What was found here has changed. Nothing was added or sent.")
        if not found.base_url:
            return _to_form(found.preset.key)
        return self._added(found.name, found.preset.type, found.reference, found.base_url)

    def _add_server(self, url: str) -> Answer:
        found = next((server for server in self._servers if server.base_url == url), None)
        if found is None:
            raise ChangedMeanwhileError("What was found here has changed. Nothing was added or sent.")
        if found.needs_key:
            return _to_form(found.preset.key)
        return self._added(found.name, found.preset.type, NO_KEY_NEEDED, url)

    def _added(self, name: str, type: ProviderType, key: str, base_url: str) -> Answer:  # noqa: A002
        service = self._hub.service
        free = free_name(name, service)
        provider = service.add_provider(name=free, type=type, api_key=key, base_url=base_url)
        self._tell_added(provider.id)
        self._hub.ask(provider.id, force=True)
        return Answer(focus=Focus(row=provider.id))


def _to_form(preset: str) -> Answer:
    return Answer(open=Opening(form="provider", args={"preset": preset}))


def _variable_id(found: FoundVariable) -> str:
    """The row's id; it contains the named server, so that pressing Add is about this server only."""
    named = found.named
    return found.preset.key if named is None else f"{found.preset.key} {named.base_url or named.companion}"


def _variable_row(found: FoundVariable, add: Action) -> Row:
    line: tuple[Words, ...] = ((Run(found.variable, mono=True), " is set in this kernel"),)
    if found.named is not None:
        line = (*line, clean(found.named.words))
    row = _variable_id(found)
    return Row(
        row, clean(found.name), line, tile=tile(found.name), actions=(replace(add, args={"found": row}),)
    )


def _server_row(found: FoundServer, add: Action) -> Row:
    where = address(found.base_url).split("/", 1)[0]
    if found.needs_key:
        words = f"Answers on {where} and wants a key"
    else:
        words = f"Answers on {where} with {plural(found.models or 0, 'model', zero='no')}"
    row, name = f"{_SERVER}{found.base_url}", found.name
    return Row(row, clean(name), (words,), tile=tile(name), actions=(replace(add, args={"found": row}),))
