"""The app in a notebook, over a demo server that the test itself runs: what tests of panels drive.

The server stands in the test's process and the settings file in the test's folder, so that a test sees
every request and every byte without asking the kernel.
"""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any

from filelock import FileLock
from playwright.sync_api import expect

from dispatch_widgets.demo.samples import write_sample
from dispatch_widgets.settings.lock_file import lock_path_of

from .browser import Keyboard, Part
from .markup import BEYOND_THE_EDGE, LATE_FOCUS, PANEL

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Locator

    from dispatch_widgets.demo import DemoServer

    from .lab import Notebook

    Document = dict[str, Any]

MODELS = 24
"""How many models the large account lists unless a test says otherwise: all kinds are among them."""

PANEL_NAME = re.compile(r"^Dispatch( \d+)?$")
"""The name of a panel for screen readers; of several in a page all but the first have a number."""


# Nobody waits long in the kernel for a file that another program holds.
_SHORT_PATIENCE = """
from filelock import FileLock as _FileLock

def _soon(acquire, seconds):
    def soon(lock, timeout=None, **options):
        return acquire(lock, None if timeout is None else min(timeout, seconds), **options)
    return soon

_FileLock.acquire = _soon(_FileLock.acquire, 0.2)
"""


class App(Part, Keyboard):
    """The app in a notebook's output: the first panel there, and the keyboard before it.

    Attributes:
        server: The demo server; its keys are the only ones that work.
        path: The settings file.
        notebook: The notebook and its page.
        page: The page of the notebook.
        late_seconds: How long the kernel keeps back what moves the focus; ``DISPATCH_LATE_FOCUS`` sets it
            for a whole run.

    Args:
        notebook: A notebook of the test's own.
        folder: Where the settings file is to be.
        server: The server that the app's providers are accounts of.
    """

    def __init__(self, notebook: Notebook, folder: Path, server: DemoServer) -> None:
        Part.__init__(self, self.panel_in(notebook.outputs).node.first)
        Keyboard.__init__(self, notebook.page, PANEL)
        self.notebook = notebook
        self.page = notebook.page
        self.folder = folder
        self.path = folder / "dispatch.settings.json"
        self.server = server
        self.late_seconds = float(os.environ.get("DISPATCH_LATE_FOCUS", "0"))

    def in_window(self, notebook: Notebook) -> App:
        """The same app in another window on the same notebook, which need not run anything there.

        Args:
            notebook: The notebook's file in the other window.
        """
        other = App(notebook, self.folder, self.server)
        self.notebook.save()
        notebook.show(run=False, width=1000, height=1400)
        expect(other.node).to_be_visible(timeout=30_000)
        return other

    @staticmethod
    def panel_in(node: Locator) -> Part:
        """The panels that a part of the page holds."""
        return Part(node.get_by_role("region", name=PANEL_NAME))

    # -- opening -----------------------------------------------------------------------------------

    def cell(self, *, timeout_seconds: float = 10.0) -> str:
        """The source of a cell that makes a service over the settings file."""
        late = LATE_FOCUS.format(seconds=self.late_seconds) if self.late_seconds else ""
        return (
            f"{late}import dispatch_widgets as dw\n"
            f"service = dw.SettingsService({str(self.path)!r}, timeout_seconds={timeout_seconds})"
        )

    def write(self, *, old: bool = False, change: Callable[[Document], object] | None = None) -> None:
        """Write a sample settings file that leads to the server.

        Args:
            old: Whether it is one in the old format.
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
    ) -> None:
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
        expect(self.node).to_be_visible(timeout=30_000)

    def reopen(self) -> None:
        """End the kernel and open the notebook's file again, without running it."""
        self.notebook.end_kernel()
        self.notebook.show(run=False)

    # -- the settings file -------------------------------------------------------------------------

    def document(self) -> Document:
        """What is in the settings file now."""
        found: Document = json.loads(self.path.read_text(encoding="utf-8"))
        return found

    def change(self, change: Callable[[Document], object]) -> None:
        """Change the settings file as another program does: in place, without a lock."""
        document = self.document()
        change(document)
        self.path.write_text(json.dumps(document, indent=2, ensure_ascii=False), encoding="utf-8")

    def locked(self) -> FileLock:
        """The lock of the settings file, to be held as another program does; the kernel waits briefly."""
        self.notebook.execute(_SHORT_PATIENCE)
        return FileLock(lock_path_of(self.path))

    # -- what is shown -----------------------------------------------------------------------------

    def card(self, name: str) -> Part:
        """A provider's card."""
        return self.row(name, of="Providers")

    def beyond_the_edge(self) -> list[str]:
        """What of the panel ends right of its edge, or makes it scroll sideways."""
        found: list[str] = self.node.evaluate(BEYOND_THE_EDGE)
        width = self.node.evaluate("(node) => [node.scrollWidth, node.clientWidth]")
        return found if width[0] <= width[1] else [*found, f"{width[0]} px in {width[1]} px"]
