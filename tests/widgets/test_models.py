"""The Models tab over the real service and a real HTTP server on loopback."""

from __future__ import annotations

import pytest

from dispatch_widgets import ModelsPanel, Panel, SettingsService
from dispatch_widgets.demo.faults import fault
from dispatch_widgets.widgets._format import created, price, tokens
from dispatch_widgets.widgets._model_rows import ALL, model_of, row_id
from dispatch_widgets.widgets._parts import is_shown


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
    app = Panel(service)
    page.answer(app.models.rail, "choose", ids["Lab"])
    page.wait(app)
    assert [action["action"] for action in app.models.picker.note["actions"]] == ["to_provider", "refresh"]
    page.answer(panel.picker, "add_by_hand", model=" my-model ", kind="embedding")
    (entry,) = service.catalog
    assert (entry.model, entry.provider_id, entry.capabilities) == ("my-model", ids["Lab"], ("embedding",))


@pytest.mark.req("UI")
def test_by_hand_among_all_providers_asks_whose_it_is(panel, service, page) -> None:
    """With all providers shown an id typed by hand is not guessed to be one's: the panel asks."""
    page.answer(panel.rail, "choose", ALL)
    page.answer(panel.picker, "add_by_hand", model="m", kind="chat")
    assert service.catalog == ()
    assert "Which provider" in panel.picker.note["title"]


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
    assert [option[1] for option in row["note"]["select"]["options"]] == ["Lab"]
    assert panel.attention() == 1
    page.answer(panel.entries, "give", entry.id, select=ids["Lab"])
    assert service.entry(entry.id).provider_id == ids["Lab"]
    assert "badge" not in page.row(panel.entries, "Claude X")
    assert panel.attention() == 0


@pytest.mark.req("API-1")
def test_deleting_an_entry_asks_and_names_its_tasks(panel, service, ids, page) -> None:
    """Delete says which task loses its model and deletes only after the answer."""
    entry = service.add_model(provider_id=ids["Lab"], model="m", label="Em", tasks=["grade"])
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
