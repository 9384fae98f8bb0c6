"""Makes docs/images/first-setup.webp: the first setup in a real JupyterLab, from nothing to a model in use.

    python docs/make_moving_picture.py [FOLDER]

It needs the test extra, Pillow (`docs` extra) and a Chromium. Everything in it happens: the provider is the
demo server on loopback, the key is one of its own, the settings file is in a folder that is thrown away.
"""

from __future__ import annotations

import io
import math
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from make_images import target  # first: it finds the harness
from panel_driver.lab import INSTALL_LINE, Lab, Notebook, find_chromium, launch
from panel_driver.markup import PANEL
from PIL import Image
from playwright.sync_api import sync_playwright

from dispatch_widgets.demo import DemoServer

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

WIDTH_PIXELS, HEIGHT_PIXELS, SCALE = 860, 640, 2
FRAME_MS = 80
KEY = "sk-demo-only-4Qm7Vx2Lb9Kd3Yp"

FIRST_CELL = """\
import dispatch_widgets as dw

dw.panel()
"""
LAST_CELL = 'dw.resolve("summarize")'

RUN_LAST_CELL = """() => {
    const { content } = window.jupyterapp.shell.currentWidget;
    content.activeCellIndex = content.widgets.length - 1;
    void window.jupyterapp.commands.execute("notebook:run-cell");
}"""

# A mouse pointer is no part of a page's picture: this one is drawn where the mouse is.
POINTER = """() => {
    const shape = "M1 1v17l4.2-4 2.9 6.6 3-1.3-2.9-6.5H14z";
    const node = document.createElement("div");
    node.id = "pointer";
    node.innerHTML = `<svg width="18" height="24" viewBox="0 0 16 22"><path d="${shape}"
        fill="#111" stroke="#fff" stroke-width="1.3" stroke-linejoin="round"/></svg>`;
    Object.assign(node.style, { position: "fixed", left: "430px", top: "330px", zIndex: 100000,
        pointerEvents: "none", filter: "drop-shadow(0 1px 1px rgb(0 0 0 / 35%))" });
    document.body.append(node);
}"""


class Film:
    """Frames of a page, each with the time that it is shown.

    Args:
        page: The page.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.frames: list[Image.Image] = []
        self.milliseconds: list[int] = []
        self._at = (WIDTH_PIXELS / 2, HEIGHT_PIXELS / 2)
        page.evaluate(POINTER)

    def take(self, milliseconds: int = FRAME_MS) -> None:
        """Take a frame that is shown so long; one like the frame before makes that one last longer."""
        picture = Image.open(io.BytesIO(self.page.screenshot(caret="initial"))).convert("RGB")
        if self.frames and picture.tobytes() == self.frames[-1].tobytes():
            self.milliseconds[-1] += milliseconds
        else:
            self.frames.append(picture)
            self.milliseconds.append(milliseconds)

    def watch(self, milliseconds: int) -> None:
        """Show for so long what happens by itself, and what has come of it a little longer."""
        for _ in range(max(1, milliseconds // FRAME_MS)):
            self.take()
            self.page.wait_for_timeout(FRAME_MS)

    def move_to(self, target: Locator) -> None:
        """Move the pointer there, slower at both ends."""
        target.scroll_into_view_if_needed()
        box = target.bounding_box()
        assert box is not None
        end = (box["x"] + min(box["width"] / 2, 90), box["y"] + box["height"] / 2)
        start, steps = self._at, 6
        for step in range(1, steps + 1):
            part = (1 - math.cos(math.pi * step / steps)) / 2
            x, y = (a + (b - a) * part for a, b in zip(start, end, strict=True))
            self.page.mouse.move(x, y)
            self.page.evaluate(
                "([x, y]) => Object.assign(document.getElementById('pointer').style,"
                " { left: `${x - 2}px`, top: `${y - 1}px` })",
                [x, y],
            )
            self.take(50)
        self._at = end

    def click(self, target: Locator, *, then: int = 400) -> None:
        """Move there, press, and watch what happens."""
        self.move_to(target)
        self.take(150)
        self.page.mouse.click(*self._at)
        self.watch(then)

    def type(self, words: str, *, at_once: bool = False) -> None:
        """Type, or paste, where the focus is."""
        pieces = [words] if at_once else [words[start : start + 2] for start in range(0, len(words), 2)]
        for piece in pieces:
            self.page.keyboard.insert_text(piece)
            self.take()
        self.take(400)

    def save(self, path: Path) -> None:
        """Write all frames as one moving picture that starts over at its end."""
        first, *others = self.frames
        first.save(
            path,
            save_all=True,
            append_images=others,
            duration=self.milliseconds,
            loop=0,
            quality=72,
            method=4,
        )


def play(film: Film, panel: Locator, server: DemoServer) -> None:
    """From an empty panel to a model that a task uses."""

    def button(name: str) -> Locator:
        return panel.get_by_role("button", name=name, exact=True)

    film.take(1400)
    film.click(button("Add provider"))
    preset = panel.get_by_label("Preset")
    film.move_to(preset)
    preset.select_option(label="Custom")
    film.watch(600)
    film.click(panel.get_by_role("textbox", name="Name", exact=True), then=80)
    film.type("Course gateway")
    film.click(panel.get_by_label("Key", exact=True), then=80)
    film.type(KEY, at_once=True)
    film.click(panel.get_by_label("Base URL"), then=80)
    film.type(server.openai_base_url, at_once=True)
    film.watch(400)
    film.click(button("Save and fetch models"), then=1800)
    film.take(1200)
    film.click(panel.get_by_role("tab", name="Models"), then=900)
    film.click(panel.get_by_role("combobox", name="Search models"), then=80)
    film.type("mini")
    film.watch(300)
    found = panel.get_by_role("listbox", name="Models").get_by_role("option")
    film.click(found.nth(0), then=200)
    film.click(found.nth(1), then=300)
    film.click(panel.get_by_role("button", name="Add 2 to catalog"), then=1500)
    film.click(panel.get_by_role("tab", name="Router"), then=700)
    choice = panel.get_by_role("combobox", name="Entry for summarize")
    film.move_to(choice)
    choice.select_option(index=1)
    film.watch(1200)
    film.move_to(film.page.locator(".jp-CodeCell").last)
    film.page.evaluate(RUN_LAST_CELL)
    film.watch(900)
    output = film.page.locator(".jp-CodeCell").last.locator(".jp-OutputArea-output")
    output.scroll_into_view_if_needed()
    assert "Course gateway" in output.inner_text(), output.inner_text()
    film.take(2800)


def main() -> None:
    """Play the first setup and write the moving picture."""
    path = target() / "first-setup.webp"
    chromium = find_chromium()
    if chromium is None:
        raise SystemExit(f"No Chromium is here: {INSTALL_LINE}")
    with (
        tempfile.TemporaryDirectory() as folder,
        sync_playwright() as playwright,
        DemoServer(models=60, api_key=KEY, port=8000) as server,
    ):
        lab = Lab(Path(folder))
        browser = launch(playwright, chromium)
        try:
            context = browser.new_context(device_scale_factor=SCALE)
            context.set_default_timeout(20_000)
            notebook = Notebook(lab, context.new_page(), "course.ipynb")
            page = notebook.open(FIRST_CELL, LAST_CELL, run=False, width=WIDTH_PIXELS, height=HEIGHT_PIXELS)
            notebook.execute("import os; os.chdir(os.environ['HOME'])")
            page.evaluate("() => void window.jupyterapp.commands.execute('notebook:run-cell')")
            panel = notebook.output(PANEL).first
            panel.wait_for()
            film = Film(page)
            play(film, panel, server)
            film.save(path)
            notebook.close()
            context.close()
        finally:
            browser.close()
            lab.stop()
    seconds = sum(film.milliseconds) / 1000
    print(f"{len(film.frames)} frames, {seconds:.0f} s, {path.stat().st_size / 1e6:.1f} MB", file=sys.stderr)  # noqa: T201


if __name__ == "__main__":
    main()
