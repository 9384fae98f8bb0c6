"""A panel in one widget, without a page: what stands over the tabs, the tabs, and the open one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from dispatch_widgets.widgets.presenters.app import TABS
from dispatch_widgets.widgets.presenters.shared.encode import encode

from .presented import Window, next_id
from .presented_forms import plain
from .shown import Button, Tab, Words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from dispatch_widgets.widgets.page_panel import PagePanel

    from .shown import Shown

    Json = Mapping[str, Any]
    Send = Callable[[PagePanel, Json], Json]

NAMES = {"providers": "Providers", "models": "Models", "router": "Router", "settings": "Settings file"}


class AppWindow:
    """What one page keeps of a panel: which tab is open, and what each tab's window keeps.

    Args:
        panel: The panel.
        send: Sends a message and gives back its reply.
        copy: Puts a text on the clipboard.
        is_late: Whether the kernel answers later.
        move_focus: Called with the name of what gets the focus without the kernel.
    """

    def __init__(
        self,
        panel: PagePanel,
        send: Send,
        copy: Callable[[str], None],
        is_late: Callable[[], bool],
        move_focus: Callable[[str], None],
    ) -> None:
        self._panel, self._send, self._copy = panel, send, copy
        self._is_late, self._move_focus = is_late, move_focus
        self._open = panel.first
        self._asked = 0
        self._windows: dict[str, Window] = {}

    @property
    def _header_now(self) -> Json:
        """What the page gets in a moment, if it has not got it yet."""
        header: Json = encode(self._panel.app.header())
        return header

    @property
    def current(self) -> Window:
        """The window of the open tab."""
        self._do_asked()
        return self._window(self._open)

    def parts(self) -> Iterator[Shown]:
        """What the panel shows, in order."""
        current = self.current
        header = self._header_now
        if not self._panel.alone:
            yield from self._header(header)
        yield from self._bar(header)
        if not self._panel.alone:
            for tab in TABS:
                yield Tab(header["titles"][tab], tab == self._open, partial(self.show, tab))
        elif self._open != self._panel.first:
            yield Button(f"Back to {NAMES[self._panel.first]}", partial(self.show, self._panel.first))
        yield from current.parts()

    def focused(self, tab: str, focus: Json) -> str:
        """The name of what an answer moves the focus to; empty if that is not there."""
        return self._window(tab).focused(focus) if tab else ""

    def go_on(self) -> None:
        """The kernel answers now."""
        for window in self._windows.values():
            window.forms.go_on()

    def show(self, tab: str) -> None:
        """Open a tab."""
        self._open = tab
        self._send(self._panel, {"id": next_id(), "kind": "show", "tab": tab})

    def go(self, tab: str, args: Json) -> None:
        """Open the tab that something leads to, and look there for what is named."""
        if tab != self._open:
            self.show(tab)
        self._window(tab).look(args)

    def _window(self, tab: str) -> Window:
        if tab not in self._windows:
            self._windows[tab] = Window(
                self._panel,
                tab,
                self._send,
                copy=self._copy,
                is_late=self._is_late,
                move_focus=self._move_focus,
                go=self.go,
            )
        return self._windows[tab]

    def _do_asked(self) -> None:
        """What code asks for is done once."""
        asked = self._panel.asked
        if asked.get("n", 0) != self._asked:
            self._asked = asked["n"]
            self.show(asked["tab"])
            if form := asked.get("form"):
                self._window(self._open).look({**form["args"], "form": form["name"]})

    # -- what stands over the tabs -------------------------------------------------------------------

    def _header(self, header: Json) -> Iterator[Shown]:
        yield Words(header["file"], "heading")
        yield from (Words(header[name]) for name in ("folder", "why", "saved"))
        yield Button(header["copy_path"]["label"], partial(self._press, header["copy_path"]))

    def _bar(self, header: Json) -> Iterator[Shown]:
        bar = header.get("bar") if self._open != "settings" else None
        if "bar" not in header and "changed_outside" in header:
            bar = self._changed_outside(header)
        if bar:
            yield Words(f"{plain(bar['title'])} {plain(bar['text'])}".strip(), "", bar["tone"])
            for action in bar.get("actions", ()):
                yield Button(action["label"], partial(self._press, action))

    def _changed_outside(self, header: Json) -> Json | None:
        """What is said over a form that was filled from an earlier revision."""
        open_forms = (window.forms.current for window in self._windows.values())
        forms = [each.form for each in open_forms if each is not None]
        revision = header.get("revision", 0)
        behind = next((form for form in forms if form.get("revision", 0) < revision), None)
        if behind is None:
            return None
        note, seen = header["changed_outside"], behind.get("seen", "")
        before, version, after = note["text"].partition("You see the version of {seen}.")
        same = seen in {"", header.get("changed_at")}
        text = f"{before}{'' if same else version.format(seen=seen)}{after}"
        return {**note, "text": text.strip()}

    def _press(self, action: Json) -> None:
        if action.get("kind") == "go":
            self.go(action["name"], action.get("args", {}))
            return
        message = {"id": next_id(), "kind": "act", "tab": "", "name": action["name"], "args": {}}
        answer = self._send(self._panel, message)["answer"]
        if "copy" in answer:
            self._copy(answer["copy"])
        if action["name"] == "reload":
            for window in self._windows.values():
                window.forms.reload()
