"""The model picker, as somebody uses it and as code does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from presenter_person import Person

from dispatch_widgets import SettingsService
from dispatch_widgets.demo import DemoServer
from dispatch_widgets.demo.faults import fault
from dispatch_widgets.errors import InvalidInputError, NotFoundError
from dispatch_widgets.widgets.presenters.models.picker import PickerPresenter
from dispatch_widgets.widgets.presenters.models.views import Picked
from dispatch_widgets.widgets.presenters.shared.encode import to_json
from dispatch_widgets.widgets.presenters.shared.views import Focus, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def sit() -> Iterator[Callable[..., Person]]:
    """Puts somebody at a picker."""
    opened: list[PickerPresenter] = []

    def open_picker(service: SettingsService, **options: str) -> Person:
        opened.append(PickerPresenter(service, **options))
        return Person(opened[-1])

    yield open_picker
    for each in opened:
        each.close()


@pytest.fixture
def listed(service) -> SettingsService:
    """The service with both lists fetched."""
    for provider in service.get_providers():
        service.discover_models(provider.id)
    return service


def first(service: SettingsService, provider_id: str, kind: str) -> str:
    """The id of a provider's first model of a kind."""
    return next(model.id for model in service.known_models(provider_id) if model.kind == kind)


def pick(person: Person, provider_id: str, model: str) -> None:
    """Choose a row."""
    assert person.presenter.act("pick", {"provider": provider_id, "model": model}).ok


@pytest.mark.req("UI")
def test_opening_asks_nobody_and_refresh_fetches(service, demo, ids, sit) -> None:
    """Making the view sends nothing; Refresh brings the lists of all providers."""
    before = len(demo.requests)
    person = sit(service)
    assert person.view.title == "Model"
    assert [state.provider_id for state in person.view.lists] == ["", *ids.values()]
    assert person.view.lists[0].empty.title == "No list yet"
    assert person.view.lists[0].empty.text == "Models are read from 2 providers."
    assert person.view.pick_by_hand is None
    assert len(demo.requests) == before
    person.press_action(person.view.refresh)
    person.settled()
    count = sum(len(service.known_models(each)) for each in ids.values())
    assert person.view.fact == f"{count:,} models at 2 providers"
    assert len(demo.requests) == before + 2


@pytest.mark.req("UI")
def test_only_what_fits_is_offered(listed, ids, sit) -> None:
    """With a provider and a kind the list has that provider's models of that kind, and no chips for kinds."""
    person = sit(listed, provider="Lab", kind="embedding")
    assert person.view.title == "Model at Lab"
    assert not person.view.kinds
    assert person.view.pick_by_hand is not None
    _mark, rows = person.presenter.models(ids["Lab"])
    assert {row["kind"] for row in rows} == {"embedding"}
    assert person.view.fact == f"{len(rows)} embedding model{'s' * (len(rows) != 1)}, fetched just now"
    person = sit(listed, provider=ids["Anthropic"], kind="embedding")
    assert person.view.lists[0].empty.title == "Anthropic lists no embedding model"
    assert person.view.fact == "No embedding models, fetched just now"


@pytest.mark.req("UI", "API-5")
def test_a_task_is_given_what_is_picked_and_undo_takes_it_back(listed, ids, sit) -> None:
    """With a task the picker starts at its model, and one button gives it another, once, with Undo."""
    lab = ids["Lab"]
    chat = first(listed, lab, "chat")
    entry = listed.add_model(provider_id=lab, model=chat, tasks=["grade"])
    person = sit(listed, task="grade")
    assert person.view.title == "Model for grade"
    assert person.view.picked == Picked(lab, chat)
    assert person.view.task_fact == "grade uses it."
    assert person.view.use.off == "grade uses it already"
    other = [model.id for model in listed.known_models(lab) if model.kind == "chat"][1]
    pick(person, lab, other)
    assert person.view.task_fact == f"grade uses {entry.title} · Lab now."
    answer = person.press_with(person.view.use)
    assert (answer.say, answer.focus) == ("Saved", Focus(action="undo"))
    assert listed.entry(listed.assignments["grade"].model_id).model == other
    assert person.view.done.words == "Saved"
    person.press_action(person.view.done.undo)
    assert listed.assignments["grade"].model_id == entry.id
    assert person.focus == Focus(action="use_for_task")
    pick(person, lab, chat)
    listed.unassign("grade")
    assert person.settled().view.task_fact == "grade is not set."
    person.press_with(person.view.use)
    assert listed.assignments["grade"].model_id == entry.id  # the entry that is there is taken
    assert len(listed.catalog) == 1


@pytest.mark.req("UI")
def test_code_can_set_the_value(listed, ids, sit) -> None:
    """Setting the value finds whose model it is; an id that nobody lists has no owner."""
    person = sit(listed, task="embed")
    assert person.view.use.off == "Pick a model first"
    presenter = person.presenter
    told: list[None] = []
    assert person.view
    presenter.on_change(lambda: told.append(None))
    model = first(listed, ids["Lab"], "embedding")
    presenter.set_value(model)
    assert presenter.picked == Picked(ids["Lab"], model)
    assert presenter.listed.id == model
    assert len(told) == 1
    presenter.set_value("nobody-lists-this")
    assert presenter.picked == Picked("", "nobody-lists-this", unlisted=True, kind="embedding")
    presenter.set_value("")
    assert presenter.picked == Picked()


@pytest.mark.req("UI", "MD-8", "PM-10")
def test_an_id_can_be_typed_also_when_discovery_failed(service, demo, ids, canary, sit) -> None:
    """After a failure the list says the provider's message; an id typed by hand is picked, a key is not."""
    demo.play(fault("401"), where="openai")
    person = sit(service, provider="Lab")
    person.press_action(person.view.refresh)
    state = person.settled().view.lists[0]
    assert plain(state.note.title) == service.last_error(ids["Lab"]).message
    assert person.presenter.act("pick_by_hand", {"model": " my-model "}).ok
    assert person.view.picked == Picked(ids["Lab"], "my-model", unlisted=True)
    assert not person.presenter.act("pick_by_hand", {"model": canary}).ok
    assert person.sees("This looks like a key. Keys go into the key field.")
    assert canary not in str(to_json(person.view))
    assert not sit(service).presenter.act("pick_by_hand", {"model": "whose"}).ok


@pytest.mark.req("UI")
def test_what_is_picked_survives_a_lost_list(listed, ids, demo, sit) -> None:
    """A provider whose key was changed loses its list; what was picked stays picked."""
    person = sit(listed)
    model = first(listed, ids["Lab"], "chat")
    pick(person, ids["Lab"], model)
    listed.update_provider(ids["Lab"], api_key="sk-another-key-0123456789")
    assert person.settled().view.picked == Picked(ids["Lab"], model, unlisted=True)
    listed.update_provider(ids["Lab"], api_key=demo.api_key)
    listed.discover_models(ids["Lab"])
    assert person.settled().view.picked == Picked(ids["Lab"], model)


@pytest.mark.req("API-2", "UI")
def test_a_wrong_argument_is_said_at_once(service, ids, sit) -> None:
    """An unknown task, kind or provider, and an ambiguous name, are refused with what there is."""
    with pytest.raises(InvalidInputError, match="'fly' is not a task") as refused:
        sit(service, task="fly")
    assert "summarize" in refused.value.hint
    with pytest.raises(InvalidInputError, match="'flying' is not a kind"):
        sit(service, kind="flying")
    with pytest.raises(NotFoundError) as unknown:
        sit(service, provider="Nobody")
    assert unknown.value.hint == "There are Lab, Anthropic."
    service.update_provider(ids["Anthropic"], name="Lab")
    with pytest.raises(InvalidInputError, match="2 providers are called 'Lab'"):
        sit(service, provider="Lab")


@pytest.mark.req("UI")
def test_no_provider_shows_the_next_step(settings_path, sit) -> None:
    """Without a provider the picker says to add one first."""
    person = sit(SettingsService(settings_path))
    assert person.sees("No provider to take models from")
    assert person.view.lists == ()


@pytest.mark.req("UI")
def test_a_value_that_was_set_before_its_list_was_there_gets_its_provider(service, ids, sit) -> None:
    """It is looked for again when a list has come, as the list says whose model it is."""
    model = service.discover_models(ids["Lab"])[0].id
    person = sit(SettingsService(service.path))
    person.presenter.set_value(model)
    assert person.presenter.picked.provider_id == ""
    person.presenter.act("fetch_lists")
    person.settled()
    assert person.presenter.picked == Picked(ids["Lab"], model)


@pytest.mark.req("UI")
def test_a_picker_of_a_provider_that_was_deleted_says_so(service, ids, sit) -> None:
    """It does not ask for a provider to be added: there are others, and it would not show them."""
    person = sit(service, provider="Lab")
    service.delete_provider(ids["Lab"])
    person.settled()
    assert person.sees("Lab was deleted")
    assert not person.sees("Add a provider")
    assert not sit(service, provider="mock").sees("was deleted")


@pytest.mark.req("SEC-8", "SEC-4")
def test_the_list_keeps_to_what_its_button_named(service, demo, sit, monkeypatch) -> None:
    """A variable goes to the host that the button named; another one in the file by then is asked about."""
    monkeypatch.setenv("OPENAI_API_KEY", demo.api_key)
    elsewhere = SettingsService(service.path)
    odd = elsewhere.add_provider(
        name="Odd", type="openai-compatible", api_key="${OPENAI_API_KEY}", base_url="https://good.test/v1"
    )
    service.reload()
    person = sit(service, provider="Odd")
    (allow,) = person.view.lists[0].note.actions
    assert allow.label == "Send $OPENAI_API_KEY to good.test"
    elsewhere.update_provider(odd.id, base_url=demo.openai_base_url)
    connections = len(demo.requests)
    person.press_action(allow)
    assert len(demo.requests) == connections
    note = person.settled().view.lists[0].note
    assert plain(note.title).startswith("The file has changed.")
    person.press_action(note.actions[0])
    assert person.settled().view.lists[0].mark


@pytest.mark.req("SEC-1")
def test_no_key_is_in_what_a_page_is_given(service, ids, canary, sit) -> None:
    """Neither the view nor the rows nor the repr hold a key."""
    service.update_provider(ids["Lab"], api_key=canary)
    person = sit(service)
    person.press_action(person.view.refresh)
    person.settled()
    assert canary not in str(to_json(person.view)) + repr(vars(person.presenter))


@pytest.mark.req("UI")
def test_a_model_of_an_unknown_provider_cannot_be_used_for_a_task(service, sit) -> None:
    """The button says why, and not that the task uses it already."""
    person = sit(service, task="grade")
    person.presenter.set_value("some-model")
    assert person.view.use.off == "It is not known which provider serves it"
    assert person.view.task_fact == "grade is not set."


@pytest.mark.req("UI")
def test_lists_without_a_fitting_model_are_said_to_have_none(sit, tmp_path) -> None:
    """Of several providers that list no embedding model, a picker for one is not left blank."""
    service = SettingsService(tmp_path / "dispatch.settings.json")
    with DemoServer() as demo:
        demo.set_models([model for model in demo.models() if model.kind == "chat"])
        for name in ("Lab", "Lab again"):
            url = demo.openai_base_url
            lab = service.add_provider(
                name=name, type="openai-compatible", api_key=demo.api_key, base_url=url
            )
            service.discover_models(lab.id)
    together = sit(service, kind="embedding").view.lists[0]
    assert (together.mark, together.busy) == ("", None)
    assert together.empty.title == "No embedding model is listed"
