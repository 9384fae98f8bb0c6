"""The Models tab over the real service and a real HTTP server on loopback."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from dispatch_widgets import ModelPicker, ModelsPanel, Panel, SettingsService
from dispatch_widgets.demo.faults import fault
from dispatch_widgets.demo.samples import write_sample
from dispatch_widgets.discovery.models import DiscoveredModel, ModelList
from dispatch_widgets.errors import InvalidInputError
from dispatch_widgets.widgets._format import created, price, tokens
from dispatch_widgets.widgets._model_rows import ALL, model_of, row_id
from dispatch_widgets.widgets._parts import is_shown
from dispatch_widgets.widgets._unlisted import unlisted


@pytest.fixture
def panel(service, ids, page) -> ModelsPanel:
    """A panel with the Lab's list fetched and shown."""
    made = ModelsPanel(service)
    page.answer(made.rail, "choose", ids["Lab"])
    page.wait(made)
    return made


def key(panel, model_id: str) -> str:
    """What the page calls a model of the chosen provider."""
    return row_id(panel.selected_provider, model_id)


@pytest.mark.req("UI")
def test_opening_sends_nothing(service, demo) -> None:
    """Showing the panel asks nobody: without a list it offers to fetch one."""
    before = len(demo.requests)
    panel = ModelsPanel(service)
    assert len(demo.requests) == before
    assert panel.picker.empty["actions"][0]["action"] == "fetch"
    assert [row["title"] for row in panel.rail.rows] == ["All providers", "Lab", "Anthropic"]
    assert panel.rail.rows[0]["count"] == ""  # not 0: nobody has been asked


@pytest.mark.req("UI", "MD-6")
def test_choosing_a_provider_fetches_its_list_once(service, demo, ids, page) -> None:
    """Choosing a provider fetches its list; choosing it again within the hour makes no request."""
    demo.play(fault("slow", seconds=0.5), where="openai", times=1)
    panel = ModelsPanel(service)
    before = len(demo.requests)
    page.answer(panel.rail, "choose", ids["Lab"])
    assert "since" in panel.picker.busy
    page.wait(panel)
    assert panel.selected_provider == ids["Lab"]
    assert panel.picker.busy is None
    assert len(panel.rows) == len(service.known_models(ids["Lab"])) > 0
    page.answer(panel.rail, "choose", ids["Anthropic"])
    page.wait(panel)
    page.answer(panel.rail, "choose", ids["Lab"])
    page.wait(panel)
    assert [request.path for request in demo.requests[before:] if request.path.startswith("/openai")] == [
        "/openai/v1/models"
    ]


@pytest.mark.req("UI")
def test_a_late_answer_does_not_move_what_is_shown(service, demo, ids, page) -> None:
    """A list that comes after another provider was chosen fills that provider's place only."""
    demo.play(fault("slow", seconds=0.5), where="openai")
    panel = ModelsPanel(service)
    page.answer(panel.rail, "choose", ids["Lab"])
    page.answer(panel.rail, "choose", ids["Anthropic"])
    page.wait(panel)
    assert panel.selected_provider == ids["Anthropic"]
    assert len(panel.rows) == len(service.known_models(ids["Anthropic"]))
    assert {model_of(row["id"])[0] for row in panel.rows} == {ids["Anthropic"]}
    counts = {row["title"]: row.get("count") for row in panel.rail.rows}
    assert counts["Lab"] == str(len(service.known_models(ids["Lab"])))


@pytest.mark.req("UI", "MD-3")
def test_a_model_shows_what_its_server_states(panel, service, ids) -> None:
    """A row has name, id, kind, and context and price where the server states them."""
    for model in service.known_models(ids["Lab"]):
        row = next(row for row in panel.rows if row["id"] == key(panel, model.id))
        assert row["title"] == model.name
        assert row["kind"] == model.kind
        assert row.get("cells", {}).get("context", "") == tokens(model.context_window)
        assert row.get("cells", {}).get("price", "") == price(model.price)
        assert row.get("mono", False) is (model.name == model.id)


@pytest.mark.req("API-1", "PM-6")
def test_adding_prefills_name_and_capabilities_and_undo_takes_it_back(panel, service, page) -> None:
    """Several are added at once with name and capabilities from the list; Undo removes them again."""
    models = [model for model in service.known_models(panel.selected_provider) if model.kind == "chat"][:3]
    page.answer(panel.picker, "add", ids=[key(panel, model.id) for model in models])
    assert [entry.model for entry in service.catalog] == [model.id for model in models]
    for entry, model in zip(service.catalog, models, strict=True):
        assert entry.title == model.name
        assert entry.capabilities == model.capabilities
    assert panel.done.words.startswith("3 added")
    assert all(row["have"] for row in panel.rows if model_of(row["id"])[1] in {m.id for m in models})
    panel.done.undo()
    assert service.catalog == ()
    assert not is_shown(panel.done)


@pytest.mark.req("UI", "API-1")
def test_ticked_tasks_go_to_the_first_that_fits(panel, service, page) -> None:
    """Ticked tasks are given with the adding: embed to an embedding model, the others to a chat model."""
    models = service.known_models(panel.selected_provider)
    chat = next(model for model in models if model.kind == "chat")
    embedding = next(model for model in models if model.kind == "embedding")
    for task in ("grade", "embed"):
        panel.use_for[task].value = True
    page.answer(panel.picker, "add", ids=[key(panel, embedding.id), key(panel, chat.id)])
    given = {found.task: service.entry(found.model_id).model for found in service.assignments}
    assert given == {"embed": embedding.id, "grade": chat.id}
    assert not any(box.value for box in panel.use_for.values())
    panel.done.undo()
    assert len(service.assignments) == 0


@pytest.mark.req("UI")
def test_undo_gives_a_task_back_to_what_it_had(panel, service, page) -> None:
    """Undo of an adding that took a task over gives the task its entry of before."""
    first, second = [m for m in service.known_models(panel.selected_provider) if m.kind == "chat"][:2]
    before = service.add_model(provider_id=panel.selected_provider, model=first.id, tasks=["grade"])
    panel.hub.settle()
    panel.use_for["grade"].value = True
    page.answer(panel.picker, "add", ids=[key(panel, second.id)])
    assert service.assignments["grade"].model_id != before.id
    panel.done.undo()
    assert service.assignments["grade"].model_id == before.id


@pytest.mark.req("MD-8", "UI")
def test_an_id_can_be_typed_by_hand_also_when_discovery_failed(service, demo, ids, page) -> None:
    """After a failure the list says the provider's message and hint, and an id typed by hand is kept."""
    demo.play(fault("401"), where="openai")
    panel = ModelsPanel(service)
    page.answer(panel.rail, "choose", ids["Lab"])
    page.wait(panel)
    error = service.last_error(ids["Lab"])
    assert page.words(panel.picker.note["title"]) == error.message
    assert panel.picker.note["text"].startswith(error.hint)
    assert [action["action"] for action in panel.picker.note["actions"]] == ["refresh"]
    assert [row["badge"]["text"] for row in panel.rail.rows if "badge" in row] == ["Key refused"]
    app = Panel(service)
    page.answer(app.models.rail, "choose", ids["Lab"])
    page.wait(app)
    assert [action["action"] for action in app.models.picker.note["actions"]] == ["to_provider", "refresh"]
    page.answer(panel.picker, "add_by_hand", model=" my-model ", kind="embedding")
    (entry,) = service.catalog
    assert (entry.model, entry.provider_id, entry.capabilities) == ("my-model", ids["Lab"], ("embedding",))


@pytest.mark.req("UI")
def test_by_hand_among_all_providers_asks_whose_it_is(panel, service, ids, page, sent) -> None:
    """With all providers shown the row asks whose id it is; unanswered, the text stays, nothing is kept."""
    page.answer(panel.rail, "choose", ALL)
    assert [name for _, name in panel.picker.pick["owners"]] == ["Lab", "Anthropic"]
    sent.clear()
    page.answer(panel.picker, "add_by_hand", model="m", kind="chat")
    assert service.catalog == ()
    assert "by_hand_done" not in str(sent)
    page.answer(panel.picker, "add_by_hand", model="m", kind="chat", provider=ids["Anthropic"])
    assert [(entry.model, entry.provider_id) for entry in service.catalog] == [("m", ids["Anthropic"])]
    assert "by_hand_done" in str(sent)
    page.answer(panel.rail, "choose", ids["Lab"])
    assert panel.picker.pick["owners"] == []
    assert panel.picker.note is None


@pytest.mark.req("UI")
def test_all_providers_show_together(panel, service, ids, page) -> None:
    """The rail's first row shows the models of all, each with its provider's name."""
    service.discover_models(ids["Anthropic"])
    page.answer(panel.rail, "choose", ALL)
    page.wait(panel)
    assert panel.selected_provider == ""
    assert {row["from"] for row in panel.rows} == {"Lab", "Anthropic"}
    page.answer(panel.rail, "choose", ids["Lab"])
    page.answer(panel.picker, "search_all", query="claude")
    assert panel.selected_provider == ""


@pytest.mark.req("MD-7", "MD-13")
def test_refresh_asks_again(panel, demo, page) -> None:
    """Refresh goes past the cache for the provider that is shown."""
    before = len(demo.requests)
    panel.refresh.click()
    page.wait(panel)
    assert len(demo.requests) == before + 1


@pytest.mark.req("PM-4", "PM-6")
def test_an_entry_without_provider_is_red_and_can_be_given_one(panel, service, ids, page) -> None:
    """An entry whose provider was deleted says what that costs, and offers the other providers."""
    entry = service.add_model(
        provider_id=ids["Anthropic"], model="claude-x", label="Claude X", tasks=["grade"]
    )
    service.delete_provider(ids["Anthropic"])
    panel.hub.settle()
    row = page.row(panel.entries, "Claude X")
    assert row["badge"] == {"text": "No provider", "tone": "error", "icon": "error"}
    assert row["note"]["title"] == "Its provider was deleted, so grade has no model."
    select = row["note"]["select"]
    assert [option[1] for option in select["options"]] == ["Choose a provider", "Lab"]
    assert select["value"] == ""  # the Lab does not list it, so it is not proposed
    assert panel.attention() == 1
    page.answer(panel.entries, "give", entry.id, select="")
    assert service.entry(entry.id).problem
    page.answer(panel.entries, "give", entry.id, select=ids["Lab"])
    assert service.entry(entry.id).provider_id == ids["Lab"]
    assert page.row(panel.entries, "Claude X")["badge"]["text"] == "Not listed"
    assert panel.attention() == 0
    known = service.known_models(ids["Lab"])[0].id
    other = service.add_model(provider_id=ids["Lab"], model=known, label="Known")
    document = json.loads(service.path.read_text(encoding="utf-8"))
    document["models"]["catalog"][-1]["providerId"] = "gone"
    service.path.write_text(json.dumps(document), encoding="utf-8")
    service.reload()
    assert panel.hub.settle()
    assert page.row(panel.entries, "Known")["note"]["select"]["value"] == ids["Lab"]
    assert other.model == known


@pytest.mark.req("API-1")
def test_deleting_an_entry_asks_and_names_its_tasks(panel, service, ids, page) -> None:
    """Delete says which task loses its model and deletes only after the answer."""
    model = service.known_models(ids["Lab"])[0].id
    entry = service.add_model(provider_id=ids["Lab"], model=model, label="Em", tasks=["grade"])
    panel.hub.settle()
    page.answer(panel.entries, "delete", entry.id)
    note = page.row(panel.entries, "Em")["note"]
    assert note["title"] == "Delete Em?"
    assert note["text"] == "grade uses it and is then not set."
    assert len(service.catalog) == 1
    page.answer(panel.entries, "keep", entry.id)
    assert "note" not in page.row(panel.entries, "Em")
    page.answer(panel.entries, "delete", entry.id)
    page.answer(panel.entries, "confirm_delete", entry.id)
    assert service.catalog == ()
    assert "grade" not in service.assignments


@pytest.mark.req("UI", "API-1")
def test_a_deletion_can_be_undone_until_the_next_change(panel, service, ids, page) -> None:
    """After a deletion the head of the catalog offers Undo, which brings entry and task back once."""
    entry = service.add_model(provider_id=ids["Lab"], model="m", label="Em", tasks=["grade"])
    other = service.add_model(provider_id=ids["Lab"], model="n", label="En")
    panel.hub.settle()
    page.answer(panel.entries, "confirm_delete", entry.id)  # not asked yet: nothing happens
    page.answer(panel.entries, "delete", entry.id)
    page.answer(panel.entries, "confirm_delete", entry.id)
    assert panel.done.words == "Em deleted"
    panel.done.undo()
    assert [found.id for found in service.catalog] == [entry.id, other.id]
    assert service.assignments["grade"].model_id == entry.id
    assert panel.done.words == ""
    page.answer(panel.entries, "delete", entry.id)
    page.answer(panel.entries, "confirm_delete", entry.id)
    service.assign("skill", other.id)
    assert panel.hub.settle()
    assert panel.done.words == ""
    panel.done.undo()
    assert len(service.catalog) == 1


@pytest.mark.req("API-1", "PM-6")
def test_several_are_added_in_one_write_or_none(panel, service, page) -> None:
    """Three picked models are one save of the file, not three."""
    saves = []
    service.subscribe(lambda change: saves.append(change) if change.what == "settings" else None)
    models = list(service.known_models(panel.selected_provider))[:3]
    page.answer(panel.picker, "add", ids=[key(panel, model.id) for model in models])
    assert len(service.catalog) == 3
    assert len(saves) == 1


@pytest.mark.req("API-1", "PM-6")
def test_editing_an_entry_saves_what_was_changed(panel, service, ids, page) -> None:
    """The form changes label, provider, model and capabilities, and leaves alone what was not touched."""
    entry = service.add_model(provider_id=ids["Lab"], model="gpt-x")
    panel.hub.settle()
    page.answer(panel.entries, "edit", entry.id)
    form = panel.form
    assert "capabilities" not in service.path.read_text(encoding="utf-8")
    form.label.control.value = "My GPT"
    form.owner.control.value = ids["Anthropic"]
    form.save.click()
    assert panel.form is None
    changed = service.entry(entry.id)
    assert (changed.label, changed.provider_id, changed.model) == ("My GPT", ids["Anthropic"], "gpt-x")
    assert changed.capabilities is None  # only inferred before, so still not written
    form = panel.edit(entry.id)
    form.embedding.value = True
    form.save.click()
    assert set(service.entry(entry.id).capabilities) == {"chat", "embedding"}


@pytest.mark.req("API-2")
def test_a_refused_edit_keeps_its_input(panel, service, ids) -> None:
    """A blank model id is refused at its field; the form stays with what was typed."""
    entry = service.add_model(provider_id=ids["Lab"], model="gpt-x")
    form = panel.edit(entry.id)
    form.label.control.value = "Typed"
    form.model.control.value = " "
    form.save.click()
    assert panel.form is form
    assert form.model.error.words
    assert form.label.value == "Typed"
    assert service.entry(entry.id).model == "gpt-x"


@pytest.mark.req("MD-13", "UI")
def test_a_model_that_is_no_longer_listed_is_marked_never_removed(panel, service, ids, page) -> None:
    """An entry whose model vanished from the list is marked with the day, and can be kept as it is."""
    model = service.known_models(ids["Lab"])[0]
    entry = service.add_model(provider_id=ids["Lab"], model=model.id, label="Old", tasks=["grade"])
    panel.hub.gone[ids["Lab"], model.id] = panel.now
    panel.act(lambda: None)
    row = page.row(panel.entries, "Old")
    assert row["badge"]["text"] == "No longer listed"
    assert "Choose another model for grade" in row["note"]["text"]
    page.answer(panel.entries, "keep_listed", entry.id)
    assert "badge" not in page.row(panel.entries, "Old")
    assert service.catalog == (service.entry(entry.id),)


@pytest.mark.req("MD-16", "UI")
@pytest.mark.parametrize("answer", ["404", "405", "501", "html", "not-a-list", "empty-list"])
def test_entries_of_a_server_without_a_list_are_not_marked(answer, service, ids, page, demo) -> None:
    """What was added by hand for a server that lists nothing usable is neither gone nor "not listed"."""
    service.add_model(provider_id=ids["Lab"], model="by-hand", label="By hand", tasks=["grade"])
    demo.play(fault(answer))
    panel = ModelsPanel(service)
    page.answer(panel.rail, "choose", ids["Lab"])
    page.wait(panel)
    row = page.row(panel.entries, "By hand")
    assert "badge" not in row
    assert "note" not in row


@pytest.mark.req("MD-16", "UI")
def test_entries_are_not_gone_where_a_server_lists_nothing_any_more(panel, service, ids, page, demo) -> None:
    """A list that was there and is empty now says nothing of single models: none is marked as gone."""
    model = service.known_models(ids["Lab"])[0]
    service.add_model(provider_id=ids["Lab"], model=model.id, label="Listed once")
    demo.play(fault("empty-list"), where="openai")
    panel.refresh.click()
    page.wait(panel)
    assert model.id in service.known_models(ids["Lab"]).removed
    assert "badge" not in page.row(panel.entries, "Listed once")


@pytest.mark.req("MD-13", "UI")
def test_an_entry_that_its_providers_list_lacks_is_marked_mildly(panel, service, ids, page, demo) -> None:
    """Without a word of when it went: the list does not have it. A part of a list marks nothing."""
    entry = service.add_model(provider_id=ids["Lab"], model="gone-overnight", label="Odd", tasks=["grade"])
    other = service.add_model(provider_id=ids["Anthropic"], model="never-asked", label="Unknown")
    panel.hub.settle()
    row = page.row(panel.entries, "Odd")
    assert (row["badge"]["text"], row["badge"]["tone"]) == ("Not listed", "info")
    assert row["note"]["title"] == "Lab does not list this id."
    assert "badge" not in page.row(panel.entries, "Unknown")
    assert panel.attention() == 0
    page.answer(panel.entries, "pick_other", entry.id)
    assert [task for task, box in panel.use_for.items() if box.value] == ["grade"]
    page.answer(panel.entries, "keep_listed", entry.id)
    assert "badge" not in page.row(panel.entries, "Odd")
    panel.hub.kept.clear()
    demo.play(fault("missing-ids"), where="openai")
    panel.refresh.click()
    page.wait(panel)
    assert service.known_models(ids["Lab"]).warning
    assert "badge" not in page.row(panel.entries, "Odd")
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
def test_a_deletion_that_cannot_be_saved_can_be_tried_again(service, ids, page, hold_lock, sent) -> None:
    """While the file is locked the question says Deleting; then the row says why it stays, and Try again."""
    entry = service.add_model(provider_id=ids["Lab"], model="m", label="Em")
    panel = ModelsPanel(service)
    page.answer(panel.entries, "delete", entry.id)
    sent.clear()
    with hold_lock(service):
        page.answer(panel.entries, "confirm_delete", entry.id)
    assert "Deleting\\\\u2026" in str(sent)
    note = page.row(panel.entries, "Em")["note"]
    assert note["title"].count("Not saved:") == 1
    assert [action["label"] for action in note["actions"]] == ["Try again", "Dismiss"]
    page.answer(panel.entries, "again", entry.id)
    assert service.catalog == ()


@pytest.mark.req("ST-3", "UI")
def test_an_edit_that_cannot_be_saved_keeps_its_input_and_can_be_tried_again(service, ids, hold_lock) -> None:
    """A locked file is said once, in the form, with what was typed and a button that saves."""
    entry = service.add_model(provider_id=ids["Lab"], model="m", label="Em")
    form = ModelsPanel(service).edit(entry.id)
    form.label.control.value = "Typed"
    with hold_lock(service):
        form.save.click()
    assert form.note.content.count("Not saved:") == 1
    assert "Your input is still here." in form.note.content
    assert form.label.value == "Typed"
    (again,) = form.note.buttons
    assert again.description == "Try again"
    again.click()
    assert service.entry(entry.id).label == "Typed"


@pytest.mark.req("ST-3", "UI")
def test_models_that_could_not_be_added_can_be_added_again(panel, service, page, hold_lock) -> None:
    """The list says why nothing was added and offers to try again; what was typed by hand stays till then."""
    with hold_lock(service):
        page.answer(panel.picker, "add_by_hand", model="m", kind="chat")
    assert panel.picker.note["title"].count("Not saved:") == 1
    assert [action["label"] for action in panel.picker.note["actions"]] == ["Try again", "Dismiss"]
    page.answer(panel.picker, "again")
    assert [entry.model for entry in service.catalog] == ["m"]
    assert panel.picker.note is None


@pytest.mark.req("MIG-6", "UI")
def test_what_is_not_converted_is_said_once_over_the_catalog(demo, settings_path) -> None:
    """The entries of an old file have a badge each, and one note for all leads to the conversion."""
    app = Panel(SettingsService(write_sample(settings_path.parent, demo), auto_migrate=False))
    rows = app.models.entries.rows
    assert len(rows) > 2
    assert {row["badge"]["text"] for row in rows} == {"From before providers"}
    assert not any("note" in row for row in rows)
    assert f"stand in its {len(rows)} entries" in app.models.before.words
    assert not is_shown(app.models._empty)  # adding one would be refused
    app.models.before.buttons[1].click()
    assert app.tabs.selected_index == 3
    app.models.before.buttons[0].click()
    assert not any("badge" in row for row in app.models.entries.rows)
    assert not is_shown(app.models.before)
    document = json.loads(app.service.path.read_text(encoding="utf-8"))
    leftover = {"id": "old", "providerType": "openai", "model": "gpt-4o", "providerConfig": {"apiKey": "k"}}
    document["models"]["catalog"].append(leftover)
    app.service.path.write_text(json.dumps(document), encoding="utf-8")
    app.service.reload()
    assert app.hub.settle()
    assert "1 entry is from before providers." in app.models.unconverted.content
    app.go("models")
    app.models.unconverted.buttons[0].click()
    assert app.tabs.selected_index == 3


@pytest.mark.req("PM-7")
def test_the_mock_provider_lists_its_models(service, page) -> None:
    """The built-in provider can be chosen when an entry refers to it, and lists its three models."""
    service.add_model(provider_id="mock", model="mock")
    panel = ModelsPanel(service)
    page.answer(panel.rail, "choose", "mock")
    assert [row["title"] for row in panel.rows] == ["Mock", "Mock chat", "Mock embedding"]


@pytest.mark.req("SEC-4")
def test_choosing_never_sends_a_foreign_variable(service, demo, page, monkeypatch) -> None:
    """Choosing a provider whose variable was made for another host sends nothing and says why."""
    monkeypatch.setenv("OPENAI_API_KEY", demo.api_key)
    provider = SettingsService(service.path).add_provider(
        name="Odd", type="openai-compatible", api_key="${OPENAI_API_KEY}", base_url=demo.openai_base_url
    )
    panel = ModelsPanel(service)
    before = len(demo.requests)
    page.answer(panel.rail, "choose", provider.id)
    page.wait(panel)
    assert len(demo.requests) == before
    assert "until you say so" in panel.picker.note["text"]


@pytest.mark.req("UI")
def test_no_provider_shows_the_next_step(settings_path) -> None:
    """Without a provider the panel says to add one first."""
    panel = ModelsPanel(SettingsService(settings_path))
    assert is_shown(panel._empty)
    assert not is_shown(panel._add_section)


@pytest.mark.req("UI")
def test_model_ids_with_slashes_and_colons_name_one_model() -> None:
    """What the page calls a model leads back to its provider and id, whatever characters they hold."""
    for pair in (("p", "a/b:c"), ("p:1", ":"), ("", "x"), ("ü/😀", "m")):
        assert model_of(row_id(*pair)) == pair


@pytest.mark.req("MD-3")
@pytest.mark.parametrize(
    ("seconds", "shown"), [(None, ""), (0, ""), (-5, ""), (1755475200, "18 Aug 2025"), (10**18, "")]
)
def test_dates_of_birth_are_shown_where_they_make_sense(seconds, shown) -> None:
    """A creation date is shown as a day, and nothing where a server sends nonsense."""
    assert created(seconds) == shown


@pytest.mark.req("PM-10")
def test_a_key_typed_as_a_model_id_is_refused(service, ids, page, canary) -> None:
    """By hand in Models and in the picker: it is kept nowhere, and the panel says where keys go."""
    panel = ModelsPanel(service)
    with pytest.raises(InvalidInputError, match="Keys go into the key field"):
        panel.add_by_hand(canary, provider_id=ids["Lab"])
    picker = ModelPicker(service=service, provider="Lab")
    page.answer(picker.list, "add_by_hand", model=canary, kind="chat")
    assert picker.value == ""
    assert canary not in service.path.read_text(encoding="utf-8")
