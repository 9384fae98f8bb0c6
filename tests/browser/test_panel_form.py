"""The form of a provider in a real JupyterLab: its key, its variable, a busy kernel, a second view."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from panel_driver.words import KEY_SOURCE, OTHER_VARIABLE, SOURCES, VARIABLE_NAME
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from panel_driver.app import App
    from playwright.sync_api import ConsoleMessage, WebSocket

pytestmark = pytest.mark.timeout(300)

ALONE = "panel = dw.ProvidersPanel(service)\npanel"
PASTE = """(node, text) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    const options = { clipboardData: data, bubbles: true, cancelable: true };
    node.dispatchEvent(new ClipboardEvent("paste", options));
}"""


@pytest.mark.req("SEC-2")
def test_a_key_travels_once_for_each_save(app: App, canary: str) -> None:
    """Of all that goes over the wire and into the page's log the message of a Save alone has the key."""
    sent: list[str | bytes] = []
    received: list[str | bytes] = []
    logged: list[str] = []

    def keep_sent(frame: str | bytes) -> None:  # Playwright takes no method of a list
        sent.append(frame)

    def keep_received(frame: str | bytes) -> None:
        received.append(frame)

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", keep_sent)
        socket.on("framereceived", keep_received)

    def log(message: ConsoleMessage) -> None:
        logged.append(message.text)

    def frames_with(frames: list[str | bytes], text: str) -> int:
        return sum(text.encode() in (each.encode() if isinstance(each, str) else each) for each in frames)

    app.page.on("websocket", listen)
    app.page.on("console", log)
    app.open(ALONE)
    app.press("Add provider")
    app.choose("Preset", "Custom")
    app.fill("Key", canary)
    app.fill("Name", "Typed and not told")
    app.choose("Type", "Anthropic")
    app.see("ignores a base URL here")
    app.choose("Type", "OpenAI-compatible")
    app.not_see("ignores a base URL here")
    assert frames_with(sent, canary) == frames_with(sent, "Typed and not told") == 0
    app.press("Save and fetch models")
    app.see("1 field needs attention")
    assert frames_with(sent, canary) == 1
    app.see_in("Key", canary)
    app.fill("Base URL", app.server.openai_base_url)
    app.press("Save and fetch models")
    app.card("Typed and not told").see("18 chat")
    assert frames_with(sent, canary) == 2
    assert frames_with(received, canary) == 0
    assert frames_with(received, "Typed and not told") > 0  # the search does look at the right place
    assert canary not in "".join(logged)
    assert canary not in app.node.inner_html()
    app.page.remove_listener("websocket", listen)
    app.page.remove_listener("console", log)


@pytest.mark.req("SEC-2", "SEC-3")
def test_a_key_can_be_looked_at_and_is_pasted_whole(app: App) -> None:
    """Show works only on something; blanks around a pasted key go, one with a line break is refused."""
    app.open(ALONE)
    app.press("Add provider")
    key, show = app.field("Key"), app.button("Show")
    expect(show).to_be_disabled()
    expect(key).to_have_attribute("autocomplete", "new-password")
    key.evaluate(PASTE, "sk-one\nsk-two")
    app.see_alert("line break inside")
    app.see_in("Key", "")
    key.evaluate(PASTE, "  sk-three\n")
    app.see_in("Key", "sk-three")
    app.see("Blanks around the key were taken away.")
    app.not_see("line break inside")
    show.click()
    expect(show).to_have_attribute("aria-pressed", "true")
    expect(key).to_have_attribute("type", "text")
    show.click()
    expect(key).to_have_attribute("type", "password")


@pytest.mark.req("SEC-4")
def test_a_variable_is_chosen_or_named(app: App) -> None:
    """The other source offers the variables that are set, and takes any other name."""
    app.open("import os\nos.environ['MISTRAL_API_KEY'] = 'sk-0123456789abcdef'", ALONE)
    app.press("Add provider")
    app.choose("Preset", "Mistral")
    expect(app.node.get_by_role("radio", name=SOURCES["variable"])).to_be_checked()
    app.see_in("Key", "MISTRAL_API_KEY (set in this kernel)")
    app.choose("Key", OTHER_VARIABLE)
    app.focus_in(VARIABLE_NAME)
    app.type("OTHER_KEY")
    app.press("Save and fetch models")
    app.see("Save and Test send the value of OTHER_KEY to api.mistral.ai.")
    assert not app.path.exists()
    app.node.get_by_role("group", name=KEY_SOURCE).get_by_text(SOURCES["typed"]).click()
    expect(app.field("Key")).to_have_attribute("placeholder", "Paste the key")
    app.see_in("Base URL", "https://api.mistral.ai/v1")


@pytest.mark.req("UI", "SEC-9")
def test_a_busy_kernel_saves_what_was_typed_by_one_press(
    app: App, still: Callable[[], AbstractContextManager[None]]
) -> None:
    """What is typed and saved while the kernel is busy is saved whole and once; that it waits is said."""
    app.write()
    app.open(ALONE)
    app.press("Edit Lab")
    app.focus_in("Name")
    with still():
        app.fill("Name", "Laboratory")
        app.key("Enter", "Enter")
        expect(app.button("Saving…")).to_have_attribute("aria-busy", "true")
        app.cannot_press("Cancel")
        app.see("The kernel is busy. It does this next.")
    app.focus_comes_to("Laboratory")
    names = [provider["name"] for provider in app.document()["providers"]]
    assert sorted(names) == ["Anthropic", "Laboratory", "OpenAI"]


@pytest.mark.req("UI")
def test_a_late_answer_writes_over_nothing(app: App) -> None:
    """What is typed while the fields of a preset are on their way stays, and the form comes around it."""
    app.open(ALONE, "import time")
    app.press("Add provider")
    app.choose("Preset", "Custom")
    app.fill("Base URL", "http://before.test/v1")
    app.notebook.run_in_last_cell("time.sleep(3)")
    app.choose("Preset", "Mistral")
    app.fill("Name", "Typed meanwhile")
    app.fill("Key", "sk-typed-meanwhile")
    app.field("Key").focus()
    app.see_in("Base URL", "https://api.mistral.ai/v1")
    app.see_in("Name", "Typed meanwhile")
    app.see_in("Key", "sk-typed-meanwhile")
    app.focus_in("Key")
    app.not_see("Type")


@pytest.mark.req("UI")
def test_a_form_is_the_same_in_a_second_view(app: App) -> None:
    """A panel that is shown again in the page shows its form as it is, and what is typed is in both."""
    app.open(ALONE, "panel")
    app.press("Add provider")
    app.choose("Preset", "Custom")
    app.fill("Name", "Half")
    app.fill("Key", "sk-half")
    second = app.panel_in(app.notebook.outputs).node.nth(1)
    expect(second.get_by_label("Name", exact=True)).to_have_value("Half")
    expect(second.get_by_label("Key", exact=True)).to_have_value("sk-half")
    app.press("Cancel")
    expect(second.get_by_label("Name", exact=True)).to_have_count(0)
