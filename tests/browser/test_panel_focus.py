"""The focus moves as the answer to what the person did last, never out of what they went on to (SEC-9)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from panel_driver.app import App
    from panel_driver.lab import Notebook

pytestmark = [pytest.mark.timeout(300), pytest.mark.req("SEC-9")]

KEY = "sk-typed-letter-by-letter-0123456789"

late = pytest.mark.parametrize("seconds", [0.3, 2.5])


def _open(app: App, seconds: float) -> None:
    app.late_seconds = seconds
    app.write()
    app.open()


def _type_on(app: App, text: str, seconds: float) -> None:
    """Type a text for longer than the kernel keeps the focus back."""
    app.type(text, seconds=seconds + 0.7)


@late
@pytest.mark.parametrize("way", ["Edit", "Replace key", "Add provider"])
def test_a_form_that_opens_takes_nobody_out_of_a_field(app: App, seconds: float, way: str) -> None:
    """A key typed into its field right after the form has opened is all there, and none of it in Name."""
    _open(app, seconds)
    if way == "Replace key":
        app.change(
            lambda document: document["providers"][1]["credentials"].update(apiKey="sk-wrong-0123456789")
        )
        app.press("Refresh OpenAI")
        app.card("OpenAI").press("Replace key")
    else:
        app.press("Edit OpenAI" if way == "Edit" else way)
    if way == "Add provider":
        app.choose("Preset", "Custom")
    before = app.field("Name").input_value()
    app.field("Key").click()
    _type_on(app, KEY, seconds)
    app.focus_in("Key")
    app.see_in("Key", KEY)
    app.see_in("Name", before)


@late
def test_a_field_that_is_filled_without_keys_keeps_the_focus(app: App, seconds: float) -> None:
    """What a person puts into a field by dictation or the browser's menu counts as well as keys do."""
    _open(app, seconds)
    app.press("Edit OpenAI")
    app.fill("Key", "sk-first-half-")
    app.page.wait_for_timeout(1000 * seconds + 700)
    app.page.keyboard.insert_text("and-second")
    app.see_in("Key", "sk-first-half-and-second")
    app.see_in("Name", "OpenAI")


@late
def test_a_refusal_takes_nobody_out_of_a_field(app: App, seconds: float) -> None:
    """Who goes on to another field while a save is being refused types on there."""
    _open(app, seconds)
    app.press("Edit OpenAI")
    app.focus_in("Name")
    app.fill("Name", "")
    app.press("Save")
    app.see("Give it a name.")
    app.field("Base URL").click()
    app.key("End")
    _type_on(app, "/and/more", seconds)
    app.focus_in("Base URL")
    app.see_in("Base URL", re.compile("/and/more$"))
    app.see_in("Name", "")


@late
def test_a_list_takes_nobody_out_of_a_cell(app: App, seconds: float) -> None:
    """Who goes on in a cell of the notebook, after a press in the panel, has all they type in the cell."""
    _open(app, seconds)
    app.press("Delete Lab")
    app.can_press("Keep it")
    app.notebook.focus_on_cell()
    app.key("Control+End")
    _type_on(app, "# a note", seconds)
    assert app.notebook.cells()[0].endswith("# a note")
    app.press("Keep it")
    app.focus_comes_to("Lab")  # and where nobody goes on, it comes


@late
def test_a_press_elsewhere_keeps_its_place(app: App, seconds: float) -> None:
    """By keyboard as well: who has moved on to another card's button stays on it."""
    _open(app, seconds)
    app.press("Delete Lab")
    app.can_press("Keep it")
    app.key("ArrowUp")
    there = app.focused()
    app.page.wait_for_timeout(1000 * seconds + 700)
    assert app.focused() == there


@late
def test_the_focus_comes_late_where_it_is_waited_for(app: App, seconds: float) -> None:
    """Who has done nothing else gets the focus where it belongs, however long it takes."""
    _open(app, seconds)
    app.press("Edit Lab")
    app.focus_in("Name")
    app.key("Escape")
    app.focus_comes_to("^Edit Lab$")
    app.press("Delete Lab")
    app.focus_comes_to("^Keep it$")
    app.key("Enter")
    app.focus_comes_to("Lab")
    app.press("Add provider")
    app.focus_comes_to("^Preset$")
    app.press("Save and fetch models")
    app.focus_in("Key")


def test_a_form_opens_in_the_window_of_the_press_alone(app: App, other_window: Notebook) -> None:
    """Which form is open is of one window: in another nothing moves, and each saves what was typed in it."""
    _open(app, 0)
    there = app.in_window(other_window)
    app.can_press("Edit Lab")
    app.press("Edit Lab")
    app.focus_in("Name")
    app.fill("Name", "Laboratory")
    there.page.wait_for_timeout(1200)
    assert there.focused() == ""
    there.press("Edit OpenAI")
    there.fill("Name", "Account")
    app.press("Save")
    app.focus_comes_to("Laboratory")
    there.see_in("Name", "Account")
    there.press("Save")
    there.focus_comes_to("Account")
    app.card("Account").see("OpenAI-compatible")
