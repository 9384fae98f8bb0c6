"""The app in a notebook, over a demo server that the test itself runs: what tests of panels drive.

The server stands in the test's process and the settings file in the test's folder, so that a test sees
every request and every byte without asking the kernel.
"""

from __future__ import annotations

import copy
import json
import os
import re
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from dispatch_widgets.demo import DemoServer
from dispatch_widgets.demo.samples import write_sample

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Locator, Page

MODELS = 24
"""How many models the large account lists unless a test says otherwise: all kinds are among them."""

TABS = ("Providers", "Models", "Router", "Settings file")

_SHUT_DOWN = "async () => { await window.jupyterapp.shell.currentWidget.sessionContext.shutdown(); }"

_FOCUSED = """() => {
    const node = document.activeElement;
    const named = node.getAttribute("aria-label") ?? node.labels?.[0]?.textContent ?? node.textContent;
    return { name: (named ?? "").trim(), inside: Boolean(node.closest(".dw-panel")) };
}"""

# The kernel sends what moves the focus when it gets round to it: late where it is busy, always in order.
_LATE_FOCUS = """
import queue as _queue, threading as _threading, time as _time
import ipywidgets as _ipywidgets

def _delay_focus(send, seconds, waiting=_queue.Queue()):
    def late(widget, content, buffers=None):
        if isinstance(content, dict) and content.get("kind") == "focus":
            waiting.put((_time.monotonic() + seconds, widget, content, buffers))
        else:
            send(widget, content, buffers)

    def pass_on():
        while True:
            due, *message = waiting.get()
            _time.sleep(max(0, due - _time.monotonic()))
            send(*message)

    _ipywidgets.Widget.send = late
    _threading.Thread(target=pass_on, daemon=True).start()

_delay_focus(_ipywidgets.Widget.send, {seconds})
"""

_CELLS = """() => window.jupyterapp.shell.currentWidget.content.widgets.map(
    (cell) => cell.model.sharedModel.getSource())"""

# Everything in a panel that ends right of it, but for what may scroll in a frame of its own.
_BEYOND = """(panel) => {
    const { right } = panel.getBoundingClientRect();
    const nodes = [...panel.querySelectorAll("*")].filter((node) => {
        const frame = node.closest(".dw-chips, .lm-TabBar, pre, code, .dw-code, .dw-sr");
        return !frame && node.checkVisibility() && node.getBoundingClientRect().right > right + 0.5;
    });
    return nodes.map((node) => node.outerHTML.slice(0, 120));
}"""


class App:
    """The app in a notebook's output.

    Attributes:
        server: The demo server; its keys are the only ones that work.
        path: The settings file.
        notebook: The notebook and its page.
        late_seconds: How long the kernel keeps back what moves the focus; ``DISPATCH_LATE_FOCUS`` sets it
            for a whole run.

    Args:
        notebook: A notebook of the test's own.
        folder: Where the settings file is to be.
        key: The key of the server's large account.
    """

    def __init__(self, notebook: Any, folder: Path, key: str) -> None:
        self.notebook = notebook
        self.folder = folder
        self.path = folder / "dispatch.settings.json"
        self.server = DemoServer(models=MODELS, api_key=key)
        self.late_seconds = float(os.environ.get("DISPATCH_LATE_FOCUS", "0"))

    def in_window(self, notebook: Any) -> App:
        """The same app in another window on the same notebook, which need not run anything there.

        Args:
            notebook: The notebook's file in the other window.
        """
        other = copy.copy(self)
        other.notebook = notebook
        self.notebook.save()
        notebook.show(run=False, width=1000, height=1400)
        expect(other.panel).to_be_visible(timeout=30_000)
        return other

    @property
    def page(self) -> Page:
        """The page of the notebook."""
        page: Page = self.notebook.page
        return page

    @property
    def panel(self) -> Locator:
        """The first panel in the notebook's outputs."""
        found: Locator = self.notebook.output(".dw-panel").first
        return found

    # -- opening -----------------------------------------------------------------------------------

    def cell(self, *, timeout_seconds: float = 10.0) -> str:
        """The source of a cell that makes a service over the settings file."""
        late = _LATE_FOCUS.format(seconds=self.late_seconds) if self.late_seconds else ""
        return (
            f"{late}import dispatch_widgets as dw\n"
            f"service = dw.SettingsService({str(self.path)!r}, timeout_seconds={timeout_seconds})"
        )

    def write(self, *, old: bool = False, change: Callable[[dict[str, Any]], object] | None = None) -> None:
        """Write a sample settings file that leads to the server.

        Args:
            old: Whether it is one from before providers.
            change: Alters the document before a panel sees it.
        """
        write_sample(self.folder, self.server, old=old)
        if change is not None:
            self.change(change)

    def open(
        self,
        *cells: str,
        lists: bool = False,
        timeout_seconds: float = 10.0,
        width: int = 1000,
        height: int = 1400,
    ) -> Locator:
        """Open a notebook with a service, and the app over it.

        Args:
            cells: What to run after the service is made; the app alone by default.
            lists: Whether every provider's models are there already when the panel is made.
            timeout_seconds: The service's.
            width: Of the page, in pixels.
            height: Of the page, in pixels.
        """
        first = self.cell(timeout_seconds=timeout_seconds)
        if lists:
            first += "\n_ = service.refresh_all()"
        shown = cells or ("panel = dw.panel(service)\npanel",)
        self.notebook.open(first, *shown, width=width, height=height)
        expect(self.panel).to_be_visible(timeout=30_000)
        return self.panel

    def reopen(self) -> None:
        """End the kernel and open the notebook's file again, without running it."""
        self.page.evaluate(_SHUT_DOWN)
        self.notebook.show(run=False)

    # -- the settings file -------------------------------------------------------------------------

    def document(self) -> dict[str, Any]:
        """What is in the settings file now."""
        found: dict[str, Any] = json.loads(self.path.read_text(encoding="utf-8"))
        return found

    def change(self, change: Callable[[dict[str, Any]], object]) -> None:
        """Change the settings file as another program does: in place, without a lock."""
        document = self.document()
        change(document)
        self.path.write_text(json.dumps(document, indent=2, ensure_ascii=False), encoding="utf-8")

    # -- what is shown -----------------------------------------------------------------------------

    def tab(self, name: str) -> None:
        """Open a tab of the app by a click."""
        tab = self.panel.get_by_role("tab", name=re.compile(f"^{name}"))
        tab.click()
        expect(tab).to_have_attribute("aria-selected", "true")

    def card(self, name: str) -> Locator:
        """A provider's card."""
        title = self.page.locator(".dw-name", has_text=re.compile(f"^{re.escape(name)}$"))
        cards = self.panel.get_by_role("grid", name="Providers").locator(".dw-row")
        return cards.filter(has=title)

    def button(self, name: str) -> Locator:
        """A button by its whole name."""
        return self.panel.get_by_role("button", name=name, exact=True)

    def beyond_the_edge(self) -> list[str]:
        """What of the panel ends right of its edge, or makes it scroll sideways."""
        found: list[str] = self.panel.evaluate(_BEYOND)
        width = self.panel.evaluate("(node) => [node.scrollWidth, node.clientWidth]")
        return found if width[0] <= width[1] else [*found, f"{width[0]} px in {width[1]} px"]

    @staticmethod
    def options(pick: Locator) -> list[str]:
        """The options of a choice; core widgets write their blanks as ones that do not break."""
        return [text.replace("\xa0", " ") for text in pick.locator("option").all_inner_texts()]

    @property
    def saved(self) -> Locator:
        """What says in a task's row that its choice was saved."""
        return self.panel.locator(".dw-done").filter(has_text="Saved", visible=True)

    # -- the keyboard ------------------------------------------------------------------------------

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def focused(self) -> str:
        """The name of what has the focus inside a panel; empty while the focus is elsewhere."""
        found = self.page.evaluate(_FOCUSED)
        return str(found["name"]) if found["inside"] else ""

    def press_until(self, key: str, name: str, *, at_most: int = 40) -> None:
        """Press a key, Tab for one, until something of this name has the focus.

        Args:
            key: The key.
            name: A regular expression for the name.
            at_most: How often.
        """
        seen: list[str] = []
        for _ in range(at_most):
            self.press(key)
            seen.append(self.focused())
            if re.search(name, seen[-1]):
                return
        raise AssertionError(f"{key} never led to {name!r}, but to {seen}")

    def focus_comes_to(self, name: str) -> None:
        """Wait until the app has moved the focus to something of this name."""
        for _ in range(200):
            if re.search(name, self.focused()):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"the focus is on {self.focused()!r}, not on {name!r}")

    def cells(self) -> list[str]:
        """The sources of the notebook's cells."""
        found: list[str] = self.page.evaluate(_CELLS)
        return found
