"""The Models tab over the real service and a real HTTP server on loopback."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from panel_driver.person import until
from panel_driver.words import WHOSE

from dispatch_widgets import ModelPicker, ModelsPanel, Panel, SettingsService
from dispatch_widgets.demo.faults import fault
from dispatch_widgets.demo.samples import write_sample
from dispatch_widgets.discovery.models import DiscoveredModel, ModelList
from dispatch_widgets.widgets._format import created, price, tokens
from dispatch_widgets.widgets._unlisted import unlisted

if TYPE_CHECKING:
    from panel_driver.person import Person

ALL = "All providers"


@pytest.fixture
def me(service, person) -> Person:
    """Somebody before a panel with the Lab's list fetched and shown."""
    come = person(ModelsPanel(service))
    come.choose("Provider", "Lab")
    come.wait()
    return come


@pytest.mark.req("UI")
def test_opening_sends_nothing(service, demo, person) -> None:
    """Showing the panel asks nobody: without a list it offers to fetch one."""
    before = len(demo.requests)
    me = person(ModelsPanel(service))
    assert len(demo.requests) == before
    assert me.can_press("Fetch models")
    assert me.options("Provider") == [ALL, "Lab", "Anthropic"]
    assert me.row(ALL, of="Provider").tag == ""  # not 0: nobody has been asked


@pytest.mark.req("UI", "MD-6")
def test_choosing_a_provider_fetches_its_list_once(service, demo, ids, person) -> None:
    """Choosing a provider fetches its list; choosing it again within the hour makes no request."""
    demo.play(fault("slow", seconds=0.5), where="openai", times=1)
    me = person(ModelsPanel(service))
    before = len(demo.requests)
    me.choose("Provider", "Lab")
    assert me.sees("Asking 127.0.0.1:")
    me.wait()
    assert me.value("Provider") == "Lab"
    assert not me.sees("Asking")
    assert len(me.rows("Models")) == len(service.known_models(ids["Lab"])) > 0
    me.choose("Provider", "Anthropic")
    me.wait()
    me.choose("Provider", "Lab")
    me.wait()
    assert [request.path for request in demo.requests[before:] if request.path.startswith("/openai")] == [
        "/openai/v1/models"
    ]


@pytest.mark.req("UI")
def test_a_late_answer_does_not_move_what_is_shown(service, demo, ids, person) -> None:
    """A list that comes after another provider was chosen fills that provider's place only."""
    demo.play(fault("slow", seconds=0.5), where="openai")
    me = person(ModelsPanel(service))
    me.choose("Provider", "Lab")
    me.choose("Provider", "Anthropic")
    me.wait()
    assert me.value("Provider") == "Anthropic"
    models = service.known_models(ids["Anthropic"])
    assert {row.model_id for row in me.rows("Models")} == {model.id for model in models}
    assert me.row("Lab", of="Provider").tag == str(len(service.known_models(ids["Lab"])))


@pytest.mark.req("UI", "MD-3")
def test_a_model_shows_what_its_server_states(me, service, ids) -> None:
    """A row has name, id, kind, and context and price where the server states them."""
    rows = {row.model_id: row for row in me.rows("Models")}
    for model in service.known_models(ids["Lab"]):
        row = rows[model.id]
        assert row.name == model.name
        stated = [words for words in (tokens(model.context_window), price(model.price)) if words]
        assert row.cells == [*stated, model.kind]
        assert (model.id in row.lines) is (model.name != model.id)


@pytest.mark.req("API-1", "PM-6")
def test_adding_prefills_name_and_capabilities_and_undo_takes_it_back(me, service, ids) -> None:
    """Several are added at once with name and capabilities from the list; Undo removes them again."""
    models = [model for model in service.known_models(ids["Lab"]) if model.kind == "chat"][:3]
    wanted = [model.id for model in models]
    me.pick(*wanted)
    me.press("Add 3 to catalog")
    assert [entry.model for entry in service.catalog] == wanted
    for entry, model in zip(service.catalog, models, strict=True):
        assert entry.title == model.name
        assert entry.capabilities == model.capabilities
    assert me.sees("3 added")
    added = [row for row in me.rows("Models") if row.model_id in wanted]
    assert [row.badge for row in added] == ["in catalog"] * 3
    me.press("Undo")
    assert service.catalog == ()
    assert not me.sees("added")


@pytest.mark.req("UI", "API-1")
def test_ticked_tasks_go_to_the_first_that_fits(me, service, ids) -> None:
    """Ticked tasks are given with the adding: embed to an embedding model, the others to a chat model."""
    models = service.known_models(ids["Lab"])
    chat = next(model for model in models if model.kind == "chat")
    embedding = next(model for model in models if model.kind == "embedding")
    for task in ("grade", "embed"):
        me.tick(task)
    me.pick(embedding.id, chat.id)
    me.press("Add 2 to catalog")
    given = {found.task: service.entry(found.model_id).model for found in service.assignments}
    assert given == {"embed": embedding.id, "grade": chat.id}
    assert [me.value(task) for task in ("grade", "embed")] == ["", ""]
    me.press("Undo")
    assert len(service.assignments) == 0


@pytest.mark.req("UI")
def test_undo_gives_a_task_back_to_what_it_had(me, service, ids) -> None:
    """Undo of an adding that took a task over gives the task its entry of before."""
    first, second = [m for m in service.known_models(ids["Lab"]) if m.kind == "chat"][:2]
    before = service.add_model(provider_id=ids["Lab"], model=first.id, tasks=["grade"])
    me.wait()
    me.tick("grade")
    me.pick(second.id)
    me.press("Add 1 to catalog")
    assert service.assignments["grade"].model_id != before.id
    me.press("Undo")
    assert service.assignments["grade"].model_id == before.id


@pytest.mark.req("MD-8", "UI")
def test_an_id_can_be_typed_by_hand_also_when_discovery_failed(service, demo, ids, person) -> None:
    """After a failure the list says the provider's message and hint, and an id typed by hand is kept."""
    demo.play(fault("401"), where="openai")
    me = person(ModelsPanel(service))
    me.choose("Provider", "Lab")
    me.wait()
    error = service.last_error(ids["Lab"])
    assert error.message in me.headings
    assert me.sees(error.hint)
    assert me.can_press("Try again")
    assert {row.name: row.badge for row in me.rows("Provider") if row.badge} == {"Lab": "Key refused"}
    app = person(Panel(service))
    app.tab("Models")
    app.choose("Provider", "Lab")
    app.wait()
    assert app.can_press("Go to provider")
    assert app.can_press("Try again")
    me.fill("Model id", " my-model ")
    me.choose("Kind", "Embedding")
    me.press("Add by hand")
    (entry,) = service.catalog
    assert (entry.model, entry.provider_id, entry.capabilities) == ("my-model", ids["Lab"], ("embedding",))


@pytest.mark.req("UI")
def test_by_hand_among_all_providers_asks_whose_it_is(me, service, ids) -> None:
    """With all providers shown the row asks whose id it is; unanswered, the text stays, nothing is kept."""
    me.choose("Provider", ALL)
    assert me.options(WHOSE) == ["Lab", "Anthropic"]
    me.fill("Model id", "m")
    me.press("Add by hand")
    assert service.catalog == ()
    assert me.sees("Which provider serves it?")
    assert me.value("Model id") == "m"
    me.choose(WHOSE, "Anthropic")
    me.press("Add by hand")
    assert [(entry.model, entry.provider_id) for entry in service.catalog] == [("m", ids["Anthropic"])]
    assert me.value("Model id") == ""
    me.choose("Provider", "Lab")
    assert WHOSE not in me.labels
    assert not me.sees("Which provider serves it?")


@pytest.mark.req("UI")
def test_all_providers_show_together(me, service, ids) -> None:
    """The first choice shows the models of all, each with its provider's name."""
    service.discover_models(ids["Anthropic"])
    me.choose("Provider", ALL)
    me.wait()
    assert me.value("Provider") == ALL
    assert {row.provider for row in me.rows("Models")} == {"Lab", "Anthropic"}
    me.choose("Provider", "Lab")
    me.fill("Search models", "nobody-has-this")
    me.press("Search all providers")
    assert me.value("Provider") == ALL
    assert me.value("Search models") == "nobody-has-this"


@pytest.mark.req("MD-7", "MD-13")
def test_refresh_asks_again(me, demo) -> None:
    """Refresh goes past the cache for the provider that is shown."""
    before = len(demo.requests)
    me.press("Refresh")
    me.wait()
    assert len(demo.requests) == before + 1


@pytest.mark.req("PM-4", "PM-6")
def test_an_entry_without_provider_is_red_and_can_be_given_one(me, service, ids) -> None:
    """An entry whose provider was deleted says what that costs, and offers the other providers."""
    entry = service.add_model(
        provider_id=ids["Anthropic"], model="claude-x", label="Claude X", tasks=["grade"]
    )
    service.delete_provider(ids["Anthropic"])
    me.wait()
    row = me.row("Claude X")
    assert (row.badge, row.tone("No provider")) == ("No provider", "error")
    assert row.note.splitlines()[0] == "Its provider was deleted, so grade has no model."
    assert me.options("Provider for Claude X") == ["Choose a provider", "Lab"]
    assert me.value("Provider for Claude X") == "Choose a provider"  # the Lab does not list it
    assert me.sees("1 needs attention")
    row.press("Give provider")
    assert service.entry(entry.id).problem
    assert "Choose a provider first" in me.heard
    me.choose("Provider for Claude X", "Lab")
    row.press("Give provider")
    assert service.entry(entry.id).provider_id == ids["Lab"]
    assert row.badge == "Not listed"
    assert not me.sees("attention")
    known = service.known_models(ids["Lab"])[0].id
    other = service.add_model(provider_id=ids["Lab"], model=known, label="Known")
    document = json.loads(service.path.read_text(encoding="utf-8"))
    document["models"]["catalog"][-1]["providerId"] = "gone"
    service.path.write_text(json.dumps(document), encoding="utf-8")
    service.reload()
    me.wait()
    assert me.value("Provider for Known") == "Lab"
    assert other.model == known


@pytest.mark.req("API-1")
def test_deleting_an_entry_asks_and_names_its_tasks(me, service, ids) -> None:
    """Delete says which task loses its model and deletes only after the answer."""
    model = service.known_models(ids["Lab"])[0].id
    service.add_model(provider_id=ids["Lab"], model=model, label="Em", tasks=["grade"])
    me.wait()
    me.press("Delete Em")
    assert me.row("Em").note.splitlines() == ["Delete Em?", "grade uses it and is then not set."]
    assert len(service.catalog) == 1
    me.press("Keep it")
    assert me.row("Em").note == ""
    me.press("Delete Em")
    me.press("Delete entry")
    assert service.catalog == ()
    assert "grade" not in service.assignments


@pytest.mark.req("UI", "API-1")
def test_a_deletion_can_be_undone_until_the_next_change(me, service, ids) -> None:
    """After a deletion the head of the catalog offers Undo, which brings entry and task back once."""
    entry = service.add_model(provider_id=ids["Lab"], model="m", label="Em", tasks=["grade"])
    other = service.add_model(provider_id=ids["Lab"], model="n", label="En")
    me.wait()
    assert "Delete entry" not in me.buttons  # not asked yet
    me.press("Delete Em")
    me.press("Delete entry")
    assert me.sees("Em deleted")
    undo = me.as_seen("Undo")
    me.press("Undo")
    assert [found.id for found in service.catalog] == [entry.id, other.id]
    assert service.assignments["grade"].model_id == entry.id
    assert not me.sees("Em deleted")
    me.press("Delete Em")
    me.press("Delete entry")
    service.assign("skill", other.id)
    me.wait()
    assert not me.sees("Em deleted")
    undo.press()
    assert len(service.catalog) == 1


@pytest.mark.req("API-1", "PM-6")
def test_several_are_added_in_one_write_or_none(me, service, ids) -> None:
    """Three picked models are one save of the file, not three."""
    saves = []
    service.subscribe(lambda change: saves.append(change) if change.what == "settings" else None)
    me.pick(*(model.id for model in list(service.known_models(ids["Lab"]))[:3]))
    me.press("Add 3 to catalog")
    assert len(service.catalog) == 3
    assert len(saves) == 1


@pytest.mark.req("API-1", "PM-6")
def test_editing_an_entry_saves_what_was_changed(me, service, ids) -> None:
    """The form changes label, provider, model and capabilities, and leaves alone what was not touched."""
    entry = service.add_model(provider_id=ids["Lab"], model="gpt-x")
    me.wait()
    me.press("Edit gpt-x")
    assert "capabilities" not in service.path.read_text(encoding="utf-8")
    me.fill("Label", "My GPT")
    me.choose("Provider", "Anthropic")
    me.press("Save")
    assert "Catalog" in me.headings
    changed = service.entry(entry.id)
    assert (changed.label, changed.provider_id, changed.model) == ("My GPT", ids["Anthropic"], "gpt-x")
    assert changed.capabilities is None  # only inferred before, so still not written
    me.press("Edit My GPT")
    me.tick("Embedding")
    me.press("Save")
    assert set(service.entry(entry.id).capabilities) == {"chat", "embedding"}


@pytest.mark.req("API-2")
def test_a_refused_edit_keeps_its_input(me, service, ids) -> None:
    """A blank model id is refused at its field; the form stays with what was typed."""
    entry = service.add_model(provider_id=ids["Lab"], model="gpt-x")
    me.wait()
    me.press("Edit gpt-x")
    me.fill("Label", "Typed")
    me.fill("Model id", " ")
    me.press("Save")
    assert "Edit gpt-x" in me.headings
    assert me.field("Model id").problem
    assert me.value("Label") == "Typed"
    assert service.entry(entry.id).model == "gpt-x"


@pytest.mark.req("MD-13", "UI")
def test_a_model_that_is_no_longer_listed_is_marked_never_removed(me, service, demo, ids) -> None:
    """An entry whose model vanished from the list is marked with the day, and can be kept as it is."""
    model = service.known_models(ids["Lab"])[0]
    entry = service.add_model(provider_id=ids["Lab"], model=model.id, label="Old", tasks=["grade"])
    everything = demo.models()
    demo.set_models([each for each in everything if each.id != model.id])
    try:
        me.press("Refresh")
        me.wait()
    finally:
        demo.set_models(everything)
    row = me.row("Old")
    assert row.badge == "No longer listed"
    assert "Choose another model for grade" in row.note
    row.press("Keep")
    assert row.badge == ""
    assert service.catalog == (service.entry(entry.id),)


@pytest.mark.req("MD-16", "UI")
@pytest.mark.parametrize("answer", ["404", "405", "501", "html", "not-a-list", "empty-list"])
def test_entries_of_a_server_without_a_list_are_not_marked(answer, service, ids, person, demo) -> None:
    """What was added by hand for a server that lists nothing usable is neither gone nor "not listed"."""
    service.add_model(provider_id=ids["Lab"], model="by-hand", label="By hand", tasks=["grade"])
    demo.play(fault(answer))
    me = person(ModelsPanel(service))
    me.choose("Provider", "Lab")
    me.wait()
    assert (me.row("By hand").badge, me.row("By hand").note) == ("", "")


@pytest.mark.req("MD-16", "UI")
def test_entries_are_not_gone_where_a_server_lists_nothing_any_more(me, service, ids, demo) -> None:
    """A list that was there and is empty now says nothing of single models: none is marked as gone."""
    model = service.known_models(ids["Lab"])[0]
    service.add_model(provider_id=ids["Lab"], model=model.id, label="Listed once")
    demo.play(fault("empty-list"), where="openai")
    me.press("Refresh")
    me.wait()
    assert model.id in service.known_models(ids["Lab"]).removed
    assert me.row("Listed once").badge == ""


@pytest.mark.req("MD-13", "UI")
def test_an_entry_that_its_providers_list_lacks_is_marked_mildly(me, service, ids, person, demo) -> None:
    """Without a word of when it went: the list does not have it. A part of a list marks nothing."""
    service.add_model(provider_id=ids["Lab"], model="gone-overnight", label="Odd", tasks=["grade"])
    other = service.add_model(provider_id=ids["Anthropic"], model="never-asked", label="Unknown")
    me.wait()
    row = me.row("Odd")
    assert (row.badge, row.tone("Not listed")) == ("Not listed", "info")
    assert row.note.splitlines()[0] == "Lab does not list this id."
    assert me.row("Unknown").badge == ""
    assert not me.sees("attention")
    row.press("Pick another model")
    assert [task for task in ("grade", "skill", "embed") if me.value(task)] == ["grade"]
    row.press("Keep")
    assert row.badge == ""
    demo.play(fault("missing-ids"), where="openai")
    later = SettingsService(service.path)
    new = person(ModelsPanel(later))
    new.choose("Provider", "Lab")
    new.wait()
    assert later.known_models(ids["Lab"]).warning
    assert new.row("Odd").badge == ""
    assert other.problem == ""


@pytest.mark.req("MD-13")
@pytest.mark.parametrize(
    ("model_id", "missing"),
    [
        ("gpt-4o", False),
        ("gpt-4o-2024-08-06", False),
        ("gpt-4", True),
        ("gpt-4o-2023-01-01", True),
        ("claude-sonnet-4-5", False),
        ("claude-sonnet-4", True),
        ("claude-sonnet-latest", False),
        ("mistral-latest", True),
        ("gemini-pro", False),
        ("qwen3", False),
        ("qwen", True),
    ],
)
def test_other_names_of_listed_models_are_not_taken_for_missing(model_id, missing) -> None:
    """An undated name, one that ends in latest, or one without the list's prefix may well answer."""
    listed = (
        "gpt-4o",
        "gpt-4o-2024-08-06",
        "claude-sonnet-4-5-20250929",
        "models/gemini-pro",
        "qwen3:latest",
    )
    models = ModelList(models=tuple(DiscoveredModel(id=key, name=key, capabilities=()) for key in listed))
    assert (model_id in unlisted(models, [model_id])) is missing
    for doubtful in (
        replace(models, source="stale"),
        replace(models, warning="Some were left out."),
        replace(models, models=()),
        None,
    ):
        assert not unlisted(doubtful, [model_id])


@pytest.mark.req("ST-3", "UI")
def test_a_deletion_that_cannot_be_saved_can_be_tried_again(service, ids, hold_lock, person) -> None:
    """Where the file is locked the row says why it stays, and offers to try again."""
    service.add_model(provider_id=ids["Lab"], model="m", label="Em")
    me = person(ModelsPanel(service))
    me.press("Delete Em")
    with hold_lock(service):
        me.press("Delete entry")
    row = me.row("Em")
    assert row.note.count("Not saved:") == 1
    assert row.offers == ["Try again", "Dismiss"]
    row.press("Try again")
    assert service.catalog == ()


@pytest.mark.req("ST-3", "UI")
def test_an_edit_that_cannot_be_saved_keeps_its_input_and_can_be_tried_again(
    service, ids, hold_lock, person
) -> None:
    """A locked file is said once, in the form, with what was typed and a button that saves."""
    entry = service.add_model(provider_id=ids["Lab"], model="m", label="Em")
    me = person(ModelsPanel(service))
    me.press("Edit Em")
    me.fill("Label", "Typed")
    with hold_lock(service):
        me.press("Save")
    assert me.text.count("Not saved:") == 1
    assert me.sees("Your input is still here.")
    assert me.value("Label") == "Typed"
    me.press("Try again")
    assert service.entry(entry.id).label == "Typed"


@pytest.mark.req("ST-3", "UI")
def test_models_that_could_not_be_added_can_be_added_again(me, service, hold_lock) -> None:
    """The list says why nothing was added and offers to try again; what was typed by hand stays till then."""
    me.fill("Model id", "m")
    with hold_lock(service):
        me.press("Add by hand")
    assert me.text.count("Not saved:") == 1
    assert me.value("Model id") == "m"
    assert me.can_press("Dismiss")
    me.press("Try again")
    assert [entry.model for entry in service.catalog] == ["m"]
    assert not me.sees("Not saved:")


@pytest.mark.req("MIG-6", "UI")
def test_what_is_not_converted_is_said_once_over_the_catalog(demo, settings_path, person) -> None:
    """The entries of an old file have a badge each, and one note for all leads to the conversion."""
    panel = Panel(SettingsService(write_sample(settings_path.parent, demo), auto_migrate=False))
    me = person(panel)
    me.tab("Models")
    rows = me.rows("Catalog")
    assert len(rows) > 2
    assert {row.badge for row in rows} == {"Old format"}
    assert {row.note for row in rows} == {""}
    assert me.sees(f"stand in its {len(rows)} entries")
    assert "No provider to take models from" not in me.headings  # adding one would be refused
    me.press("See what changes")
    assert me.open_tab == "Settings file"
    me.tab("Models")
    me.press("Convert")
    assert {row.badge for row in me.rows("Catalog")} == {""}
    assert not me.sees("the old format")
    document = json.loads(panel.service.path.read_text(encoding="utf-8"))
    leftover = {"id": "old", "providerType": "openai", "model": "gpt-4o", "providerConfig": {"apiKey": "k"}}
    document["models"]["catalog"].append(leftover)
    panel.service.path.write_text(json.dumps(document), encoding="utf-8")
    panel.service.reload()
    me.wait()
    assert me.sees("1 entry has the old format.")
    me.press("Convert")
    assert me.open_tab == "Settings file"
    assert me.focused().startswith("Convert")


@pytest.mark.req("PM-7")
def test_the_mock_provider_lists_its_models(service, person) -> None:
    """The built-in provider can be chosen when an entry refers to it, and lists its three models."""
    service.add_model(provider_id="mock", model="mock")
    me = person(ModelsPanel(service))
    me.choose("Provider", "Mock")
    assert me.titles("Models") == ["Mock", "Mock chat", "Mock embedding"]


@pytest.mark.req("SEC-4")
def test_choosing_never_sends_a_foreign_variable(service, demo, person, monkeypatch) -> None:
    """Choosing a provider whose variable was made for another host sends nothing and says why."""
    monkeypatch.setenv("OPENAI_API_KEY", demo.api_key)
    SettingsService(service.path).add_provider(
        name="Odd", type="openai-compatible", api_key="${OPENAI_API_KEY}", base_url=demo.openai_base_url
    )
    me = person(ModelsPanel(service))
    before = len(demo.requests)
    until(lambda: "Odd" in me.options("Provider"))
    me.choose("Provider", "Odd")
    me.wait()
    assert len(demo.requests) == before
    assert me.sees("until you say so")


@pytest.mark.req("UI")
def test_no_provider_shows_the_next_step(settings_path, person) -> None:
    """Without a provider the panel says to add one first."""
    me = person(ModelsPanel(SettingsService(settings_path)))
    assert "No provider to take models from" in me.headings
    assert "Add models" not in me.headings


@pytest.mark.req("MD-3")
@pytest.mark.parametrize(
    ("seconds", "shown"), [(None, ""), (0, ""), (-5, ""), (1755475200, "18 Aug 2025"), (10**18, "")]
)
def test_dates_of_birth_are_shown_where_they_make_sense(seconds, shown) -> None:
    """A creation date is shown as a day, and nothing where a server sends nonsense."""
    assert created(seconds) == shown


@pytest.mark.req("PM-10")
def test_a_key_typed_as_a_model_id_is_refused(service, ids, person, canary) -> None:
    """By hand in Models and in the picker: it is kept nowhere, and the panel says where keys go."""
    me = person(ModelsPanel(service))
    me.choose("Provider", "Lab")
    me.wait()
    me.fill("Model id", canary)
    me.press("Add by hand")
    assert me.sees("Keys go into the key field")
    assert service.catalog == ()
    picker = ModelPicker(service=service, provider="Lab")
    me = person(picker)
    me.fill("Model id", canary)
    me.press("Use it")
    assert me.sees("Keys go into the key field")
    assert picker.value == ""
    assert canary not in service.path.read_text(encoding="utf-8")
