"""The page before a panel, without a browser: sends what a page sends, and follows the answers to it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Self

from dispatch_widgets.widgets.presenters.hub.hub import hub_of

from .presented_app import AppWindow
from .wire import say_from_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from dispatch_widgets.widgets.page_panel import PagePanel

    from .shown import Shown
    from .wire import Outbox

    Json = Mapping[str, Any]


class Page:
    """The page before a panel.

    Args:
        panel: The panel.
        outbox: What the kernel sends.
    """

    def __init__(self, panel: PagePanel, outbox: Outbox) -> None:
        self._panel, self._outbox = panel, outbox
        self._late = False
        self._focused: Callable[[], str] = str
        self.heard: list[str] = []
        """What was said aloud after what was pressed here."""
        self.copied = ""
        """What was put on the clipboard last."""
        self._window = AppWindow(panel, self._ask, self._copy, lambda: self._late, self._move_focus)

    def __enter__(self) -> Self:
        self._late = True
        return self

    def __exit__(self, *_error: object) -> None:
        self._late = False
        self._window.go_on()

    def parts(self) -> Iterator[Shown]:
        """What the panel shows, in order."""
        yield from self._window.parts()

    def focused(self) -> str:
        """The name of what the focus was moved to last; empty if it was not."""
        return self._focused()

    def settle(self) -> None:
        """Wait until nobody is being asked and everything is drawn."""
        from .person import until

        hub = hub_of(self._panel.service)
        until(lambda: not hub.requests)
        assert hub.events.settle()

    def _ask(self, panel: PagePanel, message: Json) -> Json:
        since = len(self._outbox.messages)
        say_from_page(panel, message)
        contents = (content for _, content in self._outbox.contents(since))
        reply = next(content for content in contents if content.get("id") == message["id"])
        answer = reply.get("answer", {})
        if words := answer.get("say"):
            self.heard.append(words)
        if focus := answer.get("focus"):
            self._focused = partial(self._window.focused, message["tab"], focus)
        return reply

    def _copy(self, text: str) -> None:
        self.copied = text

    def _move_focus(self, name: str) -> None:
        self._focused = lambda: name
