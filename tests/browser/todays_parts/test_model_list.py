"""The list that models are picked from, in a real JupyterLab, by mouse and by keyboard."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from panel_driver.app import App
from panel_driver.browser import Part
from playwright.sync_api import expect

if TYPE_CHECKING:
    from panel_driver.lab import Notebook

pytestmark = pytest.mark.timeout(300)

SETUP = Path(__file__).with_name("component_cell.py").read_text(encoding="utf-8")

MODELS = SETUP + "shown = listening([model(number) for number in range(30)], mode='pick', label='Models')"
WITH_BELOW = "panel(shown, widgets.Button(description='below'))"

SEARCH = "Search models"


def titles(panel: Part) -> list[str]:
    """The titles of the models that are drawn."""
    return [text.splitlines()[0] for text in panel.models.all_inner_texts()]


def place_of_below(panel: Part) -> float:
    """How far down the button below the list is."""
    above, below = (node.bounding_box() for node in (panel.node, panel.button("below")))
    assert above is not None
    assert below is not None
    return below["y"] - above["y"]


def test_models_are_picked_by_mouse(notebook: Notebook) -> None:
    """Search, kinds, order, boxes and buttons; a double click adds one row."""
    notebook.open(MODELS, WITH_BELOW)
    panel = App.panel_in(notebook.outputs)
    expect(panel.models.first).to_be_visible()
    before = place_of_below(panel)
    panel.search("nothing has this")
    panel.see("matches “nothing has this”")
    assert place_of_below(panel) == before  # nothing below moves, however many rows there are
    panel.search("model 2")
    assert place_of_below(panel) == before
    assert titles(panel)[:2] == ["Model 2", "Model 12"]
    panel.show_kind("Chat")
    assert titles(panel) == ["Model 12", "Model 21", "Model 24", "Model 27"]
    expect(panel.node.get_by_role("radio", name=re.compile(r"^Embedding\s*3$"))).to_be_visible()
    panel.see("4 of 30 models", whole=True)
    panel.field("Sort by").select_option("created")
    assert titles(panel) == ["Model 27", "Model 24", "Model 21", "Model 12"]
    panel.pick(0)
    panel.models.nth(2).click(modifiers=["Shift"])
    notebook.until("shown.selected", "('m27', 'm24', 'm21')")
    panel.pick(1)
    panel.press("Add 2 to catalog")
    notebook.until("log", "[('add', '', {'ids': ['m27', 'm21']})]")
    panel.press("Clear")
    notebook.until("shown.selected", "()")
    panel.models.nth(3).dblclick()
    notebook.until("log[1:]", "[('add', '', {'ids': ['m12']})]")


def test_models_are_picked_by_keyboard(notebook: Notebook) -> None:
    """From the search field alone: into the list, select, a run, all, add, and back out with Escape."""
    page = notebook.open(MODELS, "panel(shown)")
    panel = App.panel_in(notebook.outputs)
    keyboard = page.keyboard
    panel.field(SEARCH).focus()
    keyboard.type("model 2")
    keyboard.press("ArrowDown")
    current = panel.field(SEARCH).get_attribute("aria-activedescendant")
    assert page.locator(f"#{current}").inner_text().splitlines()[0] == "Model 2"
    keyboard.press("ArrowDown")
    keyboard.press("Space")
    keyboard.press("Shift+ArrowDown")
    notebook.until("shown.selected", "('m12', 'm20')")
    expect(panel.models.and_(page.get_by_role("option", selected=True))).to_have_count(2)
    keyboard.press("Enter")
    notebook.until("log", "[('add', '', {'ids': ['m12', 'm20']})]")
    keyboard.press("Escape")
    panel.see_in(SEARCH, "")
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
    panel = App.panel_in(notebook.outputs)
    everything, chat = (
        panel.node.get_by_role("radio", name=re.compile(f"^{kind}")) for kind in ("All", "Chat")
    )
    everything.focus()
    page.keyboard.press("ArrowRight")
    expect(chat).to_be_focused()
    expect(chat).to_be_checked()
    panel.see("10 of 30 models", whole=True)
    page.emulate_media(forced_colors="active")
    shown = [kind.evaluate(IS_HIGHLIGHTED) for kind in (everything, chat)]
    page.emulate_media(forced_colors="none")
    assert shown == [False, True]


@pytest.mark.req("MD-8")
def test_an_id_is_typed_by_hand(notebook: Notebook) -> None:
    """The last row takes an id that is not listed, and holds already what was searched for in vain."""
    cell = f"shown.pick = dict(where='OpenRouter', search_all=True)\nouter = {WITH_BELOW}\nouter"
    notebook.open(MODELS, cell)
    panel = App.panel_in(notebook.outputs)
    panel.search("llama-v9")
    panel.see_heading("Nothing at OpenRouter matches “llama-v9”")
    panel.see_in("Model id", "llama-v9")
    panel.press("Search all providers")
    notebook.until("log", "[('search_all', '', {'query': 'llama-v9'})]")
    panel.node.get_by_role("combobox", name="Kind").select_option("embedding")
    panel.press("Add by hand")
    notebook.until("log[1:]", "[('add_by_hand', '', {'model': 'llama-v9', 'kind': 'embedding'})]")
    panel.see_in("Model id", "")
    panel.fill("Model id", "other/model")
    panel.field("Model id").press("Enter")
    notebook.until("log[2:]", "[('add_by_hand', '', {'model': 'other/model', 'kind': 'embedding'})]")
    notebook.execute("shown.pick = dict(by_hand_label='Use it', add=False)")
    expect(panel.button("Use it")).to_be_visible()
    for width in (720, 1000):
        notebook.execute(f"shown.pick = {{}}; outer.layout.width = '{width}px'")
        owner = panel.node.get_by_role("combobox", name="Provider")
        expect(owner).to_have_count(0)
        before = place_of_below(panel)
        notebook.execute("shown.pick = dict(owners=[['a', 'A provider with a rather long name']])")
        expect(owner).to_be_visible()
        assert place_of_below(panel) == before, width  # nothing below moves
        notebook.execute("shown.pick = {}")
        expect(owner).to_have_count(0)
    before = place_of_below(panel)
    notebook.execute("shown.empty = dict(title='Not asked yet')\nshown.set_items([])")
    panel.see("Not asked yet")
    assert place_of_below(panel) == before
    nobody_knows = re.compile("^All\\s*\N{EN DASH}$")
    expect(panel.node.get_by_role("radio", name=nobody_knows)).to_be_visible()  # how many there are
    notebook.execute("shown.note = dict(title='No answer', tone='warn')")
    panel.see("No answer")
    assert place_of_below(panel) == before


def test_what_is_in_the_catalog_cannot_be_picked(notebook: Notebook) -> None:
    """A row that enters the catalog gets a tick for its box and leaves the selection."""
    notebook.open(MODELS, "panel(shown)")
    panel = App.panel_in(notebook.outputs)
    row = panel.models.first
    row.click()
    notebook.until("shown.selected", "('m0',)")
    notebook.execute("shown.update_item(model(0, have=True))")
    Part(row).see("in catalog")
    notebook.until("shown.selected", "()")
    row.click(force=True)  # Playwright sees that it is disabled, a person may try
    row.dblclick(force=True)
    panel.pick(1)
    notebook.until("(shown.selected, log)", "(('m1',), [])")


TYPE_SIZE = "(size) => document.documentElement.style.setProperty('--jp-ui-font-size1', size)"


@pytest.mark.req("P-7")
def test_five_thousand_models_are_searched(notebook: Notebook) -> None:
    """Of 5,000 rows a few are drawn, any is found by typing, and an update keeps place and search."""
    many = "shown = listening([model(number) for number in range(5000)], mode='pick', label='Models')"
    page = notebook.open(SETUP + many, "panel(shown)")
    panel = App.panel_in(notebook.outputs)
    panel.models.first.wait_for()
    assert panel.models.count() < 30
    assert panel.models.first.get_attribute("aria-setsize") == "5000"
    view = panel.node.get_by_role("listbox", name="Models")
    view.evaluate("(node) => { node.scrollTop = 44 * 2000 + 7; }")
    panel.see("Model 2000", whole=True)
    notebook.execute("shown.set_items([model(-1)] + [model(n, have=n == 2001) for n in range(5000)])")
    panel.see("in catalog")
    assert view.evaluate("(node) => node.scrollTop") == 44 * 2001 + 7
    assert panel.models.count() < 40
    panel.search("vendor 4321")
    assert titles(panel) == ["Model 4321"]
    assert panel.models.locator("mark").all_inner_texts() == ["4321", "vendor", "4321"]
    notebook.execute("shown.update_item(model(4321, have=True))")
    panel.see("in catalog")
    assert titles(panel) == ["Model 4321"]
    panel.focus_in(SEARCH)
    panel.see_in(SEARCH, "vendor 4321")
    page.evaluate(TYPE_SIZE, "20px")  # the host's type grows, and the rows with it
    panel.search("")
    view.evaluate("(node) => { node.scrollTop = node.scrollHeight; }")
    panel.see("Model 4999", whole=True)
    row = panel.models.last.evaluate("(node) => node.getBoundingClientRect().height")
    assert row > 44
    assert round(view.evaluate("(node) => node.scrollHeight") / row) == 5001
    page.evaluate(TYPE_SIZE, "")


def test_views_of_one_list_are_in_step(notebook: Notebook) -> None:
    """Two views show the same rows and selection, and so does one that is opened after changes."""
    notebook.open(MODELS, "panel(shown)", "panel(shown)", "pass")
    listed = notebook.outputs.get_by_role("listbox", name="Models")
    chosen = listed.get_by_role("option", selected=True)
    changed = listed.get_by_text("Changed", exact=True)
    listed.first.get_by_role("option").first.click()
    expect(chosen).to_have_count(2)
    notebook.execute("shown.update_item({**model(1), 'title': 'Changed'})")
    expect(changed).to_have_count(2)
    notebook.run_in_last_cell("shown")
    expect(changed).to_have_count(3)
    expect(chosen).to_have_count(3)
