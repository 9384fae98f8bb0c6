"""The panels in light and dark, wide and narrow, for keyboards and for screen readers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import pytest
from panel_driver.lab import Theme
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from panel_driver.app import App, Document
    from playwright.sync_api import Locator

pytestmark = pytest.mark.timeout(300)


def _spoil(document: Document) -> None:
    """Something to say in every tab: no key, a long name, an entry whose provider is gone, one left over."""
    providers, models = document["providers"], document["models"]
    providers[0]["name"] = "A provider with a rather long name, as an institute may have"
    providers[2]["credentials"]["apiKey"] = "${NOT_SET_ANYWHERE}"
    models["catalog"][0]["providerId"] = "gone"
    models["catalog"][1]["label"] = "accounts/fireworks/models/llama-v3p1-405b-instruct-with-a-long-tail"
    left = {
        "id": "openai:late",
        "providerType": "openai",
        "model": "late",
        "providerConfig": {"apiKey": "sk-x"},
    }
    models["catalog"].append(left)
    models["assignment"].append({"task": "summarize", "modelId": models["catalog"][0]["id"]})
    providers.append({**providers[1], "id": "twin", "name": "Twin"})


def _walk(app: App, look: Callable[[str], object]) -> None:
    """Open each state of the panel in turn and look at it."""
    app.tab("Providers")
    app.press("Refresh OpenAI")
    app.card("OpenAI").see("Key refused", whole=True)
    app.press("Delete Twin")
    app.card("Twin").see("Delete Twin?")
    look("Providers")
    app.press("Keep it")
    app.press("Add provider")
    app.press("Save and fetch models")
    app.see("1 field needs attention")
    look("the form to add a provider")
    app.press("Cancel")
    app.tab("Models")
    app.choose("Provider", "OpenAI")
    expect(app.models.first).to_be_visible()
    app.pick(2)
    look("Models")
    app.press("Edit Qwen3 8B")
    look("the form of an entry")
    app.press("Cancel")
    app.tab("Router")
    app.see("The provider of this entry was deleted.")
    look("Router")
    app.tab("Settings file")
    app.see_heading("Providers that are the same")
    look("Settings file")
    app.press("Share without keys")
    look("the form to share a copy")
    app.press("Cancel")


def _open(app: App, *cells: str) -> None:
    app.write(change=_spoil)
    app.open(*cells, lists=True)
    app.server.play("401", where="openai")


# Walks all that can have the focus in a panel; gives each a number to find it by.
_FOCUSABLE = """(panel) => {
    const css = "button, input, select, textarea, a[href], summary, [tabindex]";
    const found = [...panel.querySelectorAll(css)].filter((node) => node.checkVisibility() && !node.disabled);
    found.forEach((node, place) => node.setAttribute("data-test-place", String(place)));
    return found.length;
}"""
_UNMARKED = """(panel) => [...panel.querySelectorAll("[data-test-place]")]
    .filter((node) => node.getAttribute("data-lm-suppress-shortcuts") !== "true")
    .map((node) => node.outerHTML.slice(0, 120))"""
_FOCUS = """([panel, place]) => {
    const node = panel.querySelector(`[data-test-place="${place}"]`);
    node?.focus({ preventScroll: true });
    return node !== null && document.activeElement === node;
}"""


@pytest.mark.req("UI")
def test_one_key_shortcuts_stay_out_of_the_panel(app: App) -> None:
    """From no control of any tab or form do b, a, dd or x reach the notebook's cells (UI)."""
    _open(app)
    before = app.notebook.cells()
    pressed = 0

    def press(where: str) -> None:
        nonlocal pressed
        handle = app.node.element_handle()
        count = app.node.evaluate(_FOCUSABLE)
        assert app.node.evaluate(_UNMARKED) == [], where
        for place in range(count):
            if app.page.evaluate(_FOCUS, [handle, place]):
                app.key("b", "a", "x", "d", "d")
                pressed += 1
        assert app.notebook.cells() == before, where

    _walk(app, press)
    assert pressed > 60
    app.notebook.click_beside_cell()
    app.key("b")
    app.notebook.see_cells(len(before) + 1)


@pytest.mark.req("UI")
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_is_cut_off_at_any_width(app: App, theme: Literal["light", "dark"]) -> None:
    """From 250 to 1,600 px every tab, form, question and failure fits, in both themes (UI)."""
    _open(app)
    app.page.set_viewport_size({"width": 2000, "height": 1400})
    app.notebook.theme(theme)
    light = app.node.evaluate("(node) => getComputedStyle(node).backgroundColor")
    assert (light == "rgb(255, 255, 255)") == (theme == "light")

    def look(where: str) -> None:
        for width in PANEL_WIDTHS:
            assert app.node.evaluate(_MAKE_WIDE, width) == min(width, WIDEST_PX)
            assert app.beyond_the_edge() == [], f"{where} at {width} px"

    _walk(app, look)
    tabs = app.node.get_by_role("tab")
    before = tabs.evaluate_all(_WIDTHS)
    app.tab("Router")
    assert tabs.evaluate_all(_WIDTHS) == before  # bold takes no more room


PANEL_WIDTHS = (1600, 1000, 740, 560, 320, 250)
WIDEST_PX = 1040
"""However wide a page is, a panel's lines stay short enough to be read."""
# Gives a panel so much room, and waits until what follows from it is drawn.
_MAKE_WIDE = """async (panel, width) => {
    panel.parentElement.style.flex = "none";
    panel.parentElement.style.width = `${width}px`;
    for (const _ of [1, 2]) await new Promise(requestAnimationFrame);
    return panel.getBoundingClientRect().width;
}"""
_WIDTHS = "(tabs) => tabs.map((tab) => tab.getBoundingClientRect().width)"
_SPOILT = """(panel) => {
    const button = [...panel.querySelectorAll("button")].find((node) => node.checkVisibility());
    button.removeAttribute("title");
    button.setAttribute("aria-label", "");
    button.replaceChildren();
}"""


@pytest.mark.req("UI")
@pytest.mark.parametrize("theme", get_args(Theme))
def test_axe_finds_nothing_serious(
    app: App, axe: str, axe_says: Callable[[Locator], list[str]], theme: Theme
) -> None:
    """axe-core reports nothing serious or critical in any tab, form, question or failure (UI)."""
    _open(app)
    app.notebook.theme(theme)
    app.page.evaluate(axe)

    def look(where: str) -> None:
        assert axe_says(app.node) == [], where

    _walk(app, look)
    app.node.evaluate(_SPOILT)
    assert axe_says(app.node) != []
