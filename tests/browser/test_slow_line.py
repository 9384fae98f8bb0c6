"""A kernel that is far away: what is pressed is one message, and what is typed meanwhile stays."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from panel_driver.app import MODELS, App
from panel_driver.lab import Notebook, Window
from panel_driver.slow_line import SlowLine
from playwright.sync_api import expect

from dispatch_widgets.demo import DemoServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from panel_driver.lab import Lab
    from playwright.sync_api import Browser, WebSocket

pytestmark = [pytest.mark.timeout(300), pytest.mark.req("UI")]

ONE_WAY_SECONDS = 0.075
OUR_MESSAGE = re.compile(rb'"msg_type": ?"comm_msg"')


@pytest.fixture
def far(lab: Lab, browser: Browser, tmp_path: Path, canary: str) -> Iterator[App]:
    """The app in a notebook whose server is 150 ms away."""
    with SlowLine(lab.url, ONE_WAY_SECONDS) as line, DemoServer(models=MODELS, api_key=canary) as server:
        window = Window(browser)
        notebook = Notebook(lab, window.take(), "far.ipynb", url=line.url)
        folder = tmp_path / "settings"
        folder.mkdir()
        yield App(notebook, folder, server)
        notebook.close()
        window.drop()
        assert notebook.errors == []


@pytest.mark.req("P-8")
def test_a_save_is_one_message_there_and_one_back(far: App) -> None:
    """From the press of Save to the saved row one message of ours goes to the kernel, with the key in it."""
    far.write()
    up: list[bytes] = []

    def listen(socket: WebSocket) -> None:
        socket.on(
            "framesent",
            lambda sent: up.append(sent if isinstance(sent, bytes) else sent.encode()),
        )

    far.page.on("websocket", listen)
    far.open(lists=True)
    far.press("Edit OpenAI")
    far.fill("Name", "Renamed")
    up.clear()
    far.press("Save")
    far.row("Renamed", of="Providers").see("chat")
    ours = [sent for sent in up if OUR_MESSAGE.search(sent)]
    assert len(ours) == 1
    assert b'"submit"' in ours[0]


def test_what_is_typed_meanwhile_stays(app: App) -> None:
    """An answer that comes while somebody types changes neither the text nor the caret."""
    app.late_seconds = 1.0
    app.write()
    app.open()
    app.button("Add provider").first.click()
    app.focus_in("Preset")
    app.choose("Preset", "Mistral")
    app.field("Name").focus()
    app.key("Control+a")
    app.type("My own name", seconds=2.0)
    expect(app.field("Base URL")).to_have_value(re.compile("mistral"))
    app.see_in("Name", "My own name")
    app.focus_in("Name")
    assert app.field("Name").evaluate("(node) => node.selectionStart") == len("My own name")


def test_twice_as_large_all_is_there(app: App) -> None:
    """At 200 % zoom nothing of any tab ends right of the panel, or makes it scroll sideways."""
    app.write()
    app.open(lists=True)
    app.page.evaluate("() => { document.documentElement.style.zoom = '2'; }")
    try:
        for tab in ("Providers", "Models", "Router", "Settings file"):
            app.tab(tab)
            assert app.beyond_the_edge() == [], tab
    finally:
        app.page.evaluate("() => { document.documentElement.style.zoom = ''; }")
