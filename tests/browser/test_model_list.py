"""The lists that models are picked from, in a real JupyterLab, by mouse and by keyboard."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from panel_driver.browser import Part
from playwright.sync_api import expect

from dispatch_widgets.demo.model_lists import DemoModel, openai_models

if TYPE_CHECKING:
    from panel_driver.app import App
    from panel_driver.lab import Notebook

pytestmark = [pytest.mark.timeout(300), pytest.mark.req("UI")]

SEARCH = "Search models"
ALONE = "alone = dw.ModelsPanel(service)\nalone"
FAMILIES = ("gpt-model", "text-embedding", "whisper")
BELOW = """(panel) => {
    const catalog = panel.querySelector("[data-section=catalog]");
    return catalog.getBoundingClientRect().top - panel.getBoundingClientRect().top;
}"""
LINKED = """
import ipywidgets as widgets
picker = dw.ModelPicker(provider='Lab', kind='chat', service=service)
text = widgets.Text(description='Linked')
link = widgets.jslink((picker, 'value'), (text, 'value'))
tabs = widgets.Tab([widgets.HBox([picker]), widgets.Label('Nothing')], titles=['Pick', 'Other'])
widgets.VBox([tabs, text])
"""
BUSY = """
from pathlib import Path
from time import sleep
display(dw.ModelsPanel(service))
while not Path({path!r}).exists():
    sleep(0.02)
"""
TYPE_SIZE = "(size) => document.documentElement.style.setProperty('--jp-ui-font-size1', size)"
IS_HIGHLIGHTED = """(chip) => {
    const probe = document.createElement("i");
    probe.style = "forced-color-adjust: none; background: Highlight";
    chip.append(probe);
    const [shade, highlight] = [chip, probe].map((node) => getComputedStyle(node).backgroundColor);
    probe.remove();
    return shade === highlight;
}"""


# Of each id: whether no room is left between its parts, its end is whole, and at most one cut has dots.
IDS = """(panel) => [...panel.querySelectorAll(".dp-models .dp-id")].map((id) => {
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
COPY = """(panel) => {
    const id = [...panel.querySelectorAll(".dp-id")].find((node) => node.title.startsWith("gpt-4-turbo"));
    document.getSelection().selectAllChildren(id.closest(".dp-model"));
    const copied = new ClipboardEvent("copy", { clipboardData: new DataTransfer(), bubbles: true });
    id.dispatchEvent(copied);
    document.getSelection().removeAllRanges();
    return copied.clipboardData.getData("text/plain");
}"""
EVIL = "<img src=x onerror='window.ranHere = 1'>"


def _some(count: int) -> list[DemoModel]:
    """Models of three kinds, newer and dearer one after the other."""
    return [
        DemoModel(
            id=f"vendor/{FAMILIES[number % 3]}-{number}",
            name=f"Model {number}",
            kind=("chat", "embedding", "other")[number % 3],
            owner="maker",
            created=1_700_000_000 + 86_400 * number,
            context=8192,
            price=(number + 1.0, number + 2.0),
        )
        for number in range(count)
    ]


def _open(app: App, count: int, *cells: str) -> None:
    app.write()
    app.server.set_models(_some(count))
    app.open(*(cells or (ALONE,)), lists=True)
    app.choose("Provider", "OpenAI")
    expect(app.models.first).to_be_visible()


def titles(panel: Part) -> list[str]:
    """The titles of the models that are drawn."""
    return [text.splitlines()[0] for text in panel.models.all_inner_texts()]


def _picked(app: App) -> int:
    return app.models.and_(app.page.get_by_role("option", selected=True)).count()


def _added(app: App) -> list[str]:
    return [entry["model"] for entry in app.document()["models"]["catalog"][4:]]


def test_a_list_on_its_way_is_said_to_be(app: App) -> None:
    """While the kernel has yet to send the models, their place says so; then they are there."""
    app.write()
    app.notebook.open(f"{app.cell()}\n_ = service.refresh_all()", "pass", width=1000, height=1400)
    gate = app.folder / "go on"
    app.notebook.run_in_last_cell(BUSY.format(path=str(gate)))
    app.see("Loading the list")
    expect(app.models).to_have_count(0)
    gate.touch()
    expect(app.models.first).to_be_visible()
    app.not_see("Loading the list")


def test_models_are_picked_by_mouse(app: App) -> None:
    """Search, kinds, order, boxes and buttons; a double click adds one row; nothing below moves."""
    _open(app, 30)
    before = app.node.evaluate(BELOW)
    app.search("nothing has this")
    app.see("matches “nothing has this”")
    assert app.node.evaluate(BELOW) == before
    app.search("model 2")
    assert app.node.evaluate(BELOW) == before
    assert titles(app)[:2] == ["Model 2", "Model 20"]
    app.show_kind("Chat")
    assert titles(app) == ["Model 21", "Model 24", "Model 27", "Model 12"]  # what begins so is first
    expect(app.node.get_by_role("radio", name=re.compile(r"^Embedding\s*3$"))).to_be_visible()
    app.see("4 of 30 models", whole=True)
    app.field("Sort by").select_option("created")
    assert titles(app) == ["Model 27", "Model 24", "Model 21", "Model 12"]
    app.pick(0)
    app.models.nth(2).click(modifiers=["Shift"])
    app.can_press("Add 3 to catalog")
    app.pick(1)
    app.press("Add 2 to catalog")
    app.see("2 added")
    assert _added(app) == ["vendor/gpt-model-27", "vendor/gpt-model-21"]
    app.cannot_press("Add to catalog")  # none is picked any more
    Part(app.models.first).see("in catalog")
    app.models.first.dblclick()  # it is in the catalog: twice picked is not picked
    app.pick(1)
    app.press("Clear")
    app.cannot_press("Clear")
    app.models.nth(3).dblclick()
    app.see("1 added")
    assert _added(app)[2:] == ["vendor/gpt-model-12"]


def test_models_are_picked_by_keyboard(app: App) -> None:
    """From the search field alone: into the list, select, a run, all, add, and back out with Escape."""
    _open(app, 30)
    app.field(SEARCH).focus()
    app.type("model 2")
    app.key("ArrowDown")
    current = app.field(SEARCH).get_attribute("aria-activedescendant")
    named = app.page.locator(f"[id='{current}']")
    assert named.inner_text().splitlines()[0] == "Model 2"
    app.key("ArrowDown", "Space", "Shift+ArrowDown")
    expect(app.models.and_(app.page.get_by_role("option", selected=True))).to_have_count(2)
    app.key("Enter")
    app.see("2 added")
    assert _added(app) == ["vendor/whisper-20", "vendor/whisper-23"]
    app.focus_in(SEARCH)
    app.key("Escape")
    app.see_in(SEARCH, "")
    app.key("Control+a")
    app.can_press("Add 28 to catalog")
    app.key("Escape")
    app.cannot_press("Clear")
    app.key("End", "ArrowDown", "End", "Enter")
    app.see("1 added")
    assert _added(app)[2:] == ["vendor/whisper-29"]


def test_a_range_begins_anew_once_a_selection_is_used(app: App) -> None:
    """After Add and after Clear, Shift selects from the last row on, and nothing that was selected before."""
    _open(app, 30)
    bar = Part(app.node.locator(".dp-picked"))
    app.pick(0)
    app.models.nth(2).click(modifiers=["Shift"])
    app.press("Add 3 to catalog")
    app.see("3 added")
    app.models.nth(4).click(modifiers=["Shift"])
    bar.see("2 selected")
    bar.not_see("in catalog")
    app.press("Clear")
    app.models.nth(6).click(modifiers=["Shift"])
    bar.see("3 selected")


def test_selected_models_that_a_refresh_removes_are_counted(app: App) -> None:
    """The bar says how many are no longer listed until something else is selected."""
    _open(app, 30)
    bar = Part(app.node.locator(".dp-picked"))
    gone, kept = titles(app)[:2]
    app.pick(0)
    app.pick(1)
    bar.see("2 selected")
    app.server.set_models([each for each in _some(30) if each.name != gone])
    app.press("Refresh")
    bar.see("1 selected", "1 no longer listed")
    assert titles(app)[0] == kept
    app.pick(1)
    bar.see("2 selected")
    bar.not_see("no longer listed")


def test_chips_answer_to_arrows(app: App) -> None:
    """The kinds are one tab stop; arrows change the kind; which one it is shows in forced colours too."""
    _open(app, 30)
    everything, chat = (
        app.node.get_by_role("radio", name=re.compile(f"^{kind}")) for kind in ("All", "Chat")
    )
    everything.focus()
    app.key("ArrowRight")
    expect(chat).to_be_focused()
    expect(chat).to_be_checked()
    app.see("10 of 30 models", whole=True)
    app.page.emulate_media(forced_colors="active")
    shown = [kind.evaluate(IS_HIGHLIGHTED) for kind in (everything, chat)]
    app.page.emulate_media(forced_colors="none")
    assert shown == [False, True]


def test_a_provider_is_chosen(app: App) -> None:
    """By click, by arrow keys, by its first letter, and by a native choice where it is narrow."""
    _open(app, 30)
    rail = app.node.get_by_role("listbox", name="Provider")
    chosen = rail.get_by_role("option", selected=True)
    app.choose("Provider", "Anthropic")
    expect(chosen).to_contain_text("Anthropic")
    rail.focus()
    app.key("Home")
    expect(chosen).to_contain_text("All providers")
    app.see("78 models", whole=True)
    app.key("o")
    expect(chosen).to_contain_text("OpenAI")
    app.notebook.execute("alone.layout.width = '320px'")
    expect(app.node.get_by_role("combobox", name="Provider")).to_be_visible()
    assert not rail.is_visible()
    app.see_in("Provider", re.compile("^OpenAI"))
    assert app.options("Provider")[2] == "OpenAI · 30"
    assert app.beyond_the_edge() == []
    app.choose("Provider", "Lab")
    app.see("20 at Lab", times=1)


def test_opening_fetches_what_may_be_fetched(app: App) -> None:
    """Whoever opens Models finds models, of all providers that can be asked, without a press."""
    app.write()
    app.server.set_models(_some(30))
    app.open(ALONE)
    app.see("28 models", whole=True)  # of the first provider
    expect(app.models.first).to_be_visible()
    app.choose("Provider", "All providers")
    app.see("78 models", whole=True)
    asked = len(app.server.requests)
    app.notebook.run_in_last_cell("alone")  # drawn again, nobody is asked again
    app.see("78 models", whole=True)
    assert len(app.server.requests) == asked


def test_one_bar_finishes_the_job(app: App) -> None:
    """What it is for, its name and kind, Add, what was done, Undo and Take out are in the bar, in view."""
    _open(app, 30)
    app.page.set_viewport_size({"width": 1366, "height": 768})
    bar = Part(app.node.locator(".dp-picked"))
    app.search("model 21")
    app.pick(0)
    bar.press(re.compile("^Use for"))
    bar.tick("grade")
    bar.see("Use for grade")
    app.field("Display name").fill("My grader")
    app.field("What it can do").select_option(label="Chat and embedding")
    bar.press("Add 1 to catalog")
    bar.see("1 added, used for grade")
    entry = app.document()["models"]["catalog"][-1]
    assert (entry["label"], entry["capabilities"]) == ("My grader", ["chat", "embedding"])
    list_box, bar_box = (app.node.locator(part).bounding_box() for part in (".dp-tools", ".dp-picked"))
    assert list_box is not None
    assert bar_box is not None
    assert bar_box["y"] + bar_box["height"] - list_box["y"] < 600  # one screen holds them
    app.pick(0)
    bar.see("1 in catalog")
    bar.press("Take 1 out")
    bar.see("grade uses what is taken out and is then not set.")
    bar.press("Take out")
    bar.see("1 taken out")
    assert len(_added(app)) == 0
    bar.press("Undo")
    app.row("My grader", of="Catalog").see("My grader")
    assert _added(app) == [entry["model"]]
    assert app.document()["models"]["assignment"][-1]["task"] == "grade"


def test_a_search_forgives(app: App) -> None:
    """Punctuation does not count, the best match is first, and a slip leads to what was meant."""
    app.write()
    names = ["gpt-4o-mini", "gpt-4o", "gpt-4.1"]
    models = [DemoModel(id=each, kind="chat", owner="o", created=1) for each in names]
    app.server.set_models([*models, *_some(9)])
    app.open(ALONE, lists=True)
    app.choose("Provider", "OpenAI")
    app.see("12 models", whole=True)
    app.search("GPT4O")
    assert titles(app) == ["gpt-4o", "gpt-4o-mini"]
    assert app.models.locator("mark").all_inner_texts()[0] == "gpt-4o"
    app.search("gtp-4o")
    app.press("Did you mean gpt-4o?")
    app.see_in(SEARCH, "gpt-4o")
    app.focus_in(SEARCH)
    app.search("")
    app.fill("Model id", "gpt4o")
    app.press("Add by hand")
    app.see("Did you mean gpt-4o?", whole=True)
    app.press("Keep gpt4o")
    app.row("gpt4o", of="Catalog").see("gpt4o")
    app.not_see("Did you mean gpt-4o?")
    app.fill("Model id", "gpt4.o")
    app.press("Add by hand")
    app.press("Add gpt-4o")
    app.row("gpt-4o", of="Catalog").see("gpt-4o")
    app.show_kind("Embedding")
    app.see_in("Kind", "embedding")  # what is typed is of the kind that is shown


@pytest.mark.req("MD-18")
def test_what_a_model_can_do_is_shown_and_filtered_by(app: App) -> None:
    """Features have a sign and a filter; all that is stated of one model is shown by key or button."""
    app.write()
    seer = DemoModel(
        id="maker/seer", name="Seer", kind="chat", owner="maker", created=1_700_000_000, context=131_072,
        output=8192, takes=("text", "image"), price=(1.0, 2.0),
    )  # fmt: skip
    app.server.set_models([*_some(9), seer])
    app.open(ALONE, lists=True)
    app.choose("Provider", "OpenAI")
    app.see("10 models", whole=True)
    expect(app.models.filter(has_text="Seer").get_by_title("Vision")).to_be_visible()
    app.field("Show with").select_option(label="Vision")
    expect(app.models).to_have_count(1)
    app.search("model 4")
    app.see("None of the 1 found has this feature")  # and not that nothing matches
    app.press("Any features")
    app.see_model("Model 4")
    app.search("")
    app.field("Show with").select_option(label="Vision")
    app.field(SEARCH).focus()
    app.key("ArrowDown", "ArrowRight")
    details = app.node.locator(".dp-model-details")
    expect(details.locator("dt")).to_have_text(
        ["Id", "Kind", "Features", "Context", "Per 1M in / out", "Owner", "Released"]
    )
    expect(details).to_contain_text("maker/seer")
    expect(details).to_contain_text("131k")
    app.press("Details")
    expect(details).to_have_count(0)


@pytest.mark.req("P-7")
def test_five_thousand_models_are_searched(app: App) -> None:
    """Of 5,000 rows a few are drawn, any is found by typing, and an update keeps place and search."""
    _open(app, 5000)
    rows = app.models.count()
    assert rows <= 20
    assert app.models.first.get_attribute("aria-setsize") == "5000"
    app.field(SEARCH).focus()
    app.key("ArrowDown", "End", *["PageUp"] * 50)
    before = titles(app)
    assert not {"Model 0", "Model 4999"} & {*before}
    app.server.set_models(
        [DemoModel(id="first", name="Model -1", kind="chat", owner="o", created=1), *_some(5000)]
    )
    app.press("Refresh")
    app.see("5,001 at OpenAI")
    app.see(re.compile("of 5,001$"))
    assert titles(app) == before
    app.search("maker 4321")
    assert titles(app) == ["Model 4321"]
    assert app.models.locator("mark").all_inner_texts() == ["4321", "4321"]
    app.field(SEARCH).focus()
    app.notebook.execute("_ = service.refresh_all()")
    app.focus_in(SEARCH)
    app.see_in(SEARCH, "maker 4321")
    app.page.evaluate(TYPE_SIZE, "20px")  # the host's type grows, and the rows with it
    app.search("")
    app.key("ArrowDown", "End")
    app.see("Model 4999", whole=True)
    row = app.models.last.evaluate("(node) => node.getBoundingClientRect().height")
    assert row > 44
    assert app.models.count() < rows  # fewer have room where the page is as high as before
    app.page.evaluate(TYPE_SIZE, "")


def test_views_of_one_panel_are_in_step(app: App) -> None:
    """Two views show the same list, search and selection, and so does one that is opened after changes."""
    _open(app, 30, ALONE, "alone", "pass")
    panels = app.panel_in(app.notebook.outputs).node
    one, two = Part(panels.nth(0)), Part(panels.nth(1))
    one.search("model 2")
    two.see_in(SEARCH, "model 2")
    one.pick(0)
    chosen = app.page.get_by_role("option", selected=True)
    expect(two.models.and_(chosen)).to_have_count(1)
    app.notebook.run_in_last_cell("alone")
    expect(panels).to_have_count(3)
    three = Part(panels.nth(2))
    three.see_in(SEARCH, "model 2")
    expect(three.models.and_(chosen)).to_have_count(1)


@pytest.mark.req("SEC-9")
def test_another_window_keeps_its_own_list(app: App, other_window: Notebook) -> None:
    """Search, selection and provider are the window's own; what was added shows in both."""
    _open(app, 30)
    there = app.in_window(other_window)
    there.choose("Provider", "OpenAI")
    expect(there.models.first).to_be_visible()
    there.field(SEARCH).focus()
    app.search("model 2")
    app.pick(0)
    app.press("Add 1 to catalog")
    app.see("1 added")
    there.see_in(SEARCH, "")
    there.see("30 models", whole=True)
    there.search("model 2")
    Part(there.models.first).see("in catalog")
    there.cannot_press("Clear")
    there.focus_in(SEARCH)


@pytest.mark.req("API-5")
def test_a_picker_links_to_other_controls_in_the_page(app: App) -> None:
    """A picker inside a box and a tab is drawn, and its value is linked in the page, without the kernel."""
    app.write()
    app.server.set_models(openai_models(60))
    app.open(LINKED, lists=True)
    picker = Part(app.panel_in(app.notebook.outputs).node.first)
    picker.pick(0)
    linked = app.notebook.outputs.get_by_label("Linked").first
    expect(linked).not_to_have_value("")  # newer kernels hear of it beside the cells, not before the next one
    value = app.notebook.execute("print(picker.value)").strip()
    assert value
    expect(linked).to_have_value(value)


def test_ids_keep_their_beginning_and_end_where_it_is_narrow(app: App) -> None:
    """At any width an id is cut once, never at its end, and a copied one is whole."""
    app.write()
    names = ["accounts/fireworks/models/llama-v3p1-405b-instruct", "gpt-4-turbo-preview-20221120"]
    models = [DemoModel(id=each, kind="chat", owner="these-two", created=1, price=(1, 2)) for each in names]
    app.server.set_models([*models, *_some(9)])
    app.open(ALONE, lists=True)
    app.choose("Provider", "All providers")
    app.search("these-two")
    expect(app.models).to_have_count(2)
    for width in (250, 280, 320, 560, 740, 900, 1000):
        app.notebook.execute(f"alone.layout.width = '{width}px'")
        app.page.wait_for_function(
            "([panel, width]) => Math.round(panel.getBoundingClientRect().width) === width",
            arg=[app.node.element_handle(), width],
        )
        ids = app.node.evaluate(IDS)
        assert len(ids) == 2, width
        assert [title for title, is_close, is_whole in ids if not (is_close and is_whole)] == [], width
        assert app.beyond_the_edge() == [], width
        assert names[1] in app.node.evaluate(COPY)


@pytest.mark.req("SEC-6")
def test_what_a_server_says_is_text(app: App) -> None:
    """Markup in an id, a name or an owner is shown as text and runs nothing; direction marks are dropped."""
    app.write()
    name = f"{EVIL}\u202egpj"
    models = [
        DemoModel(id=name, name=name, kind="chat", owner=EVIL, created=2),
        DemoModel(id="rtl", name="\u05e2\u05d1\u05e8\u05d9\u05ea 3", kind="chat", owner="o", created=1),
    ]
    app.server.set_models(models)
    app.open(ALONE, lists=True)
    app.choose("Provider", "OpenAI")
    app.search("img onerror")
    expect(app.models).to_have_count(1)
    shown = app.models.first.inner_text().replace("\n", "")  # an id is drawn in parts
    assert shown.startswith(f"{EVIL}gpj")
    assert app.node.locator("img").count() == 0
    assert app.page.evaluate("() => window.ranHere") is None
    assert "\u202e" not in app.text
    app.pick(0)
    app.press("Add 1 to catalog")
    app.see("1 added")
    assert _added(app) == [name]
    assert app.node.locator("img").count() == 0
