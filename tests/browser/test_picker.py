"""The ModelPicker and Try in a real JupyterLab."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from panel_driver.browser import Part
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from panel_driver.app import App

pytestmark = pytest.mark.timeout(300)


@pytest.mark.req("UI", "API-5")
def test_a_model_is_picked_used_for_a_task_and_tried(app: App) -> None:
    """A click picks, code sees it, one button gives it to the task, and Try says that it answers."""
    app.write()
    cells = (
        "picker = dw.ModelPicker('grade', provider='Lab', service=service)\npicker",
        "dw.RouterPanel(service)",
    )
    app.open(*cells, lists=True)
    panels = app.panel_in(app.notebook.outputs).node
    picker, router = Part(panels.nth(0)), Part(panels.nth(1))
    picker.pick(0)
    expect(picker.models.first).to_have_attribute("aria-selected", "true")
    picker.see("picker.value is")
    picker.press("Use for grade")
    picker.see("Saved", whole=True)
    picker.focus_on("Undo")  # the other button is off now
    value = app.notebook.execute("print(picker.value)").strip()
    document = app.document()
    entry = next(found for found in document["models"]["catalog"] if found["model"] == value)
    assert {"task": "grade", "modelId": entry["id"]} in document["models"]["assignment"]
    router.task("grade").press("Try")
    router.task("grade").see("gave an answer after")
    picker.press("Undo")
    picker.focus_on("Use for grade")
    assert all(given["task"] != "grade" for given in app.document()["models"]["assignment"])


@pytest.mark.req("UI")
def test_the_last_of_two_quick_selections_counts(
    app: App, still: Callable[[], AbstractContextManager[None]]
) -> None:
    """While the kernel is busy another model can be selected: that one is shown, and is the value."""
    app.write()
    app.open("picker = dw.ModelPicker(provider='Lab', service=service)\npicker", lists=True)
    first, second = app.models.nth(0), app.models.nth(1)
    with still():
        first.click()
        expect(first).to_have_attribute("aria-selected", "true")
        second.click()
        expect(second).to_have_attribute("aria-selected", "true")
    app.see("picker.value is")
    expect(second).to_have_attribute("aria-selected", "true")
    value = app.notebook.execute("print(picker.value)").strip()
    expect(second).to_contain_text(value)
    expect(second).to_have_attribute("aria-selected", "true")
