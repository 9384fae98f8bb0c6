"""The focus moves as the answer to what the person did last, never out of what they went on to (SEC-9)."""

from __future__ import annotations

import re
from typing import Any

import pytest

pytestmark = [pytest.mark.timeout(300), pytest.mark.req("SEC-9")]

KEY = "sk-typed-letter-by-letter-0123456789"

late = pytest.mark.parametrize("seconds", [0.3, 2.5])


def _open(app: Any, seconds: float) -> Any:
    app.late_seconds = seconds
    app.write()
    return app.open()


def _type_on(app: Any, text: str, seconds: float) -> None:
    """Type a text for longer than the kernel keeps the focus back."""
    app.page.keyboard.type(text, delay=1000 * (seconds + 0.7) / len(text))


@late
@pytest.mark.parametrize("way", ["Edit", "Replace key", "Add provider"])
def test_a_form_that_opens_takes_nobody_out_of_a_field(app: Any, seconds: float, way: str) -> None:
    """A key typed into its field right after the form has opened is all there, and none of it in Name."""
    from playwright.sync_api import expect

    panel = _open(app, seconds)
    if way == "Replace key":
        app.change(
            lambda document: document["providers"][1]["credentials"].update(apiKey="sk-wrong-0123456789")
        )
        app.button("Refresh OpenAI").click()
        app.card("OpenAI").get_by_role("button", name="Replace key").click()
    else:
        app.button("Edit OpenAI" if way == "Edit" else way).click()
    if way == "Add provider":
        panel.get_by_label("Preset").select_option(label="Custom")
    name, key = panel.get_by_label("Name", exact=True), panel.locator("input[type=password]")
    before = name.input_value()
    key.click()
    _type_on(app, KEY, seconds)
    expect(key).to_be_focused()
    expect(key).to_have_value(KEY)
    expect(name).to_have_value(before)


@late
def test_a_field_that_is_filled_without_keys_keeps_the_focus(app: Any, seconds: float) -> None:
    """What a person puts into a field by dictation or the browser's menu counts as well as keys do."""
    from playwright.sync_api import expect

    panel = _open(app, seconds)
    app.button("Edit OpenAI").click()
    key = panel.locator("input[type=password]")
    key.fill("sk-first-half-")
    app.page.wait_for_timeout(1000 * seconds + 700)
    app.page.keyboard.insert_text("and-second")
    expect(key).to_have_value("sk-first-half-and-second")
    expect(panel.get_by_label("Name", exact=True)).to_have_value("OpenAI")


@late
def test_a_refusal_takes_nobody_out_of_a_field(app: Any, seconds: float) -> None:
    """Who goes on to another field while a save is being refused types on there."""
    from playwright.sync_api import expect

    panel = _open(app, seconds)
    app.button("Edit OpenAI").click()
    name, url = panel.get_by_label("Name", exact=True), panel.get_by_label("Base URL")
    expect(name).to_be_focused()
    name.fill("")
    app.button("Save").click()
    expect(panel.get_by_text("Give it a name.")).to_be_visible()
    url.click()
    app.press("End")
    _type_on(app, "/and/more", seconds)
    expect(url).to_be_focused()
    expect(url).to_have_value(re.compile("/and/more$"))
    expect(name).to_have_value("")


@late
def test_a_list_takes_nobody_out_of_a_cell(app: Any, seconds: float) -> None:
    """Who goes on in a cell of the notebook, after a press in the panel, has all they type in the cell."""
    from playwright.sync_api import expect

    panel = _open(app, seconds)
    app.button("Delete Lab").click()
    expect(panel.get_by_role("button", name="Keep it")).to_be_visible()
    app.page.locator(".jp-Notebook .cm-content").first.click()
    app.press("Control+End")
    _type_on(app, "# a note", seconds)
    assert app.cells()[0].endswith("# a note")
    app.button("Keep it").click()
    app.focus_comes_to("Lab")  # and where nobody goes on, it comes


@late
def test_a_press_elsewhere_keeps_its_place(app: Any, seconds: float) -> None:
    """By keyboard as well: who has moved on to another card's button stays on it."""
    from playwright.sync_api import expect

    panel = _open(app, seconds)
    app.button("Delete Lab").click()
    expect(panel.get_by_role("button", name="Keep it")).to_be_visible()
    app.press("ArrowUp")
    there = app.focused()
    app.page.wait_for_timeout(1000 * seconds + 700)
    assert app.focused() == there


@late
def test_the_focus_comes_late_where_it_is_waited_for(app: Any, seconds: float) -> None:
    """Who has done nothing else gets the focus where it belongs, however long it takes."""
    from playwright.sync_api import expect

    panel = _open(app, seconds)
    app.button("Edit Lab").click()
    expect(panel.get_by_label("Name", exact=True)).to_be_focused()
    app.press("Escape")
    app.focus_comes_to("^Edit Lab$")
    app.button("Delete Lab").click()
    app.focus_comes_to("^Keep it$")
    app.press("Enter")
    app.focus_comes_to("Lab")
    app.button("Add provider").click()
    app.focus_comes_to("^Preset$")
    app.button("Save and fetch models").click()
    expect(panel.locator("input[type=password]")).to_be_focused()


def test_a_press_in_one_window_moves_no_focus_in_another(app: Any, other_window: Any) -> None:
    """The form opens in both windows; the focus goes to it in the one where Edit was pressed."""
    from playwright.sync_api import expect

    panel = _open(app, 0)
    there = app.in_window(other_window)
    there.tab("Router")  # something was done there before
    there.tab("Providers")
    expect(app.button("Edit Lab")).to_be_visible()
    app.button("Edit Lab").click()
    expect(panel.get_by_label("Name", exact=True)).to_be_focused()
    expect(there.panel.get_by_label("Name", exact=True)).to_be_visible()
    there.page.wait_for_timeout(1200)
    assert there.focused() != "Name"
