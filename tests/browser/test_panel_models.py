"""The Models and Router tabs in a real JupyterLab."""

from __future__ import annotations

import re
from typing import Any

import pytest
from filelock import FileLock

from dispatch_widgets.demo.model_lists import openai_models

pytestmark = pytest.mark.timeout(300)


@pytest.mark.req("UI", "P-7", "PM-6", "MD-8")
def test_a_few_of_five_thousand_models_are_picked(app: Any) -> None:
    """Of 5,000 models any is found by typing and picked, several at once; Undo takes them back."""
    from playwright.sync_api import expect

    app.write()
    app.server.set_models(openai_models(5000))
    panel = app.open()
    before = app.document()
    app.tab("Models")
    panel.locator(".dw-rail-item", has_text="OpenAI").click()
    models = panel.locator(".dw-model")
    expect(models.first).to_be_visible()
    expect(panel.locator(".dw-filter > .dw-sub")).to_have_text("5,000 models")
    assert models.count() < 40
    last = app.server.models()[-1].id
    search = panel.get_by_placeholder("Search id, name, owner")
    search.fill(last)
    expect(models.first).to_contain_text(last[-10:])
    models.first.click()
    search.fill("")
    panel.locator("[data-chip=embedding]").click()
    models.nth(1).click()
    panel.get_by_role("checkbox", name="embed").check()
    panel.get_by_role("checkbox", name="grade").check()
    app.button("Add 2 to catalog").click()
    rows = panel.get_by_role("grid", name="Catalog").locator(".dw-row")
    expect(rows).to_have_count(len(before["models"]["catalog"]) + 2)
    expect(panel.get_by_text("2 added", exact=False).first).to_be_visible()
    added = app.document()["models"]["catalog"][-2:]
    assert {entry["model"] for entry in added} >= {last}
    assert all(
        entry.keys() >= {"id", "providerId", "model"} and "apiKey" not in str(entry) for entry in added
    )
    tasks = {found["task"]: found["modelId"] for found in app.document()["models"]["assignment"]}
    embedding = next(entry for entry in added if entry["capabilities"] == ["embedding"])
    assert tasks["embed"] == embedding["id"]
    app.button("Undo").click()
    expect(rows).to_have_count(len(before["models"]["catalog"]))
    assert app.document()["models"] == before["models"]

    app.focus_comes_to("Search models")

    _ids_are_typed(app)


def _ids_are_typed(app: Any) -> None:
    """What is searched for in vain is added by hand; among all providers the row asks whose it is."""
    from playwright.sync_api import expect

    panel = app.panel
    rows = panel.get_by_role("grid", name="Catalog").locator(".dw-row")
    search = panel.get_by_placeholder("Search id, name, owner")
    panel.locator("[data-chip=all]").click()
    search.fill("no-such-model")
    expect(panel.get_by_role("heading", name="Nothing at OpenAI matches")).to_be_visible()
    app.button("Add by hand").click()
    expect(rows.filter(has_text="no-such-model")).to_have_count(1)
    assert app.document()["models"]["catalog"][-1]["model"] == "no-such-model"
    expect(search).to_have_value("")  # it is there now, and is not offered again
    expect(app.button("Add by hand")).not_to_have_class(re.compile("mod-primary"))

    panel.locator(".dw-rail-item", has_text="All providers").click()
    typed, owner = panel.get_by_label("Model id"), panel.locator(".dw-byhand .dw-owner")
    expect(owner).to_be_visible()
    typed.fill("typed-among-all")
    typed.press("Enter")
    expect(panel.locator(".dw-byhand .dw-msg")).to_have_text("Which provider serves it?")
    expect(typed).to_have_value("typed-among-all")
    expect(owner).to_be_focused()
    owner.select_option(label="Lab")
    expect(panel.locator(".dw-byhand .dw-msg")).to_be_hidden()
    app.button("Add by hand").click()
    expect(rows.filter(has_text="typed-among-all")).to_have_count(1)
    expect(typed).to_have_value("")


@pytest.mark.req("UI", "PM-6", "API-1")
def test_an_entry_is_edited_and_deleted(app: Any) -> None:
    """An entry's form saves only what was changed; Delete says which task loses its model."""
    from playwright.sync_api import expect

    app.write()
    panel = app.open(lists=True)
    app.tab("Models")
    app.button("Edit Qwen3 8B").click()
    label = panel.get_by_label("Label")
    expect(label).to_be_focused()
    expect(panel.get_by_text("classify uses this entry and keeps using it.")).to_be_visible()
    expect(panel.get_by_text("Listed by Lab")).to_be_visible()
    before = app.document()["models"]["catalog"]
    label.fill("Small one")
    panel.locator(".dw-form").get_by_label("Model id").fill("not-listed")
    expect(panel.get_by_text("Not among the 20 models that Lab lists.")).to_be_visible()
    panel.locator(".dw-form").get_by_label("Model id").fill("qwen3-8b")
    app.button("Save").click()
    rows = panel.get_by_role("grid", name="Catalog").locator(".dw-row")
    expect(rows.filter(has_text="Small one")).to_have_count(1)
    assert app.document()["models"]["catalog"] == [*before[:-1], {**before[-1], "label": "Small one"}]

    app.button("Delete Small one").click()
    question = rows.filter(has_text="Small one").locator(".dw-note")
    expect(question).to_contain_text("classify uses it and is then not set.")
    expect(question.get_by_role("button", name="Keep it")).to_be_focused()
    question.get_by_role("button", name="Delete entry").click()
    expect(rows).to_have_count(3)
    document = app.document()["models"]
    assert document["catalog"] == before[:-1]
    assert [found["task"] for found in document["assignment"]] == ["embed"]


@pytest.mark.req("UI", "PM-6", "MD-4")
def test_tasks_are_given_what_can_do_them(app: Any) -> None:
    """`embed` is offered embedding models, the others chat; a choice is saved at once and undone."""
    from playwright.sync_api import expect

    app.write()
    panel = app.open(lists=True)
    app.tab("Router")
    embed = panel.get_by_role("combobox", name="Entry for embed")
    grade = panel.get_by_role("combobox", name="Entry for grade")
    assert app.options(embed) == ["Not set", "Embeddings, small · OpenAI"]
    chat = ["Claude Sonnet 5 · Anthropic", "GPT-4o · OpenAI", "Qwen3 8B · Lab"]
    assert app.options(grade) == ["Not set", *chat]
    grade.select_option(label=chat[1])
    expect(app.saved).to_be_visible()
    assert {"task": "grade", "modelId": "openai:gpt-4o"} in app.document()["models"]["assignment"]
    expect(panel.locator(".dw-snippet")).to_contain_text('service.resolve("grade")')
    app.button("Undo").click()
    expect(grade).to_have_value("Not set")
    expect(grade).to_be_focused()
    assert [found["task"] for found in app.document()["models"]["assignment"]] == ["classify", "embed"]
    app.notebook.execute("service._file.store._disk._lock_timeout_seconds = 0.2")
    with FileLock(f"{app.path}.lock"):
        grade.select_option(label=chat[0])
        said = panel.locator(".dw-task > .dw-msg").filter(has_text="Not saved: another program holds")
        expect(said).to_be_visible()
        expect(grade.locator("option:checked")).to_have_text(chat[0])
    app.button("Try again").click()
    expect(app.saved).to_be_visible()
    assert app.document()["models"]["assignment"][-1]["task"] == "grade"

    app.change(lambda file: file["models"]["catalog"][-1].update(providerId="gone"))
    app.button("Give a provider").click()
    choice = panel.get_by_role("combobox", name="Provider for Qwen3 8B")
    expect(choice).to_be_focused()
    expect(choice.locator("option:checked")).to_have_text("Lab")  # the one that lists it
    app.button("Delete Embeddings, small").click()
    app.button("Delete entry").click()
    app.tab("Router")
    expect(embed).to_be_disabled()
    expect(panel.get_by_text("No embedding model in the catalog.")).to_be_visible()
    app.button("Choose one in Models").click()
    expect(panel.get_by_role("tab", name="Models")).to_have_attribute("aria-selected", "true")
