"""The header of the app above its four tabs: the file, who saved it last, and messages above all tabs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..._text import clean
from ...errors import InvalidInputError
from .._format import at_clock, clock, folder
from .._summary import why_this_file
from .hub.hub import hub_of
from .models.presenter import ModelsPresenter
from .providers.presenter import ProvidersPresenter
from .router.presenter import RouterPresenter
from .settings_file.presenter import SettingsFilePresenter
from .shared.arguments import MismatchError
from .shared.views import Action, Answer, Fact, Header, Note

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ...service import SettingsService
    from .hub.events import Events
    from .shared.presenter import Presenter
    from .shared.views import Tab

_UNREADABLE = Note(
    "error",
    "This file cannot be read.",
    "Nothing is written to it until it is mended.",
    (Action("settings", "See the ways out", kind="go"),),
)
_KEYS = (
    Fact("?", "Show or hide this list"),
    Fact("← →", "Go along the tabs or the kinds of models"),
    Fact("↑ ↓", "Go through the rows of a list"),
    Fact("Home End", "Go to the first or the last one"),
    Fact("Page ↑ ↓", "Go a page on in a list"),
    Fact("→ ←", "Go to the buttons of a row, and back"),
    Fact("→", "Show or hide the details of a model"),
    Fact("Enter", "Open the tab, edit the row, add the model, or save the form"),
    Fact("Delete", "Ask to delete the row, or the entries that are selected"),
    Fact("R", "Refresh the provider of the row, or those that are selected"),
    Fact("A letter", "Search the models, or go to the provider that begins so"),
    Fact("Space, Shift + ↑ ↓, Ctrl or ⌘ + A", "Select a model or a row, a run of them, all that are found"),
    Fact("Esc", "Clear the search, then the selection; answer no; leave a form, which keeps what was typed"),
)

_KINDS: dict[Tab, type[Presenter]] = {
    kind.tab: kind for kind in (ProvidersPresenter, ModelsPresenter, RouterPresenter, SettingsFilePresenter)
}
TABS = tuple(_KINDS)
"""The tabs, in order."""


class AppPresenter:
    """The header and the tabs: all four in the app, in a single panel those that it needs.

    Args:
        service: The service to show; the default file's if None.
        own: The presenter of a panel with a single tab; None for the app.

    Attributes:
        own: The presenter of a panel with a single tab; None for the app.
        tabs: The presenters created so far, by tab.
    """

    def __init__(self, service: SettingsService | None = None, *, own: Presenter | None = None) -> None:
        if own is not None:
            service = own.service
        elif service is None:
            from ...service.default import default_service

            service = default_service()
        self.service = service
        self.hub = hub_of(service)
        self.own = own
        self.tabs: dict[Tab, Presenter] = {}
        self._callbacks: list[Callable[[], None]] = []
        self._header: Header | None = None
        for presenter in [own] if own is not None else [kind(service) for kind in _KINDS.values()]:
            self._add(presenter)
        self.hub.events.listen(self._on_events)  # after the tabs, whose titles are in the header

    def close(self) -> None:
        """Stop following the service."""
        self.hub.events.stop_listening(self._on_events)
        self._callbacks.clear()
        for presenter in self.tabs.values():
            presenter.close()

    def tab(self, name: str) -> Presenter:
        """The presenter of a tab; created when it is first needed.

        Raises:
            MismatchError: If there is no such tab.
        """
        tab = next((each for each in _KINDS if each == name), None)
        if tab is None:
            raise MismatchError
        with self.hub.lock:
            if tab not in self.tabs:
                self._add(_KINDS[tab](self.service))
            return self.tabs[tab]

    def tab_of_form(self, name: str) -> Tab:
        """The tab that has a form.

        Raises:
            InvalidInputError: If there is no form of this name.
        """
        forms = {form: tab for tab in _KINDS for form in self.tab(tab).forms}
        if name not in forms:
            raise InvalidInputError(
                [], message=f"There is no form {clean(name, 40)!r}.", hint=f"Use one of {', '.join(forms)}."
            )
        return forms[name]

    @property
    def first_tab(self) -> Tab:
        """The tab that is shown first; in the app the Settings file tab if the file cannot be read."""
        if self.own is not None:
            return self.own.tab
        return "providers" if self.service.problem is None else "settings"

    def header(self) -> Header:
        """The current header."""
        with self.hub.lock:
            if self._header is None:
                self._header = self._made()
            return self._header

    def act(self, name: str, args: Mapping[str, object] | None = None) -> Answer:
        """Do an action of the header: read the file again, or copy its path.

        A page that has reloaded requests its open forms again.

        Args:
            name: The action's name.
            args: Its arguments.
        """
        if name != "reload":
            return self.tab("settings").act(name, args)
        with self.hub.lock:
            self.service.reload()
            self._update()
        return Answer()

    def on_change(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back, from any thread, whenever `header` changes.

        Returns:
            A function that ends this.
        """
        self._callbacks.append(callback)

        def stop() -> None:
            if callback in self._callbacks:
                self._callbacks.remove(callback)

        return stop

    def _add(self, presenter: Presenter) -> None:
        self.tabs[presenter.tab] = presenter
        presenter.on_change(self._update)

    def _on_events(self, events: Events) -> None:  # noqa: ARG002 - any event may change the header
        self._update()

    def _update(self) -> None:
        with self.hub.lock:
            before, self._header = self._header, self._made()
            if before is not None and self._header != before:
                for callback in tuple(self._callbacks):
                    callback()

    def _made(self) -> Header:
        service, changed = self.service, self.hub.changed_at
        header = Header(
            bar=None if service.problem is None else _UNREADABLE,
            revision=self.hub.revision,
            changed_at=clock(changed, self.hub.now) if changed is not None else "",
            changed_outside=self._changed_outside(),
            keys=_KEYS,
            keys_name="Keys",
        )
        if self.own is not None:
            return header
        return replace(
            header,
            file=clean(service.path.name),
            folder=folder(service.path),
            why=why_this_file(service),
            saved=self._saved_words(),
            copy_path=Action("copy_path", "Copy path", icon="copy", style="quiet", icon_only=True),
            titles={tab: presenter.view().title for tab, presenter in self.tabs.items()},
        )

    def _saved_words(self) -> str:
        """Who saved the file last, and when."""
        service, now = self.service, self.hub.now
        if service.problem is not None:
            return "Read-only until it is mended"
        gone, saved = service.gone_at, service.saved_at
        if gone is not None:
            return f"Deleted or moved {at_clock(gone, now)}"
        if saved is None:
            return "Nothing saved yet"
        by = service.saved_by
        verb = "Changed" if by == "another program" else "Saved"
        return f"{verb} {clock(saved, now)}{f' by {by}' if by else ''}"

    def _changed_outside(self) -> Note | None:
        """The message in a window whose open form was filled from an earlier revision."""
        changed = self.hub.changed_at
        if changed is None or self.service.problem is not None:
            return None
        return Note(
            "info",
            f"Changed outside {at_clock(changed, self.hub.now)}.",
            "You see the version of {seen}. Your open form stays as it is.",
            (Action("reload", "Reload", icon="refresh"),),
        )
