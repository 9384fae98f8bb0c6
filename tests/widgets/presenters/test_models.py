"""The Models tab, as somebody uses it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from presenter_person import Person, until

from dispatch_widgets import SettingsService
from dispatch_widgets.demo.faults import fault
from dispatch_widgets.demo.samples import write_sample
from dispatch_widgets.discovery.features import FEATURES
from dispatch_widgets.widgets._format import price, tokens
from dispatch_widgets.widgets.presenters.models.presenter import ModelsPresenter
from dispatch_widgets.widgets.presenters.shared.encode import to_json
from dispatch_widgets.widgets.presenters.shared.views import Focus, plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from dispatch_widgets.widgets.presenters.models.views import ListState


@dataclass
class Lists:
    """Somebody in front of the lists of the Models tab; which one is shown is their window's own."""

    person: Person
    provider_id: str = ""
    held: tuple[str, list[Any]] = ("", [])
    fetched: int = 0

    def show(self, provider_id: str = "") -> None:
        """Choose a provider; all of them if none is named."""
        self.provider_id = provider_id
        if provider_id:
            self.person.presenter.act("show_list", {"row": provider_id})

    @property
    def state(self) -> ListState:
        """How the list stands that is shown."""
        (found,) = [each for each in self.person.view.lists if each.provider_id == self.provider_id]
        return found

    @property
    def ids(self) -> list[str]:
        """The ids of the models that are shown."""
        return [row["id"] for row in self.rows]

    @property
    def rows(self) -> list[Any]:
        """The models that are shown; fetched again only if they are others."""
        if self.state.mark != self.held[0]:
            mark, rows = self.person.presenter.models(self.provider_id, self.held[0])
            assert mark == self.state.mark
            self.held = (mark, rows or [])
            self.fetched += 1
        return self.held[1]

    def add(self, *models: str, tasks: tuple[str, ...] = ()) -> Any:
        """Add what is selected, with what is ticked."""
        providers = [self.provider_id] * len(models)
        add = self.person.view.add
        return self.person.press_with(add, providers=providers, models=list(models), tasks=list(tasks))

    def by_hand(self, model: str, kind: str = "chat", provider: str | None = None) -> Any:
        """Add an id that was typed."""
        whose = self.provider_id if provider is None else provider
        by_hand = self.person.view.add_by_hand
        return self.person.press_with(by_hand, provider=whose, model=model, kind=kind, tasks=[])


@pytest.fixture
def sit(at) -> Callable[[SettingsService], Person]:
    """Puts somebody at the Models tab of a service."""
    return lambda service: at(ModelsPresenter, service)


@pytest.fixture
def person(sit, service) -> Person:
    """Somebody at the Models tab of the service with two providers."""
    return sit(service)


@pytest.fixture
def lists(person, ids) -> Lists:
    """The lists, with that of the Lab fetched and shown."""
    made = Lists(person)
    made.show(ids["Lab"])
    person.settled()
    return made


@pytest.mark.req("UI")
def test_opening_sends_nothing(person, demo, ids) -> None:
    """Making the view asks nobody: without a list it offers to fetch one."""
    before = len(demo.requests)
    lists = Lists(person, ids["Lab"])
    assert person.rows("add") == ["All providers", "Lab", "Anthropic"]
    assert person.row("All providers").tag == ""  # not 0: nobody has been asked
    assert person.view.first == ids["Lab"]
    assert lists.state.empty.title == "Lab has not been asked yet"
    assert lists.state.empty.actions[0].label == "Fetch models"
    assert lists.state.fact == "No list from Lab"
    assert lists.rows == []
    assert len(demo.requests) == before
    person.press_action(lists.state.empty.actions[0])
    assert person.settled()
    assert lists.rows


@pytest.mark.req("UI", "MD-6")
def test_showing_a_provider_fetches_its_list_once(person, service, demo, ids) -> None:
    """Showing a provider fetches its list; showing it again within the hour makes no request."""
    demo.play(fault("slow", seconds=0.5), where="openai", times=1)
    lists = Lists(person)
    before = len(demo.requests)
    lists.show(ids["Lab"])
    assert lists.state.busy.text.startswith("Asking 127.0.0.1:")
    assert lists.state.fact == "Asking Lab…"
    assert lists.state.refresh.off == "Being asked"
    person.settled()
    assert lists.state.busy is None
    assert len(lists.ids) == len(service.known_models(ids["Lab"])) > 0
    assert lists.state.fact == f"{len(lists.ids):,} at Lab, fetched just now"
    lists.show(ids["Anthropic"])
    person.settled()
    lists.show(ids["Lab"])
    person.settled()
    asked = [request.path for request in demo.requests[before:] if request.path.startswith("/openai")]
    assert asked == ["/openai/v1/models"]
    assert lists.ids
    assert person.row("Lab").tag == f"{len(lists.ids):,}"


@pytest.mark.req("UI", "P-7")
def test_a_list_is_in_no_view_and_fetched_again_only_if_it_changed(lists, demo) -> None:
    """The view does not grow with the models; what is added to the catalog changes no list."""
    first = lists.ids[0]
    assert lists.fetched == 1
    assert first not in str(to_json(lists.person.view))
    lists.add(lists.ids[1])
    assert lists.ids
    assert lists.fetched == 1
    assert lists.person.presenter.models(lists.provider_id, lists.state.mark) == (lists.state.mark, None)
    everything = demo.models()
    demo.set_models(everything[1:])
    try:
        lists.person.press_action(lists.state.refresh)
        lists.person.settled()
        assert first not in lists.ids
        assert lists.fetched == 2
    finally:
        demo.set_models(everything)


@pytest.mark.req("UI")
def test_a_late_answer_fills_its_own_list_only(person, service, demo, ids) -> None:
    """A list that comes after another provider was shown changes nothing there; a list can be stopped."""
    demo.play(fault("slow", seconds=0.5), where="openai")
    lists = Lists(person)
    lists.show(ids["Lab"])
    lists.show(ids["Anthropic"])
    person.settled()
    assert lists.ids == [model.id for model in service.known_models(ids["Anthropic"])]
    assert person.row("Lab").tag == str(len(service.known_models(ids["Lab"])))
    demo.play(fault("slow", seconds=20), where="openai")
    service.update_provider(ids["Lab"], base_url=demo.second_openai_base_url)
    person.settled()
    lists.show(ids["Lab"])
    if lists.state.busy is not None:
        person.press_action(lists.state.busy.cancel)
    assert person.settled()


@pytest.mark.req("UI", "MD-3")
def test_a_model_shows_what_its_server_states(lists, service, ids) -> None:
    """A row has name, id, kind, and context and price where the server states them."""
    for model, row in zip(service.known_models(ids["Lab"]), lists.rows, strict=True):
        assert row["id"] == model.id
        assert row.get("name", model.id) == model.name
        assert row["kind"] == model.kind
        assert row.get("context", "") == tokens(model.context_window)
        assert row.get("price", "") == price(model.price)
        assert row.get("output", "") == tokens(model.max_output_tokens)
        assert row.get("features", "") == " ".join(model.features)


@pytest.mark.req("MD-18", "UI")
def test_each_feature_has_a_name(person) -> None:
    """What servers state that a model can do has a sign and a filter in the list, each of it."""
    assert tuple(option.value for option in person.view.words.features) == FEATURES


@pytest.mark.req("API-1", "PM-6")
def test_adding_prefills_name_and_capabilities_and_undo_takes_it_back(lists, service) -> None:
    """Several are added in one write, with name and capabilities from the list; Undo removes them."""
    saves: list[Any] = []
    service.subscribe(lambda change: saves.append(change) if change.what == "settings" else None)
    models = [model for model in service.known_models(lists.provider_id) if model.kind == "chat"][:3]
    lists.add(*(model.id for model in models))
    assert len(saves) == 1
    assert [entry.model for entry in service.catalog] == [model.id for model in models]
    for entry, model in zip(service.catalog, models, strict=True):
        assert entry.title == model.name
        assert entry.capabilities == model.capabilities
    person = lists.person
    assert person.sees("3 added")
    assert person.heard == ["3 added to the catalog"]
    assert set(lists.state.in_catalog) == {model.id for model in models}
    person.press("Undo")
    assert service.catalog == ()
    assert person.focus == Focus(section="add")
    assert lists.state.in_catalog == ()
    assert person.sees("No entries yet")


@pytest.mark.req("UI", "API-1")
def test_ticked_tasks_go_to_the_first_that_fits(lists, service) -> None:
    """Ticked tasks are given with the adding: embed to an embedding model, the others to a chat model."""
    models = service.known_models(lists.provider_id)
    chat = next(model for model in models if model.kind == "chat")
    embedding = next(model for model in models if model.kind == "embedding")
    assert lists.person.view.tasks[0].value == "summarize"
    lists.add(embedding.id, chat.id, tasks=("grade", "embed"))
    given = {found.task: service.entry(found.model_id).model for found in service.assignments}
    assert given == {"embed": embedding.id, "grade": chat.id}
    assert lists.person.sees("2 added, used for grade and embed") or lists.person.sees(
        "used for embed and grade"
    )
    lists.person.press("Undo")
    assert len(service.assignments) == 0
    lists.add(embedding.id, tasks=("grade",))
    assert lists.person.sees("1 added. No model of these fits grade")


@pytest.mark.req("UI")
def test_undo_gives_a_task_back_to_what_it_had(lists, service) -> None:
    """Undo of an adding that took a task over gives the task its entry of before."""
    first, second = [m for m in service.known_models(lists.provider_id) if m.kind == "chat"][:2]
    before = service.add_model(provider_id=lists.provider_id, model=first.id, tasks=["grade"])
    lists.person.settled()
    lists.add(second.id, tasks=("grade",))
    assert service.assignments["grade"].model_id != before.id
    lists.person.press("Undo")
    assert service.assignments["grade"].model_id == before.id


@pytest.mark.req("MD-8", "UI")
def test_an_id_can_be_typed_by_hand_also_when_discovery_failed(person, service, demo, ids) -> None:
    """After a failure the list says the provider's message and hint, and an id typed by hand is kept."""
    demo.play(fault("401"), where="openai")
    lists = Lists(person)
    lists.show(ids["Lab"])
    person.settled()
    error, note = service.last_error(ids["Lab"]), lists.state.note
    assert plain(note.title) == error.message
    assert plain(note.text).startswith(error.hint)
    assert "by hand" in plain(note.text)
    assert [action.label for action in note.actions] == ["Go to provider", "Try again"]
    assert person.row("Lab").badge.text == "Key refused"
    person.press_action(note.actions[0])
    assert person.went == ("providers", {"row": ids["Lab"]})
    assert lists.by_hand(" my-model ", "embedding").ok
    (entry,) = service.catalog
    assert (entry.model, entry.provider_id, entry.capabilities) == ("my-model", ids["Lab"], ("embedding",))
    assert person.row("my-model").note is None  # that it is not listed is known
    assert not lists.by_hand("", "chat").ok
    assert not lists.by_hand("m", "flying").ok
    demo.play(None)
    person.press_action(note.actions[1])
    assert person.settled()
    assert lists.ids


@pytest.mark.req("UI")
def test_a_typed_id_that_resembles_a_listed_one_asks_before_it_becomes_an_entry(lists, service) -> None:
    """One answer takes the listed model, with the tasks that go with it; the other keeps what was typed."""
    listed = next(m for m in service.known_models(lists.provider_id) if m.kind == "chat" and "-" in m.id)
    typed = listed.id.replace("-", "", 1)
    person = lists.person
    lists.by_hand(typed)
    assert service.catalog == ()
    assert person.sees(f"Did you mean {listed.id}?")
    assert person.focus == Focus(section="add", action="take_listed")
    answer = person.press(f"Add {listed.id}")
    (entry,) = service.catalog
    assert (entry.model, entry.title, entry.capabilities) == (listed.id, listed.name, listed.capabilities)
    assert "model" in answer.clear
    assert not person.sees("Did you mean")
    person.press_with(
        person.view.add_by_hand, provider=lists.provider_id, model=typed, kind="chat", tasks=["grade"]
    )
    person.press(f"Keep {typed}")
    assert service.catalog[1].model == typed
    assert service.assignments["grade"].model_id == service.catalog[1].id
    assert person.row(typed).note is None  # that it is not listed is known


@pytest.mark.req("UI", "MD-8")
def test_a_typed_id_that_is_listed_is_what_the_list_says(lists, service) -> None:
    """It gets the name and the capabilities that picking it gives, whatever kind is chosen beside it."""
    embedding = next(m for m in service.known_models(lists.provider_id) if m.kind == "embedding")
    lists.by_hand(embedding.id, "chat")
    (entry,) = service.catalog
    assert (entry.title, entry.capabilities) == (embedding.name, ("embedding",))


@pytest.mark.req("UI", "MD-4")
def test_a_task_is_given_to_no_model_that_is_neither_chat_nor_embedding(lists, service) -> None:
    """A speech model takes no ticked task from the chat model beside it, and counts as none on its own."""
    models = service.known_models(lists.provider_id)
    speech = next(model for model in models if model.kind == "other")
    chat = next(model for model in models if model.kind == "chat")
    lists.add(speech.id, chat.id, tasks=("summarize",))
    assert service.resolve("summarize").model == chat.id
    assert [entry.capabilities for entry in service.catalog] == [None, chat.capabilities]
    lists.person.press("Undo")
    lists.add(speech.id, tasks=("summarize",))
    assert lists.person.sees("1 added. No model of these fits summarize")


@pytest.mark.req("UI", "MD-8")
def test_a_typed_id_that_is_listed_as_neither_gets_the_chosen_kind(lists, service) -> None:
    """The person knows what it can do; the list does not."""
    speech = next(m for m in service.known_models(lists.provider_id) if m.kind == "other")
    lists.by_hand(speech.id, "chat")
    (entry,) = service.catalog
    assert entry.capabilities == ("chat",)


@pytest.mark.req("UI")
def test_a_typed_id_that_is_in_the_catalog_is_not_added_again(lists, service, ids) -> None:
    """It is said that it is there; another provider's model of the same id is added."""
    assert lists.by_hand("my-model").ok
    assert not lists.by_hand(" my-model ").ok
    assert lists.person.sees("my-model is in the catalog already.")
    assert len(service.catalog) == 1
    assert lists.by_hand("my-model", provider=ids["Anthropic"]).ok
    assert len(service.catalog) == 2


@pytest.mark.req("UI")
def test_by_hand_among_all_providers_asks_whose_it_is(lists, service, ids) -> None:
    """With all providers shown the row asks whose id it is; unanswered, nothing is kept, and that is said."""
    lists.show()
    assert [option.label for option in lists.state.owners] == ["Lab", "Anthropic"]
    assert not lists.by_hand("m").ok
    assert lists.person.sees("Which provider serves it?")
    assert service.catalog == ()
    assert lists.by_hand("m", provider=ids["Anthropic"]).ok
    assert [(entry.model, entry.provider_id) for entry in service.catalog] == [("m", ids["Anthropic"])]
    assert not lists.person.sees("Which provider serves it?")
    lists.by_hand("not-in-the-list", provider=ids["Lab"])
    assert lists.person.row("not-in-the-list").badge is None  # that it is not listed is known: it was typed
    lists.show(ids["Lab"])
    assert lists.state.owners == ()


@pytest.mark.req("UI")
def test_all_providers_together_say_how_many_there_are(lists, service, ids) -> None:
    """The first row and list stand for all providers; their rows are those of each."""
    service.discover_models(ids["Anthropic"])
    lists.person.settled()
    lists.show()
    count = sum(len(service.known_models(each)) for each in ids.values())
    assert lists.state.fact == f"{count:,} at 2 providers"
    assert lists.person.row("All providers").tag == f"{count:,}"
    lists.show(ids["Lab"])
    assert lists.state.search_all


@pytest.mark.req("MD-7", "MD-13")
def test_refresh_asks_again(lists, demo) -> None:
    """Refresh goes past the cache for the provider that is shown, or for all."""
    before = len(demo.requests)
    lists.person.press_action(lists.state.refresh)
    lists.person.settled()
    assert len(demo.requests) == before + 1
    lists.show()
    lists.person.press_action(lists.state.refresh)
    lists.person.settled()
    assert len(demo.requests) == before + 3


@pytest.mark.req("SEC-4", "SEC-8")
def test_a_foreign_variable_is_allowed_in_the_list(service, demo, sit, monkeypatch) -> None:
    """Showing a list sends no variable that was made elsewhere; the list holds the button that allows it."""
    monkeypatch.setenv("OPENAI_API_KEY", demo.api_key)
    odd = SettingsService(service.path).add_provider(
        name="Odd", type="openai-compatible", api_key="${OPENAI_API_KEY}", base_url=demo.openai_base_url
    )
    service.reload()
    person = sit(service)
    lists = Lists(person)
    connections = len(demo.requests)
    lists.show(odd.id)
    assert person.settled()
    assert len(demo.requests) == connections
    assert service.last_error(odd.id) is None  # nobody tried
    assert plain(lists.state.note.title).startswith("The file names ${OPENAI_API_KEY}")
    (allow,) = lists.state.note.actions
    person.press_action(allow)
    assert person.settled()
    assert lists.ids


@pytest.mark.req("PM-4", "PM-6")
def test_an_entry_without_provider_is_red_and_can_be_given_one(lists, service, ids) -> None:
    """An entry whose provider was deleted says what that costs, and offers the other providers."""
    entry = service.add_model(
        provider_id=ids["Anthropic"], model="claude-x", label="Claude X", tasks=["grade"]
    )
    service.delete_provider(ids["Anthropic"])
    person = lists.person.settled()
    assert person.row("Claude X").badge.text == "No provider"
    assert person.row("Claude X").cells["provider"].tone == "error"
    assert person.sees("Its provider was deleted, so grade has no model.", row="Claude X")
    assert person.options("Provider for Claude X") == ["Choose a provider", "Lab"]
    assert person.chosen("Provider for Claude X") == "Choose a provider"  # the Lab does not list it
    assert person.view.title == "Models (1)"
    person.press("Give provider", row="Claude X")
    assert person.heard == ["Choose a provider first"]
    assert service.entry(entry.id).problem
    person.choose("Provider for Claude X", "Lab")
    person.press("Give provider", row="Claude X")
    assert service.entry(entry.id).provider_id == ids["Lab"]
    assert person.row("Claude X").badge.text == "Not listed"
    assert person.view.attention == 0
    known = service.known_models(ids["Lab"])[0].id
    service.add_model(provider_id=ids["Lab"], model=known, label="Known")
    document = json.loads(service.path.read_text(encoding="utf-8"))
    document["models"]["catalog"][-1]["providerId"] = "gone"
    service.path.write_text(json.dumps(document), encoding="utf-8")
    service.reload()
    assert person.settled().chosen("Provider for Known") == "Lab"


@pytest.mark.req("API-1")
def test_deleting_an_entry_asks_and_names_its_tasks(lists, service, ids) -> None:
    """Delete says which task loses its model and deletes only after the answer; Undo brings both back."""
    model = service.known_models(ids["Lab"])[0].id
    entry = service.add_model(provider_id=ids["Lab"], model=model, label="Em", tasks=["grade"])
    other = service.add_model(provider_id=ids["Lab"], model="n", label="En")
    person = lists.person.settled()
    person.press("Delete Em", row="Em")
    assert person.sees("Delete Em?", row="Em")
    assert person.sees("grade uses it and is then not set.", row="Em")
    assert person.focus == Focus(row=entry.id, action="keep")
    person.press("Keep it", row="Em")
    assert person.row("Em").note is None
    assert not person.sees("Delete Em?")
    person.press("Delete Em", row="Em")
    person.press("Delete entry", row="Em")
    assert person.rows("catalog") == ["En"]
    assert person.focus == Focus(row=other.id)
    assert "grade" not in service.assignments
    assert person.sees("Em deleted")
    person.press("Undo")
    assert [found.id for found in service.catalog] == [entry.id, other.id]
    assert service.assignments["grade"].model_id == entry.id
    person.press("Delete Em", row="Em")
    person.press("Delete entry", row="Em")
    service.assign("skill", other.id)
    assert not person.settled().sees("Em deleted")


@pytest.mark.req("ST-3", "UI")
def test_a_deletion_that_met_a_lock_can_be_tried_again(lists, service, ids, hold_lock) -> None:
    """The row says that nothing was saved, and offers to try again."""
    service.add_model(provider_id=ids["Lab"], model="m", label="Em")
    person = lists.person.settled()
    person.press("Delete Em", row="Em")
    with hold_lock(service):
        person.press("Delete entry", row="Em")
    assert person.buttons("Em") == ["Try again", "Dismiss"]
    person.press("Try again", row="Em")
    assert person.rows("catalog") == []
    with hold_lock(service):
        lists.add(lists.ids[0])
    assert person.sees("another program holds")
    person.press("Try again")
    assert len(service.catalog) == 1


@pytest.mark.req("API-1", "PM-6")
def test_editing_an_entry_saves_what_was_changed(lists, service, ids) -> None:
    """The form changes label, provider, model and capabilities, and leaves alone what was not touched."""
    entry = service.add_model(provider_id=ids["Lab"], model="gpt-x", tasks=["grade"])
    person = lists.person.settled()
    person.press("Edit gpt-x", row="gpt-x")
    assert person.sees("grade uses this entry and keeps using it.")
    assert person.sees("Told from the model's id. What you tick here is stored.")
    assert person.sees(" that Lab lists. It may answer all the same.")
    person.fill("Model id", lists.ids[0])
    assert not person.sees("It may answer all the same.")  # nobody was asked about this one
    person.fill("Model id", "gpt-x")
    person.fill("Label", "My GPT")
    person.choose("Provider", "Anthropic")
    person.press("Save")
    assert person.form is None
    assert person.focus == Focus(row=entry.id)
    changed = service.entry(entry.id)
    assert (changed.label, changed.provider_id, changed.model) == ("My GPT", ids["Anthropic"], "gpt-x")
    assert changed.capabilities is None  # only inferred before, so still not written
    person.press("Edit My GPT", row="My GPT")
    person.tick("Embedding")
    person.press("Save")
    assert set(service.entry(entry.id).capabilities) == {"chat", "embedding"}


@pytest.mark.req("API-2", "PM-10", "SEC-1")
def test_a_refused_edit_keeps_its_input(lists, service, ids, canary) -> None:
    """A blank model id, or a key in its place, is refused at its field; what else was typed stays."""
    service.add_model(provider_id=ids["Lab"], model="gpt-x")
    person = lists.person.settled()
    person.press("Edit gpt-x", row="gpt-x")
    person.fill("Label", "Typed")
    person.fill("Model id", " ")
    assert not person.save().ok
    assert person.sees("1 field needs attention")
    assert person.value("Label") == "Typed"
    person.fill("Model id", canary)
    assert not person.save().ok
    assert person.sees("This looks like a key. Keys go into the key field.")
    assert person.value("Model id") == ""
    assert canary not in person.encoded
    sent = person.presenter.submit("entry", {"model": canary}, "", person.form.args())
    assert sent.clear == ("model",)
    assert canary not in str(to_json(sent))


@pytest.mark.req("ST-6", "UI")
def test_an_edit_is_read_again_and_meets_a_deletion(lists, service, ids, hold_lock) -> None:
    """Reload fills what nobody touched; an entry that is gone, and a lock, are said and the input stays."""
    entry = service.add_model(provider_id=ids["Lab"], model="gpt-x", label="Old")
    person = lists.person.settled()
    person.press("Edit Old", row="Old")
    person.fill("Label", "Typed")
    SettingsService(service.path).update_model(entry.id, label="Theirs", model="gpt-y")
    service.reload()
    person.settled().reload()
    assert (person.value("Label"), person.value("Model id")) == ("Typed", "gpt-y")
    with hold_lock(service):
        assert not person.save().ok
    assert person.sees("Your input is still here.")
    person.press("Try again")
    assert (service.entry(entry.id).label, service.entry(entry.id).model) == ("Typed", "gpt-y")
    person.press("Edit Typed", row="Typed")
    service.delete_model(entry.id)
    assert not person.save().ok
    assert person.form is not None


@pytest.mark.req("ST-6", "UI")
def test_an_edit_that_replaces_another_programs_change_says_so(lists, service, ids) -> None:
    """Only what both have changed is named; the row says it until it is dismissed."""
    entry = service.add_model(provider_id=ids["Lab"], model="gpt-x", label="Old")
    person = lists.person.settled()
    person.press("Edit Old", row="Old")
    person.fill("Label", "Mine")
    SettingsService(service.path).update_model(entry.id, label="Theirs", model="gpt-y")
    answer = person.save()
    words = "Another program or cell changed the label to Theirs meanwhile; yours took its place."
    assert answer.say == f"Saved. {words}"
    assert (service.entry(entry.id).label, service.entry(entry.id).model) == ("Mine", "gpt-y")
    assert person.sees(words, row="Mine")
    person.press("Dismiss", row="Mine")
    assert not person.sees(words)
    person.press("Edit Mine", row="Mine")
    person.tick("Embedding")
    SettingsService(service.path).update_model(entry.id, capabilities=["embedding"], model="gpt-z")
    assert "changed the kinds to embedding meanwhile" in person.save().say
    person.press("Edit Mine", row="Mine")
    person.fill("Label", "Ours")
    assert person.save().say == "Saved"
    assert not person.sees("yours took its place")


@pytest.mark.req("UI")
def test_progress_is_shown_only_while_several_are_asked_at_once(lists, demo, ids) -> None:
    """One provider that is asked has no bar; of two it stays until the last has answered."""
    person = lists.person
    demo.play(fault("slow", seconds=20), where="openai")
    person.presenter.act("fetch_list", {"row": ids["Lab"]})
    assert person.section("add").progress is None
    person.presenter.act("stop_lists")
    person.settled()
    person.presenter.act("fetch_lists")
    assert person.section("add").progress is not None
    until(lambda: list(person.presenter.hub.requests) == [ids["Lab"]])
    until(lambda: person.section("add").progress.done == 1)
    person.presenter.act("stop_lists")
    assert person.settled().section("add").progress is None


@pytest.mark.req("PM-3", "UI")
def test_what_was_learned_from_another_account_is_forgotten(lists, service, ids) -> None:
    """With a new key a model is not "no longer listed": the new account has not been asked yet."""
    last = lists.ids[-1]
    service.add_model(provider_id=ids["Lab"], model=last)
    person = lists.person
    person.presenter.hub.gone[ids["Lab"], last] = person.presenter.hub.now
    person.presenter.hub.post("panels")
    assert person.settled().view.attention == 1
    service.update_provider(ids["Lab"], name="Labor")
    assert person.settled().view.attention == 1
    service.update_provider(ids["Lab"], api_key="sk-another-key-0001")
    assert person.settled().view.attention == 0


@pytest.mark.req("MD-13", "UI")
def test_a_model_that_is_no_longer_listed_is_marked_and_can_be_kept(lists, service, demo, ids) -> None:
    """The entry stays with a mark, since when it is gone and what to do; Keep takes the mark away."""
    everything = demo.models()
    entry = service.add_model(provider_id=ids["Lab"], model=everything[0].id, label="Em", tasks=["classify"])
    person = lists.person.settled()
    demo.set_models(everything[1:])
    try:
        person.press_action(lists.state.refresh)
        person.settled()
    finally:
        demo.set_models(everything)
    assert person.row("Em").badge.text == "No longer listed"
    assert person.sees("Lab stopped listing this id on ", row="Em")
    assert person.sees("Choose another model for classify when you can.", row="Em")
    assert person.view.attention == 1
    person.press("Pick another model", row="Em")
    assert person.went == ("models", {"list": ids["Lab"], "tasks": ("classify",)})
    person.press("Keep", row="Em")
    assert person.row("Em").badge is None
    assert person.view.attention == 0
    assert service.entry(entry.id)


@pytest.mark.req("MD-16", "UI")
@pytest.mark.parametrize("answer", ["404", "405", "501", "html", "not-a-list", "empty-list"])
def test_entries_of_a_server_without_a_list_are_not_marked(answer, service, ids, demo, sit) -> None:
    """What was added by hand for a server that lists nothing usable is neither gone nor "not listed"."""
    service.add_model(provider_id=ids["Lab"], model="by-hand", label="By hand", tasks=["grade"])
    demo.play(fault(answer))
    person = sit(service)
    Lists(person).show(ids["Lab"])
    assert person.settled().row("By hand").badge is None


@pytest.mark.req("MIG-9", "UI")
def test_an_entry_whose_id_is_there_twice_has_no_buttons(lists, service, ids) -> None:
    """The second of two with one id is marked, and cannot be mistaken for the first."""
    service.add_model(provider_id=ids["Lab"], model="m", label="Em")
    document = json.loads(service.path.read_text(encoding="utf-8"))
    document["models"]["catalog"].append({**document["models"]["catalog"][0], "label": "Twin"})
    service.path.write_text(json.dumps(document), encoding="utf-8")
    service.reload()
    person = lists.person.settled()
    assert person.row("Twin").badge.text == "Same id twice"
    assert person.sees("The first of the two in the file is used.", row="Twin")
    assert not person.offers("Delete Twin", row="Twin")
    assert person.offers("Delete Em", row="Em")


@pytest.mark.req("MIG-6", "MIG-8", "UI")
def test_entries_from_before_providers_are_said_once(sit, demo, settings_path) -> None:
    """A file that is not converted has one notice with Convert over the catalog."""
    person = sit(SettingsService(write_sample(settings_path.parent, demo, old=True), auto_migrate=False))
    assert "\n".join(person.lines()).count("This file has the old format.") == 1
    assert person.sees("Old format")
    assert not person.sees("No provider to take models from")
    person.press("Convert")
    assert not person.sees("the old format")


@pytest.mark.req("MIG-8", "UI")
def test_entries_left_from_before_lead_to_their_conversion(service, demo, sit) -> None:
    """What another program added in the old form is said once, with the way to convert it."""
    document = json.loads(service.path.read_text(encoding="utf-8"))
    entry = {"id": "x", "providerType": "openai", "model": "m", "providerConfig": {"apiKey": demo.api_key}}
    document["models"] = {"catalog": [entry], "assignment": []}
    service.path.write_text(json.dumps(document), encoding="utf-8")
    service.reload()
    person = sit(service)
    assert person.sees("1 entry has the old format.")
    assert person.sees("Until it is converted, tasks cannot use it.")
    person.press("Convert")
    assert person.went == ("settings", {"action": "convert_entries"})


@pytest.mark.req("UI")
def test_no_provider_shows_the_next_step(sit, settings_path) -> None:
    """Without providers the tab leads to the form for one; entries that are there still show."""
    person = sit(SettingsService(settings_path))
    assert person.sees("No provider to take models from")
    person.press("Add provider")
    assert person.went == ("providers", {"form": "provider"})
    assert person.view.sections == ()


@pytest.mark.req("UI")
def test_one_refresh_changes_only_what_it_concerns(lists, service, demo, ids) -> None:
    """A refresh changes the list's state twice; the catalog's section and other lists stay the same."""
    service.add_model(provider_id=ids["Anthropic"], model="m", label="Em")
    person = lists.person.settled()
    views = [person.view]
    person.presenter.on_change(lambda: views.append(person.presenter.view()))
    demo.play(fault("slow", seconds=0.2), where="openai")
    person.press_action(lists.state.refresh)
    person.settled()
    assert len(views) == 3
    assert all(view.sections[1] == views[0].sections[1] for view in views)
    until(lambda: not person.presenter.hub.requests)


@pytest.mark.req("UI", "SEC-4")
def test_opening_fetches_what_may_be_fetched(service, demo, ids, sit, monkeypatch) -> None:
    """Lists that are in no cache come by themselves, with progress; what needs a yes or failed does not."""
    monkeypatch.setenv("OPENAI_API_KEY", demo.api_key)
    odd = SettingsService(service.path).add_provider(
        name="Odd", type="openai-compatible", api_key="${OPENAI_API_KEY}", base_url=demo.openai_base_url
    )
    service.reload()
    person = sit(service)
    demo.play(fault("slow", seconds=0.5), where="openai", times=1)
    person.presenter.act("open_lists")
    assert person.section("add").progress.total == 3
    assert person.settled().section("add").progress is None
    assert service.known_models(ids["Lab"])
    assert service.known_models(ids["Anthropic"])
    assert service.known_models(odd.id) is None
    demo.play(fault("401"), where="openai")
    service.update_provider(ids["Lab"], base_url=demo.second_openai_base_url)
    for _ in range(2):
        person.presenter.act("open_lists")
        person.settled()
    assert service.last_error(ids["Lab"]) is not None
    before = len(demo.requests)
    person.presenter.act("open_lists")
    person.settled()
    assert len(demo.requests) == before


@pytest.mark.req("UI")
def test_the_list_that_is_shown_first_is_one_that_comes_by_itself(
    service, demo, ids, sit, monkeypatch
) -> None:
    """A provider whose key needs a yes first is not what somebody sees first."""
    monkeypatch.setenv("OPENAI_API_KEY", demo.api_key)
    service.delete_provider(ids["Lab"])
    service.delete_provider(ids["Anthropic"])
    other = SettingsService(service.path)
    other.add_provider(
        name="Odd", type="openai-compatible", api_key="${OPENAI_API_KEY}", base_url=demo.openai_base_url
    )
    plain_one = other.add_provider(
        name="Plain", type="openai-compatible", api_key=demo.api_key, base_url=demo.openai_base_url
    )
    service.reload()
    assert sit(service).view.first == plain_one.id


@pytest.mark.req("UI", "API-1")
def test_one_that_is_added_gets_the_name_and_kind_that_are_given(lists, service) -> None:
    """What is not given is as the list says; of several nothing is given."""
    one, two = [m for m in service.known_models(lists.provider_id) if m.kind == "chat"][:2]
    person = lists.person
    add = {"providers": [lists.provider_id], "models": [one.id], "tasks": ["embed"]}
    person.press_with(person.view.add, **add, label=" My own ", kind="both")
    (entry,) = service.catalog
    assert (entry.label, entry.capabilities) == ("My own", ("chat", "embedding"))
    assert service.assignments["embed"].model_id == entry.id
    person.press_with(person.view.add, **{**add, "models": [two.id], "tasks": []}, label="", kind="")
    assert (service.catalog[1].title, service.catalog[1].capabilities) == (two.name, two.capabilities)
    assert not person.press_with(person.view.add, **add, kind="flying").ok


@pytest.mark.req("UI", "API-1")
def test_listed_models_are_taken_out_of_the_catalog(lists, service) -> None:
    """Several go in one write; where tasks use them it is asked first; Undo brings all of them back."""
    models = [m.id for m in service.known_models(lists.provider_id) if m.kind == "chat"][:3]
    person = lists.person
    lists.add(*models, tasks=("grade",))
    before = service.catalog
    out = {"providers": [lists.provider_id] * 2}
    answer = person.press_with(person.view.take_out, **out, models=models[1:])
    assert [entry.model for entry in service.catalog] == models[:1]
    assert answer.clear == ("models",)
    assert person.section("add").done.words == "2 taken out"
    person.press("Undo")
    assert service.catalog == before
    person.press_with(person.view.take_out, **out, models=models[:2])
    assert service.catalog == before
    assert person.sees("grade uses what is taken out and is then not set.")
    person.press("Take out")
    assert [entry.model for entry in service.catalog] == models[2:]
    assert "grade" not in service.assignments
    person.press("Undo")
    assert service.catalog == before
    assert service.assignments["grade"].model_id == before[0].id


@pytest.fixture
def two(service, demo, ids) -> list[Any]:
    """Two entries that chat, and one that makes embeddings."""
    models = service.discover_models(ids["Lab"])
    chat = [model.id for model in models if model.kind == "chat"][:2]
    embedding = next(model.id for model in models if model.kind == "embedding")
    return [service.add_model(provider_id=ids["Lab"], model=each, label=each) for each in (*chat, embedding)]


@pytest.mark.req("UI", "MD-15")
def test_any_entry_is_tried_and_several_side_by_side(two, person, demo) -> None:
    """Nothing is asked before a press; each row says what came, with time and tokens, and can be put away."""
    before = len(demo.requests)
    person.settled()
    assert len(demo.requests) == before
    chat, other, embedding = (entry.title for entry in two)
    person.press(f"Try {chat}", row=chat)
    until(lambda: person.sees(f"{chat} gave an answer after", row=chat))
    assert person.sees("Tokens:", row=chat)
    until(lambda: person.view.spoken is not None)  # said just after it is shown
    assert person.view.spoken.words.startswith(f"{chat}: {chat} gave")
    assert person.row(other).note is None
    person.press("Close", row=chat)
    assert person.row(chat).note is None
    person.press("Try all 3")
    until(
        lambda: all(
            (note := person.row(each).note) and note.tone == "ok" for each in (chat, other, embedding)
        )
    )
    assert len(demo.requests) == before + 4


@pytest.mark.req("UI", "MD-15")
def test_a_try_of_an_entry_is_stopped_fails_and_goes_with_its_model(two, person, service, demo, ids) -> None:
    """Cancel stops it; a refusal leads to what mends it; of an entry that was changed nothing is said."""
    title = two[0].title
    demo.play(fault("slow", seconds=20), where="openai")
    person.settled().press(f"Try {title}", row=title)
    assert person.sees("Asking for a few tokens", row=title)
    person.press("Cancel", row=title)
    assert person.row(title).note is None
    demo.play(fault("401"), where="openai")
    person.press(f"Try {title}", row=title)
    until(lambda: person.offers("Replace key", row=title))
    assert person.row(title).note.tone == "error"
    service.update_model(two[0].id, model=two[1].model)
    assert person.settled().row(title).note is None
