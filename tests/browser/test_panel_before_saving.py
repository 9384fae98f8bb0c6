"""What the form to add a provider does before it is saved: it reads what is pasted, and tests."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from panel_driver.app import App
    from playwright.sync_api import WebSocket

    Frames = tuple[list[str], list[str]]

pytestmark = pytest.mark.timeout(300)

ALONE = "panel = dw.ProvidersPanel(service)\npanel"
PASTE = "Paste a line of .env, an export or a curl command"


@pytest.fixture
def frames(app: App) -> Iterator[Frames]:
    """What the page has sent, and what it has received."""
    sent: list[str] = []
    received: list[str] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", lambda frame: sent.append(str(frame)))
        socket.on("framereceived", lambda frame: received.append(str(frame)))

    app.page.on("websocket", listen)
    yield sent, received
    app.page.remove_listener("websocket", listen)


@pytest.mark.req("PM-2", "UI", "SEC-2")
def test_a_curl_command_is_read_tested_and_saved(app: App, frames: Frames) -> None:
    """A pasted command fills the form and is tested; its key goes up when pressed, and never comes down."""
    sent, received = frames
    app.open(ALONE)
    key = app.server.api_key
    app.press("Add provider")
    app.press(PASTE)
    app.focus_in(PASTE)
    app.fill(PASTE, 'curl https://api.mistral.ai/v1/models -H "Authorization: Bearer $MISTRAL_API_KEY"')
    app.press("Read it")
    app.see_in("Preset", "Mistral")
    app.see_in("Key", "MISTRAL_API_KEY (not set in this kernel)")
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


@pytest.mark.req("PM-2", "UI", "SEC-2")
def test_the_providers_of_an_env_file_are_added_one_after_the_other(
    app: App, frames: Frames, canary: str
) -> None:
    """What was taken and what was not is said; the next one is a press away, without another paste."""
    sent, received = frames
    app.open(ALONE)
    first, second = app.server.openai_base_url, app.server.second_openai_base_url
    keys = app.server.api_key, app.server.second_api_key
    app.press("Add provider")
    app.press(PASTE)
    app.fill(
        PASTE,
        f"export LLM_API_KEY='{keys[0]}'  # mine\nexport LLM_BASE_URL={first}/\n"
        f"SECOND_API_KEY={keys[1]}\nSECOND_BASE_URL={second}\nDEBUG=1\n",
    )
    app.press("Read it")
    app.see_alert("was taken from what you pasted.")
    app.see("was taken from LLM_API_KEY.", "was taken from LLM_BASE_URL.", "DEBUG is not about a provider.")
    app.see("It has 1 other provider, offered when this one is saved.")
    app.see_in("Base URL", first)
    app.see_in("Key", keys[0])
    app.fill("Name", "First")
    app.press("Save and fetch models")
    app.see("First was saved.")
    app.see_in("Key", "")
    app.focus_comes_to(r"^Next: .* \(2 of 2\)$")
    app.key("Escape")
    app.card("First").see("18 chat")
    app.press("Add provider")  # what was left is as it was left
    app.press(re.compile(r"^Next: .* \(2 of 2\)$"))
    app.see_in("Base URL", second)
    app.see_in("Key", keys[1])
    app.fill("Name", "Second")
    app.press("Save and fetch models")
    app.card("Second").see("chat")
    saved = [provider["credentials"]["apiKey"] for provider in app.document()["providers"]]
    assert saved == list(keys)
    assert not any(key in frame for frame in received for key in keys)
    assert sum(keys[1] in frame for frame in sent) == 3  # the text twice, and the form
    kept = app.notebook.execute(
        "import gc; print(sum(isinstance(each, str) and 'LLM_API_KEY' in each and 'DEBUG' in each "
        "for each in gc.get_objects()))"
    )
    assert kept == "0"
