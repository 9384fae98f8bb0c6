"""The Models and Router tabs in a real JupyterLab."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from dispatch_widgets.demo.model_lists import openai_models

if TYPE_CHECKING:
    from panel_driver.app import App

pytestmark = pytest.mark.timeout(300)


@pytest.mark.req("UI", "P-7", "PM-6", "MD-8")
def test_a_few_of_five_thousand_models_are_picked(app: App) -> None:
    """Of 5,000 models any is found by typing and picked, several at once; Undo takes them back."""
    app.write()
    app.server.set_models(openai_models(5000))
    app.open()
    before = app.document()
    app.tab("Models")
    app.choose("Provider", "OpenAI")
    expect(app.models.first).to_be_visible()
    app.see("5,000 models", whole=True)
    assert app.models.count() < 40
    last = app.server.models()[-1].id
    app.search(last)
    expect(app.models.first).to_contain_text(last[-10:])
    app.pick(0)
    app.search("")
    app.show_kind("Embedding")
    app.pick(1)
    app.press(re.compile("^Use for"))
    app.tick("embed")
    app.tick("grade")
    app.press("Add 2 to catalog")
    app.see_rows("Catalog", len(before["models"]["catalog"]) + 2)
    app.see("2 added")
    added = app.document()["models"]["catalog"][-2:]
    assert {entry["model"] for entry in added} >= {last}
    assert all(
        entry.keys() >= {"id", "providerId", "model"} and "apiKey" not in str(entry) for entry in added
    )
    tasks = {found["task"]: found["modelId"] for found in app.document()["models"]["assignment"]}
    embedding = next(entry for entry in added if entry["capabilities"] == ["embedding"])
    assert tasks["embed"] == embedding["id"]
    app.press("Undo")
    app.see_rows("Catalog", len(before["models"]["catalog"]))
    assert app.document()["models"] == before["models"]

    app.focus_comes_to("Search models")

    _ids_are_typed(app)


def _ids_are_typed(app: App) -> None:
    """What is searched for in vain is added by hand; among all providers the row asks whose it is."""
    app.show_kind("All")
    app.search("no-such-model")
    app.see_heading("Nothing at OpenAI matches")
    app.press("Add by hand")
    app.row("no-such-model", of="Catalog").see("no-such-model")
    assert app.document()["models"]["catalog"][-1]["model"] == "no-such-model"
    app.see_in("Search models", "")  # it is there now, and is not offered again
    expect(app.button("Add by hand")).not_to_have_class(re.compile("mod-primary"))

    app.choose("Provider", "All providers")
    owner = app.node.get_by_role("combobox", name="Provider")
    expect(owner).to_be_visible()
    app.fill("Model id", "typed-among-all")
    app.field("Model id").press("Enter")
    app.see("Which provider serves it?", whole=True)
    app.see_in("Model id", "typed-among-all")
    expect(owner).to_be_focused()
    owner.select_option(label="Lab")
    app.not_see("Which provider serves it?")
    app.press("Add by hand")
    app.row("typed-among-all", of="Catalog").see("typed-among-all")
    app.see_in("Model id", "")


@pytest.mark.req("UI", "PM-6", "API-1")
def test_an_entry_is_edited_and_deleted(app: App) -> None:
    """An entry's form saves only what was changed; Delete says which task loses its model."""
    app.write()
    app.open(lists=True)
    app.tab("Models")
    app.press("Edit Qwen3 8B")
    app.focus_in("Label")
    app.see("classify uses this entry and keeps using it.", "Listed by Lab")
    before = app.document()["models"]["catalog"]
    app.fill("Label", "Small one")
    app.fill("Model id", "not-listed")
    app.not_see("Listed by Lab")  # nobody is told what is typed before it is saved
    app.fill("Model id", "qwen3-8b")
    app.see("Listed by Lab")
    app.press("Save")
    entry = app.row("Small one", of="Catalog")
    expect(entry.node).to_have_count(1)
    assert app.document()["models"]["catalog"] == [*before[:-1], {**before[-1], "label": "Small one"}]

    app.press("Delete Small one")
    entry.see("classify uses it and is then not set.")
    entry.focus_on("Keep it")
    entry.press("Delete entry")
    app.see_rows("Catalog", 3)
    document = app.document()["models"]
    assert document["catalog"] == before[:-1]
    assert [found["task"] for found in document["assignment"]] == ["embed"]


@pytest.mark.req("UI", "PM-6", "MD-4")
def test_tasks_are_given_what_can_do_them(app: App) -> None:
    """`embed` is offered embedding models, the others chat; a choice is saved at once and undone."""
    app.write()
    app.open(lists=True)
    app.tab("Router")
    assert app.options("Entry for embed") == ["Not set", "Embeddings, small · OpenAI"]
    chat = ["Claude Sonnet 5 · Anthropic", "GPT-4o · OpenAI", "Qwen3 8B · Lab"]
    assert app.options("Entry for grade") == ["Not set", *chat]
    app.choose("Entry for grade", chat[1])
    grade = app.task("grade")
    grade.see("Saved", whole=True)
    assert {"task": "grade", "modelId": "openai:gpt-4o"} in app.document()["models"]["assignment"]
    app.see('service.resolve("grade")')
    grade.press("Undo")
    app.see_in("Entry for grade", "Not set")
    app.focus_in("Entry for grade")
    assert [found["task"] for found in app.document()["models"]["assignment"]] == ["classify", "embed"]
    with app.locked():
        app.choose("Entry for grade", chat[0])
        grade.see("Not saved: another program holds")
        app.see_in("Entry for grade", chat[0])
    grade.press("Try again")
    grade.see("Saved", whole=True)
    assert app.document()["models"]["assignment"][-1]["task"] == "grade"

    app.change(lambda file: file["models"]["catalog"][-1].update(providerId="gone"))
    app.press("Give a provider")
    app.focus_in("Provider for Qwen3 8B")
    app.see_in("Provider for Qwen3 8B", "Lab")  # the one that lists it
    app.press("Delete Embeddings, small")
    app.press("Delete entry")
    app.tab("Router")
    expect(app.field("Entry for embed")).to_be_disabled()
    app.see("No embedding model in the catalog.")
    app.press("Choose one in Models")
    app.see_tab(re.compile("^Models"))
