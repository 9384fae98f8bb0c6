"""The list of keys that `?` shows, beside what the keys do in each place of a panel."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from panel_driver.bare_page import BarePanel
    from playwright.sync_api import Locator

    Go = Callable[[BarePanel], object]

pytestmark = [pytest.mark.timeout(300), pytest.mark.req("UI")]

MOVES = ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown")
OTHERS = ("o", "Enter", "Space", "Escape", "Delete", "Backspace", "F2", "?", "r", "/")
SHIFT = "Shift+ArrowDown"
KEYS = (*MOVES, *OTHERS, SHIFT, "Control+a")
SELECTS = "Space, Shift + ↑ ↓, Ctrl or ⌘ + A"
# How the list writes them.
WRITTEN = {
    "←": "ArrowLeft",
    "→": "ArrowRight",
    "↑": "ArrowUp",
    "↓": "ArrowDown",
    "Esc": "Escape",
    "R": "r",
}
FACTS = {
    "Page ↑ ↓": {"PageUp", "PageDown"},
    "A letter": {"o"},
    SELECTS: {"Space", "Shift+ArrowDown", "Control+a"},
}
# Whether a key did something: it was taken, led the focus elsewhere, or pressed what has it.
# That Space presses a button is the browser's own.
WATCH = """() => {
    window.keyDid = undefined;
    let clicked = false;
    addEventListener("click", () => { clicked = true; }, true);
    addEventListener("keydown", (event) => {
        const before = document.activeElement;
        clicked = false;
        setTimeout(() => {
            const moved = document.activeElement !== before && !(clicked && event.key === " ");
            window.keyDid = event.defaultPrevented || moved || (clicked && event.key === "Enter");
        }, 30);
    }, true);
}"""


def _meant(names: Iterable[str]) -> set[str]:
    """The keys that the list's own names stand for."""
    return {
        key for name in names for key in FACTS.get(name) or {WRITTEN.get(one, one) for one in name.split()}
    }


def _does(app: BarePanel, *places: Go) -> set[str]:
    """The keys that do something in one of these places, each tried from there anew."""
    found = set()
    for go in places:
        for key in KEYS:
            go(app)
            app.page.wait_for_timeout(60)  # what its own keys led to is there
            app.page.evaluate("() => { window.keyDid = undefined; }")
            app.key(key)
            app.page.wait_for_function("() => window.keyDid !== undefined")
            if app.page.evaluate("() => window.keyDid"):
                found.add(key)
    return found


def _leave(app: BarePanel) -> None:
    """Nothing is asked, searched, picked or filled in, and the list of keys is folded."""
    keys = app.node.locator(".dp-keys")
    keys.evaluate("(list) => { list.open = false; }")
    for name in ("Cancel", "Keep it", "Clear", "Clear the search"):
        # At once: a try's own Cancel goes when it is answered.
        app.button(name).evaluate_all("(found) => found.forEach((each) => each.click())")


def _at(find: Callable[[BarePanel], Locator], *keys: str, tab: str) -> Go:
    def go(app: BarePanel) -> None:
        _leave(app)
        if app.node.get_by_role("tab", name=re.compile(f"^{tab}"), selected=True).count() == 0:
            app.tab(tab)
        find(app).focus()
        app.key(*keys)

    return go


def _asked(find: Callable[[BarePanel], Locator], *, tab: str) -> Go:
    def go(app: BarePanel) -> None:
        _at(find, "Delete", tab=tab)(app)
        app.focus_on("Keep it")

    return go


def _row(app: BarePanel) -> Locator:
    return app.row("OpenAI", of="Providers").node


def _entry(app: BarePanel) -> Locator:
    return app.rows("Catalog").first


def _search(app: BarePanel) -> Locator:
    return app.field("Search models")


def _open_form(app: BarePanel) -> None:
    _leave(app)
    app.tab("Providers")
    app.press("Add provider")
    app.field("Name").focus()


# Where, which lines of the list are about it, and what needs no line there.
PLACES: dict[str, tuple[tuple[Go, ...], tuple[str, ...], set[str]]] = {
    "the tabs": (
        (_at(lambda app: app.node.get_by_role("tab").first, tab="Providers"),),
        ("?", "← →", "Home End", "Enter"),
        set(),
    ),
    "a provider": (
        (
            _at(_row, tab="Providers"),
            _at(lambda app: app.button("Edit OpenAI"), tab="Providers"),
            _asked(_row, tab="Providers"),
        ),
        ("?", "↑ ↓", "Home End", "Page ↑ ↓", "→ ←", "Enter", "Delete", "R", "Esc"),
        {SHIFT},  # as without Shift
    ),
    "an entry": (
        (
            _at(_entry, tab="Models"),
            _at(_entry, "ArrowRight", tab="Models"),
            _asked(_entry, tab="Models"),
        ),
        ("?", "↑ ↓", "Home End", "Page ↑ ↓", "→ ←", "Enter", "Delete", "Esc"),
        {SHIFT},
    ),
    "the models": (
        (
            _at(_search, "g", "ArrowDown", tab="Models"),
            _at(lambda app: app.node.get_by_role("listbox", name="Models"), "ArrowDown", tab="Models"),
        ),
        ("?", "↑ ↓", "Home End", "Page ↑ ↓", "→", "Enter", "A letter", SELECTS, "Esc"),
        {"r", "/"},  # as letters
    ),
    "the providers beside them": (
        (_at(lambda app: app.node.get_by_role("listbox", name="Provider"), tab="Models"),),
        ("?", "↑ ↓", "Home End", "Page ↑ ↓", "A letter"),
        {SHIFT, "Enter", "Space"},  # what is chosen is chosen again
    ),
    "the kinds": (
        (_at(lambda app: app.node.get_by_role("radio", name=re.compile("^All")), tab="Models"),),
        ("?", "← →", "↑ ↓"),
        {SHIFT, "Enter"},  # chosen again
    ),
    "a form": ((_open_form,), ("Enter", "Esc"), set()),
}


def test_the_list_of_keys_is_what_the_keys_do(bare: Callable[..., BarePanel]) -> None:
    """In each place every key that does something is in the list, and every listed one does something."""
    app = bare()
    app.page.evaluate(WATCH)
    expect(app.row("OpenAI", of="Providers").node).to_be_visible()
    listed = set(app.node.locator(".dp-keys dt").all_text_contents())
    assert {name for _, names, _ in PLACES.values() for name in names} == listed
    wrong = {}
    for where, (places, names, own) in PLACES.items():
        does, meant = _does(app, *places) - own, _meant(names)
        wrong[where] = f"not listed: {does - meant}, without effect: {meant - does}" if does != meant else ""
    assert not any(wrong.values()), wrong
