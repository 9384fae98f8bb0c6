"""Many entries and providers: searched, sorted, and several of them changed at once."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from panel_driver.markup import BEYOND_THE_EDGE
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from panel_driver.app import App, Document
    from panel_driver.bare_page import BarePanel
    from playwright.sync_api import Locator

    Opened = Callable[..., BarePanel]

pytestmark = [pytest.mark.timeout(300), pytest.mark.req("UI")]

ENTRIES = 1000
LACKING = 3
PAGE = 10
SEARCH = "Search the catalog"
THEMES = {
    "light": "",
    "dark": 'data-jp-theme-light="false" style="--jp-layout-color1: #111; --jp-ui-font-color1: #ddd"',
    "high contrast": 'class="vscode-high-contrast"',
}


def _many(document: Document, *, entries: int = ENTRIES, lacking: int = LACKING) -> None:
    """Adds entries of the lab; the first ones are of a provider that is gone."""
    lab = next(each for each in document["providers"] if each["name"] == "Lab")
    document["models"]["catalog"] += [
        {
            "id": f"e{n}",
            "providerId": "gone" if n < lacking else lab["id"],
            "model": f"vendor/lab-model-{n:04}",
            "label": f"Entry {n:04}",
        }
        for n in range(entries)
    ]


def _open(bare: Opened, **options: Any) -> BarePanel:
    app = bare(change=options.pop("change", _many), **options)
    app.tab("Models")
    expect(app.rows("Catalog").first).to_be_visible()
    return app


def _ids(tmp_path: Path) -> list[str]:
    document = json.loads((tmp_path / "dispatch.settings.json").read_text("utf-8"))
    return [entry["id"] for entry in document["models"]["catalog"]]


def _tick(row: Locator, *modifiers: Any) -> None:
    row.locator(".dp-tick").click(modifiers=list(modifiers))


def _name(row: Locator) -> str:
    return str(row.get_attribute("aria-label"))


def test_the_catalog_is_searched_as_models_are(bare: Opened) -> None:
    """A search is blind to punctuation, has the best match first, and asks what a slip was to mean."""
    app = _open(bare)
    app.see("1 to 10 of 1,004")
    app.fill(SEARCH, "LABMODEL 0042")
    app.see_titles("Catalog", ["Entry 0042"])
    app.see("1 found")
    assert app.rows("Catalog").locator("mark").all_inner_texts() == ["0042"]
    app.fill(SEARCH, "deleted")
    app.see_titles("Catalog", ["Entry 0002", "Entry 0001", "Entry 0000"])
    app.fill(SEARCH, "Entyr 0042")
    app.see("No entry matches.")
    app.press("Did you mean Entry 0042?")
    app.see_in(SEARCH, "Entry 0042")
    app.see_titles("Catalog", ["Entry 0042"])
    app.press("Clear the search")
    app.see("1 to 10 of 1,004")


def test_the_catalog_has_orders(bare: Opened) -> None:
    """Newest first until another order is chosen; one keeps to a search."""
    app = _open(bare)
    first = app.rows("Catalog").first
    expect(first).to_contain_text("Entry 0999")
    seen = {
        "Oldest first": "Claude",
        "By name": "Claude",
        "By model": "claude",
        "By provider": "Claude",
        "By kind": "chat",
        "By task": "classify",
        "What needs attention first": "Entry 0002",
        "Newest first": "Entry 0999",
    }
    assert app.options("Order") == ["Newest first", *list(seen)[:-1]]
    for order, words in seen.items():
        app.choose("Order", order)
        expect(first).to_contain_text(words)
    app.choose("Order", "Oldest first")
    app.fill(SEARCH, "entry 00")
    expect(first).to_contain_text("Entry 0000")


def test_a_page_of_rows_is_drawn_and_keys_move_through_all(bare: Opened) -> None:
    """Of a thousand rows ten are in the document; keys and buttons lead to the others."""
    app = _open(bare)
    rows = app.rows("Catalog")
    expect(rows).to_have_count(PAGE)
    rows.first.focus()
    app.key("End")
    app.see("995 to 1,004 of 1,004")
    app.focus_comes_to(f"^{_name(rows.last)}$")
    app.key("Home", "PageDown")
    app.see("2 to 11 of 1,004")
    app.focus_comes_to("^Entry 0989$")
    expect(rows.first).to_have_attribute("aria-rowindex", "2")
    app.key("ArrowDown")
    app.see("3 to 12 of 1,004")
    app.focus_comes_to("^Entry 0988$")
    expect(rows).to_have_count(PAGE)
    app.press("Next page")
    app.see("13 to 22 of 1,004")
    app.focus_comes_to("^Entry 0987$")
    app.press("Previous page")
    app.see("3 to 12 of 1,004")


def test_typing_elsewhere_draws_no_row(bare: Opened) -> None:
    """A letter in the search over models changes nothing in the catalog's rows."""
    app = _open(bare)
    app.page.evaluate(
        """() => {
            window.changes = 0;
            const watch = new MutationObserver((list) => { window.changes += list.length; });
            watch.observe(document.querySelector("[role=grid]"),
                { subtree: true, childList: true, attributes: true, characterData: true });
        }"""
    )
    app.search("claude")
    expect(app.models.first).to_contain_text(re.compile("claude", re.IGNORECASE))
    assert app.page.evaluate("() => window.changes") == 0


def test_several_are_selected_and_deleted_by_keyboard(bare: Opened, tmp_path: Path) -> None:
    """Space, Shift and Ctrl+A select; Delete asks once and names them; one save, one Undo, and it is said."""
    app = _open(bare)
    before = _ids(tmp_path)
    rows = app.rows("Catalog")
    app.see("Space selects, Shift selects a run")
    rows.nth(1).focus()
    app.key("Space", "Shift+ArrowDown", "Shift+ArrowDown")
    app.see("3 selected")
    expect(rows.nth(3)).to_have_attribute("aria-selected", "true")
    app.key("Shift+ArrowUp")
    app.see("2 selected")
    app.key("End", "Space")
    app.see("3 selected")
    last = _name(rows.last)
    app.key("Escape")
    app.see("Space selects, Shift selects a run")
    app.fill(SEARCH, "Entry 09")
    app.see("1 to 10 of 119")
    rows.first.focus()
    app.key("Control+a")
    app.see("119 selected")
    app.key("Escape", "Space", "Shift+ArrowDown")
    app.fill(SEARCH, last)
    rows.first.focus()
    app.key("Space")
    app.see("3 selected")
    app.key("Delete")
    app.see("Delete 3 entries?", "Entry 0999", last)
    app.focus_comes_to("^Keep them$")
    app.key("Escape")
    app.not_see("Delete 3 entries?")
    app.focus_comes_to("^Delete 3$")
    assert _ids(tmp_path) == before
    app.key("Escape")
    app.focus_comes_to(last)
    app.key("Space")
    app.fill(SEARCH, "Entry 09")
    rows.first.focus()
    app.key("Space", "Shift+ArrowDown")
    app.see("3 selected")
    app.fill(SEARCH, "")
    rows.nth(2).focus()
    app.key("Delete")
    app.press("Delete 3 entries")
    app.see("3 entries deleted")
    assert len(_ids(tmp_path)) == len(before) - 3
    app.focus_comes_to("Entry 0997")
    app.press("Undo")
    app.see("Space selects, Shift selects a run")
    assert _ids(tmp_path) == before


def test_a_question_is_about_what_is_selected(bare: Opened, tmp_path: Path) -> None:
    """A key without a meaning presses nothing; another selection ends the question; no match hides no bar."""
    app = _open(bare)
    before = _ids(tmp_path)
    rows = app.rows("Catalog")
    rows.nth(1).focus()
    app.key("Space", "z", "Shift")
    app.focus_comes_to(_name(rows.nth(1)))
    app.key("Shift+ArrowDown", "Shift+ArrowDown")
    app.see("3 selected")
    app.press("Delete 3")
    app.see("Delete 3 entries?")
    _tick(rows.nth(1))
    app.see("2 selected")
    app.not_see("Delete 3 entries?")
    app.fill(SEARCH, "nothing is called so")
    app.see("2 selected")
    app.press("Delete 2")
    app.press("Delete 2 entries")
    app.see("2 entries deleted")
    assert len(_ids(tmp_path)) == len(before) - 2
    app.press("Undo")
    app.not_see("2 entries deleted")
    assert _ids(tmp_path) == before


def test_several_are_selected_by_mouse_and_given_a_provider(bare: Opened, tmp_path: Path) -> None:
    """A click selects, with Shift a run; entries get a provider together, and Undo takes it back."""
    app = _open(bare)
    rows = app.rows("Catalog")
    _tick(rows.nth(2))
    _tick(rows.nth(5), "Shift")
    app.see("4 selected")
    app.not_see(re.compile("Give .* a provider"))
    _tick(rows.nth(3))
    app.see("3 selected")
    app.fill(SEARCH, "No provider")
    app.press("Select all 3")
    app.see("6 selected")
    app.press("Give 3 a provider")
    app.focus_comes_to("^Provider for the entries$")
    app.choose("Provider for the entries", "OpenAI")
    app.press("Give 3 a provider")
    app.see("3 entries use OpenAI now", "No entry matches.")
    document = json.loads((tmp_path / "dispatch.settings.json").read_text("utf-8"))
    openai = next(each["id"] for each in document["providers"] if each["name"] == "OpenAI")
    given = [each["id"] for each in document["models"]["catalog"] if each["providerId"] == openai]
    assert {"e0", "e1", "e2"} <= set(given)
    app.fill(SEARCH, "")
    app.press("Undo")
    app.fill(SEARCH, "No provider")
    app.see_rows("Catalog", LACKING)


def test_a_range_begins_anew_after_the_selection_is_cleared(bare: Opened) -> None:
    """After Escape, and where the search hides where it began, Shift selects from the current row."""
    app = _open(bare)
    rows = app.rows("Catalog")
    _tick(rows.nth(1))
    _tick(rows.nth(4), "Shift")
    app.see("4 selected")
    rows.nth(4).focus()
    app.key("Escape")
    app.not_see("4 selected")
    app.key("Shift+ArrowDown")
    app.see("2 selected")
    app.key("Escape")
    _tick(rows.nth(0))  # Entry 0999
    app.fill(SEARCH, "Entry 000")
    _tick(rows.nth(8), "Shift")
    _tick(rows.nth(9), "Shift")
    app.see("3 selected")  # with the one that the search hides


def test_a_task_that_would_lose_its_model_is_named(bare: Opened) -> None:
    """The question before several entries go names the tasks that use them."""
    app = _open(bare)
    app.choose("Order", "By task")
    rows = app.rows("Catalog")
    _tick(rows.nth(0))
    _tick(rows.nth(2))
    app.press("Delete 2")
    app.see(re.compile(r"classify uses them and is then not set\."))
    app.press("Keep them")
    app.press("Clear")
    app.not_see("2 selected")


def test_a_deletion_keeps_the_search_and_goes_on_below(bare: Opened) -> None:
    """After a row is deleted the next one as they are shown has the focus, and the search stays."""
    app = _open(bare)
    app.choose("Order", "Oldest first")
    app.fill(SEARCH, "Entry 010")
    rows = app.rows("Catalog")
    rows.nth(5).focus()
    app.key("Delete")
    app.press("Delete entry")
    app.see("Entry 0104 deleted")
    app.focus_comes_to("Entry 0105")
    app.see_in(SEARCH, "Entry 010")
    rows.last.focus()
    app.key("Delete")
    app.press("Delete entry")
    app.focus_comes_to("Entry 0108")


def test_what_is_added_comes_into_view(bare: Opened) -> None:
    """A new entry is shown whatever was searched for there, marked, in view, and without the focus."""
    app = _open(bare)
    app.fill(SEARCH, "Entry 0500")
    app.see_rows("Catalog", 1)
    app.at_width(1000, 768)
    app.search("claude")
    app.key("ArrowDown")
    name = app.models.first.inner_text().split("\n")[0]
    app.key("Enter")
    app.see("1 added")
    row = app.rows("Catalog").first
    expect(row).to_contain_text(name)
    expect(row).to_have_class(re.compile("dp-added"))
    expect(row).to_be_in_viewport()
    app.focus_in("Search models")
    expect(app.button("Undo")).to_be_in_viewport()
    app.see_in(SEARCH, "")
    app.press("Undo")
    expect(app.rows("Catalog").first).to_contain_text("Entry 0999")
    expect(app.node.locator(".dp-added")).to_have_count(0)


def test_few_entries_have_no_search(bare: Opened) -> None:
    """Up to a dozen entries stand without a search and without boxes."""
    app = _open(bare, change=lambda document: _many(document, entries=4, lacking=0))
    expect(app.node.get_by_label(SEARCH)).to_have_count(0)
    expect(app.node.locator(".dp-tick")).to_have_count(0)


def test_several_without_a_provider_are_given_one_among_few(bare: Opened) -> None:
    """Where two entries lack a provider, both can be selected and given one."""
    app = _open(bare, change=lambda document: _many(document, entries=4, lacking=2))
    rows = app.rows("Catalog")
    rows.first.focus()
    app.key("Control+a")
    app.choose("Provider for the entries", "Lab")
    app.press("Give 2 a provider")
    app.see("2 entries use Lab now")
    app.not_see("selected", "No provider")


@pytest.mark.parametrize("theme", list(THEMES))
def test_nothing_is_cut_and_axe_is_content(
    bare: Opened, axe: str, axe_says: Callable[[Locator], list[str]], theme: str
) -> None:
    """From 250 to 1,000 px every state of the bar fits, and axe-core finds nothing serious in it."""
    app = _open(bare, body=THEMES[theme])
    app.page.evaluate(axe)
    wrong = []

    def look(where: str) -> None:
        for width in (250, 320, 560, 1000):
            app.at_width(width)
            wrong.extend(f"{where}, {width} px: {each}" for each in app.node.evaluate(BEYOND_THE_EDGE))
        wrong.extend(f"{where}: {each}" for each in axe_says(app.node))

    look("nothing selected")
    app.fill(SEARCH, "No provider")
    app.press("Select all 3")
    look("selected")
    app.press("Delete 3")
    app.see("Delete 3 entries?")
    look("asked")
    app.press("Delete 3 entries")
    app.see("3 entries deleted")
    look("deleted")
    app.fill(SEARCH, "Entyr 0042")
    look("meant")
    app.fill(SEARCH, "")
    app.search("claude")
    app.key("ArrowDown", "Enter")
    app.see("1 added")
    look("added")
    assert wrong == []


def test_sixty_providers_are_searched_and_several_refreshed(bare: Opened) -> None:
    """Among sixty providers a search forgives slips, and those that are selected are asked together."""

    def add(document: Document) -> None:
        lab = next(each for each in document["providers"] if each["name"] == "Lab")
        document["providers"] += [{**lab, "id": f"p{n}", "name": f"Gateway {n:02}"} for n in range(57)]

    app = bare(change=add)
    app.see_rows("Providers", PAGE)
    app.see("1 to 10 of 60")
    app.fill("Search providers", "gatewya 31")
    app.press("Did you mean Gateway 31?")
    app.see_titles("Providers", ["Gateway 31"])
    app.fill("Search providers", "gateway-3")
    app.see_rows("Providers", 10)
    rows = app.rows("Providers")
    rows.nth(0).focus()
    app.key("Space", "Shift+ArrowDown")
    app.see("2 selected")
    app.press("Refresh 2")
    expect(rows.nth(0)).to_contain_text("No change")
    expect(rows.nth(1)).to_contain_text("No change")
    expect(rows.nth(2)).not_to_contain_text("No change")
    app.see("Space selects, Shift selects a run")


def test_several_providers_are_deleted_and_brought_back(bare: Opened, tmp_path: Path) -> None:
    """By keyboard: selected, asked about once, deleted in one save, brought back by one Undo."""

    def add(document: Document) -> None:
        lab = next(each for each in document["providers"] if each["name"] == "Lab")
        document["providers"] += [{**lab, "id": f"p{n}", "name": f"Gateway {n:02}"} for n in range(17)]

    app = bare(change=add)
    app.see_rows("Providers", PAGE)
    path = tmp_path / "dispatch.settings.json"
    before = json.loads(path.read_bytes())["providers"]
    app.fill("Search providers", "gateway")
    app.rows("Providers").nth(0).focus()
    app.key("Space", "Shift+ArrowDown", "Shift+ArrowDown")
    app.press("Delete 3")
    app.see("Delete 3 providers?", "Gateway 00 · Gateway 01 · Gateway 02")
    app.focus_comes_to("^Keep them$")
    assert json.loads(path.read_bytes())["providers"] == before
    app.press("Delete 3 providers")
    app.see("3 providers deleted")
    app.focus_comes_to("Gateway 03")
    app.press("Undo")
    app.focus_comes_to("Gateway 00")
    assert json.loads(path.read_bytes())["providers"] == before


def test_a_selection_outlives_tabs_and_cells(app: App) -> None:
    """In JupyterLab a selection outlives other tabs and its cell run again."""
    app.write(change=_many)
    app.open()
    app.tab("Models")
    rows = app.rows("Catalog")
    _tick(rows.nth(1))
    app.tab("Router")
    app.tab("Models")
    app.see("1 selected")
    app.notebook.run_all()
    app.see("1 selected")
    assert app.beyond_the_edge() == []
