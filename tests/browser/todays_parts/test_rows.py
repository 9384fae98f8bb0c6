"""The list of rows in a real JupyterLab, by mouse and by keyboard."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from panel_driver.app import App
from panel_driver.browser import Keyboard, Part
from panel_driver.todays_page import PANEL
from playwright.sync_api import expect

if TYPE_CHECKING:
    from panel_driver.lab import Notebook

pytestmark = pytest.mark.timeout(300)

SETUP = Path(__file__).with_name("component_cell.py").read_text(encoding="utf-8")
PROVIDERS = (
    SETUP + "shown = listening([provider(name) for name in ('One', 'Two', 'Three')], label='Providers')"
)


def seen(notebook: Notebook) -> tuple[Part, Keyboard]:
    """The panel in the notebook's outputs, and the keyboard."""
    return App.panel_in(notebook.outputs), Keyboard(notebook.page, PANEL)


IN_SIGHT = """(row) => {
    const [at, list] = [row, row.closest("[role=grid]")].map((node) => node.getBoundingClientRect());
    return list.height < 800 && at.top >= list.top && at.bottom <= list.bottom + 1;
}"""


def test_rows_answer_to_the_mouse(notebook: Notebook) -> None:
    """Buttons of a row and of its note tell the kernel which row, and what was chosen in the note."""
    notebook.open(
        PROVIDERS,
        """
choice = dict(label="Provider", options=[["a", "A"], ["b", "B"]])
note = dict(title="Its provider was deleted.", select=choice, check=dict(label="Tasks too", value=True),
            actions=[dict(action="give", label="Give provider")])
shown.update_item(provider("Two", note=note))
panel(shown)
""",
    )
    panel, _ = seen(notebook)
    panel.press("Refresh One")
    notebook.until("log", "[('refresh', 'One', {})]")
    row = panel.row("Two", of="Providers")
    row.choose("Provider", "B")
    row.untick("Tasks too")
    row.press("Give provider")
    notebook.until("log[1:]", "[('give', 'Two', {'select': 'b', 'check': False})]")


def test_a_double_press_is_one_and_a_second_press_is_two(notebook: Notebook) -> None:
    """A double click and a key that is held answer once; pressed again at once a button answers again."""
    page = notebook.open(
        PROVIDERS,
        """
core = widgets.Button(description="Core")
core.on_click(lambda _: log.append(("core",)))
panel(shown, core)
""",
    )
    panel, _ = seen(notebook)
    delete, core = panel.button("Delete One"), panel.button("Core")
    for button, name in ((delete, "delete"), (core, "core")):
        notebook.execute("log.clear()")
        button.click(click_count=2, delay=150)  # so slowly that the first is answered before the second
        notebook.until("[answer[0] for answer in log]", f"['{name}']")
        button.click()
        notebook.until("[answer[0] for answer in log]", f"['{name}', '{name}']")
    notebook.execute("log.clear()")
    for button in (delete, core):
        button.focus()
        for _ in range(3):
            page.keyboard.down("Enter")  # held: all but the first are repeats
            page.wait_for_timeout(100)
        page.keyboard.up("Enter")
    panel.press("Edit Two")
    notebook.until("[answer[0] for answer in log]", "['delete', 'core', 'edit']")


def test_rows_answer_to_the_keyboard(notebook: Notebook) -> None:
    """One tab stop; arrows, Home and End move; right goes into a row; Enter, Delete and R act."""
    page = notebook.open(
        PROVIDERS, "panel(widgets.Button(description='before'), shown, widgets.Button(description='after'))"
    )
    panel, keyboard = seen(notebook)

    def on_row(title: str) -> None:
        expect(panel.row(title, of="Providers").node).to_be_focused()

    panel.button("before").focus()
    keyboard.key("Tab")
    on_row("One")
    for key, title in (("ArrowDown", "Two"), ("End", "Three"), ("ArrowDown", "Three"), ("Home", "One")):
        keyboard.key(key)
        on_row(title)
    for key, name in (
        ("ArrowRight", "Refresh One"),
        ("ArrowRight", "Edit One"),
        ("ArrowLeft", "Refresh One"),
    ):
        keyboard.key(key)
        assert keyboard.focused() == name
    keyboard.key("ArrowLeft", "Enter", "Delete", "r")
    notebook.until(
        "[answer[:2] for answer in log]", "[('edit', 'One'), ('delete', 'One'), ('refresh', 'One')]"
    )
    keyboard.key("ArrowDown", "Tab")
    assert keyboard.focused() == "after"
    keyboard.key("Shift+Tab")
    on_row("Two")
    # a ring outside the row would be cut off by the list
    assert page.locator(":focus").evaluate("(node) => getComputedStyle(node).outlineOffset") == "-2px"
    notebook.execute("shown.set_items([provider(f'{number}') for number in range(40)])")
    panel.rows("Providers").nth(39).wait_for()
    keyboard.key("End")
    expect(panel.rows("Providers").nth(39)).to_be_focused()
    assert page.locator(":focus").evaluate(IN_SIGHT)  # the list scrolls, what is below it stays in reach


def test_updates_keep_the_focus(notebook: Notebook) -> None:
    """The focus stays on a button whose row changes, moves on when its row goes, and is never taken."""
    page = notebook.open(PROVIDERS, "panel(shown)")
    panel, keyboard = seen(notebook)
    panel.button("Edit Two").focus()
    notebook.execute("shown.update_item(provider('Two', badge=dict(text='Key refused', tone='error')))")
    panel.see("Key refused", whole=True)
    assert keyboard.focused() == "Edit Two"
    notebook.execute("busy = provider('Two'); busy['actions'] = busy['actions'][:1]; shown.update_item(busy)")
    panel.button("Edit Two").wait_for(state="detached")
    expect(panel.row("Two", of="Providers").node).to_be_focused()
    notebook.execute("shown.set_items([provider('One'), provider('Three')])")
    expect(panel.row("Three", of="Providers").node).to_be_focused()
    page.evaluate("() => document.activeElement.blur()")
    notebook.execute("shown.set_items([provider('Three'), provider('One')])")
    expect(panel.rows("Providers").first).to_contain_text("Three")
    assert keyboard.focused() == ""
    notebook.execute("shown.empty = dict(title='None', actions=[dict(action='add', label='Add')])")
    notebook.execute("shown.set_items([])")
    panel.button("Add").focus()
    notebook.execute("shown.label = 'Others'")
    panel.node.get_by_role("grid", name="Others", include_hidden=True).wait_for(state="attached")
    assert keyboard.focused() == "Add"


def test_python_moves_the_focus(notebook: Notebook) -> None:
    """A question gets the focus on its safe answer, as soon as it is there."""
    notebook.open(PROVIDERS, "panel(shown)")
    panel, keyboard = seen(notebook)
    notebook.execute(
        "note = dict(title='Delete One?', actions=[dict(action='yes', label='Delete', style='danger'),"
        " dict(action='keep', label='Keep it')])\n"
        "shown.focus('One', 'keep')\nshown.update_item(provider('One', note=note))"
    )
    panel.focus_on("Keep it")
    keyboard.key("Escape")  # that answer, without looking for it
    notebook.until("log", "[('keep', 'One', {})]")


@pytest.mark.req("MD-10")
def test_a_countdown_runs_in_the_page(notebook: Notebook) -> None:
    """Time left and time passed tick without the kernel; the end is said aloud and told."""
    notebook.open(
        PROVIDERS,
        """
note = dict(title="Too many requests", text="Again in {until}.", until=time.time() + 4, until_said="Ready")
shown.update_item(provider("One", note=note))
row = provider("Two")
row["meta"] = ["11 chat", dict(text="Asking…", spin=True, since=time.time() - 60)]
shown.update_item(row)
panel(shown)
""",
    )
    panel, _ = seen(notebook)
    asking = panel.row("Two", of="Providers")
    asking.see(re.compile(r"Asking… \d+ s"))
    before = re.search(r"Asking… \d+ s", asking.text)
    assert before is not None
    asking.not_see(before[0])
    notebook.until("log", "[('elapsed', 'One', {})]")
    panel.row("One", of="Providers").see("Again in 0:00.", whole=True)
    assert panel.node.get_by_role("status").get_by_text("Ready").count() == 1
