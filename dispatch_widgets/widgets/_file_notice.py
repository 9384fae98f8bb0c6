"""What stands over a panel when another program took the file or its providers away (ST-8, ST-10)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from .._text import clean, plural
from ._format import clock, listed, stamp
from ._parts import Later, Note, button

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    import ipywidgets as widgets

    from ..service import SettingsService
    from ..settings.schema import Provider
    from .panel_root import PanelRoot

# Where the focus goes when the notice goes: the tab, or the first button of a panel that stands alone.
_ELSEWHERE = ".lm-TabBar-tab.lm-mod-current, .dw-section:not(.dw-file-notice) .dw-btn"
_MOST_NAMED = 3
_PUT_BACK_WORDS = (
    "It can be written again as it was shown here last. Otherwise the next save begins a new one."
)
_NOTHING_KNOWN = (
    "Nothing in it could be read. A backup can take its place, or the next save begins a new one."
)
_CANNOT_USE = "Until they are back, tasks cannot use their models."


class Around(Protocol):
    """The panel around the notice."""

    service: SettingsService
    root: PanelRoot

    @property
    def host(self) -> object | None:
        """The app around the panel, if there is one."""

    @property
    def now(self) -> datetime:
        """The present moment (UTC)."""

    def go(self, tab: str, **where: Any) -> None:
        """Show another tab of the app."""

    def does(self, work: Callable[[], object]) -> Callable[[], None]:
        """What a button is given to do."""


class FileNotice(Later):
    """The notice, its way out, and what was done; hidden, and not even made, while nothing is missing.

    Args:
        panel: The panel that it stands in.
    """

    def __init__(self, panel: Around) -> None:
        self._panel = panel
        self._note: Note | None = None
        self._done = self._undoable = ""
        super().__init__(self._make_note, "dw-section dw-file-notice")

    def close(self) -> None:
        """Take it out of the page, with the buttons that had no place in it."""
        for each in getattr(self, "_buttons", ()):
            each.close()
        super().close()

    def draw(self) -> None:
        """Say what is missing now, or what was brought back just now."""
        service = self._panel.service
        gone, missing = service.gone_at, service.removed_providers
        self.something_missing = gone is not None or service.lost_providers or bool(missing)
        if self.something_missing or (self._undoable and service.undoable != self._undoable):
            self._done = self._undoable = ""
        self.show(self.something_missing or bool(self._done))
        if self._note is None:
            return
        if gone is not None:
            self._say_gone(self._note, gone)
        elif self.something_missing:
            self._say_removed(self._note, missing)
        elif self._done:
            actions = [self._undo if self._undoable else self._dismiss]
            self._note.set("ok", self._done, actions=actions)

    something_missing = False

    @property
    def words(self) -> str:
        """What it says, as HTML; empty while it is hidden."""
        shown = self.something_missing or bool(self._done)
        return self._note.content if self._note is not None and shown else ""

    @property
    def buttons(self) -> tuple[widgets.Button, ...]:
        """Its buttons."""
        return self._note.buttons if self._note is not None else ()

    def _make_note(self) -> list[widgets.Widget]:
        panel = self._panel
        self._note = Note()
        self._put_back = button("Put it back", panel.does(self._press_put_back), icon="undo", style="primary")
        self._bring_back = button(
            "Bring them back",
            panel.does(self._press_bring_back),
            icon="undo",
            style="primary",
            classes="dw-bring-back",
        )
        self._backups = button("See the backups", lambda: panel.go("settings"))
        self._undo = button("Undo", panel.does(self._press_undo), icon="undo", classes="dw-take-back")
        self._dismiss = button("Dismiss", panel.does(self._forget), classes="dw-quiet")
        self._buttons = (self._put_back, self._bring_back, self._backups, self._undo, self._dismiss)
        return [self._note]

    def _say_gone(self, note: Note, gone_at: datetime) -> None:
        service = self._panel.service
        title = f"{clean(service.path.name)} was deleted or moved at {clock(gone_at, self._panel.now)}."
        if service.can_put_back:
            note.set("warn", title, _PUT_BACK_WORDS, actions=[self._put_back])
        else:
            note.set("warn", title, _NOTHING_KNOWN, actions=self._to_backups())

    def _say_removed(self, note: Note, missing: tuple[Provider, ...]) -> None:
        all_gone = self._panel.service.lost_providers or not self._panel.service.settings.providers
        title = f"Another program removed {'your providers' if all_gone else _names(missing)}."
        copy = self._panel.service.kept_copy if missing else None
        if copy is None:
            words = f"No copy of them is kept here. A backup of the file may have them. {_CANNOT_USE}"
            note.set("warn", title, words, actions=self._to_backups())
            return
        one = len(missing) == 1
        held = f"{_names(missing)} {'is' if one else 'are'} kept as saved here on {stamp(copy.saved_at)}."
        self._bring_back.description = self._bring_back.tooltip = (
            "Bring it back" if one else "Bring them back"
        )
        note.set("warn", title, f"{held} {_CANNOT_USE}", actions=[self._bring_back])

    def _to_backups(self) -> list[widgets.Button]:
        return [self._backups] if self._panel.host is not None else []

    def _press_put_back(self) -> None:
        self._panel.service.put_back()
        self._done = "The file is back, as it was shown here last."
        self._say_done(".dw-quiet")

    def _press_bring_back(self) -> None:
        back = self._panel.service.bring_back_providers()
        self._undoable = self._panel.service.undoable
        self._done = f"{_names(back)} {'is' if len(back) == 1 else 'are'} back."
        self._say_done(".dw-take-back")

    def _press_undo(self) -> None:
        if self._undoable and self._panel.service.undoable == self._undoable:
            self._panel.service.undo()
            self._panel.root.say("Undone")
        self._panel.root.focus(".dw-file-notice .dw-bring-back")

    def _forget(self) -> None:
        self._done = ""
        self._panel.root.focus(_ELSEWHERE)

    def _say_done(self, button: str) -> None:
        self._panel.root.say(self._done)
        self._panel.root.focus(f".dw-file-notice {button}")


def _names(providers: tuple[Provider, ...]) -> str:
    """The providers' names, or how many they are."""
    if len(providers) > _MOST_NAMED:
        return plural(len(providers), "provider")
    return listed(clean(provider.name, 60) for provider in providers)
