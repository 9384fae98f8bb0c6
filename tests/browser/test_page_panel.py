"""A panel in one widget, in a real JupyterLab: what it costs, a slow kernel, a lost one, and the keyboard."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from panel_driver.browser import Part
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from panel_driver.app import App
    from panel_driver.lab import Notebook
    from playwright.sync_api import WebSocket

pytestmark = [pytest.mark.timeout(300), pytest.mark.req("UI")]

ALONE = "alone = dw.RouterPanel(service)\nalone"
CHAT = ["Claude Sonnet 5 · Anthropic", "GPT-4o · OpenAI", "Qwen3 8B · Lab"]
WIDGETS = "application/vnd.jupyter.widget-state+json"
BUSY = "The kernel is busy. It does this next."
NO_KERNEL = "No kernel is behind this panel. Run its cell again."
KIND = re.compile(rb'"msg_type": ?"(\w+)"')
UNMARKED = """(panel) => [...panel.querySelectorAll("a[href], button, input, select, [tabindex]")]
    .filter((node) => node.getAttribute("data-lm-suppress-shortcuts") !== "true")
    .map((node) => node.outerHTML.slice(0, 120))"""


def _frames(app: App) -> list[int]:
    """The sizes of what comes from the kernel about widgets, from now on."""
    sizes: list[int] = []

    def count(payload: str | bytes) -> None:
        raw = payload if isinstance(payload, bytes) else payload.encode()
        found = KIND.search(raw)  # the first is the message's own, a later one that of what it answers
        if found is not None and found[1] in {b"comm_open", b"comm_msg"}:
            sizes.append(len(raw))

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", count)

    app.page.on("websocket", listen)
    return sizes


@pytest.mark.req("P-7")
def test_a_panel_is_one_model_and_a_press_a_few_frames(app: App) -> None:
    """A notebook keeps two models of it; showing it and saving a choice take a handful of frames."""
    frames = _frames(app)
    app.write()
    app.open(ALONE)
    app.see_in("Entry for grade", "Not set")
    shown = len(frames), sum(frames)
    assert shown[0] <= 3
    assert shown[1] < 160_000  # most of it the page's script and styles
    frames.clear()
    app.choose("Entry for grade", CHAT[1])
    app.task("grade").see("Saved", whole=True)
    saved = len(frames), sum(frames)
    assert saved[0] <= 4
    assert saved[1] < 20_000
    kept = app.notebook.save()["metadata"]["widgets"][WIDGETS]["state"]
    assert sorted(model["model_name"] for model in kept.values()) == ["AnyModel", "LayoutModel"]
    assert str(app.folder) not in json.dumps(kept)


@pytest.mark.req("SEC-9")
def test_a_slow_kernel_is_said_where_the_choice_is(
    app: App, still: Callable[[], AbstractContextManager[None]]
) -> None:
    """The row says at once that it saves, after a second why that takes long; the focus stays where it is."""
    app.write()
    app.open(ALONE)
    grade = app.task("grade")
    app.see_in("Entry for grade", "Not set")
    with still():
        app.field("Entry for grade").focus()
        app.choose("Entry for grade", CHAT[1])
        grade.see("Saving…")
        app.see_in("Entry for grade", CHAT[1])
        grade.see(BUSY)
        app.field("Entry for skill").focus()  # the person goes on
    grade.see("Saved", whole=True)
    grade.not_see("Saving…", BUSY)
    app.focus_in("Entry for skill")
    with still():
        grade.button("Undo").dblclick()
        expect(grade.button("Undo")).to_have_attribute("aria-busy", "true")
    app.see_in("Entry for grade", "Not set")
    app.focus_in("Entry for grade")


@pytest.mark.req("SEC-9")
def test_an_answer_is_for_the_window_that_pressed(app: App, other_window: Notebook) -> None:
    """Both windows show what was saved in one; in the other no focus moves, and nothing is said."""
    app.write()
    app.open(ALONE)
    there = app.in_window(other_window)
    there.field("Entry for skill").focus()
    app.choose("Entry for grade", CHAT[1])
    for window in (app, there):
        window.see_in("Entry for grade", CHAT[1])
    app.task("grade").press("Undo")
    there.see_in("Entry for grade", "Not set")
    app.focus_in("Entry for grade")
    there.focus_in("Entry for skill")
    expect(app.node.get_by_role("status")).to_have_text("Undone")
    expect(there.node.get_by_role("status")).to_have_text("")


def test_letters_are_no_commands_and_keys_are_enough(app: App) -> None:
    """One-key shortcuts of JupyterLab stay away; a choice is made and taken back by the keyboard alone."""
    app.write()
    app.open(ALONE)
    cells = len(app.notebook.cells())
    app.field("Entry for grade").focus()
    app.key("ArrowDown")
    app.task("grade").see("Saved", whole=True)
    app.key_until("Tab", "^Undo$")
    app.key("b", "a", "x")
    app.key("Enter")
    app.focus_in("Entry for grade")
    app.key_until("Tab", "^Copy$")
    app.key("Enter")
    expect(app.node.get_by_role("status")).to_have_text("Copied")
    assert app.node.evaluate(UNMARKED) == []
    assert len(app.notebook.cells()) == cells


def test_a_panel_alone_opens_what_it_leads_to(app: App) -> None:
    """What leads to another tab opens that in place, with a way back by keys; the focus goes along."""
    app.write(change=lambda document: document["models"].update(catalog=[], assignment=[]))
    app.open(ALONE)
    app.see_heading("No entries to choose from")
    app.button("Choose models").focus()
    app.key("Enter")
    app.see_heading("Add models")
    app.focus_comes_to(".")
    assert app.node.get_by_role("tab").count() == 0
    app.button("Back to Router").focus()
    app.key("Enter")
    app.see_heading("No entries to choose from")
    app.focus_on("Choose models")


@pytest.mark.req("SEC-9", "UI")
def test_the_focus_is_not_lost_while_another_tab_is_on_its_way(
    app: App, still: Callable[[], AbstractContextManager[None]]
) -> None:
    """With a busy kernel the button that led there is gone at once: the way back has the focus until then."""
    app.write(change=lambda document: document["models"].update(catalog=[], assignment=[]))
    app.open(ALONE)
    app.see_heading("No entries to choose from")
    with still():
        app.button("Choose models").focus()
        app.key("Enter")
        app.focus_comes_to("^Back to Router$")
    app.see_heading("Add models")
    app.focus_comes_to(".")


@pytest.mark.req("SEC-9")
def test_what_code_opens_takes_the_focus_out_of_no_field(app: App, other_window: Notebook) -> None:
    """`panel.tab` and `panel.open_form` open in every window, once; who writes in a cell goes on writing."""
    app.write()
    app.open()
    there = app.in_window(other_window)
    there.tab("Models")
    app.notebook.until("panel.tab", "models")
    app.notebook.focus_on_cell(1)
    app.notebook.execute("panel.tab = 'router'")
    for window in (app, there):
        window.see_tab("Router")
    app.notebook.execute("panel.open_form('provider')")
    for window in (app, there):
        window.see_heading("Add provider")
    assert app.focused() == ""
    app.key("x")
    assert "x" in app.notebook.cells()[1].replace("panel = dw.panel(service)", "")
    there.press("Cancel")
    there.tab("Router")
    app.notebook.execute("panel.tab = 'router'")
    app.see_tab("Router")


def test_what_is_typed_is_there_when_the_cell_has_run_again(app: App) -> None:
    """A form that is open stays open with what was typed, over a new service, too, and can be saved."""
    app.write()
    app.open()
    app.press("Edit Lab")
    app.fill("Name", "Typed")
    app.notebook.run_all()
    app.see_in("Name", "Typed")
    app.press("Save")
    app.row("Typed", of="Providers").see("No list yet")


@pytest.mark.parametrize("way", ["restart", "end", "opened without it"])
def test_a_kernel_that_is_gone_is_said(app: App, way: str) -> None:
    """It is said once, as a sentence in the panel, and no press does anything; run again, all is well."""
    app.write()
    app.open()
    app.tab("Router")
    app.see_in("Entry for grade", "Not set")
    app.not_see(NO_KERNEL)
    ends: dict[str, Callable[[], None]] = {
        "restart": app.notebook.restart_kernel,
        "end": app.notebook.shut_kernel_down,
        "opened without it": lambda: (app.notebook.save(), app.reopen())[1],
    }
    ends[way]()
    panel = Part(app.panel_in(app.notebook.outputs).node.first)
    panel.see(NO_KERNEL, times=2 if way != "opened without it" else None)  # to be read, and heard
    style = "(node) => getComputedStyle(node).pointerEvents"
    assert panel.node.get_by_role("tab", name="Router").evaluate(style) == "none"
    if way == "restart":
        app.notebook.run_all()
        app.not_see(NO_KERNEL)
        app.tab("Router")
        app.choose("Entry for grade", CHAT[1])
        app.task("grade").see("Saved", whole=True)
