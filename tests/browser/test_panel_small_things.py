"""Small things that were seen once and stay mended, in a real JupyterLab."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from panel_driver.browser import Part
from playwright.sync_api import expect

from dispatch_widgets.demo.model_lists import DemoModel

if TYPE_CHECKING:
    from collections.abc import Callable

    from panel_driver.app import App, Document
    from playwright.sync_api import Locator

pytestmark = [pytest.mark.timeout(300), pytest.mark.req("UI")]

APP = "panel = dw.panel(service)\npanel"
NO_KERNEL = "No kernel is behind this panel. Run its cell again."
# A settings file in the folder that JupyterLab shows, saved and locked by a service of the kernel.
IN_SIGHT = """
import os
os.makedirs('in-sight', exist_ok=True)
seen = dw.SettingsService('in-sight/dispatch.settings.json')
seen.add_provider(name='A', type='anthropic', api_key='sk-ant-0123456789abcdef')
print(sorted(os.listdir('in-sight')))
"""
LISTED = """async () => {
    const { content } = await (await fetch("/api/contents/in-sight")).json();
    return content.map(({ name }) => name);
}"""
CIRCLES = """(panel) => [...panel.querySelectorAll("input[type=radio]")]
    .filter((radio) => getComputedStyle(radio).opacity !== "0").length"""
# Of each model's row: the type size of its id, of its dates and of what else stands beside the id.
SIZES = """(panel) => [...panel.querySelectorAll(".dp-models .dp-model")].map((row) => {
    const size = (node) => parseFloat(getComputedStyle(node).fontSize);
    const id = size(row.querySelector(".dp-id"));
    const hasText = (node) => [...node.childNodes].some(({ data }) => data?.trim());
    const others = [...row.querySelectorAll("*")].filter((node) => !node.closest(".dp-id") && hasText(node));
    return [row.textContent, id, Math.max(...others.map(size))];
})"""
SLANT = "(field) => getComputedStyle(field, '::placeholder').fontStyle"


@pytest.mark.req("ST-4")
def test_two_panels_in_a_notebook_that_is_given_away(
    app: App, axe: str, axe_says: Callable[[Locator], list[str]]
) -> None:
    """Each has its own name; neither says in which folder the file is, nor writes red lines by itself."""
    app.write()
    app.open(APP, "alone = dw.ProvidersPanel(service)\nalone")
    panels = app.panel_in(app.notebook.outputs).node
    expect(panels).to_have_count(2)
    names = [panel.get_attribute("aria-label") for panel in panels.all()]
    assert names == ["Dispatch", "Dispatch 2"]
    app.page.evaluate(axe)
    for panel in panels.all():
        assert axe_says(panel) == []
    app.path.write_text('{"providers": [', encoding="utf-8")  # before anybody was asked for models
    for panel in panels.all():
        Part(panel).see("What you saved is still in the file")
    red = app.notebook.output("[data-mime-type='application/vnd.jupyter.stderr']")
    expect(red).to_have_count(0)
    saved = app.notebook.save()
    outputs = json.dumps([cell["outputs"] for cell in saved["cells"]])
    assert "dispatch.settings.json" in outputs
    assert str(app.folder) not in outputs
    assert str(app.folder) not in json.dumps(saved["metadata"])


def _twice(document: Document) -> None:
    """The account Lab is registered a second time."""
    (lab,) = (each for each in document["providers"] if each["name"] == "Lab")
    document["providers"].append({**lab, "id": "again", "name": "Lab again"})


@pytest.mark.req("PM-8", "ST-6", "ST-3")
def test_who_is_kept_is_chosen_and_an_outside_name_is_said(app: App) -> None:
    """Before a merge nothing is called kept or removed; saving over another's name says which it was."""
    app.write(change=_twice)
    app.open()
    app.tab("Settings file")
    first, again = (app.row(name, of="Providers that are the same") for name in ("Lab", "Lab again"))
    first.see("Merge keeps this one", "1 entry")
    first.not_see("Merge into this one", "Kept", whole=True)
    again.see("Nothing to move")
    again.not_see("Removed", whole=True)
    again.press("Merge into this one")
    app.see("Lab again merged")
    assert [each["name"] for each in app.document()["providers"]][2:] == ["Lab again"]
    assert app.document()["models"]["catalog"][-1]["providerId"] == "again"
    app.press("Undo")
    app.see("Merge keeps this one")

    app.tab("Providers")
    app.press("Edit Lab again")
    app.fill("Name", "Mine")
    app.change(lambda document: document["providers"][-1].update(name="Theirs"))
    app.see("Changed outside at")
    app.press("Save")
    app.card("Mine").see("Another program had named it Theirs meanwhile")


@pytest.mark.req("ST-3")
def test_the_lock_file_is_not_in_the_file_browser(app: App) -> None:
    """The file browser, which hides what begins with a dot, lists the settings file and nothing beside it."""
    app.open()
    there = app.notebook.execute(IN_SIGHT)
    assert "dispatch.settings.json.lock" in there  # it is there, and empty
    assert app.page.evaluate(LISTED) == ["dispatch.settings.json"]


@pytest.mark.parametrize("way", ["restart", "opened without it"])
def test_no_circles_of_radios_show_without_a_kernel(app: App, way: str) -> None:
    """A form's choice of two stays drawn as one control when the kernel is restarted, or is not there."""
    app.open()
    app.press("Add provider")
    app.see_in("Key", "")
    radios = app.node.get_by_role("radio")
    expect(radios).to_have_count(2)
    assert app.node.evaluate(CIRCLES) == 0
    if way == "restart":
        app.notebook.restart_kernel()
    else:
        app.notebook.save()
        app.reopen()
    app.see(NO_KERNEL)
    assert app.node.evaluate(CIRCLES) == 0
    app.notebook.run_all()
    app.not_see(NO_KERNEL)
    assert app.node.evaluate(CIRCLES) == 0


def test_what_is_read_first_is_no_smaller(app: App) -> None:
    """At 768 px an id is no smaller than the date beside it; in high contrast a placeholder looks untyped."""
    app.write()
    models = [
        DemoModel(id=f"maker/seer-{n}", kind="chat", owner="maker", created=1_700_000_000 + n, context=8192)
        for n in range(3)
    ]
    app.server.set_models(models)
    app.open("alone = dw.ModelsPanel(service)\nalone", lists=True)
    app.choose("Provider", "OpenAI")
    for width in (1000, 768, 560, 320):
        app.notebook.execute(f"alone.layout.width = '{width}px'")
        app.page.wait_for_function(
            "([panel, width]) => Math.round(panel.getBoundingClientRect().width) === width",
            arg=[app.node.element_handle(), width],
        )
        rows = app.node.evaluate(SIZES)
        assert len(rows) == 3, width
        assert [row for row in rows if row[1] < row[2]] == [], width
    app.notebook.theme("dark high contrast")
    assert app.field("Search models").evaluate(SLANT) == "italic"
    assert app.field("Model id").evaluate(SLANT) == "italic"
