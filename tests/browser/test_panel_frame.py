"""The frame of a panel: the height and the width that it is given, its themes, its rows and its keys."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from panel_driver.glyphs import CUT_GLYPHS
from panel_driver.markup import SCROLL_AREAS
from playwright.sync_api import expect

import dispatch_widgets as dw
from dispatch_widgets.demo.model_lists import openai_models

if TYPE_CHECKING:
    from collections.abc import Callable

    from panel_driver.app import App, Document
    from panel_driver.bare_page import BarePanel

    Opened = Callable[..., BarePanel]

pytestmark = [pytest.mark.timeout(300), pytest.mark.req("UI")]

CSS = Path(dw.__file__).parent / "widgets" / "frontend" / "src" / "css"
MODELS = 60
"""How many the large account lists in a bare page."""
WIDTHS = (250, 280, 320, 400, 480, 560, 600, 720, 768, 860, 1000, 1366, 1600)
LONG_ID = "accounts/fireworks/models/llama-v3p1-405b-instruct-with-a-long-tail"

# Hosts by what their pages say, each with colours that nobody else has.
JUPYTER = """--jp-layout-color1: #102030; --jp-ui-font-color0: #f0e0d0; --jp-brand-color0: #a0b0c0;
    --jp-brand-color1: #a1b1c1; --jp-brand-color2: #a2b2c2;
    --jp-success-color0: #90a090; --jp-success-color2: #91a191; --jp-warn-color0: #b0a080;
    --jp-warn-color2: #b1a181; --jp-error-color0: #c09090; --jp-error-color2: #c19191"""
VSCODE = """--vscode-editor-background: #102030; --vscode-foreground: #f0e0d0;
    --vscode-textLink-foreground: #a0b0c0; --vscode-button-background: #a1b1c1"""
HOSTS = {
    "JupyterLab Light": (JUPYTER, 'data-jp-theme-light="true" data-jp-theme-name="JupyterLab Light"'),
    "JupyterLab Dark": (JUPYTER, 'data-jp-theme-light="false" data-jp-theme-name="JupyterLab Dark"'),
    "JupyterLab Dark High Contrast": (
        JUPYTER,
        'data-jp-theme-light="false" data-jp-theme-name="JupyterLab Dark High Contrast"',
    ),
    "a light theme of high contrast": (
        JUPYTER,
        'data-jp-theme-light="true" data-jp-theme-name="Light High Contrast"',
    ),
    "VS Code, light": (VSCODE, 'class="vscode-light"'),
    "VS Code, dark": (VSCODE, 'class="vscode-dark"'),
    "VS Code, high contrast": (VSCODE, 'class="vscode-high-contrast"'),
    "VS Code, light high contrast": (VSCODE, 'class="vscode-high-contrast vscode-high-contrast-light"'),
    "an inner frame on a dark page": (VSCODE, ""),
}
# Which colours of the panel, as the browser computes them, are those that stand there for want of the host's.
NOT_THE_HOSTS = """(panel, fallbacks) => {
    const probe = panel.appendChild(document.createElement("i"));
    const computed = (colour) => {
        probe.style.background = colour;
        return getComputedStyle(probe).backgroundColor;
    };
    const found = fallbacks.filter(([name, colour]) => computed(`var(${name})`) === computed(colour));
    probe.remove();
    return found;
}"""

FRAME_HEIGHT = """(panel) => panel.querySelector(".dp-picked").getBoundingClientRect().bottom
    - panel.querySelector(".dp-tools").getBoundingClientRect().top"""


def _spoil(document: Document) -> None:
    """Something long or wrong to say in every tab."""
    providers, models = document["providers"], document["models"]
    providers[1]["name"] = "A provider with a rather long name, as an institute may have"
    providers[2]["credentials"]["apiKey"] = "${NOT_SET_ANYWHERE}"
    models["catalog"][0]["providerId"] = "gone"
    models["catalog"][1] |= {"label": LONG_ID, "model": LONG_ID}
    models["catalog"][2]["label"] = f"{LONG_ID}-and-more"
    left = {"id": "openai:late", "providerType": "openai", "model": "late"}
    models["catalog"].append({**left, "providerConfig": {"apiKey": "sk-x"}})
    models["assignment"].append({"task": "summarize", "modelId": models["catalog"][0]["id"]})
    providers.append({**providers[1], "id": "twin", "name": "Twin"})


def _walk(app: BarePanel, look: Callable[[str], None]) -> None:
    """Open each state of the panel in turn and look at it."""
    app.press("Delete Twin")
    app.see("Delete Twin?")
    look("Providers")
    app.press("Keep it")
    app.press("Add provider")
    app.press("Save and fetch models")
    app.see("1 field needs attention")
    look("the form to add a provider")
    app.press("Cancel")
    app.tab("Models")
    expect(app.models.first).to_be_visible()
    app.pick(2)
    app.press(re.compile("^Use for"))
    app.press("Details")
    look("Models")
    app.press("Details")
    app.choose("Provider", "All providers")
    expect(app.models.first).to_be_visible()
    look("all models")
    app.search("nothing has this")
    app.see("matches “nothing has this”")
    look("nothing found")
    app.search("")
    app.press(f"Edit {LONG_ID}")
    look("the form of an entry")
    app.press("Cancel")
    app.tab("Router")
    look("Router")
    app.tab("Settings file")
    app.see_heading("Providers that are the same")
    look("Settings file")


@pytest.mark.parametrize(("scale", "type_px"), [(1, 13), (2, 13), (1, 20)])
def test_no_glyph_is_cut_in_half(bare: Opened, scale: int, type_px: int) -> None:
    """At any width, zoom and size of type every text is whole, or ends in dots; ids keep both ends."""
    app = bare(scale=scale, body=f"style='margin: 0; --jp-ui-font-size1: {type_px}px'", change=_spoil)
    wrong: dict[str, list[str]] = {}

    def look(where: str) -> None:
        for width in WIDTHS:
            app.at_width(width)
            if cut := app.node.evaluate(CUT_GLYPHS):
                wrong[f"{where} at {width} px"] = cut
        app.at_width(1000)

    _walk(app, look)
    assert wrong == {}, "\n".join(f"{k}: {v}" for k, v in wrong.items())
    app.node.locator(".dp-tab").first.evaluate(
        "(tab) => Object.assign(tab.style, { width: '20px', overflow: 'hidden' })"
    )
    assert app.node.evaluate(CUT_GLYPHS)


def test_nothing_scrolls_inside_the_panel(bare: Opened) -> None:
    """No part of a panel scrolls by itself, whichever tab or form is open, however wide it is."""
    app = bare(change=_spoil)
    found: dict[str, list[str]] = {}

    def look(where: str) -> None:
        for width in (250, 560, 1000):
            app.at_width(width)
            if areas := app.node.evaluate(SCROLL_AREAS):
                found[f"{where} at {width} px"] = areas
        app.at_width(1000)

    _walk(app, look)
    assert found == {}


def test_a_mistake_in_a_file_is_marked_in_its_line(bare: Opened) -> None:
    """The character at which a file cannot be read is marked; its lines are wrapped, and scroll nowhere."""
    app = bare(
        rewrite=lambda text: text.replace(
            '"models"', '"a long name, \U0001f600, that has no colon after it" "models"', 1
        )
    )
    app.tab("Settings file")
    for width in (250, 1000):
        app.at_width(width)
        mark = app.node.locator(".dp-source mark")
        expect(mark).to_have_text('"')
        expect(mark.locator("..")).to_contain_text("no colon after it")
        assert app.node.evaluate(SCROLL_AREAS) == []
        assert app.node.evaluate(CUT_GLYPHS) == []


def _frame_height(app: BarePanel) -> float:
    """How high the search, the rows and the bar are together, in pixels."""
    height: float = app.node.evaluate(FRAME_HEIGHT)
    return height


def test_the_list_is_as_high_as_the_page_gives(bare: Opened) -> None:
    """On 1366 by 768 the search, the rows and the bar are in view together; a higher page has more rows."""
    app = bare()
    app.tab("Models")
    app.choose("Provider", "OpenAI")
    counts = []
    for height in (500, 640, 768, 1080, 2000):
        app.at_width(1366, height)
        app.press(re.compile("^Use for"))
        assert _frame_height(app) <= height
        app.press(re.compile("^Use for"))
        counts.append(app.models.count())
    assert counts == sorted(counts)
    assert counts[0] < counts[2] < counts[3]
    assert counts[-1] <= 20
    # A place of a height of its own gives that; the panel scrolls in it, as one.
    app.node.evaluate("(panel) => Object.assign(panel.parentElement.style, { height: '500px' })")
    app.tab("Router")
    app.tab("Models")
    expect(app.models).to_have_count(counts[0])
    assert app.node.evaluate("(panel) => panel.getBoundingClientRect().height") <= 500
    assert app.node.evaluate("(panel) => panel.scrollHeight > panel.clientHeight")


def test_pages_of_rows_are_turned_by_button_and_by_key(bare: Opened) -> None:
    """Buttons turn a page and say which rows are shown; keys lead on row by row; nothing below moves."""
    app = bare()
    app.tab("Models")
    app.choose("Provider", "OpenAI")
    expect(app.models.first).to_be_visible()
    rows = app.models.count()
    catalog = app.node.locator("[data-section=catalog]")
    before = catalog.bounding_box()
    app.see(f"1 to {rows} of {MODELS}", whole=True)
    app.cannot_press("Previous models")
    app.press("Next models")
    app.see(f"{rows + 1} to {2 * rows} of {MODELS}", whole=True)
    expect(app.models.first).to_have_attribute("aria-posinset", str(rows + 1))
    expect(app.node.get_by_role("status")).to_have_text(f"{rows + 1} to {2 * rows} of {MODELS}")
    app.press("Previous models")
    field = app.field("Search models")
    field.focus()
    app.key(*["ArrowDown"] * (rows + 1))
    app.see(f"2 to {rows + 1} of {MODELS}", whole=True)
    app.key("End")
    app.see(f"{MODELS - rows + 1} to {MODELS} of {MODELS}", whole=True)
    app.cannot_press("Next models")
    active = app.page.locator(f"[id='{field.get_attribute('aria-activedescendant')}']")
    expect(active).to_have_attribute("aria-posinset", str(MODELS))
    expect(active).to_be_in_viewport()
    app.search("gpt-4")
    assert app.models.count() < rows
    app.search("nothing has this")
    assert catalog.bounding_box() == before


def test_many_providers_are_a_native_choice(bare: Opened) -> None:
    """Where more providers are than fit beside the list, they are one choice above it, at any width."""

    def add(document: Document) -> None:
        one = document["providers"][1]
        document["providers"] += [
            {**one, "id": f"p{number}", "name": f"More {number}"} for number in range(20)
        ]

    app = bare(change=add)
    app.tab("Models")
    expect(app.node.get_by_role("combobox", name="Provider", exact=True)).to_be_visible()
    expect(app.node.get_by_role("listbox", name="Provider", exact=True)).to_have_count(0)
    app.choose("Provider", "More 7")
    expect(app.models.first).to_be_visible()


def test_pressing_a_providers_row_leads_to_its_models(bare: Opened) -> None:
    """Wherever nothing else is pressed in a row, it leads to the provider's models; its name opens it."""
    app = bare()
    row = app.row("OpenAI", of="Providers")
    for part in (".dp-tile", ".dp-main > .dp-sub", ".dp-meta > :last-child"):
        row.node.locator(part).click()
        app.see_tab(re.compile("^Models"))
        chosen = app.node.get_by_role("listbox", name="Provider").get_by_role("option", selected=True)
        expect(chosen).to_contain_text("OpenAI")
        app.tab("Providers")
    row.press("Delete OpenAI")
    row.node.get_by_text("Delete OpenAI?").click()
    app.see_tab(re.compile("^Providers"))
    app.press("Keep it")
    row.node.get_by_text("OpenAI", exact=True).first.click()
    app.see_in("Name", "OpenAI")


def _fallbacks() -> list[tuple[str, str]]:
    """The colours that are mixed of the host's, with the plain values that light and dark have for them."""
    mixed = set(re.findall(r"(--dw-[\w-]+):", (CSS / "tokens_mixed.css").read_text("utf-8")))
    plain = "".join((CSS / name).read_text("utf-8") for name in ("tokens.css", "tokens_dark.css"))
    return [found for found in re.findall(r"(--dw-[\w-]+): (#\w+);", plain) if found[0] in mixed]


@pytest.mark.parametrize("host", HOSTS)
def test_no_colour_of_light_or_dark_overrules_the_hosts(bare: Opened, host: str) -> None:
    """In every theme each colour is mixed of what the host's variables say."""
    colours, says = HOSTS[host]
    app = bare(body=f"{says} style='{colours}; background: #102030'")
    fallbacks = _fallbacks()
    assert len(fallbacks) > 40
    assert app.node.evaluate(NOT_THE_HOSTS, fallbacks) == []
    # As a selector of more weight would do it.
    name, colour = fallbacks[-1]
    style = f".dw-panel.dw-panel.dw-panel {{ {name}: {colour} }}"
    app.page.add_style_tag(content=style)
    assert [name, colour] in app.node.evaluate(NOT_THE_HOSTS, fallbacks)


ALONE = "alone = dw.ModelsPanel(service)\nalone"
# From the search to the field below the bar, against the part of the notebook that is in sight.
IN_SIGHT = """(panel) => {
    const rect = (css) => panel.querySelector(css).getBoundingClientRect();
    const notebook = panel.closest(".jp-WindowedPanel-outer").getBoundingClientRect();
    return [rect(".dp-tools").top - notebook.top, notebook.bottom - rect(".dp-picked").bottom];
}"""


def test_in_a_notebook_the_list_and_its_bar_are_in_view_together(app: App) -> None:
    """On 1366 by 768 the search, the rows, the bar and its tasks are in sight at once."""
    app.write()
    app.server.set_models(openai_models(5000))
    app.open(ALONE, lists=True, width=1366, height=768)
    app.choose("Provider", "OpenAI")
    expect(app.models.first).to_be_visible()
    app.press(re.compile("^Use for"))
    app.node.locator(".dp-picked").evaluate("(bar) => bar.scrollIntoView({ block: 'end' })")
    app.page.wait_for_function(
        f"(panel) => ({IN_SIGHT})(panel).every((room) => room >= 0)", arg=app.node.element_handle()
    )
    assert app.models.count() >= 6
    # A key leads to a row that the notebook has scrolled out of sight.
    app.field("Search models").focus()
    app.key("ArrowDown", "End")
    expect(app.models.last).to_be_in_viewport(ratio=1)
    app.key("Home")
    expect(app.models.first).to_be_in_viewport(ratio=1)
