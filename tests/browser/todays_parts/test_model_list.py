"""The list that models are picked from, in a real JupyterLab, by mouse and by keyboard."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from panel_driver.lab import Notebook
    from playwright.sync_api import Locator

pytestmark = pytest.mark.timeout(300)

SETUP = Path(__file__).with_name("component_cell.py").read_text(encoding="utf-8")

MODELS = SETUP + "shown = listening([model(number) for number in range(30)], mode='pick', label='Models')"


def titles(rows: Locator) -> list[str]:
    """The titles of the rows that are drawn."""
    found: list[str] = rows.locator(".dw-name").all_inner_texts()
    return found


HEIGHT = "(node) => node.getBoundingClientRect().height"


def test_models_are_picked_by_mouse(notebook: Notebook) -> None:
    """Search, kinds, order, boxes and buttons; a double click adds one row."""
    notebook.open(MODELS, "panel(shown)")
    rows = notebook.output(".dw-model")
    place = notebook.output(".dw-picklist")
    before = place.evaluate(HEIGHT)
    notebook.output("input[type=search]").fill("nothing has this")
    assert notebook.output(".dw-nomatch").is_visible()
    assert place.evaluate(HEIGHT) == before  # nothing below moves, however many rows there are
    notebook.output("input[type=search]").fill("model 2")
    assert place.evaluate(HEIGHT) == before
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


def test_models_are_picked_by_keyboard(notebook: Notebook) -> None:
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


def test_chips_answer_to_arrows(notebook: Notebook) -> None:
    """The kinds are one tab stop; arrows change the kind; which one it is shows in forced colours too."""
    page = notebook.open(MODELS, "panel(shown)")
    notebook.output("[data-chip=all]").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator(":focus").inner_text().startswith("Chat")
    assert notebook.output("[data-chip=chat]").get_attribute("aria-checked") == "true"
    assert notebook.output(".dw-filter > .dw-sub").inner_text() == "10 of 30 models"
    page.emulate_media(forced_colors="active")
    shown = [notebook.output(f"[data-chip={chip}]").evaluate(IS_HIGHLIGHTED) for chip in ("all", "chat")]
    page.emulate_media(forced_colors="none")
    assert shown == [False, True]


@pytest.mark.req("MD-8")
def test_an_id_is_typed_by_hand(notebook: Notebook) -> None:
    """The last row takes an id that is not listed, and holds already what was searched for in vain."""
    page = notebook.open(MODELS, "shown.pick = dict(where='OpenRouter', search_all=True)\npanel(shown)")
    notebook.output("input[type=search]").fill("llama-v9")
    assert notebook.output(".dw-nomatch .dw-h").inner_text() == "Nothing at OpenRouter matches “llama-v9”"
    typed = notebook.output("input[aria-label='Model id']")
    assert typed.input_value() == "llama-v9"
    notebook.output(".dw-nomatch").get_by_text("Search all providers").click()
    notebook.until("log", "[('search_all', '', {'query': 'llama-v9'})]")
    notebook.output(".dw-byhand select[aria-label=Kind]").select_option("embedding")
    notebook.output(".dw-byhand").get_by_text("Add by hand").click()
    notebook.until("log[1:]", "[('add_by_hand', '', {'model': 'llama-v9', 'kind': 'embedding'})]")
    page.wait_for_function("() => document.querySelector(\"input[aria-label='Model id']\").value === ''")
    typed.fill("other/model")
    typed.press("Enter")
    notebook.until("log[2:]", "[('add_by_hand', '', {'model': 'other/model', 'kind': 'embedding'})]")
    notebook.execute("shown.pick = dict(by_hand_label='Use it', add=False)")
    notebook.output(".dw-byhand button").get_by_text("Use it").wait_for()
    by_hand = notebook.output(".dw-byhand")
    before = by_hand.evaluate(HEIGHT)
    for width in (720, 1000):
        page.locator(".dw-panel").evaluate(f"(node) => {{ node.style.width = '{width}px'; }}")
        notebook.execute("shown.pick = dict(owners=[['a', 'A provider with a rather long name']])")
        by_hand.get_by_label("Provider").wait_for()
        assert by_hand.evaluate(HEIGHT) == before, width  # nothing below moves
        notebook.execute("shown.pick = {}")
        by_hand.get_by_label("Provider").wait_for(state="hidden")
    shown = notebook.output(".dw-picklist")
    before = shown.evaluate(HEIGHT)
    notebook.execute("shown.empty = dict(title='Not asked yet')\nshown.set_items([])")
    shown.get_by_text("Not asked yet").wait_for()
    assert shown.evaluate(HEIGHT) == before
    assert notebook.output("[data-chip=all] .dw-num").inner_text() == "\N{EN DASH}"  # nobody knows how many
    notebook.execute("shown.note = dict(title='No answer', tone='warn')")
    shown.get_by_text("No answer").wait_for()
    assert shown.evaluate(HEIGHT) == before


def test_what_is_in_the_catalog_cannot_be_picked(notebook: Notebook) -> None:
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
def test_five_thousand_models_are_searched(notebook: Notebook) -> None:
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


COUNT_OF = """([selector, text, count]) => {
    const found = [...document.querySelectorAll(selector)].filter((node) => node.textContent.includes(text));
    return found.length === count;
}"""


def test_views_of_one_list_are_in_step(notebook: Notebook) -> None:
    """Two views show the same rows and selection, and so does one that is opened after changes."""
    page = notebook.open(MODELS, "panel(shown)", "panel(shown)", "pass")
    rows = notebook.output(".dw-model")
    rows.first.click()
    page.wait_for_function(COUNT_OF, arg=[".dw-model[aria-selected=true]", "", 2])
    notebook.execute("shown.update_item({**model(1), 'title': 'Changed'})")
    page.wait_for_function(COUNT_OF, arg=[".dw-name", "Changed", 2])
    notebook.run_in_last_cell("shown")
    page.wait_for_function(COUNT_OF, arg=[".dw-name", "Changed", 3])
    page.wait_for_function(COUNT_OF, arg=[".dw-model[aria-selected=true]", "", 3])
