"""The panels in light and dark, wide and narrow, for keyboards and for screen readers."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.timeout(300)


def _spoil(document: dict[str, Any]) -> None:
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


def _walk(app: Any, look: Callable[[str], object]) -> None:
    """Open each state of the panel in turn and look at it."""
    from playwright.sync_api import expect

    panel = app.panel
    app.tab("Providers")
    app.button("Refresh OpenAI").click()
    expect(app.card("OpenAI").locator(".dw-badge")).to_have_text("Key refused")
    app.button("Delete Twin").click()
    expect(app.card("Twin").locator(".dw-note")).to_be_visible()
    look("Providers")
    app.button("Keep it").click()
    app.button("Add provider").click()
    app.button("Save and fetch models").click()
    expect(panel.locator(".dw-form .dw-invalid, .dw-form [aria-invalid=true]").first).to_be_visible()
    look("the form to add a provider")
    app.button("Cancel").click()
    app.tab("Models")
    rail = panel.locator(".dw-rail-item", has_text="OpenAI")
    if rail.is_visible():
        rail.click()
    else:
        chosen = panel.locator("select.dw-rail-select")
        chosen.select_option(label=chosen.locator("option", has_text="OpenAI").text_content())
    expect(panel.locator(".dw-model").first).to_be_visible()
    panel.locator(".dw-model").nth(2).click()
    look("Models")
    app.tab("Router")
    expect(panel.get_by_text("The provider of this entry was deleted.").first).to_be_visible()
    look("Router")
    app.tab("Settings file")
    expect(panel.get_by_role("heading", name="Providers that are the same")).to_be_visible()
    look("Settings file")


def _open(app: Any, *cells: str) -> Any:
    app.write(change=_spoil)
    panel = app.open(*cells, lists=True)
    app.server.play("401", where="openai")
    return panel


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
def test_one_key_shortcuts_stay_out_of_the_panel(app: Any) -> None:
    """From no control of any tab or form do b, a, dd or x reach the notebook's cells (UI)."""
    panel = _open(app)
    before = app.cells()
    pressed = 0

    def press(where: str) -> None:
        nonlocal pressed
        handle = panel.element_handle()
        count = panel.evaluate(_FOCUSABLE)
        assert panel.evaluate(_UNMARKED) == [], where
        for place in range(count):
            if app.page.evaluate(_FOCUS, [handle, place]):
                app.press("b", "a", "x", "d", "d")
                pressed += 1
        assert app.cells() == before, where

    _walk(app, press)
    assert pressed > 60
    app.page.locator(".jp-InputArea-prompt").first.click()
    app.press("b")
    app.page.wait_for_function(
        "(n) => window.jupyterapp.shell.currentWidget.content.widgets.length === n", arg=len(before) + 1
    )


@pytest.mark.req("UI")
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_is_cut_off_where_it_is_narrow(app: Any, theme: str) -> None:
    """At 320 px every tab, form, question and failure fits, in both themes (UI)."""
    panel = _open(app, "panel = dw.panel(service)\npanel.layout.width = '320px'\npanel")
    app.notebook.theme(theme)
    assert panel.evaluate("(node) => node.getBoundingClientRect().width") == 320
    light = panel.evaluate("(node) => getComputedStyle(node).backgroundColor")
    assert (light == "rgb(255, 255, 255)") == (theme == "light")

    def look(where: str) -> None:
        assert app.beyond_the_edge() == [], where

    _walk(app, look)
    tabs = panel.locator(".lm-TabBar-tab")
    before = tabs.evaluate_all(_WIDTHS)
    app.tab("Router")
    assert tabs.evaluate_all(_WIDTHS) == before  # bold takes no more room


@pytest.mark.req("UI")
def test_a_panel_without_its_kernel_says_so_once(app: Any) -> None:
    """A panel whose kernel is gone says what to do, in one place, and offers nothing to press (UI)."""
    app.write()
    panel = app.open(lists=True)
    assert panel.evaluate(_SAID_BEFORE) == ["none", []]

    def says_so() -> None:
        said, elsewhere = panel.evaluate(_SAID_BEFORE)
        assert said == '"No kernel is behind this panel. Run its cell again."'
        assert elsewhere == []
        button = app.button("Add provider")
        assert button.evaluate("(node) => getComputedStyle(node).pointerEvents") == "none"

    app.page.evaluate(_RESTART)
    app.page.locator(".dw-panel.jupyter-widgets-disconnected").first.wait_for()
    says_so()
    app.notebook.run_all()
    app.page.locator(".dw-panel:not(.jupyter-widgets-disconnected)").first.wait_for()
    app.page.evaluate(_SHUT_DOWN)
    app.page.locator(".dw-panel.dw-no-kernel").first.wait_for()
    says_so()


# What the panel's own sign says, and the signs of lost widgets below it.
_SAID_BEFORE = """(panel) => {
    const said = (node) => getComputedStyle(node, "::before").content;
    const below = [...panel.querySelectorAll(".jupyter-widgets-disconnected:not([class*=dw-i-])")];
    return [said(panel), below.map(said).filter((content) => content !== "none")];
}"""
_RESTART = """() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()"""
_SHUT_DOWN = """() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.shutdown()"""
_WIDTHS = "(tabs) => tabs.map((tab) => tab.getBoundingClientRect().width)"
_AXE = """async (panel) => {
    const { violations } = await axe.run(panel, { resultTypes: ["violations"] });
    const bad = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    return bad.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${
        node.failureSummary.slice(0, 300)}`));
}"""


_SPOILT = """(panel) => {
    const button = [...panel.querySelectorAll("button")].find((node) => node.checkVisibility());
    button.removeAttribute("title");
    button.setAttribute("aria-label", "");
    button.replaceChildren();
}"""


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, from the package that carries it: the tests need no network."""
    found = importlib.util.find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        reason = "axe-core is not here: pip install 'dispatch-widgets[test]'"
        (pytest.fail if os.environ.get("DISPATCH_REQUIRE_BROWSER") == "1" else pytest.skip)(reason)
    return Path(found.origin).with_name("axe.min.js").read_text(encoding="utf-8")


@pytest.mark.req("UI")
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious(app: Any, axe: str, theme: str) -> None:
    """axe-core reports nothing serious or critical in any tab, form, question or failure (UI)."""
    panel = _open(app)
    app.notebook.theme(theme)
    app.page.evaluate(axe)

    def look(where: str) -> None:
        assert panel.evaluate(_AXE) == [], where

    _walk(app, look)
    panel.evaluate(_SPOILT)
    assert panel.evaluate(_AXE) != []
