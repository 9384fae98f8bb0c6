"""The list of rows in a real JupyterLab, by mouse and by keyboard."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from panel_driver.lab import Notebook
    from playwright.sync_api import Page

pytestmark = pytest.mark.timeout(300)

SETUP = Path(__file__).with_name("component_cell.py").read_text(encoding="utf-8")
PROVIDERS = (
    SETUP + "shown = listening([provider(name) for name in ('One', 'Two', 'Three')], label='Providers')"
)


def focused(page: Page) -> str:
    """The name of what has the focus: its label, or its text."""
    name: str = page.evaluate(
        "() => document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent"
    )
    return name


IN_SIGHT = """(row) => {
    const [at, list] = [row, row.closest(".dw-list")].map((node) => node.getBoundingClientRect());
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
    notebook.output("button[aria-label='Refresh One']").click()
    notebook.until("log", "[('refresh', 'One', {})]")
    notebook.output("[aria-label='Provider']").select_option("b")
    notebook.output(".dw-note").get_by_label("Tasks too").uncheck()
    notebook.output(".dw-note").get_by_text("Give provider").click()
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
    delete, core = notebook.output("button[aria-label='Delete One']"), page.get_by_role("button", name="Core")
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
    notebook.output("button[aria-label='Edit Two']").click()
    notebook.until("[answer[0] for answer in log]", "['delete', 'core', 'edit']")


def test_rows_answer_to_the_keyboard(notebook: Notebook) -> None:
    """One tab stop; arrows, Home and End move; right goes into a row; Enter, Delete and R act."""
    page = notebook.open(
        PROVIDERS, "panel(widgets.Button(description='before'), shown, widgets.Button(description='after'))"
    )
    keyboard = page.keyboard
    page.get_by_role("button", name="before").focus()
    keyboard.press("Tab")
    assert focused(page).startswith("OnOne")
    for key, start in (
        ("ArrowDown", "TwTwo"),
        ("End", "ThThree"),
        ("ArrowDown", "ThThree"),
        ("Home", "OnOne"),
    ):
        keyboard.press(key)
        assert focused(page).startswith(start)
    for key, name in (
        ("ArrowRight", "Refresh One"),
        ("ArrowRight", "Edit One"),
        ("ArrowLeft", "Refresh One"),
    ):
        keyboard.press(key)
        assert focused(page) == name
    keyboard.press("ArrowLeft")
    for key in ("Enter", "Delete", "r"):
        keyboard.press(key)
    notebook.until(
        "[answer[:2] for answer in log]", "[('edit', 'One'), ('delete', 'One'), ('refresh', 'One')]"
    )
    keyboard.press("ArrowDown")
    keyboard.press("Tab")
    assert focused(page) == "after"
    keyboard.press("Shift+Tab")
    assert focused(page).startswith("TwTwo")
    # a ring outside the row would be cut off by the list
    assert page.locator(":focus").evaluate("(node) => getComputedStyle(node).outlineOffset") == "-2px"
    notebook.execute("shown.set_items([provider(f'{number}') for number in range(40)])")
    notebook.output(".dw-row").nth(39).wait_for()
    keyboard.press("End")
    assert focused(page).startswith("3939")
    assert page.locator(":focus").evaluate(IN_SIGHT)  # the list scrolls, what is below it stays in reach


def test_updates_keep_the_focus(notebook: Notebook) -> None:
    """The focus stays on a button whose row changes, moves on when its row goes, and is never taken."""
    page = notebook.open(PROVIDERS, "panel(shown)")
    notebook.output("button[aria-label='Edit Two']").focus()
    notebook.execute("shown.update_item(provider('Two', badge=dict(text='Key refused', tone='error')))")
    notebook.output(".dw-badge").wait_for()
    assert focused(page) == "Edit Two"
    notebook.execute("busy = provider('Two'); busy['actions'] = busy['actions'][:1]; shown.update_item(busy)")
    notebook.output("button[aria-label='Edit Two']").wait_for(state="detached")
    assert focused(page).startswith("TwTwo")
    notebook.execute("shown.set_items([provider('One'), provider('Three')])")
    page.wait_for_function("() => document.activeElement.textContent.startsWith('ThThree')")
    page.evaluate("() => document.activeElement.blur()")
    notebook.execute("shown.set_items([provider('Three'), provider('One')])")
    notebook.output(".dw-row").first.get_by_text("Three").wait_for()
    assert not page.evaluate("() => Boolean(document.activeElement.closest('.dw-panel'))")
    notebook.execute("shown.empty = dict(title='None', actions=[dict(action='add', label='Add')])")
    notebook.execute("shown.set_items([])")
    page.get_by_role("button", name="Add", exact=True).focus()
    notebook.execute("shown.label = 'Others'")
    page.locator("[role=grid][aria-label='Others']").wait_for(state="attached")
    assert focused(page) == "Add"


def test_python_moves_the_focus(notebook: Notebook) -> None:
    """A question gets the focus on its safe answer, as soon as it is there."""
    page = notebook.open(PROVIDERS, "panel(shown)")
    notebook.execute(
        "note = dict(title='Delete One?', actions=[dict(action='yes', label='Delete', style='danger'),"
        " dict(action='keep', label='Keep it')])\n"
        "shown.focus('One', 'keep')\nshown.update_item(provider('One', note=note))"
    )
    page.wait_for_function("() => document.activeElement.textContent === 'Keep it'")
    page.keyboard.press("Escape")  # that answer, without looking for it
    notebook.until("log", "[('keep', 'One', {})]")


@pytest.mark.req("MD-10")
def test_a_countdown_runs_in_the_page(notebook: Notebook) -> None:
    """Time left and time passed tick without the kernel; the end is said aloud and told."""
    page = notebook.open(
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
    asking = notebook.output(".dw-row").nth(1).locator(".dw-meta .dw-line").nth(1)
    asking.wait_for()
    before = asking.inner_text()
    assert re.fullmatch(r"Asking… \d+ s", before)
    page.wait_for_function("(text) => !document.body.textContent.includes(text)", arg=before)
    notebook.until("log", "[('elapsed', 'One', {})]")
    assert notebook.output(".dw-note-text").inner_text() == "Again in 0:00."
    assert notebook.output(".dw-sr[role=status]").get_by_text("Ready").count() == 1
