"""The list, the key field and the panel's root, in a real JupyterLab, by mouse and by keyboard."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.timeout(300)

SETUP = Path(__file__).with_name("component_cell.py").read_text(encoding="utf-8")

PROVIDERS = (
    SETUP + "shown = listening([provider(name) for name in ('One', 'Two', 'Three')], label='Providers')"
)
MODELS = SETUP + "shown = listening([model(number) for number in range(30)], mode='pick', label='Models')"


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


def titles(rows: Locator) -> list[str]:
    """The titles of the rows that are drawn."""
    found: list[str] = rows.locator(".dw-name").all_inner_texts()
    return found


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


def test_models_are_picked_by_mouse(notebook: Any) -> None:
    """Search, kinds, order, boxes and buttons; a double click adds one row."""
    notebook.open(MODELS, "panel(shown)")
    rows = notebook.output(".dw-model")
    notebook.output("input[type=search]").fill("model 2")
    assert titles(rows)[:2] == ["Model 2", "Model 12"]
    notebook.output("[data-chip=chat]").click()
    assert titles(rows) == ["Model 12", "Model 21", "Model 24", "Model 27"]
    assert notebook.output("[data-chip=embedding] .dw-num").inner_text() == "3"
    assert notebook.output(".dw-filter > .dw-sub").inner_text() == "4 of 30 models"
    notebook.output(".dw-sort").select_option("created")
    assert titles(rows) == ["Model 27", "Model 24", "Model 21", "Model 12"]
    rows.nth(0).click()
    rows.nth(2).click(modifiers=["Shift"])
    notebook.until("shown.selected", "('m27', 'm24', 'm21')")
    rows.nth(1).click()
    add = notebook.output(".dw-picked button.mod-primary")
    assert add.inner_text() == "Add 2 to catalog"
    add.click()
    notebook.until("log", "[('add', '', {'ids': ['m27', 'm21']})]")
    notebook.output(".dw-picked").get_by_text("Clear").click()
    notebook.until("shown.selected", "()")
    rows.nth(3).dblclick()
    notebook.until("log[1:]", "[('add', '', {'ids': ['m12']})]")


def test_models_are_picked_by_keyboard(notebook: Any) -> None:
    """From the search field alone: into the list, select, a run, all, add, and back out with Escape."""
    page = notebook.open(MODELS, "panel(shown)")
    keyboard = page.keyboard
    notebook.output("input[type=search]").focus()
    keyboard.type("model 2")
    keyboard.press("ArrowDown")
    current = page.evaluate("() => document.activeElement.getAttribute('aria-activedescendant')")
    assert page.locator(f"#{current} .dw-name").inner_text() == "Model 2"
    keyboard.press("ArrowDown")
    keyboard.press("Space")
    keyboard.press("Shift+ArrowDown")
    notebook.until("shown.selected", "('m12', 'm20')")
    assert page.locator("[role=option][aria-selected=true]").count() == 2
    keyboard.press("Enter")
    notebook.until("log", "[('add', '', {'ids': ['m12', 'm20']})]")
    keyboard.press("Escape")
    assert notebook.output("input[type=search]").input_value() == ""
    keyboard.press("Escape")
    notebook.until("shown.selected", "()")
    keyboard.press("Control+a")
    notebook.until("len(shown.selected)", "30")
    keyboard.press("Escape")
    keyboard.press("End")  # the field's own until the list is entered
    keyboard.press("Enter")
    keyboard.press("ArrowDown")
    keyboard.press("End")
    keyboard.press("Enter")
    notebook.until("log[-1]", "('add', '', {'ids': ['m29']})")


IS_HIGHLIGHTED = """(chip) => {
    const probe = document.createElement("i");
    probe.style = "forced-color-adjust: none; background: Highlight";
    chip.append(probe);
    const [shade, highlight] = [chip, probe].map((node) => getComputedStyle(node).backgroundColor);
    probe.remove();
    return shade === highlight;
}"""


def test_chips_answer_to_arrows(notebook: Any) -> None:
    """The kinds are one tab stop; arrows change the kind; which one it is shows in forced colours too."""
    page = notebook.open(MODELS, "panel(shown)")
    notebook.output("[data-chip=all]").focus()
    page.keyboard.press("ArrowRight")
    assert focused(page).startswith("Chat")
    assert notebook.output("[data-chip=chat]").get_attribute("aria-checked") == "true"
    assert notebook.output(".dw-filter > .dw-sub").inner_text() == "10 of 30 models"
    page.emulate_media(forced_colors="active")
    shown = [notebook.output(f"[data-chip={chip}]").evaluate(IS_HIGHLIGHTED) for chip in ("all", "chat")]
    page.emulate_media(forced_colors="none")
    assert shown == [False, True]


@pytest.mark.req("MD-8")
def test_an_id_is_typed_by_hand(notebook: Any) -> None:
    """The last row takes an id that is not listed, and holds already what was searched for in vain."""
    page = notebook.open(MODELS, "shown.pick = dict(where='OpenRouter', search_all=True)\npanel(shown)")
    notebook.output("input[type=search]").fill("llama-v9")
    assert notebook.output(".dw-nomatch .dw-h").inner_text() == "Nothing at OpenRouter matches “llama-v9”"
    typed = notebook.output("input[aria-label='Model id']")
    assert typed.input_value() == "llama-v9"
    notebook.output(".dw-byhand select").select_option("embedding")
    notebook.output(".dw-byhand").get_by_text("Add by hand").click()
    notebook.until("log", "[('add_by_hand', '', {'model': 'llama-v9', 'kind': 'embedding'})]")
    page.wait_for_function("() => document.querySelector(\"input[aria-label='Model id']\").value === ''")
    notebook.output(".dw-nomatch").get_by_text("Search all providers").click()
    notebook.until("log[1:]", "[('search_all', '', {'query': 'llama-v9'})]")
    typed.fill("other/model")
    typed.press("Enter")
    notebook.until("log[2:]", "[('add_by_hand', '', {'model': 'other/model', 'kind': 'embedding'})]")
    notebook.execute("shown.pick = dict(by_hand_label='Use it', add=False)")
    notebook.output(".dw-byhand button").get_by_text("Use it").wait_for()


def test_what_is_in_the_catalog_cannot_be_picked(notebook: Any) -> None:
    """A row that enters the catalog gets a tick for its box and leaves the selection."""
    notebook.open(MODELS, "panel(shown)")
    row = notebook.output(".dw-model").first
    row.click()
    notebook.until("shown.selected", "('m0',)")
    notebook.execute("shown.update_item(model(0, have=True))")
    row.get_by_text("in catalog").wait_for()
    notebook.until("shown.selected", "()")
    row.click(force=True)  # Playwright sees that it is disabled, a person may try
    row.dblclick(force=True)
    notebook.output(".dw-model").nth(1).click()
    notebook.until("(shown.selected, log)", "(('m1',), [])")


TYPE_SIZE = "(size) => document.documentElement.style.setProperty('--jp-ui-font-size1', size)"


@pytest.mark.req("P-7")
def test_five_thousand_models_are_searched(notebook: Any) -> None:
    """Of 5,000 rows a few are drawn, any is found by typing, and an update keeps place and search."""
    page = notebook.open(
        SETUP + "shown = listening([model(number) for number in range(5000)], mode='pick')", "panel(shown)"
    )
    rows = notebook.output(".dw-model")
    rows.first.wait_for()
    assert rows.count() < 30
    assert notebook.output("[role=option]").first.get_attribute("aria-setsize") == "5000"
    view = notebook.output(".dw-view")
    view.evaluate("(node) => { node.scrollTop = 44 * 2000 + 7; }")
    notebook.output(".dw-name").get_by_text("Model 2000", exact=True).wait_for()
    notebook.execute("shown.set_items([model(-1)] + [model(n, have=n == 2001) for n in range(5000)])")
    notebook.output(".dw-have").wait_for()
    assert view.evaluate("(node) => node.scrollTop") == 44 * 2001 + 7
    assert rows.count() < 40
    notebook.output("input[type=search]").fill("vendor 4321")
    assert titles(rows) == ["Model 4321"]
    assert rows.locator("mark").all_inner_texts() == ["4321", "vendor", "4321"]
    notebook.execute("shown.update_item(model(4321, have=True))")
    rows.get_by_text("in catalog").wait_for()
    assert titles(rows) == ["Model 4321"]
    assert page.evaluate("() => document.activeElement.value") == "vendor 4321"
    page.evaluate(TYPE_SIZE, "20px")  # the host's type grows, and the rows with it
    notebook.output("input[type=search]").fill("")
    view.evaluate("(node) => { node.scrollTop = node.scrollHeight; }")
    notebook.output(".dw-name").get_by_text("Model 4999", exact=True).wait_for()
    row = rows.last.evaluate("(node) => node.getBoundingClientRect().height")
    assert row > 44
    assert round(view.evaluate("(node) => node.scrollHeight") / row) == 5001
    page.evaluate(TYPE_SIZE, "")


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


COUNT_OF = """([selector, text, count]) => {
    const found = [...document.querySelectorAll(selector)].filter((node) => node.textContent.includes(text));
    return found.length === count;
}"""

RUN_IN_LAST_CELL = """(source) => {
    const { content } = window.jupyterapp.shell.currentWidget;
    content.activeCellIndex = content.widgets.length - 1;
    content.activeCell.model.sharedModel.setSource(source);
    void window.jupyterapp.commands.execute("notebook:run-cell");
}"""


def test_views_of_one_list_are_in_step(notebook: Any) -> None:
    """Two views show the same rows and selection, and so does one that is opened after changes."""
    page = notebook.open(MODELS, "panel(shown)", "panel(shown)", "pass")
    rows = notebook.output(".dw-model")
    rows.first.click()
    page.wait_for_function(COUNT_OF, arg=[".dw-model[aria-selected=true]", "", 2])
    notebook.execute("shown.update_item({**model(1), 'title': 'Changed'})")
    page.wait_for_function(COUNT_OF, arg=[".dw-name", "Changed", 2])
    page.evaluate(RUN_IN_LAST_CELL, "shown")
    page.wait_for_function(COUNT_OF, arg=[".dw-name", "Changed", 3])
    page.wait_for_function(COUNT_OF, arg=[".dw-model[aria-selected=true]", "", 3])


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
        "from": "Fireworks"}
pick = listening([long] + [model(number) for number in range(9)], mode="pick", label="p")
outer = panel(listening([row], label="l"), pick, SecretInput())
outer.layout.width = "320px"
outer
"""

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
    background = page.locator(".dw-panel").evaluate("(node) => getComputedStyle(node).backgroundColor")
    assert (background == "rgb(255, 255, 255)") == (theme == "light")
