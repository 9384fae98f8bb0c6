"""The list, the key field and the panel's root, in a real JupyterLab, by mouse and by keyboard."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
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


def cells(page: Page) -> int:
    """How many cells the notebook has."""
    number: int = page.evaluate("() => window.jupyterapp.shell.currentWidget.content.widgets.length")
    return number


def test_rows_answer_to_the_mouse(notebook: Any) -> None:
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


def test_a_double_press_is_one_and_a_second_press_is_two(notebook: Any) -> None:
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


IN_SIGHT = """(row) => {
    const [at, list] = [row, row.closest(".dw-list")].map((node) => node.getBoundingClientRect());
    return list.height < 800 && at.top >= list.top && at.bottom <= list.bottom + 1;
}"""


def test_rows_answer_to_the_keyboard(notebook: Any) -> None:
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


def test_updates_keep_the_focus(notebook: Any) -> None:
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


def test_python_moves_the_focus(notebook: Any) -> None:
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
def test_a_countdown_runs_in_the_page(notebook: Any) -> None:
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


def test_one_of_a_rail_is_chosen(notebook: Any) -> None:
    """By click, by arrow keys when they rest, and by a native select where it is narrow."""
    page = notebook.open(
        SETUP,
        """
rows = [dict(id=name, title=name, count="7") for name in ("All providers", "Anthropic", "OpenAI")]
shown = listening(rows, mode="rail", label="Provider")
outer = panel(shown)
outer
""",
    )
    notebook.output(".dw-rail-item").nth(1).click()
    notebook.until("(log, shown.current)", "([('choose', 'Anthropic', {})], 'Anthropic')")
    notebook.output(".dw-rail-list").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Home")
    notebook.until("log[1:]", "[('choose', 'All providers', {})]")
    page.keyboard.press("o")
    notebook.until("log[2:]", "[('choose', 'OpenAI', {})]")
    notebook.execute("outer.layout.width = '320px'")
    narrow = notebook.output("select.dw-rail-select")
    narrow.wait_for()
    assert not notebook.output(".dw-rail-list").is_visible()
    assert narrow.input_value() == "OpenAI"
    assert narrow.locator("option").all_inner_texts()[1] == "Anthropic · 7"
    narrow.select_option("Anthropic")
    notebook.until("log[3:]", "[('choose', 'Anthropic', {})]")


def test_a_component_alone_has_its_looks(other_notebook: Any) -> None:
    """Where no panel ever was a component brings its own style sheet, once."""
    notebook = other_notebook  # its page is new
    page = notebook.open(PROVIDERS, "shown", SETUP + "SecretInput()")
    page.wait_for_function("() => document.getElementById('dispatch-widgets-css')?.textContent.length > 1000")
    assert notebook.output(".dw-row").first.evaluate("(node) => getComputedStyle(node).display") == "grid"
    assert notebook.output(".dw-seg").evaluate("(node) => getComputedStyle(node).display") == "flex"
    assert page.locator("style#dispatch-widgets-css").count() == 1


EVERYTHING = """
field = SecretInput(variables=[["MY_KEY", "MY_KEY"]])
note = dict(title="x", select=dict(label="c", options=[["a", "A"]]), check=dict(label="t"),
            actions=[dict(action="go", label="Go")])
rows = [provider("One", note=note)]
rail = listening([dict(id="r", title="Rail")], mode="rail", label="r")
core = [widgets.Button(description="Core"), widgets.Checkbox(description="Tick"),
        widgets.Dropdown(options=["x", "y"]), widgets.Text(description="Words"),
        widgets.ToggleButtons(options=["m", "n"])]
later = widgets.VBox()
outer = panel(listening(rows), listening([model(1)], mode="pick", label="p"), rail, field, *core, later)
outer
"""

PRESS_EVERYWHERE = """async () => {
    const selector = "a[href], button, input, select, textarea, summary, [tabindex]";
    const found = [...document.querySelectorAll(".dw-panel " + selector.split(", ").join(", .dw-panel "))];
    const seen = found.filter((node) => !node.disabled && node.getClientRects().length);
    const unmarked = seen.filter((node) => node.getAttribute("data-lm-suppress-shortcuts") !== "true");
    return { seen: seen.length, unmarked: unmarked.map((node) => node.outerHTML.slice(0, 120)) };
}"""


def test_one_key_shortcuts_do_not_fire(notebook: Any) -> None:
    """With the focus on anything in a panel, also on what came later, a letter is no command."""
    page = notebook.open(SETUP, EVERYTHING)
    notebook.output(".dw-model").first.wait_for()
    notebook.execute("later.children = [widgets.Button(description='Later')]")
    page.get_by_role("button", name="Later").wait_for()
    page.wait_for_function("() => document.querySelector('.dw-panel button[data-lm-suppress-shortcuts]')")
    result = page.evaluate(PRESS_EVERYWHERE)
    assert result["unmarked"] == []
    assert result["seen"] > 20
    before = cells(page)
    places = ["Core", "Later", "m"]
    targets = [page.get_by_role("button", name=name, exact=True).first for name in places]
    targets += [
        notebook.output(css).first for css in (".dw-row", ".dw-acts button", ".dw-view", ".dw-rail-list")
    ]
    targets += [
        notebook.output(css).first
        for css in ("[type=checkbox]:visible", ".widget-dropdown select", ".dw-chip")
    ]
    for target in targets:
        target.focus()
        for key in ("b", "a", "x", "d", "d", "m"):
            page.keyboard.press(key)
    page.wait_for_timeout(200)
    assert cells(page) == before


def test_a_letter_outside_is_a_shortcut(notebook: Any) -> None:
    """The test above can fail: outside a panel the same letter inserts a cell."""
    page = notebook.open("1")
    page.locator(".jp-InputArea-prompt").first.click()
    before = cells(page)
    page.keyboard.press("b")
    page.wait_for_function(
        "(n) => window.jupyterapp.shell.currentWidget.content.widgets.length === n", arg=before + 1
    )


EVIL = "<img src=x onerror='window.ranHere = 1'>"
EVIL_PANEL = f"""
evil = {EVIL!r} + chr(0x202E) + "gpj" + chr(0)
note = dict(title=evil, text=evil, alert=True, items=[dict(text=evil, ok=True)], facts=[(evil, evil)],
            select=dict(label=evil, options=[[evil, evil]]), check=dict(label=evil),
            actions=[dict(action="go", label=evil, title=evil)])
one = dict(id=evil, title=evil, tile=evil, line=[evil, dict(text=evil, mono=True), dict(text=evil, id=True)],
           meta=[evil, [evil]], cells=dict(prov=evil), badge=dict(text=evil, tone="error"), note=note,
           tag=evil)
lists = [listening([one], label=evil, variant="dw-entries", columns=[["", evil], ["prov", evil]]),
         listening([{{**one, "from": evil, "mono": True, "note": None}}], mode="pick", label=evil, note=note),
         listening([one, dict(id="2", title=evil, count=evil)], mode="rail", label=evil),
         listening([dict(id="rtl", title="\u05e2\u05d1\u05e8\u05d9\u05ea 3")], label="Right to left"),
         listening([], empty=dict(title=evil, text=evil)), listening([], mode="pick", busy=dict(text=evil))]
field = SecretInput(label=evil, hint=[evil, dict(text=evil, href="javascript:window.ranHere = 1")],
                    error=evil, placeholder=evil, source="variable", variables=[[evil, evil]])
panel(*lists, field)
"""


@pytest.mark.req("SEC-6")
def test_what_a_server_says_is_text(notebook: Any) -> None:
    """Markup in any field of any component is shown as text and runs nothing; direction marks are dropped."""
    page = notebook.open(SETUP, EVIL_PANEL)
    notebook.output(".dw-model").first.wait_for()
    notebook.output("input[type=search]").first.fill("img onerror")
    page.wait_for_timeout(300)
    assert notebook.output("img").count() == 0
    assert page.evaluate("() => window.ranHere") is None
    assert notebook.output("a[href^='javascript']").count() == 0
    shown = notebook.output(".dw-name").first.inner_text()
    assert shown == EVIL + "gpj"
    assert notebook.output("[aria-label='Right to left'] .dw-name bdi").count() == 1
    assert notebook.output(".dw-name bdi").count() == 1
    assert "\u202e" not in notebook.output(".dw-panel").inner_text()


NARROW = """
note = dict(tone="warn", title="x " * 40, text="y" * 90, check=dict(label="z " * 40),
            facts=[("Entries", "w " * 40)],
            actions=[dict(action="a", label="Use https://llm.example.edu/v1"),
                     dict(action="b", label="Keep it")])
row = provider("A provider with a rather long name", note=note)
row["badge"] = dict(text="Rate limited until 14:05", tone="warn")
long = {"id": "l", "title": "accounts/fireworks/models/llama-v3p1-405b-instruct", "mono": True,
        "cells": {"price": "$1.00 / $2.00"}}
shorter = {"id": "s", "title": "gpt-4-turbo-preview-20221120", "mono": True, "have": True,
           "from": "A provider with a long name", "cells": {"price": "$1.00 / $2.00", "context": "128k"}}
pick = listening([long, shorter] + [model(number) for number in range(9)], mode="pick", label="p")
outer = panel(listening([row], label="l"), pick, SecretInput())
outer.layout.width = "320px"
outer
"""

# Of each id: whether no room is left between its parts, its end is whole, and at most one cut has dots.
IDS = """() => [...document.querySelectorAll(".dw-id")].map((id) => {
    const width = (part) => {
        const range = document.createRange();
        range.selectNodeContents(part);
        return range.getBoundingClientRect().width;
    };
    const boxes = [...id.querySelectorAll("span")].filter((part) => {
        const { display } = getComputedStyle(part);
        return display !== "contents" && display !== "inline";
    });
    const wider = boxes.map((part) => part.getBoundingClientRect().width - width(part));
    const end = id.lastElementChild;
    const cut = boxes.filter((part) => part.scrollWidth > part.clientWidth);
    const { left, right } = id.getBoundingClientRect();
    const inside = end.getBoundingClientRect().right <= right + 0.5 && right - left > 0;
    return [id.title, Math.max(...wider) < 1, inside && !cut.includes(end) && cut.length < 2];
})"""

COPY = """() => {
    const id = [...document.querySelectorAll(".dw-id")].find((node) => node.title.startsWith("gpt-4-turbo"));
    document.getSelection().selectAllChildren(id.closest(".dw-main"));
    const copied = new ClipboardEvent("copy", { clipboardData: new DataTransfer(), bubbles: true });
    id.dispatchEvent(copied);
    document.getSelection().removeAllRanges();
    return copied.clipboardData.getData("text/plain");
}"""

OUTSIDE = """() => {
    const panel = document.querySelector(".dw-panel");
    const { right } = panel.getBoundingClientRect();
    const nodes = [...panel.querySelectorAll("button, input, select, .dw-row, .dw-note, .dw-model")];
    const fixed = nodes.filter((node) => !node.closest(".dw-chips"));
    const beyond = fixed.filter((node) => node.getBoundingClientRect().right > right);
    return beyond.map((node) => node.outerHTML.slice(0, 100));
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_scrolls_sideways_where_it_is_narrow(notebook: Any, theme: Any) -> None:
    """At 320 px every component fits its panel, in both themes."""
    page = notebook.open(SETUP, NARROW)
    notebook.theme(theme)
    notebook.output(".dw-model").first.wait_for()
    assert page.locator(".dw-panel").evaluate("(node) => node.getBoundingClientRect().width") == 320
    assert page.evaluate(OUTSIDE) == []
    ids = page.evaluate(IDS)
    assert len(ids) > 2
    assert [title for title, is_close, is_whole in ids if not (is_close and is_whole)] == []
    for width in (280, 740, 900):
        page.locator(".dw-panel").evaluate(f"(node) => {{ node.style.width = '{width}px'; }}")
        ids = page.evaluate(IDS)
        assert [title for title, is_close, is_whole in ids if not (is_close and is_whole)] == [], width
        assert "gpt-4-turbo-preview-20221120" in page.evaluate(COPY)
    background = page.locator(".dw-panel").evaluate("(node) => getComputedStyle(node).backgroundColor")
    assert (background == "rgb(255, 255, 255)") == (theme == "light")
