"""What the form to add a provider does before it is saved: it reads what is pasted, and tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from panel_driver.app import App
    from playwright.sync_api import WebSocket

pytestmark = pytest.mark.timeout(300)

ALONE = "panel = dw.ProvidersPanel(service)\npanel"
PASTE = "Paste a line of .env, an export or a curl command"


@pytest.mark.req("PM-2", "UI", "SEC-2")
def test_a_curl_command_is_read_tested_and_saved(app: App) -> None:
    """A pasted command fills the form and is tested; its key goes up when pressed, and never comes down."""
    sent: list[str] = []
    received: list[str] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", lambda frame: sent.append(str(frame)))
        socket.on("framereceived", lambda frame: received.append(str(frame)))

    app.page.on("websocket", listen)
    app.open(ALONE)
    key = app.server.api_key
    app.press("Add provider")
    app.press(PASTE)
    app.focus_in(PASTE)
    app.fill(PASTE, f"curl {app.server.openai_base_url}/models -H 'Authorization: Bearer {key}'")
    assert not any(key in frame for frame in sent)
    app.press("Read it")
    app.see_in("Base URL", app.server.openai_base_url)
    app.see_in("Key", key)
    app.focus_on("Test")
    assert sum(key in frame for frame in sent) == 1
    app.press("Test")
    app.see_alert("models")
    app.see("Nothing is saved yet.")
    app.see_in("Base URL", app.server.openai_base_url)
    assert not app.path.exists()
    app.fill("Base URL", app.server.openai_base_url.removesuffix("/v1"))
    app.not_see("Nothing is saved yet.")
    app.press("Test")
    app.press("Use …/v1")
    app.see_in("Base URL", app.server.openai_base_url)
    app.see_in("Key", key)
    app.fill("Name", "Pasted")
    app.press("Save and fetch models")
    app.card("Pasted").see("18 chat")
    assert not any(key in frame for frame in received)
    app.page.remove_listener("websocket", listen)
