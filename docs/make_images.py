"""Makes the pictures in docs/images from the real panel, in a real JupyterLab.

    python docs/make_images.py [FOLDER]

With a folder the pictures are written there, to be compared with those that are in the docs. It needs what
the browser tests need: the test extra and a Chromium.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests" / "support"))
from panel_driver.lab import INSTALL_LINE, Lab, Notebook, find_chromium, launch  # noqa: E402 - found there
from panel_driver.markup import PANEL  # noqa: E402 - found there

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

WIDTH_PIXELS = 1000
HEIGHT_PIXELS = 1600
# A list of models is as high as the page has room for: pictures of one are taken on a smaller screen.
SCREEN_PIXELS = 930
PICKER_PIXELS = 960

# The tabs of the app, and what their pictures are called.
TABS = {"Providers": "providers", "Models": "models", "Router": "router", "Settings file": "settings"}

CELLS = """\
import os, pathlib, shutil, tempfile
import dispatch_widgets as dw
from dispatch_widgets.demo import DemoServer
from dispatch_widgets.demo.samples import write_sample

server = DemoServer()
server.start()
# A home of its own, so that the pictures show no folder of the machine they are made on.
home = pathlib.Path(tempfile.gettempdir(), "home")
shutil.rmtree(home, ignore_errors=True)
os.environ["HOME"] = str(home)
folder = home / "courses" / "nlp"
folder.mkdir(parents=True)
os.chdir(folder)
write_sample(folder, server, old=False)
dw.refresh_all();
---
dw.panel()
---
dw.ModelPicker(provider="OpenAI")
"""


def target() -> Path:
    """The folder that pictures are written to."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "images"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def picture_of_models(page: Page, panel: Locator, path: Path) -> None:
    """Take the Models tab with a search and two models selected, from the tabs to the bar that adds them."""
    if not panel.get_by_text("2 selected").is_visible():  # as it is in the second theme
        panel.get_by_role("option", name="OpenAI").first.click()
        search = panel.get_by_placeholder("Search id, name, owner").first
        search.fill("gpt5")
        page.wait_for_timeout(1000)
        search.press("ArrowDown")
        for key in ("Space", "ArrowDown", "Space"):
            page.keyboard.press(key)
    tabs, bar = panel.get_by_role("tablist").first, panel.locator(".dp-picked").first
    tabs.evaluate("(tabs) => tabs.scrollIntoView()")
    page.wait_for_timeout(1000)
    picture(page, panel, tabs, bar, path)


def picture(page: Page, panel: Locator, first: Locator, last: Locator, path: Path) -> None:
    """Take the panel from one of its parts to another."""
    around, top, bottom = panel.bounding_box(), first.bounding_box(), last.bounding_box()
    if around is None or top is None or bottom is None:
        raise SystemExit("The panel is not in view.")
    height = bottom["y"] + bottom["height"] - top["y"]
    page.screenshot(path=path, clip={**around, "y": top["y"], "height": height})


def main() -> None:
    """Take every picture, in light and in dark."""
    images = target()
    chromium = find_chromium()
    if chromium is None:
        raise SystemExit(f"No Chromium is here: {INSTALL_LINE}")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        lab = Lab(Path(folder))
        browser = launch(playwright, chromium)
        try:
            context = browser.new_context(device_scale_factor=2)
            context.set_default_timeout(20_000)
            notebook = Notebook(lab, context.new_page(), "pictures.ipynb")
            page = notebook.open(*CELLS.split("---\n"), width=WIDTH_PIXELS, height=HEIGHT_PIXELS)
            panel = notebook.output(PANEL).first
            picker = notebook.output(PANEL).last
            for theme in ("light", "dark"):
                notebook.theme(theme)
                for tab, name in TABS.items():
                    height = SCREEN_PIXELS if tab == "Models" else HEIGHT_PIXELS
                    page.set_viewport_size({"width": WIDTH_PIXELS, "height": height})
                    panel.get_by_role("tab", name=tab).click()
                    page.wait_for_timeout(1500)  # lists arrive and the layout comes to rest
                    page.mouse.move(0, 0)
                    if tab == "Models":
                        picture_of_models(page, panel, images / f"{name}-{theme}.png")
                    else:
                        panel.screenshot(path=images / f"{name}-{theme}.png")
                picker.scroll_into_view_if_needed()
                page.set_viewport_size({"width": WIDTH_PIXELS, "height": PICKER_PIXELS})
                page.wait_for_timeout(1000)
                picker.evaluate("(panel) => panel.scrollIntoView()")
                models = picker.locator(".dp-models").first
                picture(page, picker, picker, models, images / f"picker-{theme}.png")
            notebook.close()
            context.close()
        finally:
            browser.close()
            lab.stop()


if __name__ == "__main__":
    main()
