"""The key field, forms and the panel's root, in a real JupyterLab."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from panel_driver.app import App

if TYPE_CHECKING:
    from panel_driver.lab import Notebook

pytestmark = pytest.mark.timeout(300)

SETUP = Path(__file__).with_name("component_cell.py").read_text(encoding="utf-8")

FORM = """
field = SecretInput(hint="It is sent once.", variables=[["MY_KEY", "MY_KEY (set in this kernel)"]])
field.on_submit(lambda source, value: log.append((source, len(value), value[:3])))
name = widgets.Text(description="Name").add_class("dw-field").add_class("dw-name")
said = widgets.Label("Give it a name.").add_class("dw-msg").add_class("dw-error")
box = widgets.VBox([name, said]).add_class("dw-fieldbox").add_class("dw-invalid")
save = widgets.Button(description="Save", button_style="primary").add_class("dw-btn")
back = widgets.Button(description="Back").add_class("dw-btn")
save.on_click(lambda _: (log.append(("save", name.value)), field.submit()))
back.on_click(lambda _: log.append(("back",)))
head = widgets.HBox([back]).add_class("dw-form-head")
foot = widgets.HBox([save]).add_class("dw-form-foot")
form = widgets.VBox([head, box, field, foot]).add_class("dw-form")
outer = panel(form)
root = outer.children[0]
outer
"""


@pytest.mark.req("SEC-1", "SEC-2")
def test_a_typed_key_is_in_no_saved_notebook(notebook: Notebook, canary: str) -> None:
    """A key travels once, the field empties, and neither file nor page keeps it, with widget state saved."""
    page = notebook.open(SETUP, FORM)
    key = App.panel_in(notebook.outputs).field("Key")
    key.fill(canary)
    assert canary not in json.dumps(notebook.save())
    notebook.execute("field.submit()")
    notebook.until("log", f"[('typed', {len(canary)}, 'sk-')]")
    assert key.input_value() == ""
    saved = notebook.save()
    assert "application/vnd.jupyter.widget-state+json" in saved["metadata"]["widgets"]
    assert canary not in json.dumps(saved)
    assert canary not in page.content()
    assert canary not in page.evaluate("() => JSON.stringify([localStorage, sessionStorage])")
    assert notebook.execute(f"print({canary[:20]!r} in repr(field.get_state()))") == "False"


@pytest.mark.req("SEC-2")
def test_the_key_can_be_looked_at(notebook: Notebook) -> None:
    """Show says whether it is pressed, works only on something, and is off again after sending."""
    notebook.open(SETUP, FORM)
    panel = App.panel_in(notebook.outputs)
    show, key = panel.button("Show"), panel.field("Key")
    assert show.is_disabled()
    key.fill("sk-visible")
    assert key.get_attribute("autocomplete") == "new-password"
    show.click()
    assert (show.get_attribute("aria-pressed"), key.get_attribute("type")) == ("true", "text")
    notebook.execute("field.submit()")
    notebook.until("len(log)", "1")
    assert (show.get_attribute("aria-pressed"), key.get_attribute("type")) == ("false", "password")


@pytest.mark.req("SEC-3")
def test_a_pasted_key_is_trimmed_and_that_is_said(notebook: Notebook) -> None:
    """Blanks around a pasted key go, with a word about it; one with a line break inside is refused."""
    notebook.open(SETUP, FORM)
    panel = App.panel_in(notebook.outputs)
    key = panel.field("Key")
    paste = """(node, text) => {
        const data = new DataTransfer();
        data.setData("text/plain", text);
        const options = { clipboardData: data, bubbles: true, cancelable: true };
        node.dispatchEvent(new ClipboardEvent("paste", options));
    }"""
    key.focus()
    key.evaluate(paste, "sk-one\nsk-two")
    assert key.input_value() == ""
    panel.see_alert("line break inside")
    key.evaluate(paste, "  sk-three\n")
    assert key.input_value() == "sk-three"
    panel.see("Blanks around the key were taken away.", whole=True)
    panel.not_see("line break inside")


@pytest.mark.req("SEC-4")
def test_a_variable_is_chosen_or_named(notebook: Notebook) -> None:
    """The other source offers the variables there are and takes any other name."""
    notebook.open(SETUP, FORM)
    panel = App.panel_in(notebook.outputs)
    panel.node.get_by_text("Environment variable").click()
    notebook.until("(field.source, field.variable)", "('variable', 'MY_KEY')")
    panel.node.get_by_role("combobox").select_option(label="Another name…")
    panel.fill("Name of the variable", "OTHER_KEY")
    notebook.until("field.variable", "OTHER_KEY")
    notebook.execute("field.submit()")
    notebook.until("log", "[('variable', 9, 'OTH')]")
    panel.node.get_by_text("Paste it").click()
    notebook.until("field.source", "typed")


def test_a_form_works_by_keyboard(notebook: Notebook) -> None:
    """Enter in a field saves what was just typed, Escape goes back; messages belong to their field."""
    page = notebook.open(SETUP, FORM)
    notebook.execute("root.focus('.dw-name')")
    panel = App.panel_in(notebook.outputs)
    panel.focus_in("Name")
    page.keyboard.type("Course")
    page.keyboard.press("Enter")
    notebook.until("log", "[('save', 'Course'), ('typed', 0, '')]")
    panel.fill("Key", "sk-x")
    page.keyboard.press("Enter")
    notebook.until("log[2:]", "[('save', 'Course'), ('typed', 4, 'sk-')]")
    page.keyboard.press("Escape")
    notebook.until("log[4:]", "[('back',)]")
    field = panel.field("Name")
    assert field.get_attribute("aria-invalid") == "true"
    described = field.get_attribute("aria-describedby")
    assert page.locator(f"#{described}").inner_text() == "Give it a name."
    assert page.locator(f"#{described}").get_attribute("role") == "alert"


def test_a_busy_kernel_saves_what_was_typed_last(notebook: Notebook) -> None:
    """What is typed and saved while a cell runs is saved whole, by one press that answers once."""
    page = notebook.open(SETUP, FORM, "pass")
    panel = App.panel_in(notebook.outputs)
    field = panel.field("Name")
    field.wait_for()
    notebook.run_in_last_cell("time.sleep(4)")
    field.focus()
    page.keyboard.type("Course gateway", delay=20)
    save = panel.button("Save")
    save.click()
    save.click()
    assert save.get_attribute("aria-busy") == "true"
    # Said aloud as well, which stays in the live region.
    words = panel.node.get_by_text("The kernel is busy. It does this next.", exact=True)
    shown = words.and_(page.locator("[aria-hidden=true]"))
    shown.wait_for()
    notebook.until("log", "[('save', 'Course gateway'), ('typed', 0, '')]")
    shown.wait_for(state="hidden")
    assert save.get_attribute("aria-busy") is None


def test_the_root_names_speaks_and_copies(notebook: Notebook) -> None:
    """The panel has a name; what Python says is in the live region; a text gets to the clipboard."""
    page = notebook.open(
        SETUP, "tabs = widgets.Tab([widgets.Label('x')], titles=['One'])\nouter = panel(tabs)\nouter"
    )
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    region = page.get_by_role("region", name="Dispatch")
    region.wait_for()
    assert region.locator("[role=tablist]").get_attribute("aria-label") == "Dispatch"
    notebook.execute("outer.children[0].names = {'.widget-label': {'aria-label': 'Named', 'onclick': 'x'}}")
    named = region.locator(".widget-label[aria-label=Named]")
    named.wait_for()
    assert named.get_attribute("onclick") is None
    notebook.execute("outer.children[0].say('2 of 5 have answered')")
    voice = region.locator("[aria-live=polite]")
    voice.get_by_text("2 of 5 have answered").wait_for()
    notebook.execute("outer.children[0].copy('a text', said='Path copied')")
    voice.get_by_text("Path copied").wait_for()
    assert page.evaluate("() => navigator.clipboard.readText()") == "a text"
