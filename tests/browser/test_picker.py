"""The ModelPicker and Try in a real JupyterLab."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.timeout(300)


@pytest.mark.req("UI", "API-5")
def test_a_model_is_picked_used_for_a_task_and_tried(app: Any) -> None:
    """A click picks, code sees it, one button gives it to the task, and Try says that it answers."""
    from playwright.sync_api import expect

    app.write()
    cells = (
        "picker = dw.ModelPicker('grade', provider='Lab', service=service)\npicker",
        "dw.RouterPanel(service)",
    )
    app.open(*cells, lists=True)
    picker, router = app.notebook.output(".dw-panel").nth(0), app.notebook.output(".dw-panel").nth(1)
    row = picker.locator(".dw-model").first
    row.click()
    expect(row).to_have_attribute("aria-selected", "true")
    expect(picker.locator(".dw-picked")).to_contain_text("picker.value is")
    picker.get_by_role("button", name="Use for grade").click()
    expect(picker.locator(".dw-outcome")).to_contain_text("Saved")
    expect(picker.get_by_role("button", name="Undo")).to_be_focused()  # the other button is off now
    value = app.notebook.execute("print(picker.value)").strip()
    document = app.document()
    entry = next(found for found in document["models"]["catalog"] if found["model"] == value)
    assert {"task": "grade", "modelId": entry["id"]} in document["models"]["assignment"]
    task = router.locator(".dw-task").filter(has_text="A score for quality")
    task.get_by_role("button", name="Try").click()
    expect(task.locator(".dw-msg")).to_contain_text("gave an answer after")
    picker.get_by_role("button", name="Undo").click()
    expect(picker.get_by_role("button", name="Use for grade")).to_be_focused()
    assert all(given["task"] != "grade" for given in app.document()["models"]["assignment"])
